/**
 * What must be remembered of qmail-send's lines: they name a delivery by its number and a new mail by the process that queued it.
 * A message number is the inode of a file: it is used again as soon as its mail has ended.
 * Source: notqmail qmail-send.c (masterdelid, injectbounce(), todo_do()), qmail-queue.c (pidopen()), qmail-local.c.
 * Memory: bounded; of too much the oldest is forgotten.
 */

/** One life of a message number. */
export interface Mail {
  readonly id: string;
  /** what a filter's verdict on it is known by; '' = there is none */
  filterId: string;
}

/** A verdict that waits for its mail; `isShared`: another mail from that sender was judged meanwhile. */
interface Verdict {
  readonly id: string;
  readonly at: number;
  isShared: boolean;
}

/** A mail is queued right after it was judged, ms. */
const QUEUED_MS = 60_000;

export interface Delivery {
  readonly mail: Mail;
  readonly recipient: string;
  readonly isLocal: boolean;
  /** a file or program took the mail, which was forwarded too */
  isStored: boolean;
}

const MOST = 50_000;

export class Queue {
  private readonly mails = new Map<string, Mail>();
  private readonly deliveries = new Map<number, Delivery>();
  private readonly byProcess = new Map<number, Mail>();
  private readonly bounces = new Map<number, Mail>();
  private readonly verdicts = new Map<string, Verdict>();
  private judgedCount = 0;
  private readonly forwards = new Map<number, Delivery>();

  /** `new msg`: a new life of the number. */
  opened(id: string): void {
    put(this.mails, id, { id, filterId: '' });
  }

  ended(id: string): void {
    this.mails.delete(id);
  }

  /** `info msg … qp N`: process N queued the mail. */
  queuedBy(id: string, process: number, sender: string, at: number): void {
    const mail = this.mailOf(id);
    put(this.byProcess, process, mail);
    if (this.verdicts.size === 0) return;
    const verdict = takeFrom(this.verdicts, sender.toLowerCase());
    if (verdict !== undefined && !verdict.isShared && Math.abs(at - verdict.at) <= QUEUED_MS)
      mail.filterId = verdict.id;
  }

  /** A filter let a mail of this sender pass: the name under which mail and verdict meet. */
  judged(sender: string, at: number): string {
    const id = `simscan.${++this.judgedCount}.${at}`;
    const other = this.verdicts.get(sender);
    const isShared = other !== undefined && Math.abs(at - other.at) <= QUEUED_MS;
    put(this.verdicts, sender, { id, at, isShared });
    return id;
  }

  started(delivery: number, id: string, recipient: string, isLocal: boolean): void {
    put(this.deliveries, delivery, { mail: this.mailOf(id), recipient, isLocal, isStored: false });
  }

  /** The delivery of this number, which has ended. */
  finished(delivery: number): Delivery | undefined {
    return takeFrom(this.deliveries, delivery);
  }

  /** `bounce msg ID qp N`: the mail that process N queued reports a failure of ID. */
  bounced(id: string, process: number): void {
    put(this.bounces, process, this.mailOf(id));
  }

  /** The mail whose failure the mail queued by this process reports; undefined where its number may be another's by now. */
  bounceOf(process: number): Mail | undefined {
    return this.live(takeFrom(this.bounces, process));
  }

  /** A local delivery whose mail goes on as the one that process N queues, which was not told yet. */
  forwarded(delivery: Delivery, process: number): void {
    put(this.forwards, process, delivery);
  }

  forwardOf(process: number): Delivery | undefined {
    const delivery = takeFrom(this.forwards, process);
    return this.live(delivery?.mail) === undefined ? undefined : delivery;
  }

  /** The mail that this process queued. */
  queued(process: number): Mail | undefined {
    return this.byProcess.get(process);
  }

  private live(mail: Mail | undefined): Mail | undefined {
    const now = mail === undefined ? undefined : this.mails.get(mail.id);
    return now === undefined || now === mail ? mail : undefined;
  }

  private mailOf(id: string): Mail {
    const known = this.mails.get(id);
    if (known !== undefined) return known;
    const mail = { id, filterId: '' };
    put(this.mails, id, mail);
    return mail;
  }
}

/** What is put last is the last of the map to be forgotten. */
function put<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MOST) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}

function takeFrom<K, V>(map: Map<K, V>, key: K): V | undefined {
  const value = map.get(key);
  if (value !== undefined) map.delete(key);
  return value;
}
