/**
 * The head of a line of Rspamd's own file, behind its stamp: `[info] #3203(rspamd_proxy) `, the level only where
 * log_severity is on. It has a pid and no host; the program is Rspamd.
 * Source: rspamd src/libserver/logger/logger.c rspamd_log_fill_iov().
 */
import type { Frame } from '../model/frame.ts';
import { isDigit } from './marks.ts';
import { readNumber } from './rfc5424.ts';

const SPACE = 0x20;
const HASH = 0x23;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const LEFT = 0x28;
const RIGHT = 0x29;
/** longest level or worker type */
const WORD_MAX = 32;

/** Takes the head off the body: program `rspamd` and its pid. False where it is none. */
export function stripRspamdHead(b: Buffer, end: number, frame: Frame): boolean {
  let i = frame.body;
  if (b[i] === OPEN) {
    const z = wordEnd(b, i + 1, end);
    if (z >= end || b[z] !== CLOSE || b[z + 1] !== SPACE) return false;
    i = z + 2;
  }
  if (i >= end || b[i] !== HASH) return false;
  const first = ++i;
  while (i < end && i - first < 11 && isDigit(b[i] as number)) i++;
  if (i === first || i >= end || b[i] !== LEFT) return false;
  const z = wordEnd(b, i + 1, end);
  if (z >= end || z === i + 1 || b[z] !== RIGHT || (z + 1 < end && b[z + 1] !== SPACE)) return false;
  frame.program = 'rspamd';
  frame.pid = readNumber(b, first, i);
  frame.body = Math.min(end, z + 2);
  return true;
}

function wordEnd(b: Uint8Array, p: number, end: number): number {
  const limit = Math.min(end, p + WORD_MAX);
  let i = p;
  while (i < limit && (b[i] === 0x5f || isWord(b[i] as number))) i++;
  return i;
}

function isWord(c: number): boolean {
  const lower = c | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || isDigit(c);
}
