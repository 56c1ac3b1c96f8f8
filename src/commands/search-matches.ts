/**
 * What a search found: numbers, groups or the messages to print; and the second look, at raw lines.
 */
import { decodeText } from '../model/frame.ts';
import type { Message, Session } from '../model/message.ts';
import type { Status } from '../model/words.ts';
import type { RunResult } from '../pipeline/run.ts';
import type { Tally } from '../render/footer.ts';
import { rowsOf } from '../render/rows.ts';
import { Counter, Groups, Kept } from './collect.ts';
import type { Engine } from './engine.ts';
import { LINES_BATCH, rawLinesOf } from './engine.ts';
import type { Patience } from './patience.ts';
import type { SearchOptions } from './search-options.ts';

/** What matched, and what of it is kept. */
export class Matches {
  readonly all: Tally = { messages: 0, recipients: 0 };
  readonly kept: Kept;
  readonly counter = new Counter();
  readonly groups: Groups | undefined;
  readonly sessions: Session[] = [];
  readonly sessionKinds: Record<string, number> = {};
  readonly #count: boolean;

  constructor(options: SearchOptions) {
    this.kept = new Kept(options.order, options.filter.needsLines ? undefined : options.limit);
    this.groups = options.groupBy === undefined ? undefined : new Groups(options.groupBy);
    this.#count = options.count;
  }

  /** What was printed: `messages` of those that were kept. */
  shown(messages: readonly Message[]): Tally {
    const { counts } = this.counter;
    if (this.#count) return { messages: counts.messages, recipients: counts.recipients };
    if (this.groups === undefined) return messages.length === this.all.messages ? this.all : tallyOf(messages);
    const recipients = this.groups.sorted().reduce((sum, group) => sum + group.recipients, 0);
    return { messages: this.all.messages, recipients };
  }

  /** Messages that are counted together. */
  tally(messages: number, byStatus: ReadonlyMap<Status, number>): void {
    this.all.messages += messages;
    this.counter.addSums(messages, byStatus);
  }

  /** Messages that are counted and nothing else. */
  count(statuses: readonly Status[], refusedForNow: number, times: number): void {
    this.all.messages += times;
    this.counter.addStatuses(statuses, refusedForNow, times);
  }

  /** Whether the message must be kept by the run. */
  add(message: Message): boolean {
    this.all.messages++;
    if (this.#count || this.groups !== undefined) {
      if (this.#count) this.counter.add(message);
      this.groups?.add(message);
      return false;
    }
    this.all.recipients += tallyOf([message]).recipients;
    return this.kept.add(message);
  }
}

function tallyOf(messages: readonly Message[]): Tally {
  let recipients = 0;
  for (const message of messages) for (const row of rowsOf(message)) if (row.recipient !== undefined) recipients++;
  return { messages: messages.length, recipients };
}

/** The candidates whose raw lines fit --text and --not-text; after Ctrl-C those of the ones that were looked at. */
export async function sifted(
  before: Matches,
  candidates: readonly Message[],
  options: SearchOptions,
  engine: Engine,
  result: RunResult,
  patience: Patience,
): Promise<Matches> {
  const matches = new Matches({ ...options, filter: { ...options.filter, needsLines: false } });
  Object.assign(matches.sessionKinds, before.sessionKinds);
  for (let at = 0; at < candidates.length; at += LINES_BATCH) {
    if (await patience.isOver()) break;
    const batch = candidates.slice(at, at + LINES_BATCH);
    const chains = rawLinesOf(engine, batch, result);
    for (const [i, message] of batch.entries()) {
      const texts = (chains[i] ?? []).map(({ bytes }) =>
        decodeText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length),
      );
      if (!options.filter.matchLines(texts)) continue;
      if (options.sessions) matches.sessions.push(before.sessions[at + i] as Session);
      else matches.add(message);
    }
  }
  return matches;
}
