/**
 * Sentences for stderr that help where a search found nothing, or more than it printed.
 */
import type { CompiledFilter, Miss } from '../filter/compile.ts';
import { NearAddresses } from '../filter/near.ts';
import type { FilterOptions } from '../filter/options.ts';
import type { Message } from '../model/message.ts';
import type { RunSummary } from '../model/run.ts';
import { counted, listed } from '../render/prose.ts';

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

/** Filters not used yet that would narrow a result, as one types them. */
export function narrower(options: FilterOptions): string[] {
  const ways: string[] = [];
  if (options.status === undefined) ways.push('--status failed');
  if (options.since === undefined) ways.push('--since 2h');
  if (options.recipient === undefined && options.address === undefined) ways.push('--recipient ADDR');
  return ways.slice(0, 2);
}
