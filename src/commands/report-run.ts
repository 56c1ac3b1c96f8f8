/**
 * Reads what a report needs of the logs, in the same three ways as a search: the lines of what is looked for, what the
 * window needs, or everything.
 */
import type { Io } from '../io.ts';
import type { LineWatch } from '../model/line-watch.ts';
import type { Message, Session } from '../model/message.ts';
import type { RunRequest } from '../model/run.ts';
import type { Bounded, Reach } from '../pipeline/bounds.ts';
import type { RunHandlers, RunIo, RunOptions, RunResult } from '../pipeline/run.ts';
import type { Report } from '../report/report.ts';
import type { ToldRunHandlers, ToldSink } from '../weigh/told-run.ts';
import { LINES_BATCH, MOST_CANDIDATES, rawLinesOf, runIoOf } from './engine.ts';
import type { Engine } from './engine.ts';
import { withProgress } from './progress.ts';
import type { ReportOptions } from './report-options.ts';
import { keptTexts, textOf } from './search-matches.ts';
import { planOf } from './search-plan.ts';
import { ReachWatch, reachOf } from './search-reach.ts';
import { sessionAsMessage } from './session-message.ts';

/** Reports that tell of sessions without mail. */
const TELL_SESSIONS: readonly string[] = ['traffic', 'auth'];

const MOST_HOSTS = 1000;

/** Of so large a part that is left out the rest is read line by line as soon as all of it is told. */
const MOST_LEFT_OUT = 0.75;

/** Most of the inputs is left out. */
function isMost(bounded: Bounded | undefined): boolean {
  const { skipped, options } = bounded ?? {};
  const size = options?.found?.files.reduce((sum, file) => sum + file.size, 0) ?? 0;
  return skipped !== undefined && (options?.journal !== undefined || skipped.bytes > MOST_LEFT_OUT * size);
}

export interface Read {
  readonly report: Report;
  readonly result: RunResult;
  /** where pseudonyms are asked for: names of hosts that wrote of mails, which lines name too */
  readonly hosts: readonly string[];
}

/** Reads, and gives the report with all messages in it. `make` is asked for a new one where reading begins anew. */
export async function readReport(
  options: ReportOptions,
  make: () => Report,
  io: Io,
  engine: Engine,
  signal?: AbortSignal,
): Promise<Read> {
  const { paths } = options.search;
  const runIo = runIoOf(io, paths);
  try {
    return await withProgress(
      io,
      signal,
      () => undefined,
      (onPhase) => new Reading(options, make, engine, runIo, { signal, onPhase }).read(),
    );
  } finally {
    runIo.spools?.close();
  }
}

class Reading {
  readonly #options: ReportOptions;
  readonly #make: () => Report;
  readonly #engine: Engine;
  readonly #io: RunIo;
  readonly #run: Pick<RunOptions, 'signal' | 'onPhase' | 'isBrief'>;
  readonly #request: RunRequest;
  #report: Report;
  #candidates: Message[] = [];
  #files: RunResult['files'] = [];
  readonly #hosts = new Set<string>();
  #watch: ReachWatch | undefined;

  constructor(
    options: ReportOptions,
    make: () => Report,
    engine: Engine,
    io: RunIo,
    run: Pick<RunOptions, 'signal' | 'onPhase'>,
  ) {
    const { paths, logZones, screen, own, json, memory } = options.search;
    this.#options = options;
    this.#make = make;
    this.#engine = engine;
    this.#io = io;
    this.#run = { ...run, isBrief: true };
    this.#report = make();
    this.#request = {
      paths,
      logZones,
      now: screen.now,
      wantLines: options.filter.needsLines,
      wantSessions: TELL_SESSIONS.includes(options.kind),
      own,
      json,
      memory,
    };
  }

  async read(): Promise<Read> {
    const chosen = await this.#chosen();
    if (chosen !== undefined) return chosen;
    const reach = this.#reach();
    const bounded = reach && (await this.#engine.bound?.(this.#request, this.#io, reach, this.#run));
    const told = isMost(bounded) ? undefined : await this.#told();
    if (told !== undefined) return this.#done(told);
    const part = reach && bounded && (await this.#within(reach, bounded));
    return part ?? this.#done(await this.#once({}));
  }

  /** The lines of what is looked for alone. */
  async #chosen(): Promise<Read | undefined> {
    const { search, kind } = this.#options;
    // sessions without mail name none of what is looked for but their client
    const plan = TELL_SESSIONS.includes(kind) ? undefined : planOf({ ...search, format: 'json' });
    const chosen = plan && (await this.#engine.select?.(this.#request, this.#io, plan, this.#run));
    if (chosen === undefined) return undefined;
    const result = await this.#once(chosen);
    if (result.isDoubted !== true) return this.#done(result);
    this.#restart();
    return undefined;
  }

  /** The times that the period needs. */
  #reach(): Reach | undefined {
    const { search, period, compare } = this.#options;
    const since = compare?.since ?? period.since;
    const window = { ...search.window, ...(since === undefined ? {} : { since }) };
    return reachOf({ ...search, format: 'json', window });
  }

  /** What the period needs; undefined where it was not enough. */
  async #within(reach: Reach, bounded: Bounded): Promise<Read | undefined> {
    this.#watch = new ReachWatch(reach);
    const result = await this.#once(bounded.options);
    const isEnough = result.summary.interrupted || (!this.#watch.isDoubted && result.isDoubted !== true);
    this.#watch = undefined;
    if (!isEnough) {
      this.#restart();
      return undefined;
    }
    result.summary.skipped = bounded.skipped;
    return this.#done(result);
  }

  /** A report of a whole log: plain mails need not be read. */
  async #told(): Promise<RunResult | undefined> {
    const { filter, search } = this.#options;
    if (this.#engine.told === undefined || filter.needsLines || search.redactor !== undefined) return undefined;
    const sinks = this.#report.traffic === undefined ? await this.#resultSinks() : await this.#trafficSinks();
    return sinks && this.#engine.told(this.#request, this.#io, { ...this.#handlers(), ...sinks }, this.#run);
  }

  async #trafficSinks(): Promise<Pick<ToldRunHandlers, 'wants' | 'newSink'>> {
    const { ToldTraffic, TRAFFIC_WANTS } = await import('./report-told.ts');
    const newSink = (): ToldSink => {
      const { traffic } = this.#report;
      if (traffic === undefined) throw new Error('a report of the same options counts the same');
      return new ToldTraffic(this.#report, traffic, (recipient) => this.#engine.reasonOf(recipient));
    };
    return { wants: TRAFFIC_WANTS, newSink };
  }

  /** undefined: this report looks at every mail. */
  async #resultSinks(): Promise<Pick<ToldRunHandlers, 'wants' | 'newSink'> | undefined> {
    const { results } = this.#report;
    if (results === undefined) return undefined;
    const { ToldResults, wantsOfResults } = await import('./report-results.ts');
    return {
      wants: wantsOfResults(results),
      newSink: () => new ToldResults(this.#report, results, (recipient) => this.#engine.reasonOf(recipient)),
    };
  }

  #once(chosen: RunOptions): Promise<RunResult> {
    return this.#engine.run(this.#request, this.#io, this.#handlers(), {
      ...this.#run,
      ...chosen,
      onFiles: (files) => {
        this.#files = files;
      },
    });
  }

  #restart(): void {
    this.#report = this.#make();
    this.#candidates = [];
  }

  #handlers(): RunHandlers {
    return {
      reasonOf: (recipient) => this.#engine.reasonOf(recipient),
      onMessage: (message) => this.#take(message),
      onSession: (session, times) => this.#session(session, times),
      onRestart: () => this.#restart(),
      onLink: (id, link) => this.#report.link(id, link),
      ...(this.#report.watches.length === 0 ? {} : { watch: this.#lineWatch() }),
    };
  }

  /** A run that is made anew has a new report, and that one's watches. */
  #lineWatch(): LineWatch {
    let report = this.#report;
    let { watches } = report;
    const current = (): readonly LineWatch[] => {
      if (report !== this.#report) {
        report = this.#report;
        watches = report.watches;
      }
      return watches;
    };
    return {
      line: (frame) => {
        for (const watch of current()) watch.line(frame);
      },
      event: (event) => {
        for (const watch of current()) watch.event(event);
      },
    };
  }

  #take(message: Message): boolean {
    const { filter } = this.#options;
    this.#watch?.see(message);
    if (!filter.matchMessage(message)) return false;
    if (!filter.needsLines) this.#add(message);
    else {
      // of a pipe the lines are here: looked at now, they need not be kept
      const texts = keptTexts(message);
      if (texts === undefined) {
        this.#candidates.push(message);
        if (this.#candidates.length >= MOST_CANDIDATES) this.#lookAtLines();
      } else if (filter.matchLines(texts)) this.#add(message);
    }
    return false;
  }

  /** Counts it, with pseudonyms where these are asked for. */
  #add(message: Message): void {
    const { redactor } = this.#options.search;
    if (redactor !== undefined)
      for (const { host } of message.hops)
        if (host !== undefined && this.#hosts.size < MOST_HOSTS) this.#hosts.add(host);
    this.#report.add(redactor === undefined ? message : redactor.message(message));
  }

  #session(session: Session, times: number): void {
    const { filter, search } = this.#options;
    const { redactor } = search;
    if (!filter.needsLines && filter.matchMessage(sessionAsMessage(session)))
      this.#report.session(redactor === undefined ? session : redactor.session(session), times);
  }

  /** The messages whose raw lines fit are counted. */
  #lookAtLines(): void {
    const { filter } = this.#options;
    for (let at = 0; at < this.#candidates.length; at += LINES_BATCH) {
      const batch = this.#candidates.slice(at, at + LINES_BATCH);
      const chains = rawLinesOf(this.#engine, batch, { files: this.#files });
      for (const [i, message] of batch.entries())
        if (filter.matchLines((chains[i] ?? []).map(({ bytes }) => textOf(bytes)))) this.#add(message);
    }
    this.#candidates = [];
  }

  #done(result: RunResult): Read {
    this.#lookAtLines();
    return { report: this.#report, result, hosts: [...this.#hosts] };
  }
}
