/**
 * Judges which of the hops that share an id really go on from another: ids of one look are printed by every server.
 * Judged when a mail is told, with everything known of both sides.
 */
import type { Instant } from '../model/message.ts';
import type { Hop, Parent } from './hop.ts';
import { isNear } from './piped.ts';
import { Skews } from './skews.ts';

/** The next hop logs its arrival before the reply comes back: at most this long before… */
const BEFORE_MS = 600_000;
/** …and, by loggers that are slow, this long after the line that names it. */
const AFTER_MS = 2_000;
/** Clocks of two hosts may differ by this much where id, sender and Message-ID all agree (a wrong zone at most). */
const SKEW_MS = 26 * 3_600_000;

export interface Judged {
  parent: Hop;
  /** all edges from that hop: one an end */
  edges: Parent[];
  /** ms that the child's host is ahead of what the parent's line allows; 0 = within */
  skew: number;
  ambiguous: boolean;
}

const same = (a: string, b: string): boolean => a === b || a.toLowerCase() === b.toLowerCase();

/** How well an edge fits, 0 = not at all; higher is better. */
function fitOf(edge: Parent, child: Hop, skews: Skews): number {
  const fit = plainFitOf(edge, child, skews);
  // a server between the two, if its lines are there, is nearer
  return edge.relation === 'behind' && fit > 0 ? fit - 0.5 : fit;
}

function plainFitOf(edge: Parent, child: Hop, skews: Skews): number {
  const { hop: parent, relation } = edge;
  if (parent === child || parent.told !== undefined) return 0;
  if (relation === 'split') return 9;
  if (relation === 'requeue') return parent.host === child.host && child.firstAt >= parent.closedAt - BEFORE_MS ? 9 : 0;
  // XFORWARD IDENT may be passed on unchanged over several hops: a reply that names the id says more.
  if (relation === 'explicit') return Math.abs(child.firstAt - parent.firstAt) <= SKEW_MS ? 4 : 0;
  // the filter beside the first server gives it back to that server, with another Message-ID where it took a part away
  if (relation === 'filtered') return parent.host === child.host && skewOf(edge, child) === 0 ? 9 : 0;
  const midEqual = parent.midHash !== 0 && child.midHash !== 0;
  if (midEqual && parent.midHash !== child.midHash) return 0;
  if (relation === 'forwarded')
    return parent.host === child.host && parent.instance === child.instance && child.origin !== 'smtp' ? 8 : 0;
  // the mail that carries a redirect on goes to its target
  if (relation === 'redirected') {
    const target = edge.end?.address ?? '';
    const goesThere = child.ends.some((e) => same(e.address, target) || (e.orig !== undefined && same(e.orig, target)));
    return midEqual && goesThere && skewOf(edge, child, skews) === 0 ? 8 : 0;
  }
  if (relation === 'piped') {
    const sameSender = parent.sender === undefined || child.sender === undefined || same(parent.sender, child.sender);
    const isSent = sameSender || (midEqual && isForwarded(edge, child.sender ?? ''));
    if (parent.host !== child.host || !isSent || !isNear(child.firstAt, edgeTime(edge))) return 0;
    return midEqual ? 8 : isSameWay(edge, child) ? 4 : 0;
  }
  if (child.origin === 'local' || child.origin === 'internal') return 0;
  if (child.noticeOf !== undefined) return 0;
  const senderEqual = parent.sender !== undefined && child.sender !== undefined && same(parent.sender, child.sender);
  if (
    parent.sender !== undefined &&
    child.sender !== undefined &&
    !senderEqual &&
    !(midEqual && (relation === 'queued-as' || relation === 'behind'))
  )
    return 0;
  const skew = Math.abs(skewOf(edge, child, skews));
  if (midEqual && senderEqual) return skew <= SKEW_MS ? 7 : 0;
  if (skew !== 0 && skew <= SKEW_MS && parent.host !== child.host) skews.isDoubted = true;
  // The sender may be rewritten on the way (SRS); the Message-ID is not.
  if (midEqual) return skew === 0 ? 6 : 0;
  return skew === 0 ? (senderEqual ? 5 : 3) : 0;
}

/**
 * A recipient's own program forwarded the mail as it is: procmail does so in the name of its user, maildrop of nobody. A list
 * manager has a sender of its own.
 * Source: procmailrc(5) `!` (sendmail -oi as the user), maildrop's `to "! …"` (from <>): fixtures/last-hops.
 */
function isForwarded({ end }: Parent, sender: string): boolean {
  if (sender === '' || end === undefined) return sender === '';
  const [at, to] = [sender.indexOf('@'), end.address.indexOf('@')];
  return same(at < 0 ? sender : sender.slice(0, at), to < 0 ? end.address : end.address.slice(0, to));
}

/** The mail that came out goes to whom the command was given it for. */
export function isSameWay({ end }: Parent, child: Hop): boolean {
  if (end === undefined) return false;
  return (
    child.ends.length === 0 || child.ends.some((e) => same(e.address, end.address) || same(e.orig ?? '', end.address))
  );
}

/** Time of the line that names the child's id. */
export function edgeTime(edge: Parent): Instant {
  return edge.end?.at ?? edge.hop.proxyReply?.at ?? edge.hop.lastAt;
}

/** ms by which the child begins outside of what the parent's line allows; negative = too early. */
function skewOf(edge: Parent, child: Hop, skews: Skews = NO_SKEWS): number {
  const d = child.firstAt - edgeTime(edge);
  const [least, most] = skews.between(edge.hop.host, child.host);
  if (d < least - BEFORE_MS) return d;
  return d > most + AFTER_MS ? d : 0;
}

const NO_SKEWS = new Skews();

/** Learns from this hop's sure joins how far the clocks of its host and the one before are apart. */
export function learnSkew(child: Hop, skews: Skews): void {
  for (const edge of child.parents ?? []) {
    if (edge.relation !== 'queued-as' || edge.hop.host === child.host) continue;
    const { hop: parent } = edge;
    if (
      parent.midHash === 0 ||
      parent.midHash !== child.midHash ||
      parent.sender === undefined ||
      child.sender === undefined
    )
      continue;
    const d = child.firstAt - edgeTime(edge);
    if (same(parent.sender, child.sender) && Math.abs(d) <= SKEW_MS) skews.learn(parent.host, child.host, d);
  }
}

/** The hop that `child` goes on from, or undefined: it is where the mail entered. */
export function judgeParent(child: Hop, skews: Skews): Judged | undefined {
  let best: Parent | undefined;
  let bestFit = 0;
  let ambiguous = false;
  for (const edge of child.parents ?? []) {
    const fit = fitOf(edge, child, skews);
    if (fit === 0) continue;
    if (best === undefined || fit > bestFit || (fit === bestFit && closer(edge, best, child))) {
      ambiguous = best !== undefined && fit === bestFit && best.hop !== edge.hop && edge.relation === best.relation;
      best = edge;
      bestFit = fit;
    } else if (fit === bestFit && edge.hop !== best.hop && edge.relation === best.relation) ambiguous = true;
  }
  if (best === undefined || isAncestor(child, best.hop)) return undefined;
  const { hop: parent, relation } = best;
  const all = (child.parents ?? []).filter((e) => e.hop === parent);
  // A filter that names the id before it (XFORWARD) says of the whole mail what the replies say of each recipient.
  const named = all.filter((e) => e.end !== undefined && e.relation === 'queued-as');
  // each redirect has a mail of its own
  const alike =
    relation === 'redirected' ? [best] : all.filter((e) => e.relation === relation && isMeant(e, child, all));
  const edges = best.end === undefined && named.length > 0 ? named : alike;
  return { parent, edges, skew: best.relation === 'queued-as' ? skewOf(best, child) : 0, ambiguous };
}

/** A filter that is run once for each recipient hands in a mail for each. */
function isMeant(edge: Parent, child: Hop, all: readonly Parent[]): boolean {
  return edge.relation !== 'piped' || isSameWay(edge, child) || !all.some((e) => isSameWay(e, child));
}

function closer(a: Parent, b: Parent, child: Hop): boolean {
  const da = Math.abs(child.firstAt - edgeTime(a));
  const db = Math.abs(child.firstAt - edgeTime(b));
  return da < db || (da === db && a.hop.seq < b.hop.seq);
}

/** A mail that loops comes to the same id only by a mistake: no ring is ever closed. */
function isAncestor(child: Hop, hop: Hop): boolean {
  let steps = 0;
  for (let h: Hop | undefined = hop; h !== undefined && steps < 200; h = h.judged?.parent, steps++)
    if (h === child) return true;
  return steps >= 200;
}

/** The first hop of the mail that `hop` is part of. */
export function rootOf(hop: Hop): Hop {
  let root = hop;
  for (let i = 0; i < 200 && root.judged !== undefined; i++) root = root.judged.parent;
  return root;
}
