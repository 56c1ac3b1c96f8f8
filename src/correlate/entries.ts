/**
 * The ends of a mail -> its recipients: every end of every hop, with the address as the sender typed it, whatever
 * aliases, filters and hosts lie between.
 */
import { ACTIONS, type Action } from '../model/words.ts';
import { addTold, applyProposals, applyWords, isRedirected, namesOf } from './beside-entries.ts';
import { type IsFilter, leaf } from './ends.ts';
import { bareAddress, blank, carried, type Entry, fromRefusal, low, sameAddress } from './entry.ts';
import type { Act, End, Hop, Refusal } from './hop.ts';
import { fromWhole, wholeOutcome } from './whole.ts';

/** All recipients of a mail from this hop on. `inner`: an earlier hop's lines tell what was refused here. */
export function entriesOf(hop: Hop, isFilter: IsFilter, depth = 0, inner = false): Entry[] {
  const out: Entry[] = [];
  if (depth > MAX_DEPTH) return out;
  if (hop.next === undefined) for (const end of hop.ends) addLeaf(out, hop, end, isFilter);
  else addEnds(out, hop, hop.next, isFilter, depth);
  if (hop.next !== undefined) addWhole(out, hop, isFilter, depth);
  if (!inner) for (const refusal of hop.refusals ?? []) if (!refusal.final) addRefusal(out, hop, refusal);
  addStopped(out, hop);
  addTold(out, hop);
  addNamed(out, hop);
  applyActs(out, hop);
  applyWords(out, hop);
  if (hop.isUnserved) applyProposals(out, hop);
  if (hop.keptBack) keepBack(out);
  return out;
}

function addLeaf(out: Entry[], hop: Hop, end: End, isFilter: IsFilter): void {
  if (!isRedirected(end)) out.push(leaf(hop, end, isFilter));
}

/** A chain of hops is never that long: what is longer is a mistake. */
const MAX_DEPTH = 100;

/** The ends of a hop that other hops go on from, and those where it ends. */
function addEnds(out: Entry[], hop: Hop, next: readonly Hop[], isFilter: IsFilter, depth: number): void {
  const childOf = new Map<End, Hop>();
  for (const child of next)
    for (const edge of child.judged?.edges ?? [])
      if (edge.end !== undefined && !childOf.has(edge.end)) childOf.set(edge.end, child);
  const parts = new Map<Hop, Part>();
  for (const child of new Set(childOf.values()))
    parts.set(
      child,
      new Part(
        child,
        hop.ends.filter((e) => childOf.get(e) === child),
        entriesOf(child, isFilter, depth + 1, true),
      ),
    );
  for (const end of hop.ends) {
    const child = childOf.get(end);
    const part = child === undefined ? undefined : parts.get(child);
    if (part === undefined) {
      addLeaf(out, hop, end, isFilter);
      continue;
    }
    const mine = part.of(end);
    for (const entry of mine) out.push(carried(entry, end.orig ?? end.address, end.address));
    if (mine.length === 0) out.push(unnamedAt(end, part.child));
  }
  for (const part of parts.values()) out.push(...leftOver(part, hop));
}

/** What one of the next hops tells, and whose of this hop it is. */
class Part {
  readonly child: Hop;
  readonly free: Entry[];
  private readonly all: Entry[];
  private readonly byAddress = new Map<string, Entry[]>();
  private readonly unmatched: End[];
  private given = false;

  constructor(child: Hop, ends: readonly End[], all: Entry[]) {
    this.child = child;
    this.all = all;
    for (const entry of all) {
      if (entry.address === undefined) continue;
      const key = bareAddress(entry.address);
      const list = this.byAddress.get(key);
      if (list === undefined) this.byAddress.set(key, [entry]);
      else list.push(entry);
    }
    const asked = new Set(ends.map((e) => bareAddress(e.address)));
    this.unmatched = ends.filter((e) => !this.byAddress.has(bareAddress(e.address)));
    this.free = all.filter((e) => e.address === undefined || !asked.has(bareAddress(e.address)));
  }

  /** Of the next hop's entries those that this recipient led to. */
  of(end: End): readonly Entry[] {
    if (this.child.judged?.edges[0]?.relation === 'forwarded') {
      this.given = true;
      return this.all;
    }
    const mine = this.byAddress.get(bareAddress(end.address));
    if (mine !== undefined) return mine;
    // Where lines of the next hop are missing, who is left over there says nothing of who is left over here.
    if (this.child.nrcpt > this.child.ends.length) return [];
    const free = this.free.filter((e) => e.added === undefined);
    if (this.unmatched.length !== 1 && !(free.length === 1 && free[0]?.address === undefined)) return [];
    this.given = true;
    return free;
  }

  rest(): Entry[] {
    return this.given ? [] : this.free.filter((e) => e.address !== undefined);
  }
}

/** Entries of the next hop that nobody here led to: lines are missing here, or that server added them (a copy). */
function leftOver(part: Part, hop: Hop): Entry[] {
  const rest = part.rest();
  if (hop.nrcpt > hop.ends.length) return rest;
  return rest.map((entry) => ({ ...entry, added: entry.added ?? 'bcc' }));
}

/** The next hop does not name this recipient: what became of the whole mail there became of it. */
function unnamedAt(end: End, child: Hop): Entry {
  const typed = end.orig ?? end.address;
  const finalAddress = end.orig === undefined ? undefined : end.address;
  const whole = wholeOutcome(child);
  if (whole !== undefined && (whole.status !== 'pending' || child.ends.length === 0))
    return { ...fromWhole(child, typed, whole), finalAddress };
  // The next hop took it and no line there tells of it.
  return { ...blank(child, typed), finalAddress, untold: true };
}

/** Hops that go on with the whole mail: after a requeue, behind a proxy. */
function addWhole(out: Entry[], hop: Hop, isFilter: IsFilter, depth: number): void {
  for (const child of hop.next ?? []) {
    if (!child.judged?.edges.some((e) => e.end === undefined)) continue;
    const entries = entriesOf(child, isFilter, depth + 1, true);
    // What comes out behind replaces what was known of the same address before.
    const isCopy = child.judged?.edges[0]?.relation === 'filtered';
    for (const entry of isCopy ? [] : entries) {
      if (entry.address === undefined) continue;
      const key = bareAddress(entry.address);
      for (let i = out.length - 1; i >= 0; i--) {
        const old = out[i] as Entry;
        if (old.address !== undefined && (old.hop === hop || isOpenEnd(old)) && bareAddress(old.address) === key)
          out.splice(i, 1);
      }
    }
    if (child.judged?.edges[0]?.relation === 'requeue') {
      for (let i = out.length - 1; i >= 0; i--) {
        const old = out[i] as Entry;
        if (old.hop === hop && (old.status === 'removed' || old.status === 'deferred' || old.status === 'pending'))
          out.splice(i, 1);
      }
    }
    out.push(...entries);
  }
}

/** An end that something may have come out of: taken by another server, or no result at all. */
function isOpenEnd(entry: Entry): boolean {
  return entry.status === 'relayed' || entry.status === 'pending' || entry.status === 'deferred';
}

function addRefusal(out: Entry[], hop: Hop, refusal: Refusal): void {
  const address = refusal.recipient;
  if (address === undefined) return;
  const old = out.find((e) => e.address !== undefined && sameAddress(e.address, address));
  if (old === undefined) out.push(fromRefusal(hop, address, refusal));
}

/** To the sender the mail was refused; what was stored of it is a copy that somebody may look at. */
function keepBack(out: Entry[]): void {
  for (const entry of out) {
    if (entry.status === 'delivered' || entry.status === 'relayed') entry.status = 'quarantined';
    entry.action = 'rejected';
  }
}

/** One recipient that a policy took away while the mail went on (Exim `RCPT <x>: discarded by RCPT ACL`). */
function addStopped(out: Entry[], hop: Hop): void {
  for (const act of hop.acts ?? []) {
    if (act.final || act.recipient === undefined || act.action !== 'discarded') continue;
    const address = act.recipient;
    if (out.some((e) => e.address !== undefined && sameAddress(e.address, address))) continue;
    const entry = blank(hop, address);
    entry.status = 'discarded';
    entry.action = 'discarded';
    entry.at = act.at;
    out.push(entry);
  }
}

/** Recipients that policy lines or the arrival name and no end tells of. */
function addNamed(out: Entry[], hop: Hop): void {
  if (hop.named === undefined && out.length > 0) return;
  const whole = wholeOutcome(hop);
  const wholeNext = (hop.next ?? []).some((c) => c.judged?.edges.some((e) => e.end === undefined));
  for (const address of [...(hop.named ?? []), ...namesOf(hop)]) {
    if (out.some((e) => e.address !== undefined && sameAddress(e.address, address))) continue;
    if (whole !== undefined && !wholeNext) {
      out.push(fromWhole(hop, address, whole));
      continue;
    }
    const merged = mergedInto(out, hop, address);
    if (merged !== undefined)
      out.push({
        ...merged,
        address,
        finalAddress:
          merged.finalAddress !== undefined && !sameAddress(merged.finalAddress, address)
            ? merged.finalAddress
            : undefined,
      });
    else if (hop.declared) out.push({ ...blank(hop, address), untold: hop.closed !== '' });
  }
  // A mail none of whose recipients is named has one entry that carries the status.
  if (out.length === 0 && !wholeNext) out.push(fromWhole(hop, undefined, whole ?? { status: 'pending' }));
}

/** The end that a recipient was merged into: of a REDIRECT, or of a mailbox that two addresses lead to. */
function mergedInto(out: Entry[], hop: Hop, address: string): Entry | undefined {
  const redirect = hop.acts?.find((a) => a.action === 'redirected' && a.target !== undefined);
  if (redirect?.target !== undefined) {
    const target = redirect.target;
    const found = out.find((e) =>
      [e.finalAddress, e.address, ...e.via].some((a) => a !== undefined && sameAddress(a, target)),
    );
    if (found !== undefined) return found;
  }
  const found = out.find((e) => e.finalAddress !== undefined && sameAddress(e.finalAddress, address));
  return found !== undefined
    ? { ...found, finalAddress: undefined }
    : hop.declared && hop.closed !== ''
      ? out.find(
          (e) => e.status === 'delivered' && e.address !== undefined && domainOf(e.address) === domainOf(address),
        )
      : undefined;
}

function domainOf(address: string): string {
  return low(address.slice(address.lastIndexOf('@') + 1));
}

/** Marks what a hop's policies did to the recipients that went on. */
function applyActs(out: Entry[], hop: Hop): void {
  for (const act of hop.acts ?? []) {
    if (act.action === 'copied' && act.target !== undefined) {
      const target = act.target;
      const copy = out.find((e) => e.address !== undefined && sameAddress(e.address, target));
      if (copy !== undefined && copy.added === undefined && !isTyped(hop, target)) copy.added = 'bcc';
    }
    if (act.action === 'bounced-by-filter') blameFilter(out, act);
    if (!WHOLE_ACTS.has(act.action)) continue;
    for (const entry of out) if (entry.added === undefined) raise(entry, act.action as Action);
  }
}

/** A filter within the server gave the mail back. */
function blameFilter(out: readonly Entry[], { recipient }: Act): void {
  for (const entry of out) {
    const isIt = recipient === undefined || (entry.address !== undefined && sameAddress(entry.address, recipient));
    if (isIt && entry.status === 'bounced') entry.action ??= 'bounced-by-filter';
  }
}

const WHOLE_ACTS: ReadonlySet<string> = new Set<Act['action']>([
  'redirected',
  'modified',
  'subject-modified',
  'tagged',
  'copied',
  'bypassed',
  'held',
  'quarantined',
]);

function raise(entry: Entry, action: Action): void {
  // What was held or quarantined and went on all the same was released: the act is past.
  if ((action === 'held' && entry.status !== 'held') || (action === 'quarantined' && entry.status !== 'quarantined'))
    return;
  if (entry.status === 'rejected' || entry.status === 'greylisted') return;
  if (entry.action === undefined || ACTIONS.indexOf(action) < ACTIONS.indexOf(entry.action)) entry.action = action;
}

function isTyped(hop: Hop, address: string): boolean {
  return (hop.acts ?? []).some((a) => a.recipient !== undefined && sameAddress(a.recipient, address));
}
