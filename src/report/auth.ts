/**
 * `report auth`: who logged in and sent, whose logins failed, and what the checks of senders (SPF, DKIM, DMARC) said.
 * Failed logins are those that a log tells of: of sessions that brought no mail, and of refusals for a missing or wrong login.
 */
import type { Instant, Message, Session, Verdict } from '../model/message.ts';
import { domainOf } from './counted.ts';
import type { Figure, Section } from './document.ts';
import { KeyTable } from './people-table.ts';
import { ReasonTable } from './reason-table.ts';
import { clientOf } from './rule-table.ts';
import { letGoNote } from './shared.ts';
import type { CountedEntry, Parts, ReportContext, Tally } from './tally.ts';
import { TopTable } from './top-table.ts';

interface LoginRow {
  count: number;
  recipients: number;
  readonly user: string;
  readonly clients: Set<string>;
  last: Instant;
}

interface FailedRow {
  count: number;
  readonly client: string;
  readonly users: Set<string>;
  first: Instant;
  last: Instant;
}

interface RuleRow {
  count: number;
  readonly engine: string;
  readonly rule: string;
}

/** Distinct clients of a login, or users of a client, are counted up to here. */
const MOST_DISTINCT = 1000;
/** Names of rules about SPF, DKIM, DMARC and ARC: of Rspamd (R_SPF_FAIL, DMARC_POLICY_REJECT) and SpamAssassin (SPF_FAIL, DKIM_INVALID). */
const RULE = /(?:^|_)(?:SPF|DKIM|DMARC|ARC)(?:_|$)/;
const ENGINES = new Set(['opendmarc', 'opendkim', 'policyd-spf', 'spf', 'dmarc', 'dkim', 'pyspf-milter']);

export class AuthTally implements Tally {
  readonly #context: ReportContext;
  readonly #logins = new TopTable<LoginRow>();
  readonly #failed = new TopTable<FailedRow>();
  readonly #rules = new TopTable<RuleRow>(5000);
  readonly #refused = new ReasonTable();
  readonly #domains = new KeyTable();
  #mails = 0;
  #failedSessions = 0;
  #loginRefusals = 0;
  #authRefusals = 0;

  constructor(context: ReportContext) {
    this.#context = context;
  }

  add(message: Message, entries: readonly CountedEntry[]): void {
    if (message.kind !== 'mail') return;
    this.#login(message, entries.length);
    for (const verdict of message.verdicts) this.#verdict(verdict);
    for (const { recipient, standing, time, isBack } of entries) {
      if (standing !== 'in' || isBack) continue;
      const { reason } = recipient;
      if (reason !== 'auth-failed' && reason !== 'login-failed') continue;
      if (reason === 'auth-failed') this.#authRefusals++;
      else this.#loginRefusals++;
      this.#refused.add(message, recipient, time);
      const domain = domainOf(message.sender);
      if (reason === 'auth-failed' && domain !== undefined) this.#domains.add(domain, message, time);
      const client = clientOf(message);
      if (reason === 'login-failed' && client !== undefined) this.#fail(client, message.client?.user, time);
    }
  }

  #login({ client, lastTime }: Message, recipients: number): void {
    const user = client?.user;
    if (user === undefined) return;
    this.#mails++;
    const row = this.#logins.get(user, () => ({ count: 0, recipients: 0, user, clients: new Set<string>(), last: 0 }));
    row.count++;
    row.recipients += recipients;
    if (lastTime > row.last) row.last = lastTime;
    if (client?.ip !== undefined && row.clients.size < MOST_DISTINCT) row.clients.add(client.ip);
  }

  #verdict({ engine, rules = [], reason }: Verdict): void {
    for (const { name } of rules) if (RULE.test(name)) this.#rule(engine, name);
    if (ENGINES.has(engine) && reason !== undefined) this.#rule(engine, reason.slice(0, 100));
  }

  #rule(engine: string, rule: string): void {
    this.#rules.get(`${engine} ${rule}`, () => ({ count: 0, engine, rule })).count++;
  }

  session({ kind, client, time, lastTime }: Session): void {
    if (kind !== 'auth-failed') return;
    this.#failedSessions++;
    this.#fail(clientOf({ client } as Message) ?? '-', client?.user, time, lastTime);
  }

  #fail(client: string, user: string | undefined, time: Instant, last: Instant = time): void {
    const row = this.#failed.get(client, () => ({ count: 0, client, users: new Set<string>(), first: time, last }));
    row.count++;
    if (time < row.first) row.first = time;
    if (last > row.last) row.last = last;
    if (user !== undefined && row.users.size < MOST_DISTINCT) row.users.add(user);
  }

  parts(): Parts {
    const { top } = this.#context;
    const figures: Figure[] = [
      { name: 'mails', label: 'mails sent by login', value: this.#mails },
      { name: 'users', label: 'users who sent', value: this.#logins.size },
      { name: 'failed_sessions', label: 'sessions without mail whose login failed', value: this.#failedSessions },
      { name: 'login_refusals', label: 'recipients refused for a missing or wrong login', value: this.#loginRefusals },
      { name: 'auth_refusals', label: 'recipients refused for SPF, DKIM or DMARC', value: this.#authRefusals },
    ];
    return {
      figures,
      charts: [],
      sections: [
        this.#loginSection(top),
        this.#failedSection(top),
        this.#refused.section('refused', 'Refused', top),
        this.#domains.section('domains', 'Domains refused', { name: 'domain', label: 'Domain' }, top),
        this.#ruleSection(top),
      ],
      notes: letGoNote(this.#logins.letGo.rows + this.#failed.letGo.rows + this.#refused.letGo + this.#domains.letGo),
      empty: this.#mails + this.#failedSessions + this.#loginRefusals + this.#authRefusals + this.#rules.size === 0,
    };
  }

  #loginSection(top: number): Section {
    const sorted = this.#logins.sorted();
    return {
      name: 'logins',
      title: 'Who sent by login',
      columns: [
        { name: 'user', label: 'User' },
        { name: 'mails', label: 'Mails', align: 'right' },
        { name: 'recipients', label: 'Recipients', align: 'right' },
        { name: 'clients', label: 'Addresses', align: 'right' },
        { name: 'last', label: 'Last', unit: 'time' },
      ],
      rows: sorted.slice(0, top).map(({ user, count, recipients, clients, last }) => ({
        cells: [user, count, recipients, clients.size, last],
      })),
      ...moreOf(sorted.length, top),
    };
  }

  #failedSection(top: number): Section {
    const sorted = this.#failed.sorted();
    return {
      name: 'failed',
      title: 'Failed logins by client',
      columns: [
        { name: 'client', label: 'Client' },
        { name: 'times', label: 'Times', align: 'right' },
        { name: 'users', label: 'Users', align: 'right' },
        { name: 'first', label: 'First', unit: 'time' },
        { name: 'last', label: 'Last', unit: 'time' },
      ],
      rows: sorted.slice(0, top).map(({ client, count, users, first, last }) => ({
        cells: [client, count, users.size === 0 ? undefined : users.size, first, last],
      })),
      ...moreOf(sorted.length, top),
    };
  }

  #ruleSection(top: number): Section {
    const sorted = this.#rules.sorted();
    return {
      name: 'rules',
      title: 'What the checks of senders said',
      columns: [
        { name: 'mails', label: 'Times', align: 'right' },
        { name: 'engine', label: 'Filter' },
        { name: 'rule', label: 'Rule' },
      ],
      rows: sorted.slice(0, top).map(({ count, engine, rule }) => ({ cells: [count, engine, rule] })),
      ...moreOf(sorted.length, top),
    };
  }
}

function moreOf(rows: number, top: number): { more?: number } {
  return rows > top ? { more: rows - top } : {};
}
