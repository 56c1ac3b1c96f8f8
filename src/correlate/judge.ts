/**
 * Ties hops to the hops before them, and refusals to the delivery lines that repeat them: judged when mails are told.
 */
import { hashText } from '../model/hash.ts';
import type { Own } from '../model/own.ts';
import { type End, type Hop, Parent } from './hop.ts';
import { isSameWay, judgeParent, rootOf } from './join.ts';
import { Skews } from './skews.ts';
import type { Tracker } from './tracker.ts';
import type { Refused } from './transactions.ts';

export class Judge {
  readonly skews = new Skews();
  /** whether a relay is a content filter: mail came back through it, or it is configured as one */
  readonly isFilter = (hop: Hop, end: End): boolean =>
    (this.filters.size > 0 && this.filters.has(relayKey(hop, end))) ||
    this.own.isFilter?.(end.relayName, end.relayIp, end.port) === true;
  private readonly t: Tracker;
  private readonly own: Own;
  /** relays through which mail came back to the same host */
  private readonly filters = new Set<number>();

  constructor(t: Tracker, own: Own = {}) {
    this.t = t;
    this.own = own;
  }

  /** Judges a hop and those that may go on from it: a mail must not be told without a part that is still in a queue. */
  withNext(hop: Hop): void {
    this.judge(hop);
    for (const end of hop.ends) if (end.children !== undefined) for (const child of end.children) this.judge(child);
    if (hop.wholeChildren !== undefined) for (const child of hop.wholeChildren) this.judge(child);
  }

  private judge(hop: Hop): void {
    if (hop.explicitParent !== undefined) this.linkExplicit(hop, hop.explicitParent);
    if (hop.judged !== undefined) return;
    const judged = (hop.parents === undefined ? undefined : judgeParent(hop, this.skews)) ?? this.judgeRefused(hop);
    if (judged === undefined) return;
    hop.judged = judged;
    (judged.parent.next ??= []).push(hop);
    for (const edge of judged.edges) {
      const end = edge.end;
      if (end === undefined || judged.parent.host !== hop.host) continue;
      // the server behind its own submission queue
      if (end.toItself && judged.parent.origin !== 'smtp' && judged.parent.system === hop.system) continue;
      // who forwards for its user is no filter
      const isFilter = edge.relation === 'piped' && end.pipeHash !== 0 && isSameWay(edge, hop);
      const isBack = isHandedOn(edge.relation) || isFilter;
      if (isBack) this.filters.add(relayKey(judged.parent, end));
    }
  }

  private linkExplicit(hop: Hop, id: string): void {
    for (let parent = this.t.byQueueId.get(hashText(id) || 1); parent !== undefined; parent = parent.nextSameId) {
      if (parent !== hop && parent.told === undefined) this.t.link(new Parent(parent, undefined, 'explicit'), hop);
    }
    hop.explicitParent = undefined;
  }

  /** A mail refused at this hop whose refusal the hop before repeats: this hop is part of that mail. */
  private judgeRefused(hop: Hop): Hop['judged'] {
    if (hop.refusals === undefined || hop.origin !== 'smtp') return undefined;
    const refusal = hop.refusals.find((r) => r.final) ?? (hop.queued ? undefined : hop.refusals[0]);
    if (refusal === undefined) return undefined;
    const parent = this.t.repeats.find(refusal, hop, hop.host, this.skews);
    if (parent === undefined || rootOf(parent) === hop) return undefined;
    return { parent, edges: [], skew: 0, ambiguous: false };
  }

  /** A refusal that an earlier hop's delivery line repeats belongs to that hop. */
  place({ session, transaction }: Refused): void {
    for (let i = transaction.refusals.length - 1; i >= 0; i--) {
      const refusal = transaction.refusals[i];
      if (refusal === undefined) continue;
      const outer = this.t.repeats.outerOf(refusal, session.host);
      if (outer !== undefined) {
        // what a call-out asked the next host: the refusal that the client saw tells it
        if (refusal.line) (outer.more ??= []).push(refusal.line);
        transaction.refusals.splice(i, 1);
        continue;
      }
      const hop = this.t.repeats.find(refusal, undefined, session.host, this.skews);
      if (
        hop === undefined ||
        (hop.host === session.host && hop.instance === session.instance && hop.system !== session.system)
      )
        continue;
      if (session.host !== undefined) refusal.host = session.host;
      (hop.inner ??= []).push(refusal);
      transaction.refusals.splice(i, 1);
    }
  }
}

function isHandedOn(relation: Parent['relation']): boolean {
  return relation === 'queued-as' || relation === 'filtered' || relation === 'behind';
}

function relayKey(hop: Hop, end: End): number {
  return hashText(hop.host ?? '', end.pipeHash === 0 ? end.relayHash : end.pipeHash) + end.port;
}
