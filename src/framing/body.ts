/**
 * What wraps the text after the tag: `message repeated N times: [ … ]`, `last message repeated N times`, `#012`.
 * Source: rsyslog runtime/ratelimit.c ("message repeated %d times: [%.800s]"), tools/syslogd of sysklogd and the BSDs
 *         ("last message repeated %d times"); rsyslog runtime/parser.c SanitizeMsg() (`#` and three octal digits).
 */
import type { Scratch } from './scratch.ts';

const SPACE = 0x20;
const HASH = 0x23;
const CLOSE = 0x5d;

const MESSAGE_REPEATED = Buffer.from('message repeated ');
const LAST_REPEATED = Buffer.from('last message repeated ');
const TIMES = Buffer.from(' times');
const TIMES_OPEN = Buffer.from(' times: [');

export function startsWith(b: Uint8Array, p: number, end: number, what: Uint8Array): boolean {
  if (end - p < what.length) return false;
  for (let i = 0; i < what.length; i++) if (b[p + i] !== what[i]) return false;
  return true;
}

/** A found `message repeated N times`. */
export class Repeat {
  count = 1;
  body = 0;
  end = 0;
}

/** Reads `message repeated N times: [ text]` at b[p, end). The closing bracket may be cut off. */
export function readRepeated(b: Uint8Array, p: number, end: number, out: Repeat): boolean {
  if (!startsWith(b, p, end, MESSAGE_REPEATED)) return false;
  let i = readCount(b, p + MESSAGE_REPEATED.length, end, out);
  if (i < 0 || !startsWith(b, i, end, TIMES_OPEN)) return false;
  i += TIMES_OPEN.length;
  out.body = i < end && b[i] === SPACE ? i + 1 : i;
  out.end = end > out.body && b[end - 1] === CLOSE ? end - 1 : end;
  return true;
}

/** Reads `last message repeated N times` at b[p, end), dashes around it allowed. */
export function readLastRepeated(b: Uint8Array, p: number, end: number, out: Repeat): boolean {
  let i = p;
  while (i < end && (b[i] === 0x2d || b[i] === SPACE)) i++;
  if (!startsWith(b, i, end, LAST_REPEATED)) return false;
  i = readCount(b, i + LAST_REPEATED.length, end, out);
  // the end of a cut line, or `time` in the singular
  return i >= 0 && startsWith(b, i, end, TIMES.subarray(0, 5));
}

function readCount(b: Uint8Array, p: number, end: number, out: Repeat): number {
  let count = 0;
  let i = p;
  for (; i < end && i - p < 9; i++) {
    const digit = (b[i] as number) - 0x30;
    if (digit >>> 0 > 9) break;
    count = count * 10 + digit;
  }
  if (i === p) return -1;
  out.count = Math.max(1, count);
  return i;
}

/**
 * Position of the first of rsyslog's escapes in b[p, end), or -1; four bytes are looked at as one number.
 * `view` shows the bytes of b.
 */
export function findEscape(view: DataView, b: Uint8Array, p: number, end: number): number {
  let i = p;
  for (; i + 4 <= end; i += 4) {
    // a zero byte of x is a `#`
    const x = view.getInt32(i, true) ^ 0x23232323;
    if ((((x - 0x01010101) | 0) & ~x & 0x80808080) === 0) continue;
    for (let k = i; k < i + 4; k++) if (b[k] === HASH && isEscape(b, k, end)) return k;
  }
  return -1;
}

/** `#000` to `#037` and `#177`: control characters alone. */
function isEscape(b: Uint8Array, i: number, end: number): boolean {
  if (i + 4 > end) return false;
  const x = (b[i + 1] as number) - 0x30;
  const y = (b[i + 2] as number) - 0x30;
  const z = (b[i + 3] as number) - 0x30;
  if (z >>> 0 > 7) return false;
  return (x === 0 && y >>> 0 <= 3) || (x === 1 && y === 7 && z === 7);
}

/** Appends b[p, end) to `out` with rsyslog's escapes undone. */
export function unescapeOctal(b: Buffer, p: number, end: number, out: Scratch): void {
  let from = p;
  for (let i = p; i < end; i++) {
    if (b[i] !== HASH || !isEscape(b, i, end)) continue;
    out.append(b, from, i);
    out.push((((b[i + 1] as number) & 7) << 6) | (((b[i + 2] as number) & 7) << 3) | ((b[i + 3] as number) & 7));
    i += 3;
    from = i + 1;
  }
  out.append(b, from, end);
}
