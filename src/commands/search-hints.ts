/**
 * Sentences for stderr that help where a search found nothing.
 */
import { settingsFor } from '../explain/log-settings.ts';
import type { CompiledFilter, Miss } from '../filter/compile.ts';
import { MISSES } from '../filter/compile.ts';
import { NearAddresses } from '../filter/near.ts';
import type { Frame } from '../model/frame.ts';
import type { Message, Session } from '../model/message.ts';
import type { RunSummary } from '../model/run.ts';
import { Gaps } from '../pipeline/gaps.ts';
import type { NearLook } from '../select/index.ts';
import { counted, listed } from '../render/prose.ts';
import { gapText } from '../render/doctor.ts';
import type { Clock } from '../render/times.ts';
import { NearRefusals } from './near-refusals.ts';
import type { SearchOptions } from './search-options.ts';

const MOST_NEAR = 5;
const MOST_GAPS = 3;
const MOST_WORDS = 3;

/** What a search asks that some logs never tell. */
const ASKED_FACTS = ['subject', 'user', 'mailbox'] as const;
type AskedFact = (typeof ASKED_FACTS)[number];

type Known = Pick<NearLook, 'known' | 'hasManyUnnamed'>;

/** What comes near, gathered while messages pass that do not match. */
export class NearMisses {
  readonly #options: SearchOptions;
  readonly #filter: CompiledFilter;
  readonly #near: NearAddresses;
  readonly #refusals: NearRefusals;
  #gaps = new Gaps();
  #known: Known | undefined;
  readonly #misses: Record<Miss, number> = { time: 0, direction: 0, action: 0, status: 0 };
  /** of those that miss by their action or status alone: what it is */
  readonly #instead = new Map<string, number>();
  readonly #seen: Record<AskedFact, boolean> = { subject: false, user: false, mailbox: false };
  #done = false;

  constructor(options: SearchOptions) {
    this.#options = options;
    this.#filter = options.filter;
    this.#near = new NearAddresses(options.filter.patterns);
    this.#refusals = new NearRefusals(options);
  }

  /** Takes over what a look at the bytes of the log told. */
  know(known: Known): void {
    this.#known = known;
    this.#near.know(known.known);
    this.#refusals.isUncounted = known.hasManyUnnamed;
  }

  /** The same without the messages that it saw. */
  again(): NearMisses {
    const other = new NearMisses(this.#options);
    other.#gaps = this.#gaps;
    if (this.#known !== undefined) other.know(this.#known);
    return other;
  }

  /** Whether messages must all be seen: it is asked whether any of them tells such a fact. */
  get asksAll(): boolean {
    const { filterOptions } = this.#options;
    const { not = {} } = filterOptions;
    return ASKED_FACTS.some((fact) => (filterOptions[fact]?.length ?? 0) + (not[fact]?.length ?? 0) > 0);
  }

  /** Whether the help may speak of a session of which this is a line. */
  namesClient(bytes: Buffer, start: number, end: number): boolean {
    return this.#refusals.namesClient(bytes, start, end);
  }

  /** Something matched: no help will be needed. */
  stop(): void {
    this.#done = true;
  }

  /** hosts whose names may be told */
  get hosts(): string[] {
    return this.#gaps.hosts;
  }

  /** Any line, for the gaps between them. */
  seeLine(frame: Frame): void {
    if (!this.#done) this.#gaps.see(frame);
  }

  see(message: Message): void {
    if (this.#done) return;
    const seen = this.#seen;
    if (message.subject !== undefined) seen.subject = true;
    if (message.client?.user !== undefined) seen.user = true;
    if (!seen.mailbox && message.recipients.some(({ mailbox }) => mailbox !== undefined)) seen.mailbox = true;
    const miss = this.#filter.nearMiss(message);
    if (miss === undefined) {
      if (!this.#near.idle) this.#near.see(message);
      this.#refusals.see(message);
      return;
    }
    this.#misses[miss]++;
    if (miss !== 'action' && miss !== 'status') return;
    for (const word of new Set(message.recipients.map((recipient) => recipient[miss])))
      if (word !== undefined) this.#instead.set(word, (this.#instead.get(word) ?? 0) + 1);
  }

  seeSession(session: Session): void {
    if (!this.#done) this.#refusals.seeSession(session);
  }

  /** Sentences for an empty result. */
  hints(summary: RunSummary, clock: Clock): string[] {
    const { defaultWindow, window } = this.#options;
    const near = this.#near.found(MOST_NEAR);
    const said: string[] = [];
    const filters = this.#filter.describe();
    if (filters !== '') said.push(`searched for ${filters}`);
    for (const miss of MISSES) {
      const text = this.#missText(miss, defaultWindow);
      if (text !== undefined) said.push(text);
    }
    if (near.length > 0) said.push(`the logs hold what comes near: ${listed(near)}`);
    said.push(...this.#refusals.hints(clock));
    const gaps = this.#gaps.found(window.since, window.until);
    if (gaps.length > 0) said.push(gapText(gaps, MOST_GAPS, clock));
    if (summary.messages > 0) said.push(...this.#untold(summary));
    return said;
  }

  #missText(miss: Miss, defaultWindow: boolean): string | undefined {
    const count = this.#misses[miss];
    if (count === 0) return undefined;
    const messages = counted(count, 'message');
    if (miss === 'time') {
      const way = defaultWindow ? 'give --since, or a PATH' : 'widen --since or --until';
      return `outside the dates ${count === 1 ? 'is' : 'are'} ${messages} that would match: ${way}`;
    }
    if (miss === 'direction') return `${messages} would match in another direction: leave out --direction`;
    const words = [...this.#instead].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, MOST_WORDS);
    const instead = words.length === 0 ? '' : ` (${listed(words.map(([word]) => word))})`;
    return `${messages} would match with another ${miss}${instead}: leave out --${miss}`;
  }

  /** Facts that were asked for and that no message has, and the one setting that changes it, for each system in the logs. */
  #untold(summary: RunSummary): string[] {
    const { filterOptions } = this.#options;
    const { not = {} } = filterOptions;
    const systems = new Set(summary.sources.flatMap((source) => source.formats));
    return ASKED_FACTS.filter(
      (fact) => !this.#seen[fact] && ((filterOptions[fact]?.length ?? 0) > 0 || (not[fact]?.length ?? 0) > 0),
    ).flatMap((fact) => {
      if (fact === 'user') return ['these logs hold no logins: no mail in them was sent by an authenticated user'];
      if (fact === 'subject')
        return ['these logs hold no subjects', ...settingsFor('subject', systems).map(({ text }) => text)];
      return [
        'these logs name no folders that mail was stored in',
        ...settingsFor('mailbox', new Set(['dovecot'])).map(({ text }) => text),
      ];
    });
  }
}
