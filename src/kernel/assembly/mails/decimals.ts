/** Decimal numbers as filters write them, and as JavaScript prints what it reads of them. */
import { isDigit } from '../count/bytes.ts';
import { type i32, ld8 } from '../count/memory.ts';
import { put, putByte } from './put.ts';

/** `-0.21`: where it ends; -1 = it has another shape, or so many digits that it might be printed otherwise. */
export function decimalEnd(p: i32): i32 {
  let i = p;
  if (ld8(i) === 0x2d) i++;
  const whole = i;
  while (isDigit(ld8(i))) i++;
  if (i === whole || i - whole > 8) return -1;
  if (ld8(i) !== 0x2e) return i;
  i++;
  const part = i;
  while (isDigit(ld8(i))) i++;
  return i === part || i - part > 5 ? -1 : i;
}

/** `,"name":` and the number [a, b) that decimalEnd() saw; nothing where a is 0. */
export function putDecimal(name: string, a: i32, b: i32): void {
  if (a === 0) return;
  put(name);
  const isBelow = ld8(a) === 0x2d;
  let from = isBelow ? a + 1 : a;
  let to = b;
  let point = from;
  while (point < b && ld8(point) !== 0x2e) point++;
  if (point < b) {
    while (ld8(to - 1) === 0x30) to--;
    if (to === point + 1) to = point;
  }
  while (from < point - 1 && ld8(from) === 0x30) from++;
  // minus nothing is nothing
  if (isBelow && !(to === from + 1 && ld8(from) === 0x30)) putByte(0x2d);
  for (let i = from; i < to; i++) putByte(ld8(i));
}
