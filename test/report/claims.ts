/**
 * Which entry of which message tells of which recipient that was really sent to: the claims of a recording's truth, by the
 * rules of the program that scores the recordings (found by Message-ID, else by sender, client and time; asked only of
 * recipients that some line names).
 */
import type { Message, Recipient } from '../../src/model/message.ts';

export interface TruthRecipient {
  address?: string;
  final_address?: string;
  outcome: string;
  code?: number | string;
  enhanced?: string;
  phase?: string;
  evidence?: string;
  aborted?: boolean;
}

export interface TruthRow {
  id: string;
  kind?: string;
  submitted_at: string;
  sender?: string;
  client_ip?: string;
  message_id?: string;
  smtp_reply?: string;
  recipients: TruthRecipient[];
}

export interface Claim {
  truth: TruthRow;
  recipient: TruthRecipient;
  /** undefined: no message tells of it */
  message?: Message;
  entry?: Recipient;
}

const lower = (s: string | undefined | null): string => (s ?? '').toLowerCase();
const bare = (s: string | undefined | null): string => lower(s).replace(/^<|>$/g, '');
const addressOf = (s: string | undefined | null): string =>
  bare(s)
    .replace(/^"([^"\\]+)"@/, '$1@')
    .replaceAll('\\', '');
const sameIp = (a: string, b: string | undefined): boolean => a.replace(/^(ipv6:|::ffff:)/i, '') === b;
const near = (t: TruthRow, m: Message): number => Math.abs(Date.parse(t.submitted_at) - m.time);
const BEFORE_RCPT = ['greeting', 'helo', 'mail', 'connect'];

/** The statuses that agree with what happened. */
export function allowedStatuses({ kind }: TruthRow, recipient: TruthRecipient): string[] {
  const { outcome, code, enhanced, evidence = '' } = recipient;
  const isTemporary = String(code ?? enhanced ?? '').startsWith('4');
  if (outcome === 'delivered') return evidence.startsWith('mailbox') ? ['delivered'] : ['delivered', 'relayed'];
  if (outcome === 'deferred') return ['deferred', 'greylisted'];
  if (outcome === 'rejected') return isTemporary ? ['rejected', 'greylisted', 'deferred'] : ['rejected'];
  if (outcome === 'discarded') return kind === 'admin-hold-delete' ? ['removed'] : ['discarded'];
  return [outcome];
}

class Claims {
  readonly #out: readonly Message[];
  readonly #text: string;
  readonly #lines: string[];
  readonly #used = new Set<Message>();
  readonly #taken = new Set<Recipient>();
  readonly #ids = new Map<string, number>();
  readonly found: Claim[] = [];

  constructor(out: readonly Message[], logs: string) {
    this.#out = out;
    this.#text = logs.toLowerCase().replaceAll('\\', '');
    this.#lines = this.#text.split('\n');
  }

  claim(truth: readonly TruthRow[], unknowable: readonly string[]): void {
    for (const t of truth) this.#ids.set(bare(t.message_id), (this.#ids.get(bare(t.message_id)) ?? 0) + 1);
    const scored = truth
      .filter((t) => !unknowable.includes(t.kind ?? ''))
      .map((t) => ({ ...t, recipients: t.recipients.filter((r) => this.#isAsked(t, r)) }))
      .filter((t) => t.recipients.length > 0)
      .sort((a, b) => Date.parse(a.submitted_at) - Date.parse(b.submitted_at));
    for (const t of scored) this.#claimMail(t);
  }

  #isAsked(t: TruthRow, r: TruthRecipient): boolean {
    if (r.aborted === true || BEFORE_RCPT.includes(r.phase ?? '')) return false;
    if (!this.#named(r.address) && !this.#named(r.final_address)) return false;
    const queuedAs = lower(/queued as ([0-9A-Za-z]+)/.exec(t.smtp_reply ?? '')?.[1]);
    if (!(r.outcome === 'discarded' || (t.kind ?? '').includes('redirect')) || queuedAs === '') return true;
    const sender = t.sender === undefined || t.sender === '' ? undefined : addressOf(t.sender);
    return this.#lines.some(
      (l) => l.includes(addressOf(r.address)) && (l.includes(queuedAs) || (sender !== undefined && l.includes(sender))),
    );
  }

  #named(a: string | undefined): boolean {
    return a !== undefined && a !== null && this.#text.includes(addressOf(a));
  }

  #tells(e: Recipient, r: TruthRecipient): boolean {
    const same = (a: string, b: string | undefined): boolean =>
      b !== undefined && b !== null && (a === addressOf(b) || (!a.includes('@') && a === addressOf(b).split('@')[0]));
    return ends(e).some((a) => same(a, r.address) || (!this.#named(r.address) && same(a, r.final_address)));
  }

  #odd(t: TruthRow, m: Message): number {
    const ip = m.client?.ip;
    const ipSame = ip !== undefined && t.client_ip !== undefined ? sameIp(ip, t.client_ip) : undefined;
    const sender =
      m.sender === undefined ? (ipSame === true ? 0 : 2) : addressOf(m.sender) === addressOf(t.sender) ? 0 : 2;
    return sender + (ipSame === false ? 1 : 0);
  }

  #claimMail(t: TruthRow): void {
    const id = bare(t.message_id);
    const tellsSome = (m: Message): boolean => t.recipients.some((r) => m.recipients.some((e) => this.#tells(e, r)));
    const fits = (m: Message): boolean => this.#odd(t, m) === 0 && near(t, m) < 60_000;
    let pool =
      id !== '' && this.#ids.get(id) === 1 ? this.#out.filter((m) => m.messageId && bare(m.messageId) === id) : [];
    if (!pool.some(tellsSome)) {
      pool = this.#out
        .filter(
          (m) => !this.#used.has(m) && (m.messageId && id !== '' ? bare(m.messageId) === id : fits(m)) && tellsSome(m),
        )
        .sort((a, b) => this.#odd(t, a) - this.#odd(t, b) || near(t, a) - near(t, b))
        .slice(0, 1);
    }
    const mine = new Set<Message>();
    for (const r of t.recipients) {
      const tells = (m: Message): boolean => m.recipients.some((e) => this.#tells(e, r));
      const message =
        pool.find(tells) ??
        this.#out
          .filter((m) => !this.#used.has(m) && (!m.messageId || id === '') && fits(m) && tells(m))
          .sort((a, b) => near(t, a) - near(t, b))[0];
      if (message === undefined) {
        this.found.push({ truth: t, recipient: r });
        continue;
      }
      mine.add(message);
      this.found.push({ truth: t, recipient: r, message, entry: this.#pick(message, t, r) });
    }
    for (const m of mine) this.#used.add(m);
  }

  #pick(m: Message, t: TruthRow, r: TruthRecipient): Recipient {
    const rank = (e: Recipient): number =>
      (addressOf(e.address) === addressOf(r.address) ? 4 : 0) +
      (r.final_address && addressOf(e.finalAddress) === addressOf(r.final_address) ? 4 : 0) +
      (allowedStatuses(t, r).includes(e.status) ? 1 : 0) -
      (this.#taken.has(e) ? 20 : 0);
    const [entry] = m.recipients.filter((e) => this.#tells(e, r)).sort((a, b) => rank(b) - rank(a));
    this.#taken.add(entry as Recipient);
    return entry as Recipient;
  }
}

function ends(e: Recipient): string[] {
  return [e.address, e.finalAddress].filter((a) => a !== undefined).map(addressOf);
}

/** One claim for each recipient of the truth that the logs can tell of. */
export function claimsOf(
  truth: readonly TruthRow[],
  out: readonly Message[],
  logs: string,
  unknowable: readonly string[] = [],
): Claim[] {
  const claims = new Claims(out, logs);
  claims.claim(truth, unknowable);
  return claims.found;
}
