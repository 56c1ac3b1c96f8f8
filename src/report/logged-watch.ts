/**
 * What a log says line by line, as pflogsumm counts it: queue ids and deliveries of every hop, each try, whoever sent it.
 * Only for `--as-logged`: to hold the numbers of mails against it.
 * Units: at most MOST_IDS queue ids and names are told apart.
 * Source: pflogsumm 1.1.5, its main loop.
 */
import type { Frame } from '../model/frame.ts';
import { hashText } from '../model/hash.ts';
import type { LineWatch } from '../model/line-watch.ts';
import { F } from '../model/log-event.ts';
import type { LogEvent } from '../model/log-event.ts';
import type { Period } from './period.ts';
import { PostfixTags, actOf } from './postfix-line.ts';

const MOST_IDS = 200_000;

export interface LoggedNumbers {
  /** queue ids with a client or a local sender */
  received: number;
  /** recipients taken by somebody, at every hop */
  delivered: number;
  /** recipients that went on under a new id of the same host (aliases, .forward) */
  forwarded: number;
  /** tries put off, and the queue ids they were of */
  deferrals: number;
  deferred: number;
  bounced: number;
  /** refusals and acts of rules, a line each */
  rejected: number;
  rejectWarnings: number;
  held: number;
  discarded: number;
  /** refusals of milters before the end of DATA: pflogsumm does not see them */
  milterRefusals: number;
  bytesReceived: number;
  bytesDelivered: number;
}

export class LoggedWatch implements LineWatch {
  readonly numbers: LoggedNumbers = {
    received: 0,
    delivered: 0,
    forwarded: 0,
    deferrals: 0,
    deferred: 0,
    bounced: 0,
    rejected: 0,
    rejectWarnings: 0,
    held: 0,
    discarded: 0,
    milterRefusals: 0,
    bytesReceived: 0,
    bytesDelivered: 0,
  };
  readonly #period: Period;
  readonly #tags = new PostfixTags();
  /** sizes of queue ids */
  readonly #sizes = new Map<number, number>();
  readonly #arrived = new Set<number>();
  readonly #deferred = new Set<number>();

  constructor(period: Period) {
    this.#period = period;
  }

  #isWithin({ at }: Frame): boolean {
    const { since, until } = this.#period;
    return !(since !== undefined && at < since) && !(until !== undefined && at > until);
  }

  line(frame: Frame): void {
    const tag = this.#tags.of(frame.program);
    if (tag === undefined || frame.duplicate || !this.#isWithin(frame)) return;
    const { writer } = tag;
    if (writer !== 'smtpd' && writer !== 'postscreen' && writer !== 'cleanup') return;
    const found = actOf(frame);
    if (found === undefined) return;
    const { act, stage } = found;
    const { numbers } = this;
    const isMilter = act.startsWith('milter-');
    // cleanup's lines of one mail; smtpd writes those of a milter for each refused command
    if (writer === 'cleanup' && !isContent(stage)) return;
    if (writer !== 'cleanup' && isMilter) {
      numbers.milterRefusals++;
      return;
    }
    if (act.endsWith('reject')) numbers.rejected++;
    else if (act === 'reject_warning' || (act === 'warning' && writer === 'cleanup')) numbers.rejectWarnings++;
    else if (act.endsWith('hold')) numbers.held++;
    else if (act.endsWith('discard')) numbers.discarded++;
  }

  event(event: LogEvent): void {
    const { kind, frame } = event;
    if (frame.duplicate) return;
    if (kind === 'arrival') this.#arrival(event);
    else if (kind === 'delivery') this.#delivery(event);
    if (event.size >= 0) this.#size(event);
    if (kind === 'closed') this.#forget(event);
  }

  #idOf(event: LogEvent): number {
    const seed = hashText(`${event.system} ${event.instance} ${event.frame.host ?? ''}`);
    return event.hash(F.queueId, seed);
  }

  #arrival(event: LogEvent): void {
    if (event.origin === 'internal' || !this.#isWithin(event.frame)) return;
    this.numbers.received++;
    if (this.#arrived.size < MOST_IDS) this.#arrived.add(this.#idOf(event));
  }

  #size(event: LogEvent): void {
    const id = this.#idOf(event);
    if (id === 0 || this.#sizes.has(id)) return;
    if (this.#sizes.size < MOST_IDS) this.#sizes.set(id, event.size);
    if (this.#arrived.delete(id) && this.#isWithin(event.frame)) this.numbers.bytesReceived += event.size;
  }

  #delivery(event: LogEvent): void {
    const { outcome, how, what } = event;
    if (what === 'answer' || outcome === 'suppressed' || !this.#isWithin(event.frame)) return;
    const { numbers } = this;
    if (outcome === 'deferred') {
      numbers.deferrals++;
      const id = this.#idOf(event);
      if (!this.#deferred.has(id)) {
        numbers.deferred++;
        if (this.#deferred.size < MOST_IDS) this.#deferred.add(id);
      }
    } else if (outcome === 'bounced') numbers.bounced++;
    else if (how === 'forwarded') numbers.forwarded++;
    else if (outcome === 'sent' || outcome === 'discarded' || outcome === 'quarantined' || outcome === 'expanded') {
      numbers.delivered++;
      numbers.bytesDelivered += this.#sizes.get(this.#idOf(event)) ?? 0;
    }
  }

  /** An id that left the queue may come again. */
  #forget(event: LogEvent): void {
    const id = this.#idOf(event);
    this.#sizes.delete(id);
    this.#arrived.delete(id);
  }
}

function isContent(stage: string): boolean {
  return stage === 'header' || stage === 'body' || stage === 'END-OF-MESSAGE';
}
