/**
 * What was said of each transaction: Haraka's line of a delivery names the domain and no recipient, and the line that says
 * `queued` names none either. Kept until all of a mail's recipients have ended.
 * Bounds: the last 20 000 mails and 200 000 recipients; the oldest are forgotten.
 */

export interface Recipient {
  address: string;
  domain: string;
  /** delivered, bounced or expired */
  done: boolean;
  /** the try that goes on has refused it */
  failing: boolean;
}

export class Mail {
  sender: string;
  recipients: Recipient[] = [];
  /** the line `message` was read: the mail has come */
  told = false;
  /** how many of the recipients were accepted, where the line `message` said so; -1 = not told */
  accepted = -1;
  /** a plugin said that it throws the mail away */
  discarding = false;
  /** host and port of the server that a plugin hands the mail to */
  forwardedTo = '';

  constructor(sender: string) {
    this.sender = sender;
  }

  /** Whether the recipients that were logged with code OK are those that were accepted (README.md). */
  get isSure(): boolean {
    return this.accepted < 0 || this.accepted === this.recipients.length;
  }

  /** Who waits for a result at this domain. */
  waitingAt(domain: string): Recipient[] {
    const folded = domain.toLowerCase();
    return this.recipients.filter((one) => !one.done && one.domain === folded);
  }

  /** Domain of the outbound part `n`: they are numbered in the order in which the domains come (outbound/index.js). */
  domainOf(n: number): string | undefined {
    const domains: string[] = [];
    for (const { domain } of this.recipients) {
      if (!domains.includes(domain)) domains.push(domain);
      if (domains.length === n) return domain;
      if (domains.length > 1000) return undefined;
    }
    return domains.length === 1 ? domains[0] : undefined;
  }
}

const MAX_MAILS = 20_000;
/** recipients of one mail among which doubles are looked for */
const MAX_DOUBLED = 10_000;
const MAX_RECIPIENTS = 200_000;

export class Mails {
  private readonly byId = new Map<string, Mail>();
  private recipients = 0;
  /** mails that bounce and whose notices were not made yet, with their senders */
  private bouncing: { id: string; sender: string | undefined }[] = [];
  private lastTaken: { id: string; sender: string | undefined } | undefined = undefined;

  /** This mail bounces: a notice to its sender comes next. */
  bounces(id: string): void {
    if (this.bouncing.length < 100) this.bouncing.push({ id, sender: this.byId.get(id)?.sender });
  }

  /** Which mail a notice tells of that names none: the only one that it can be. */
  takeBouncing(): string | undefined {
    this.lastTaken = this.bouncing.length === 1 ? this.bouncing[0] : undefined;
    this.bouncing = [];
    return this.lastTaken?.id;
  }

  /** Sender of a mail; also of one that was settled as it bounced. */
  senderOf(id: string): string | undefined {
    return this.byId.get(id)?.sender ?? (this.lastTaken?.id === id ? this.lastTaken.sender : undefined);
  }

  get(id: string): Mail | undefined {
    return this.byId.get(id);
  }

  open(id: string, sender: string): Mail {
    this.forget(id);
    const mail = new Mail(sender);
    this.byId.set(id, mail);
    if (this.byId.size > MAX_MAILS) this.forgetOldest();
    return mail;
  }

  add(mail: Mail, address: string): void {
    const at = address.lastIndexOf('@');
    mail.recipients.push({ address, domain: address.slice(at + 1).toLowerCase(), done: false, failing: false });
    this.recipients++;
    // what is said of a mail without end is said of its first part
    while (this.recipients > MAX_RECIPIENTS) this.forgetOldest();
  }

  /** Lines of recipients that stand twice, where the number of recipients shows it. */
  dropDoubles(mail: Mail): void {
    if (mail.isSure || mail.recipients.length > MAX_DOUBLED) return;
    const seen = new Map(mail.recipients.map((one) => [one.address, one]));
    if (seen.size !== mail.accepted) return;
    this.recipients -= mail.recipients.length - seen.size;
    mail.recipients = mail.recipients.filter((one) => {
      const isFirst = seen.has(one.address);
      seen.delete(one.address);
      return isFirst;
    });
  }

  forget(id: string): void {
    const mail = this.byId.get(id);
    if (mail === undefined) return;
    this.recipients -= mail.recipients.length;
    this.byId.delete(id);
  }

  /** Forgets a mail of which nothing more will be told. */
  settle(id: string, mail: Mail): void {
    if (mail.told && mail.recipients.every((one) => one.done)) this.forget(id);
  }

  private forgetOldest(): void {
    for (const id of this.byId.keys()) {
      this.forget(id);
      return;
    }
    this.recipients = 0;
  }
}
