/**
 * What the generator knows to be true of the log that it writes: the numbers that
 * `search --count --json` must print, and some that a plain grep of the log must find.
 */
/** The side file (`LOG.truth.json`). */
export interface Truth {
  messages: number;
  recipients: number;
  /** Recipients by the status words of the output contract; no word with 0. */
  byStatus: Record<string, number>;
  /** What a grep of the log finds. */
  lines: number;
  bytes: number;
  queueIds: number;
  toLines: number;
  /** Lines that name the rare address. */
  rareLines: number;
  /** Messages that name it as sender or recipient, and those that have it as a recipient. */
  rareMessages: number;
  rareRecipients: number;
  /** Messages with the wide domain behind an @: of the sender, a recipient, or the Message-ID. */
  wideMessages: number;
}

/** One end of a mail; its status moves as the log goes on. */
export interface End {
  status: string;
}

export class Ledger {
  private messages = 0;
  private recipients = 0;
  private readonly byStatus = new Map<string, number>();
  private queueIds = 0;
  private toLines = 0;
  private readonly planted: { rare: string; wide: string };
  private rareLines = 0;
  private rareMessages = 0;
  private rareRecipients = 0;
  private wideMessages = 0;

  /** @param planted an empty one occurs nowhere */
  constructor(planted: { rare: string; wide: string }) {
    this.planted = planted;
  }

  /** A mail, whole (all its queue ids, hops and recipients), or the refusals of one transaction. */
  message(from: string, to: readonly string[], messageId = ''): void {
    this.messages += 1;
    const { rare, wide } = this.planted;
    if (rare !== '' && to.includes(rare)) this.rareRecipients += 1;
    if (rare !== '' && (from === rare || to.includes(rare))) this.rareMessages += 1;
    const named = (address: string): boolean => address.endsWith(`@${wide}`);
    if (wide !== '' && (named(from) || named(messageId) || to.some((address) => named(address))))
      this.wideMessages += 1;
  }

  /** A recipient entry of the mail last counted or of one before it. */
  recipient(status: string): void {
    this.recipients += 1;
    this.add(status, 1);
  }

  /** The recipient's last word has changed. */
  move(end: End, status: string): void {
    if (end.status === status) return;
    this.add(end.status, -1);
    this.add(status, 1);
    end.status = status;
  }

  queueId(): void {
    this.queueIds += 1;
  }

  toLine(): void {
    this.toLines += 1;
  }

  /** Called with each line as it is written. */
  see(line: string): void {
    if (this.planted.rare !== '' && line.includes(this.planted.rare)) this.rareLines += 1;
  }

  truth(lines: number, bytes: number): Truth {
    const words = [...this.byStatus].filter(([, n]) => n > 0).sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      messages: this.messages,
      recipients: this.recipients,
      byStatus: Object.fromEntries(words),
      lines,
      bytes,
      queueIds: this.queueIds,
      toLines: this.toLines,
      rareLines: this.rareLines,
      rareMessages: this.rareMessages,
      rareRecipients: this.rareRecipients,
      wideMessages: this.wideMessages,
    };
  }

  private add(status: string, n: number): void {
    this.byStatus.set(status, (this.byStatus.get(status) ?? 0) + n);
  }
}
