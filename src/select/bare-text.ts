/** Where the text begins in a line without a host. Source: `afterSpacedStamp` of framing/framer.ts, which says the same. */
import { hasPidTag } from '../framing/head.ts';

const SPACE = 0x20;
const PLUS = 0x2b;
const DASH = 0x2d;
const OPEN = 0x5b;

/** The line is one of syslog: it has a host. */
export const IS_SYSLOG = -2;

/** Behind a stamp with a space that ends at `from`; -1: it may have a host; IS_SYSLOG: it surely has. */
export function bareTextAt(bytes: Buffer, from: number, stop: number): number {
  let at = from + 1;
  if (bytes[at] === PLUS || bytes[at] === DASH) {
    if (!/^[+-]\d{4} $/.test(bytes.toString('latin1', at, Math.min(stop, at + 6)))) return -1;
    at += 6;
  }
  if (at >= stop) return -1;
  if (bytes[at] === OPEN) return at;
  let word = at;
  while (word < stop && bytes[word] !== SPACE) word++;
  return hasPidTag(bytes, word + 1, stop) || hasPidTag(bytes, at, stop) ? IS_SYSLOG : at;
}
