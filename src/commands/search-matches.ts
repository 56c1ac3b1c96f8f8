/**
 * What a search found: numbers, groups or the messages to print; and the second look, at raw lines.
 */
import { decodeText } from '../model/frame.ts';
import type { Message, Session } from '../model/message.ts';
import type { Status } from '../model/words.ts';
import type { RunResult } from '../pipeline/run.ts';
import type { InputProblem } from '../model/run.ts';
import type { Tally } from '../render/footer.ts';
import { counted } from '../render/prose.ts';
import { grouped } from '../util/grouped.ts';
import { GARBAGE, sharesOf, sizeText } from '../util/memory.ts';
import { recipientsOf } from '../render/rows.ts';
import { Counter, Groups, Kept } from './collect.ts';
import type { Engine } from './engine.ts';
import { LINES_BATCH, rawLinesOf } from './engine.ts';
import type { Patience } from './patience.ts';
import type { SearchOptions } from './search-options.ts';
import { formOf } from './search-print.ts';
import { Spool } from './spool/spool.ts';
import type { PlainTaker } from '../plain/taker.ts';
import type { Chain } from '../weigh/chains.ts';

/** Bytes of a group, and of a session with its texts. */
const GROUP = 320;
const SESSION = 700;

/** What matched, and what of it is kept. */
export class Matches {
  readonly all: Tally = { messages: 0, recipients: 0 };
  /** with --limit: the first of them */
  readonly kept: Kept | undefined;
  /** without: all of them */
  readonly spool: Spool | undefined;
  /** takes messages that are written as JSON by whoever reads them; undefined: that is not what is printed of them */
  readonly plain: Omit<PlainTaker, 'clock'> | undefined;
  readonly counter = new Counter();
  readonly groups: Groups | undefined;
  readonly sessions: Session[] = [];
  /** sessions that there was no memory for */
  sessionsLost = 0;
  readonly sessionKinds: Record<string, number> = {};
  readonly #count: boolean;
  readonly #memory: number;
  readonly #mostSessions: number;
  readonly #redactor: SearchOptions['redactor'];
  /** chains whose rows another message tells, by shape */
  readonly #shapes = new Map<number, number>();

  constructor(options: SearchOptions, engine: Engine) {
    const { order, limit, groupBy, count } = options;
    this.groups =
      groupBy === undefined
        ? undefined
        : new Groups(groupBy, Math.floor(sharesOf(options.memory).output / GARBAGE / GROUP));
    this.#count = count;
    this.#memory = options.memory;
    this.#mostSessions = sharesOf(options.memory).output / GARBAGE / SESSION;
    this.#redactor = options.redactor;
    if (count || groupBy !== undefined) return;
    if (limit === undefined) this.spool = new Spool(formOf(options, engine), order, options.store);
    else this.kept = new Kept(order, limit);
    if (this.spool?.form.keepsJson !== undefined) this.plain = this.#plainTaker(this.spool);
  }

  #plainTaker(spool: Spool): Omit<PlainTaker, 'clock'> {
    return {
      isList: spool.form.keepsJson === 'list',
      add: (json, from, to, idHash, time, order, rows) => {
        this.all.messages++;
        this.all.recipients += rows;
        return spool.addJson(json, from, to, idHash, time, order, rows);
      },
      settle: () => spool.settle(),
      drop: (number) => {
        this.all.messages--;
        this.all.recipients -= spool.rowsOf(number);
        spool.drop(number);
      },
      read: (number) => spool.jsonOf(number),
    };
  }

  /** What was printed, where messages are. */
  shown(printed: Tally): Tally {
    const { counts } = this.counter;
    if (this.#count) return { messages: counts.messages, recipients: counts.recipients };
    if (this.groups === undefined) return printed;
    const recipients = this.groups.sorted().reduce((sum, group) => sum + group.recipients, 0);
    return { messages: this.all.messages, recipients };
  }

  /** Messages for which there was no room. */
  problem(): InputProblem | undefined {
    const { spool, groups } = this;
    const where = `memory of ${sizeText(this.#memory)} was short`;
    if (groups !== undefined && groups.letGo > 0)
      return {
        where,
        what: `${counted(groups.letGo, 'rare group')} let go: the others' numbers are right, or too small by little`,
        help: 'give more with --memory, or narrow the search',
      };
    if (this.sessionsLost > 0)
      return {
        where,
        what: `${counted(this.sessionsLost, 'session')} left out, the last ones`,
        help: 'give more with --memory, or narrow the search (--since, --ip)',
      };
    if (spool === undefined || spool.lost === 0) return undefined;
    return {
      where: spool.trouble ?? where,
      what: `no room to put the messages in order: ${counted(spool.lost, 'message')} of ${grouped(this.all.messages)} left out`,
      help:
        spool.trouble === undefined
          ? 'give more with --memory, or ask for fewer (--limit, --since)'
          : 'set TMPDIR to a folder with more room, or ask for fewer (--limit, --since)',
    };
  }

  close(): void {
    this.spool?.close();
  }

  /** A session to be printed. */
  addSession(session: Session): void {
    if (this.sessions.length < this.#mostSessions) this.sessions.push(session);
    else this.sessionsLost++;
  }

  /** Messages that are counted together. */
  tally(messages: number, byStatus: ReadonlyMap<Status, number>): void {
    this.all.messages += messages;
    this.counter.addSums(messages, byStatus);
  }

  /** A message of which only its raw lines are known. */
  addChain(chain: Chain): void {
    this.all.messages++;
    this.all.recipients += chain.rows;
    if (chain.shape !== 0) this.#shapes.set(chain.shape, (this.#shapes.get(chain.shape) ?? 0) + 1);
    this.spool?.addChain(chain);
  }

  /** How many rows each chain of a shape has is known now. */
  settleRows(rowsOf: (shape: number) => number): void {
    for (const [shape, count] of this.#shapes) this.all.recipients += count * rowsOf(shape);
    this.spool?.settleRows(rowsOf);
  }

  /** Messages that are counted and nothing else. */
  count(statuses: readonly Status[], refusedForNow: number, times: number): void {
    this.all.messages += times;
    this.counter.addStatuses(statuses, refusedForNow, times);
  }

  /** Whether a message that `add` kept is still of use: with --limit others may have taken its place. */
  isKept(message: Message): boolean {
    return this.kept?.has(message) === true;
  }

  /** Whether the message must be kept by the run. */
  add(message: Message): boolean {
    this.all.messages++;
    if (this.#count || this.groups !== undefined) {
      if (this.#count) this.counter.add(message);
      this.groups?.add(this.#redactor === undefined ? message : this.#redactor.message(message));
      return false;
    }
    const recipients = recipientsOf(message);
    this.all.recipients += recipients;
    if (this.kept !== undefined) return this.kept.add(message);
    this.spool?.add(message, recipients);
    return false;
  }
}

export function textOf(bytes: Uint8Array): string {
  return decodeText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
}

/** The raw lines of a message as text; undefined where some must be read again from their file. */
export function keptTexts({ lines = [] }: Message): string[] | undefined {
  const texts: string[] = [];
  for (const { bytes } of lines) {
    if (bytes === undefined) return undefined;
    texts.push(textOf(bytes));
  }
  return texts;
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
  const matches = options.sessions ? new Matches(options, engine) : before;
  Object.assign(matches.sessionKinds, before.sessionKinds);
  for (let at = 0; at < candidates.length; at += LINES_BATCH) {
    if (await patience.isOver()) break;
    const batch = candidates.slice(at, at + LINES_BATCH);
    const chains = rawLinesOf(engine, batch, result);
    for (const [i, message] of batch.entries()) {
      const texts = (chains[i] ?? []).map(({ bytes }) => textOf(bytes));
      if (!options.filter.matchLines(texts)) continue;
      if (options.sessions) matches.addSession(before.sessions[at + i] as Session);
      else matches.add(message);
    }
  }
  return matches;
}
