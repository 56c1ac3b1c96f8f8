/**
 * The shape of an answer: what of it tells refusals apart. Answers of one shape have one reason and make one row of a table,
 * so only the first is read. Addresses in angle brackets, and the numbers of an address in square ones, are not part of it.
 * Source: src/explain/reply-fingerprint.ts (which takes more for the same), src/report/rule-table.ts (what a row shows).
 */
import { isAlnum, isDigit, SEED_1, SEED_2, STEP_1, STEP_2 } from './bytes.ts';
import { type i32, ld8, mul } from './memory.ts';

/** Tables cut longer ones, and by what was left out of the shape. */
export const LONGEST = 280;
const ADDRESS = 0x100;
const DIGITS = 0x101;
const WHOLE = 0x102;
const NUMBER = 0x103;

export let shape1: i32 = 0;
export let shape2: i32 = 0;
/** of the answer without the numbers in it: its kind. Answers of one kind have one reason, and make one row. */
export let kind1: i32 = 0;
export let kind2: i32 = 0;

function mix(value: i32): void {
  const a = mul(shape1 ^ value, STEP_1);
  const b = mul(shape2 ^ (value + 0x3c6ef372), STEP_2);
  shape1 = a ^ (a >>> 15);
  shape2 = b ^ (b >>> 13);
}

function mixKind(value: i32): void {
  const a = mul(kind1 ^ value, STEP_1);
  const b = mul(kind2 ^ (value + 0x3c6ef372), STEP_2);
  kind1 = a ^ (a >>> 15);
  kind2 = b ^ (b >>> 13);
}

function mixBoth(value: i32): void {
  mix(value);
  mixKind(value);
}

/** A shape begins: shape1, shape2. `seed` is part of it. */
export function beginShape(seed: i32): void {
  shape1 = kind1 = SEED_1;
  shape2 = kind2 = SEED_2;
  mixBoth(seed);
}

/** Each byte of [a, b) is part of the shape. */
export function shapeBytes(a: i32, b: i32): void {
  for (let i = a; i < b; i++) mixBoth(ld8(i));
  mixBoth(WHOLE);
}

/** So are the words of an answer in [a, b); each byte where it is long, or not ASCII. */
export function shapeAnswer(a: i32, b: i32): void {
  if (b - a > LONGEST || isForeign(a, b)) return shapeBytes(a, b);
  let hasWord = false;
  // behind the first word, where numbers are no codes
  let isBehind = false;
  let i = a;
  while (i < b) {
    const c = ld8(i);
    mix(c);
    if (!isBehind || !isDigit(c)) mixKind(c);
    else if (i === a || !isDigit(ld8(i - 1))) mixNumber(i, b);
    i++;
    if (c <= 0x20 || c === 0x3c || c === 0x3e) isBehind = hasWord;
    if (c === 0x3c) {
      const e = addressEnd(i, b);
      if (e > 0) {
        mixBoth(ADDRESS);
        i = e;
        hasWord = true;
      }
    } else if (c === 0x5b && hasWord) {
      const e = numbersEnd(i, b);
      if (e > 0) {
        mixBoth(DIGITS);
        i = e;
      }
    } else if (isAlnum(c) && !isDigit(c)) hasWord = true;
  }
}

/** A run of digits; three at the beginning of a word may be a code again (src/explain/reply-fingerprint.ts). */
function mixNumber(p: i32, b: i32): void {
  let e = p;
  while (e < b && isDigit(ld8(e))) e++;
  const before = ld8(p - 1);
  mixKind(NUMBER);
  if (e - p === 3 && (before <= 0x20 || before === 0x3c || before === 0x3e))
    for (let i = p; i < e; i++) mixKind(ld8(i));
}

function isForeign(a: i32, b: i32): boolean {
  for (let i = a; i < b; i++) if (ld8(i) >= 0x80) return true;
  return false;
}

/** Where the address at i, alone in its brackets, ends; -1 = there is none. One that begins like a code may be taken for one. */
function addressEnd(i: i32, b: i32): i32 {
  if (isDigit(ld8(i))) return -1;
  let at = false;
  for (let e = i; e < b; e++) {
    const c = ld8(e);
    if (c === 0x3e) return at ? e : -1;
    if (c <= 0x20 || c >= 0x80 || c === 0x3c || c === 0x5b || c === 0x5d) return -1;
    if (c === 0x40) at = true;
  }
  return -1;
}

/** Where the numbers and dots behind a bracket end, before the other one. */
function numbersEnd(i: i32, b: i32): i32 {
  let runs: i32 = 0;
  for (let e = i; e < b; e++) {
    const c = ld8(e);
    if (c === 0x5d) return runs === 4 ? e : -1;
    if (isDigit(c)) {
      if (e === i || ld8(e - 1) === 0x2e) runs++;
    } else if (c !== 0x2e) return -1;
  }
  return -1;
}
