/**
 * What the generator knows to be true of the log that it writes: the numbers that
 * `search --count --json` must print, and some that a plain grep of the log must find.
 */
import { NEEDLE } from './people.ts';

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
  needleLines: number;
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
  private needleLines = 0;

  /** A mail, whole (all its queue ids, hops and recipients). */
  message(): void {
    this.messages += 1;
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
    if (line.includes(NEEDLE)) this.needleLines += 1;
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
      needleLines: this.needleLines,
    };
  }

  private add(status: string, n: number): void {
    this.byStatus.set(status, (this.byStatus.get(status) ?? 0) + n);
  }
}
