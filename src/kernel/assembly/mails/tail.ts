/**
 * `; from=<a> to=<b> proto=ESMTP helo=<c>` at the end of a line, alone in it and in its usual shape (src/formats/postfix/tail.ts).
 * postscreen(8) puts commas between the parts.
 */
import { indexOf, indexOfByte, is } from '../count/bytes.ts';
import { type i32, ld8 } from '../count/memory.ts';
import { end } from './line.ts';

// 0 = not told; of the sender, who may be nobody, both are told
export let senderStart: i32 = 0;
export let senderEnd: i32 = 0;
export let toStart: i32 = 0;
export let toEnd: i32 = 0;
export let heloStart: i32 = 0;
export let heloEnd: i32 = 0;

/** Where the one tail of [p, end) begins; -1 = there is none, or there are more. */
export function findTail(p: i32): i32 {
  const tail = indexOf(p, end, '; from=<');
  return tail < 0 || indexOf(tail + 8, end, '; from=<') >= 0 ? -1 : tail;
}

/** Reads the tail that begins at p; false: it has another shape. */
export function readTail(p: i32): boolean {
  toStart = toEnd = heloStart = heloEnd = 0;
  senderStart = p + 8;
  if (ld8(senderStart) === 0x22) return false;
  senderEnd = indexOfByte(senderStart, end, 0x3e);
  if (senderEnd < 0) return false;
  let i = senderEnd + 1;
  const comma: i32 = ld8(i) === 0x2c ? 1 : 0;
  i += comma;
  if (is(i, ' to=<')) {
    toStart = i + 5;
    if (ld8(toStart) === 0x22) return false;
    toEnd = indexOfByte(toStart, end, 0x3e);
    if (toEnd < 0) return false;
    i = toEnd + 1;
    if (toEnd === toStart) toStart = toEnd = 0;
    if (comma !== 0) {
      if (ld8(i) !== 0x2c) return false;
      i++;
    }
  }
  if (!is(i, ' proto=')) return false;
  i += 7;
  while (i < end && ld8(i) > 0x20 && ld8(i) !== 0x2c && ld8(i) !== 0x3a) i++;
  if (i === end) return true;
  if (comma !== 0) {
    if (ld8(i) !== 0x2c) return false;
    i++;
  }
  if (!is(i, ' helo=<')) return false;
  heloStart = i + 7;
  heloEnd = indexOfByte(heloStart, end, 0x3e);
  if (heloEnd !== end - 1 || ld8(heloStart) === 0x22) return false;
  if (heloEnd === heloStart) heloStart = heloEnd = 0;
  return true;
}
