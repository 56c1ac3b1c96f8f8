/**
 * One log line without its wrapping: a REUSED view over a block of bytes.
 * It is valid only until the next line is framed: nobody keeps it, nobody keeps `bytes`.
 *
 * Shape:  bytes[body, end) is what the daemon wrote (after stamp, host and tag); the bytes may lie in a scratch
 *         buffer where the wrapping had to be undone (JSON, #012 escapes, joined pieces).
 * Units:  `at` in ms since 1970 (fractions kept to the precision of the stamp); offsets are indexes into `bytes`,
 *         `offset`/`length` are bytes of the decompressed input.
 * Errors: none; what is no log line has `framing` 'none' and `at` NaN.
 */
import { isUtf8 } from 'node:buffer';
import type { CsvRow } from './csv-row.ts';
import type { Instant } from './message.ts';
import { isAscii } from './word-view.ts';

export type FramingName =
  | 'syslog' // RFC 3164 and its relatives, postlogd, short-iso
  | 'rfc3339'
  | 'rfc5424'
  | 'journald'
  | 'exim' // Exim's own stamp: no host, no program; Rspamd's own file has it too, and there `program` is 'rspamd'
  | 'multilog' // daemontools: no host, and `program` is 'multilog' whoever wrote the line
  | 'csv' // a row of an export, `row` has its cells; the program is the kind of export
  | 'none'; // no stamp: a continuation of the line before, or noise

const EMPTY = Buffer.alloc(0);

export class Frame {
  bytes: Buffer = EMPTY;
  /** first byte of the body */
  body = 0;
  /** one past the last byte of the body (line end and trailing CR excluded) */
  end = 0;
  /** NaN where the line has no stamp */
  at: Instant = Number.NaN;
  /** undefined where the line names no host */
  host: string | undefined = undefined;
  /** as logged, without the pid: `postfix/submission/smtpd`, `exim`, `rspamd`; '' where there is none */
  program = '';
  /** -1 where there is none */
  pid = -1;
  framing: FramingName = 'none';
  /** the year was inferred, not read */
  yearGuessed = false;
  /** 1; N for `message repeated N times` and `last message repeated N times` */
  repeated = 1;
  /** the cells, where framing is 'csv' */
  row: CsvRow | undefined = undefined;
  /** bytes[body, end) are several lines of the input, which offset and length tell all of */
  isJoined = false;
  /** a copy of this line was already taken from another source: parse it for its context only */
  duplicate = false;
  /** mails that what begins with this line stands for: more than 1 only where mails of one shape are counted by one */
  weight = 1;

  /** index of the source file in the run's list, for LineLocation */
  source = 0;
  /** index of the stream (one file, or a rotated set): lines of one stream come in its order */
  stream = 0;
  /** 1-based */
  line = 0;
  /** of the whole input line, stamp included */
  offset = 0;
  length = 0;

  /** Text of bytes[a, b): UTF-8, or Latin-1 where it is not valid UTF-8. */
  text(a: number, b: number): string {
    return decodeText(this.bytes, a, b);
  }
}

/** Bytes to text: ASCII and UTF-8 as such, anything else as Latin-1. Never throws. */
export function decodeText(bytes: Buffer, a: number, b: number): string {
  if (isAscii(bytes, a, b) || !isUtf8(bytes.subarray(a, b))) return bytes.toString('latin1', a, b);
  return bytes.toString('utf8', a, b);
}
