/**
 * Writes the lines of an agenda to a file, stamped, in blocks. Lines are ASCII: a character is a byte.
 */
import { closeSync, openSync, utimesSync, writeSync } from 'node:fs';
import type { Agenda } from './agenda.ts';
import type { Ledger, Truth } from './ledger.ts';

/** `exim` is Exim's own stamp, without a host. All stamps are UTC. */
export type Stamp = 'rfc3164' | 'rfc3339' | 'exim';

const BLOCK = 1 << 20;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export class LogWriter {
  bytes = 0;
  lines = 0;
  private readonly fd: number;
  private readonly path: string;
  private readonly stamp: Stamp;
  private pending = '';
  private second = -1;
  private head = '';

  constructor(path: string, stamp: Stamp) {
    this.path = path;
    this.stamp = stamp;
    this.fd = openSync(path, 'w');
  }

  write(time: number, line: string): void {
    const second = Math.floor(time / 1e6);
    if (second !== this.second) {
      this.second = second;
      this.head = stampHead(this.stamp, new Date(second * 1000));
    }
    const fraction = this.stamp === 'rfc3339' ? `.${String(time % 1e6).padStart(6, '0')}+00:00 ` : ' ';
    const before = this.pending.length;
    this.pending += this.head + fraction + line + '\n';
    this.bytes += this.pending.length - before;
    this.lines += 1;
    if (this.pending.length >= BLOCK) this.flush();
  }

  /** Ends the file; its time is an hour past its last stamp, as that of a rotated log may be. */
  close(): void {
    this.flush();
    closeSync(this.fd);
    utimesSync(this.path, this.second + 3600, this.second + 3600);
  }

  private flush(): void {
    const block = Buffer.from(this.pending, 'latin1');
    for (let at = 0; at < block.length;) at += writeSync(this.fd, block, at);
    this.pending = '';
  }
}

/** Runs the agenda to its end and returns what is true of the log. */
export function runAgenda(agenda: Agenda, writer: LogWriter, ledger: Ledger): Truth {
  for (let entry = agenda.pop(); entry !== undefined; entry = agenda.pop()) {
    if (entry.act !== undefined) {
      entry.act(entry.time);
      continue;
    }
    ledger.see(entry.line);
    writer.write(entry.time, entry.line);
  }
  writer.close();
  return ledger.truth(writer.lines, writer.bytes);
}

function stampHead(stamp: Stamp, date: Date): string {
  const iso = date.toISOString();
  if (stamp === 'rfc3339') return iso.slice(0, 19);
  if (stamp === 'exim') return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${iso.slice(11, 19)}`;
}
