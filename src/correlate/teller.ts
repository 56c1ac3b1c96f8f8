/**
 * Tells mails, refused transactions and sessions: makes the message, hands it on, and takes its hops out of the tables.
 */
import type { Frame } from '../model/frame.ts';
import type { ChainLine, Message, Session } from '../model/message.ts';
import type { Own } from '../model/own.ts';
import type { LetGo } from '../model/run.ts';
import { GROUP_OF_STATUS, type Status } from '../model/words.ts';
import { type MemoryShares, sharesOf } from '../util/memory.ts';
import { idOf, messageOf, recipientEntries, type ReasonOf } from './assemble.ts';
import { statusesOf } from './ends.ts';
import type { Entry } from './entry.ts';
import type { Hop } from './hop.ts';
import type { Judge } from './judge.ts';
import { LateKeys } from './late.ts';
import { LinkBook, type LateSink } from './links.ts';
import { refusedMessage, refusedRecipients, sessionRecord } from './refused.ts';
import type { SmtpSession } from './session.ts';
import type { Tracker } from './tracker.ts';
import type { Refused } from './transactions.ts';

/** What is asked for, and who is told. */
export interface Listener extends LateSink {
  /** makes the record of a raw line; undefined where nobody asked for lines */
  keepLine?: (frame: Frame) => ChainLine;
  reasonOf?: ReasonOf;
  /** what is configured as ours */
  own?: Own;
  /** true = kept: links that later lines show are still added to this object */
  onMessage(message: Message): boolean;
  /** false: onMessage keeps none and reads no id. Then no links are made, and ids may be equal */
  keepsMessages?: boolean;
  /** `times`: how many like it there are (Frame.weight) */
  onSession?(session: Session, times: number): void;
  /** in place of onMessage: only how many messages and what became of their recipients, at a fraction of the cost */
  onCount?(statuses: readonly Status[], refusedForNow: number, times: number): void;
}

/** In place of an id where messages are only counted. */
const COUNTED = '-';

const NOTHING: Own = {};
const noReason: ReasonOf = () => undefined;

export class Teller {
  readonly book: LinkBook;
  readonly lateKeys: LateKeys;
  /** the last messages are being told: nothing comes after them */
  isLast = false;
  /** messages handed on */
  told = 0;
  readonly sessionKinds: Record<string, number> = {};
  private readonly t: Tracker;
  private readonly judge: Judge;
  private readonly listener: Listener;
  private readonly reasonOf: ReasonOf;
  private readonly counts: boolean;
  private readonly keeps: boolean;
  private readonly wantLines: boolean;
  private mailsLetGo = 0;
  private sessionsLetGo = 0;

  constructor(t: Tracker, judge: Judge, listener: Listener, memory: MemoryShares = sharesOf()) {
    this.t = t;
    this.judge = judge;
    this.listener = listener;
    this.book = new LinkBook(listener, memory);
    this.lateKeys = new LateKeys(memory.late);
    this.reasonOf = listener.reasonOf ?? noReason;
    this.counts = listener.onCount !== undefined;
    this.keeps = listener.keepsMessages !== false;
    this.wantLines = listener.keepLine !== undefined;
  }

  /** Tells the mail that entered at this hop. */
  tell(root: Hop): void {
    if (root.told !== undefined) return;
    this.tellWhole(root);
    if (!this.isLast) shed(root);
  }

  private tellWhole(root: Hop): void {
    if (root.isLetGo) this.mailsLetGo += root.weight;
    if (!this.t.beside.isEmpty || root.proposals !== undefined) this.t.beside.claim(root);
    this.lateKeys.check(root);
    if (this.counts) {
      if (isMessage(root)) this.count(root);
      return this.close(root, COUNTED);
    }
    const id = this.keeps ? this.book.unique(idOf(root)) : COUNTED;
    if (!isMessage(root)) return this.close(root, '');
    const message = messageOf(root, id, {
      isFilter: this.judge.isFilter,
      reasonOf: this.reasonOf,
      wantLines: this.wantLines,
      own: this.listener.own ?? NOTHING,
    });
    this.hand(message);
    this.close(root, id);
    if (this.keeps) this.book.notices(root, id);
  }

  private hand(message: Message): void {
    this.told++;
    const kept = this.listener.onMessage(message);
    if (this.keeps) this.book.add(message, kept);
  }

  private count(root: Hop): void {
    const { isFilter } = this.judge;
    const { own = NOTHING } = this.listener;
    this.told += root.weight;
    const statuses = own.isAdded === undefined ? statusesOf(root, isFilter) : undefined;
    if (statuses !== undefined) return this.listener.onCount?.(statuses, 0, root.weight);
    const counted = countedEntries(recipientEntries(root, isFilter, own));
    const refusedForNow = counted.filter((e) => e.status === 'rejected' && e.action === 'tempfailed').length;
    this.listener.onCount?.(
      counted.map((e) => e.status),
      refusedForNow,
      root.weight,
    );
  }

  /** Marks all hops of a told mail and takes them out of the tables. */
  private close(hop: Hop, id: string, depth = 0): void {
    if (hop.told !== undefined || depth > 100) return;
    hop.told = id;
    if (!this.isLast) this.lateKeys.add(hop);
    if (hop.repeats !== undefined) this.t.repeats.forget(hop);
    this.t.forget(hop);
    if (hop.next !== undefined) for (const child of hop.next) this.close(child, id, depth + 1);
  }

  /** Tells a transaction that brought no mail. */
  tellRefused({ session, transaction }: Refused): void {
    if (transaction.refusals.length === 0 && transaction.acts.length === 0) return;
    if (this.counts) {
      this.told += session.weight;
      const recipients = refusedRecipients(transaction, noReason);
      this.listener.onCount?.(
        recipients.map((r) => r.status),
        recipients.filter((r) => r.status === 'rejected' && r.action === 'tempfailed').length,
        session.weight,
      );
      return;
    }
    const message = refusedMessage(
      session,
      transaction,
      (parts, at) => (this.keeps ? this.book.refusalId(parts, at) : COUNTED),
      this.reasonOf,
      this.wantLines,
      this.listener.own ?? NOTHING,
    );
    this.hand(message);
  }

  /** A session is told although it goes on. */
  letGoSession({ weight }: SmtpSession): void {
    this.sessionsLetGo += weight;
  }

  /** What had to be let go, as memory was short; undefined: nothing. */
  get letGo(): LetGo | undefined {
    const { mailsLetGo: mails, sessionsLetGo: sessions } = this;
    const attempts = this.book.attemptsLetGo;
    return mails + sessions + attempts === 0 ? undefined : { mails, sessions, attempts };
  }

  tellSession(session: SmtpSession): void {
    if (session.busy || (!session.opened && session.marks === undefined)) return;
    const record = sessionRecord(session);
    this.sessionKinds[record.kind] = (this.sessionKinds[record.kind] ?? 0) + session.weight;
    this.listener.onSession?.(record, session.weight);
  }
}

/** Of the hops of a told mail only what is still asked of them stays. */
function shed(hop: Hop, depth = 0): void {
  const { next } = hop;
  if (depth > 100) return;
  hop.shed();
  if (next !== undefined) for (const child of next) shed(child, depth + 1);
}

/** Of addresses that our server added only failures count, unless there is nobody else. */
function countedEntries(entries: readonly Entry[]): readonly Entry[] {
  const shown = entries.filter((e) => e.added === undefined || GROUP_OF_STATUS[e.status] === 'failed');
  return shown.length > 0 ? shown : entries;
}

/** A queue id with no client, uid, from or to line is no message; nor is an address probe. */
function isMessage(root: Hop): boolean {
  if (root.probe) return false;
  if (
    root.arrived ||
    root.isUnserved ||
    root.ends.length > 0 ||
    root.sender !== undefined ||
    root.refusals !== undefined ||
    root.queueId === undefined
  )
    return true;
  return root.acts !== undefined;
}
