/**
 * What a search collects while a run goes on: matches, messages whose raw lines are still to be looked at, what comes near.
 */
import type { Message, Session } from '../model/message.ts';
import type { RunRequest } from '../model/run.ts';
import type { RunIo, RunOptions, RunResult } from '../pipeline/run.ts';
import type { Plan } from '../select/index.ts';
import type { PlainHandlers } from '../plain/plain-run.ts';
import type { PlainTaker } from '../plain/taker.ts';
import type { CountHandlers } from '../weigh/count-run.ts';
import { recipientsOf } from '../render/rows.ts';
import type { Engine } from './engine.ts';
import { LINES_BATCH, MOST_CANDIDATES, rawLinesOf } from './engine.ts';
import { NearMisses } from './search-hints.ts';
import { nearRun } from './search-near.ts';
import { Matches, keptTexts, textOf } from './search-matches.ts';
import type { SearchOptions } from './search-options.ts';
import { asksTextAlone, tellsLinks } from './search-plan.ts';
import type { ReachWatch } from './search-reach.ts';
import { sessionAsMessage } from './session-message.ts';
import { Heads } from './spool/heads.ts';

/** Whether messages outside some window are left out: then each must be looked at. */
function asksTime({ filterOptions, defaultWindow }: SearchOptions): boolean {
  const { since, until, not = {} } = filterOptions;
  return defaultWindow || [since, until, not.since, not.until].some((text) => text !== undefined);
}

/** What a search collects while the run goes on; a run that is made anew begins with nothing. */
export class Hunt {
  matches: Matches;
  near: NearMisses;
  candidates: Message[] = [];
  /** the inputs of the run that goes on */
  files: RunResult['files'] = [];
  readonly onFiles = (files: RunResult['files']): void => {
    this.files = files;
  };
  /** asked of every message, where not all of the logs is read */
  watch: ReachWatch | undefined;
  /** of messages that are looked at for links alone */
  #heads: Heads | undefined;
  readonly #options: SearchOptions;
  readonly #engine: Engine;

  constructor(options: SearchOptions, engine: Engine) {
    this.#options = options;
    this.#engine = engine;
    this.matches = new Matches(options, engine);
    this.near = new NearMisses(options);
  }

  /** Matches so far; undefined where their raw lines are still to be looked at. */
  get found(): number | undefined {
    const { sessions, filter } = this.#options;
    if (filter.needsLines) return undefined;
    return sessions ? this.matches.sessions.length : this.matches.all.messages;
  }

  /** Nothing more is looked at for links. */
  close(): void {
    this.#heads?.close();
    this.#heads = undefined;
  }

  restart(): void {
    this.close();
    this.matches.close();
    this.matches = new Matches(this.#options, this.#engine);
    this.near = new NearMisses(this.#options);
    this.candidates = [];
  }

  /** Once chosen lines showed that nothing matches: what comes near. undefined: all lines must be read for it. */
  help(
    plan: Plan | undefined,
    request: RunRequest,
    io: RunIo,
    options: Pick<RunOptions, 'signal' | 'onPhase'>,
  ): Promise<RunResult | undefined> {
    const { count, groupBy, filter } = this.#options;
    const handlers: CountHandlers = {
      reasonOf: (recipient) => this.#engine.reasonOf(recipient),
      onMessage: (message) => this.#take(message),
      keepsMessages: !count && groupBy === undefined,
      isKept: (message) => this.candidates.includes(message) || this.matches.isKept(message),
      onSession: (session) => this.#takeSession(session),
      onRestart: () => {
        const near = this.near.again();
        this.restart();
        this.near = near;
      },
    };
    const { onFiles } = this;
    return nearRun(this.near, handlers, this.#engine, plan, filter.patterns, request, io, { ...options, onFiles });
  }

  /** `isSieved`: only messages are told that may match. */
  handlers(isSieved: boolean): CountHandlers & PlainHandlers {
    const { count, sessions, groupBy, filter, raw } = this.#options;
    const takesAll = !sessions && groupBy === undefined && !asksTime(this.#options) && filter.describe() === '';
    const countsAll = takesAll && count && !raw;
    const forLinks = isSieved && tellsLinks(this.#options) && !raw;
    const plain = takesAll && !count && !raw ? this.matches.plain : undefined;
    const takesChains = isSieved ? asksTextAlone(this.#options) : takesAll;
    const chainsAll = takesChains && this.matches.spool?.form.isChains === true;
    return {
      ...(plain === undefined ? {} : { plain: this.#plain() }),
      ...(forLinks ? { plain: this.#linked() } : {}),
      reasonOf: (recipient) => this.#engine.reasonOf(recipient),
      onMessage: (message) => this.#take(message),
      // numbers tell no ids and no links
      keepsMessages: !count && groupBy === undefined,
      isKept: (message) => this.candidates.includes(message) || this.matches.isKept(message),
      onSession: (session) => this.#takeSession(session),
      onRestart: () => this.restart(),
      onLink: (id, link) => this.matches.spool?.link(id, link),
      onNote: (id, note) => this.matches.spool?.note(id, note),
      ...(countsAll
        ? {
            onCount: (statuses, refusedForNow, times) => this.matches.count(statuses, refusedForNow, times),
            onTally: (messages, byStatus) => this.matches.tally(messages, byStatus),
          }
        : {}),
      ...(chainsAll
        ? {
            onChain: (chain) => this.matches.addChain(chain),
            onChainTimes: (shift) => this.matches.spool?.shift(shift),
            rowsOf: recipientsOf,
            onChainRows: (rowsOf) => this.matches.settleRows(rowsOf),
          }
        : {}),
    };
  }

  /** Hands messages that come as JSON to the matches of the run at hand. */
  #plain(): PlainTaker {
    const at = (): Omit<PlainTaker, 'clock'> => this.matches.plain as PlainTaker;
    return {
      clock: this.#options.screen.clock,
      isList: at().isList,
      add: (json, from, to, idHash, time, order, rows) => at().add(json, from, to, idHash, time, order, rows),
      settle: () => at().settle(),
      drop: (number) => at().drop(number),
      read: (number) => at().read(number),
    };
  }

  /** Keeps what links ask of messages that do not match. */
  #linked(): PlainTaker {
    const at = (): Heads => (this.#heads ??= new Heads(this.#options.store));
    return {
      clock: this.#options.screen.clock,
      isList: false,
      get isFull() {
        return at().isFull;
      },
      add: (json, from, to, idHash, time) => at().add(json, from, to, idHash, time),
      settle: () => at().settle(),
      drop: () => at().drop(),
      read: (number) => at().read(number),
    };
  }

  #take(message: Message): boolean {
    const { sessions, filter } = this.#options;
    this.watch?.see(message);
    if (sessions) return false;
    if (!filter.matchMessage(message)) {
      this.near.see(message);
      return false;
    }
    if (!filter.needsLines) {
      this.near.stop();
      return this.matches.add(message);
    }
    // of a pipe the lines are here: looked at now, they need not be kept
    const texts = keptTexts(message);
    if (texts !== undefined) return filter.matchLines(texts) && this.matches.add(message);
    this.candidates.push(message);
    if (this.candidates.length >= MOST_CANDIDATES) this.#lookAtLines();
    return true;
  }

  /** Of messages whose lines are still to be looked at those that fit are taken. */
  #lookAtLines(): void {
    for (let at = 0; at < this.candidates.length; at += LINES_BATCH) {
      const batch = this.candidates.slice(at, at + LINES_BATCH);
      const chains = rawLinesOf(this.#engine, batch, this);
      for (const [i, message] of batch.entries())
        if (this.#options.filter.matchLines((chains[i] ?? []).map(({ bytes }) => textOf(bytes))))
          this.matches.add(message);
    }
    this.candidates = [];
  }

  #takeSession(session: Session): void {
    const { sessions, filter } = this.#options;
    const asMessage = sessionAsMessage(session);
    if (!filter.matchMessage(asMessage)) {
      this.near.seeSession(session);
      return;
    }
    if (filter.needsLines && sessions && this.matches.sessionsLost === 0) this.candidates.push(asMessage);
    const { sessionKinds } = this.matches;
    sessionKinds[session.kind] = (sessionKinds[session.kind] ?? 0) + 1;
    if (sessions) this.matches.addSession(session);
  }
}
