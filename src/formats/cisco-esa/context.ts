/**
 * What must be remembered of the lines before: deliveries name recipients by number (RID), and the connections in and out by
 * theirs (ICID, DCID).
 * Memory: bounded; of too much the oldest is forgotten.
 */
import { Line } from './line.ts';

const MOST = 20_000;
const MOST_RECIPIENTS = 200_000;

/** One mail under one MID. */
export interface Mail {
  readonly id: string;
  /** its first lines were seen: all its recipients are known */
  readonly isWhole: boolean;
  sender: string | undefined;
  /** addresses by RID */
  readonly recipients: Map<number, string>;
  /** `ready N bytes` was read: the mail was taken */
  isReady: boolean;
  /** the mail that it goes on from, and what made it: `alt-rcpt-to-filter`, `bcc` */
  from: { readonly mail: Mail; readonly by: string } | undefined;
}

/** A connection from outside. */
export interface Client {
  readonly ip: string | undefined;
  readonly name: string | undefined;
  /** the mail that comes in it */
  mail: string | undefined;
}

/** A connection to the next server. */
export interface Relay {
  readonly ip: string;
  readonly port: number;
}

export class Context {
  readonly line = new Line();
  readonly clients = new Map<string, Client>();
  readonly relays = new Map<string, Relay>();
  private readonly mails = new Map<string, Mail>();
  private recipients = 0;

  mail(id: string): Mail | undefined {
    return this.mails.get(id);
  }

  /** The mail of this MID; `isWhole`: this is its first line. */
  open(id: string, isWhole: boolean): Mail {
    this.forget(id);
    const mail: Mail = { id, isWhole, sender: undefined, recipients: new Map(), isReady: false, from: undefined };
    this.mails.set(id, mail);
    if (this.mails.size > MOST) this.forgetOldest();
    return mail;
  }

  addRecipient(mail: Mail, rid: number, address: string): void {
    if (!mail.recipients.has(rid)) this.recipients++;
    mail.recipients.set(rid, address);
    while (this.recipients > MOST_RECIPIENTS && this.mails.size > 0) this.forgetOldest();
  }

  forget(id: string): void {
    const mail = this.mails.get(id);
    if (mail === undefined) return;
    this.recipients -= mail.recipients.size;
    this.mails.delete(id);
  }

  keepClient(id: string, client: Client): void {
    put(this.clients, id, client);
  }

  keepRelay(id: string, relay: Relay): void {
    put(this.relays, id, relay);
  }

  private forgetOldest(): void {
    for (const id of this.mails.keys()) return this.forget(id);
    this.recipients = 0;
  }
}

function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MOST) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
