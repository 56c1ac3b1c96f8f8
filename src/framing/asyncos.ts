/**
 * A line of AsyncOS' own log files: no host, no program, and a stamp as ctime(3) writes it.
 * Shape:  `Sat Nov 21 09:15:02 2026 Info: text`; the level is one of five words, and stays in the body.
 * Source: Cisco Secure Email (ESA) user guide, chapter Logging, "Log Levels", "Using Text Mail Logs".
 * Errors: -1 where it is none.
 */
import type { Frame } from '../model/frame.ts';
import { startsWith } from './body.ts';
import { readBsdStamp, type Stamp } from './stamps.ts';

const SPACE = 0x20;
/** `Sat Nov 21 09:15:02 2026` */
const LENGTH = 24;
const DAYS = 'SunMonTueWedThuFriSat';
const LEVELS = ['Info: ', 'Warning: ', 'Critical: ', 'Debug: ', 'Trace: '].map((word) => Buffer.from(word));

/** Fills stamp and program; the place of the text behind the stamp. */
export function readAsyncos(b: Buffer, p: number, end: number, stamp: Stamp, frame: Frame): number {
  const text = p + LENGTH + 1;
  if (text >= end || b[p + 3] !== SPACE || b[p + 19] !== SPACE || b[text - 1] !== SPACE) return -1;
  if (DAYS.indexOf(b.toString('latin1', p, p + 3)) % 3 !== 0) return -1;
  if (!LEVELS.some((level) => startsWith(b, text, end, level))) return -1;
  if (readBsdStamp(b, p + 4, p + 19, stamp) !== p + 19 || stamp.year !== 0) return -1;
  let year = 0;
  for (let i = text - 5; i < text - 1; i++) {
    const digit = (b[i] as number) - 0x30;
    if (digit >>> 0 > 9) return -1;
    year = year * 10 + digit;
  }
  if (year < 1970) return -1;
  stamp.year = year;
  frame.program = 'asyncos';
  frame.framing = 'syslog';
  return text;
}
