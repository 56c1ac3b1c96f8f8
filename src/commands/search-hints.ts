/**
 * Sentences for stderr that help where a search found nothing, or more than it printed.
 */
import type { CompiledFilter, Miss } from '../filter/compile.ts';
import { NearAddresses } from '../filter/near.ts';
import type { Instant, Message } from '../model/message.ts';
import type { RunSummary } from '../model/run.ts';
import { shellWord } from '../render/escape.ts';
import { counted, listed } from '../render/prose.ts';
import type { Screen } from '../render/screen.ts';
import type { Order } from './collect.ts';
import type { SearchOptions } from './search-options.ts';

const MOST_NEAR = 5;

/** What comes near, gathered while messages pass that do not match. */
export class NearMisses {
  readonly #filter: CompiledFilter;
  readonly #near: NearAddresses;
  readonly #misses: Record<Miss, number> = { time: 0, direction: 0 };
  #sawSubject = false;
  #done = false;

  constructor(filter: CompiledFilter) {
    this.#filter = filter;
    this.#near = new NearAddresses(filter.patterns);
  }

  /** Something matched: no help will be needed. */
  stop(): void {
    this.#done = true;
  }

  see(message: Message): void {
    if (this.#done) return;
    if (message.subject !== undefined) this.#sawSubject = true;
    const miss = this.#filter.nearMiss(message);
    if (miss !== undefined) this.#misses[miss]++;
    else if (!this.#near.idle) this.#near.see(message);
  }

  /** Sentences for an empty result. */
  hints(summary: RunSummary, defaultWindow: boolean): string[] {
    const { time, direction } = this.#misses;
    const near = this.#near.found(MOST_NEAR);
    const said: string[] = [];
    const filters = this.#filter.describe();
    if (filters !== '') said.push(`searched for ${filters}`);
    if (time > 0) {
      const way = defaultWindow ? 'give --since, or a PATH' : 'widen --since or --until';
      said.push(`outside the dates ${time === 1 ? 'is' : 'are'} ${counted(time, 'message')} that would match: ${way}`);
    }
    if (direction > 0) {
      said.push(`${counted(direction, 'message')} would match in another direction: leave out --direction`);
    }
    if (near.length > 0) said.push(`the logs hold what comes near: ${listed(near)}`);
    if (this.#filter.asksSubject && !this.#sawSubject && summary.messages > 0) said.push(...noSubjects(summary));
    return said;
  }
}

/** Why no subject can be found, and the one setting that changes it, for each system in the logs. */
function noSubjects(summary: RunSummary): string[] {
  const formats = new Set(summary.sources.flatMap((source) => source.formats));
  const said = ['these logs hold no subjects'];
  if (formats.has('postfix')) {
    said.push(
      "Postfix logs them with header_checks = pcre:/etc/postfix/header_checks and in that file the line '/^Subject:/ WARN'",
    );
  }
  if (formats.has('exim')) said.push('Exim logs them with log_selector = +subject');
  return said;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Pieces of a log that people think in; `2h` as --since takes it where the log is still being written. */
const STEPS: readonly (readonly [ms: number, typed: string])[] = [
  [365 * DAY, '365d'],
  [90 * DAY, '90d'],
  [30 * DAY, '30d'],
  [7 * DAY, '7d'],
  [DAY, '1d'],
  [6 * HOUR, '6h'],
  [2 * HOUR, '2h'],
  [HOUR, '1h'],
  [10 * MINUTE, '10m'],
  [2 * MINUTE, '2m'],
];
/** A log whose last line is older is not that of now: spans back from now mean nothing in it. */
const LIVE = 10 * MINUTE;

/** `--since 2h` or `--since '2026-11-21 20:00'`: a quarter of the log or less, at the end that is printed first. */
function narrowerTime(
  span: { first: Instant; last: Instant },
  order: Order,
  { clock, now }: Screen,
): string | undefined {
  const step = STEPS.find(([ms]) => ms <= (span.last - span.first) / 4);
  if (step === undefined) return undefined;
  const [ms, typed] = step;
  if (order === 'newest' && span.last <= now && now - span.last < LIVE) return `--since ${typed}`;
  const at = clock.plain(order === 'newest' ? span.last - ms : span.first + ms);
  const option = order === 'newest' ? '--since' : '--until';
  return `${option} ${ms >= DAY ? at.slice(0, 10) : shellWord(at.slice(0, 16))}`;
}

/** Filters not used yet that would narrow a result, as one types them. `first`, `last`: of the logs. */
export function narrower(
  {
    filterOptions: options,
    window,
    order,
    screen,
  }: Pick<SearchOptions, 'filterOptions' | 'window' | 'order' | 'screen'>,
  { first, last }: Pick<RunSummary, 'first' | 'last'>,
): string[] {
  const ways: string[] = [];
  if (options.status === undefined) ways.push('--status failed');
  if (options.since === undefined && options.until === undefined && first !== undefined && last !== undefined) {
    const way = narrowerTime({ first: Math.max(first, window.since ?? first), last }, order, screen);
    if (way !== undefined) ways.push(way);
  }
  if (options.recipient === undefined && options.address === undefined) ways.push('--recipient ADDR');
  return ways.slice(0, 2);
}
