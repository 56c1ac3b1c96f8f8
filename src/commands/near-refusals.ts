/**
 * Refusals and sessions that never named a recipient, of the client or domain that a search asked for: the mail that was
 * looked for may have ended there. For the help of an empty result.
 */
import { compileFilters } from '../filter/compile.ts';
import type { CompiledFilter } from '../filter/compile.ts';
import type { Client, Instant, Message, Session } from '../model/message.ts';
import { counted, listed } from '../render/prose.ts';
import type { Clock } from '../render/times.ts';
import type { SearchOptions } from './search-options.ts';

const MOST_KINDS = 3;

/** `example.com` of `mail.example.com` */
function isWithin(name: string | undefined, domains: readonly string[]): boolean {
  if (name === undefined) return false;
  const folded = name.toLowerCase();
  return domains.some((domain) => folded === domain || folded.endsWith(`.${domain}`));
}

export class NearRefusals {
  readonly #domains: readonly string[];
  readonly #ofClient: CompiledFilter | undefined;
  readonly #asksRecipient: boolean;
  /** there are too many to be counted: not all are seen */
  isUncounted = false;
  #refused = 0;
  #last: { time: Instant; client: Client | undefined } | undefined;
  readonly #sessions = new Map<string, number>();
  /** of any client */
  #unnamed = 0;

  constructor({ filter, filterOptions }: SearchOptions) {
    this.#domains = [
      ...new Set(
        filter.patterns
          .filter(({ kind }) => kind === 'whole' || kind === 'domain' || kind === 'domains')
          .map(({ text }) => text.slice(text.lastIndexOf('@') + 1).replace(/^\./, '')),
      ),
    ].filter((domain) => domain.includes('.'));
    this.#ofClient = filterOptions.ip === undefined ? undefined : compileFilters({ ip: filterOptions.ip });
    this.#asksRecipient = [filterOptions.recipient, filterOptions.address, filterOptions.between].some(
      (texts) => (texts?.length ?? 0) > 0,
    );
  }

  see(message: Message): void {
    const { recipients, client, sender, time } = message;
    if (recipients.length === 0 || !recipients.every((one) => one.address === undefined && one.status === 'rejected'))
      return;
    this.#unnamed++;
    const isSender = sender !== undefined && isWithin(sender.slice(sender.lastIndexOf('@') + 1), this.#domains);
    if (!isSender && !this.#isOf(client) && this.#ofClient?.matchMessage(message) !== true) return;
    this.#refused++;
    if (this.#last === undefined || time > this.#last.time) this.#last = { time, client };
  }

  seeSession({ client, kind }: Session): void {
    if (this.#isOf(client)) this.#sessions.set(kind, (this.#sessions.get(kind) ?? 0) + 1);
  }

  /** Whether a line of ASCII or not may name a client of the domains; no is sure. */
  namesClient(bytes: Buffer, start: number, end: number): boolean {
    if (this.#domains.length === 0) return false;
    const text = bytes.toString('latin1', start, end).toLowerCase();
    return /[^\0-\x7f]/.test(text) || this.#domains.some((domain) => text.includes(domain));
  }

  hints(clock: Clock): string[] {
    const said: string[] = [];
    const whose = this.#domains.length === 0 ? 'this client' : listed(this.#domains.slice(0, MOST_KINDS));
    if (this.isUncounted) {
      if (this.#asksRecipient)
        said.push(
          'many refusals in these logs never named a recipient: the mail may be among them (search --status rejected)',
        );
    } else if (this.#refused > 0 && this.#last !== undefined) {
      const { time, client } = this.#last;
      const way = client?.ip === undefined ? '--status rejected' : `--status rejected --ip ${client.ip}`;
      said.push(
        `${counted(this.#refused, 'refusal')} of ${whose} never named a recipient, the last at ${clock.plain(time)}: search with ${way}`,
      );
    } else if (this.#unnamed > 0 && this.#asksRecipient) {
      said.push(
        `${counted(this.#unnamed, 'refusal')} in these logs never named a recipient: the mail may be among them (search --status rejected)`,
      );
    }
    const kinds = [...this.#sessions].toSorted(([, m], [, n]) => n - m);
    if (kinds.length > 0) {
      const total = kinds.reduce((sum, [, count]) => sum + count, 0);
      const named = kinds.slice(0, MOST_KINDS).map(([kind, count]) => `${count} ${kind}`);
      said.push(
        `${counted(total, 'session')} of clients in ${whose} brought no mail (${listed(named)}): search with --sessions`,
      );
    }
    return said;
  }

  #isOf(client: Client | undefined): boolean {
    return isWithin(client?.name, this.#domains) || isWithin(client?.helo, this.#domains);
  }
}
