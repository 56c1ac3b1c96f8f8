/**
 * Shapes: what was logged of a mail or a session, but for the names, numbers and times that do not matter to the outcome.
 * Two of one shape end alike. A shape is a hash of tokens in the order of the lines; addresses and answers are told by the
 * place where the same one stood first.
 */
import { clear, copy, type f64, type i32, ld, ldf, mul, st, stf, take } from './memory.ts';
import { SEED_1, SEED_2, STEP_1, STEP_2 } from './bytes.ts';
import { newTable, put, valueOf } from './tables.ts';

/** A record begins with these: hash, second hash, its values, how many. */
export const H1 = 0;
export const H2 = 4;
export const VALUES = 8;
export const COUNT = 12;
export const SHAPE_BYTES = 16;

/** distinct addresses and answers of one mail or session; most have few */
export const MOST_VALUES = 96;
const FEW_VALUES = 8;
/** two words of hash, one of the hash in lower case, one for what became of it; of a recipient what is told (told.ts) */
const VALUE = 40;
const NAME = 16;
const TEXT = 20;
const TIME = 24;
const TYPED = 32;
const TRIES = 36;
let freeFew: i32 = 0;
let freeMany: i32 = 0;

let shapes: i32 = 0;
/** by shape: how many of it were seen */
export let counts: i32 = 0;
let room: i32 = 0;
export let shapeCount: i32 = 0;

export function openShapes(): void {
  shapes = newTable(4096);
  room = 4096;
  counts = take(room * 4);
  shapeCount = 0;
  freeFew = freeMany = 0;
}

export function begin(record: i32): void {
  st(record + H1, SEED_1);
  st(record + H2, SEED_2);
  st(record + VALUES, 0);
  st(record + COUNT, 0);
}

// @inline
export function token(record: i32, value: i32): void {
  const a = mul(ld(record + H1) ^ value, STEP_1);
  const b = mul(ld(record + H2) ^ (value + 0x3c6ef372), STEP_2);
  st(record + H1, a ^ (a >>> 15));
  st(record + H2, b ^ (b >>> 13));
}

/** The place of the value among those of the record, made at the end where it is new; -1 = too many. */
export function place(record: i32, a: i32, b: i32, low: i32): i32 {
  let values = ld(record + VALUES);
  const n = ld(record + COUNT);
  for (let i = 0; i < n; i++) {
    const at = values + i * VALUE;
    if (ld(at) === a && ld(at + 4) === b) return i;
  }
  if (n === MOST_VALUES) return -1;
  if (n === 0) {
    values = freeFew;
    if (values === 0) values = take(FEW_VALUES * VALUE);
    else freeFew = ld(values);
    st(record + VALUES, values);
  } else if (n === FEW_VALUES) values = toMany(record, values);
  const at = values + n * VALUE;
  st(at, a);
  st(at + 4, b);
  st(at + 8, low);
  clear(at + 12, VALUE - 12);
  st(record + COUNT, n + 1);
  return n;
}

function toMany(record: i32, few: i32): i32 {
  let values = freeMany;
  if (values === 0) values = take(MOST_VALUES * VALUE);
  else freeMany = ld(values);
  copy(values, few, FEW_VALUES * VALUE);
  st(few, freeFew);
  freeFew = few;
  st(record + VALUES, values);
  return values;
}

/** The first place of a value that is the same in lower case. */
export function placeOfLow(record: i32, low: i32): i32 {
  const values = ld(record + VALUES);
  const n = ld(record + COUNT);
  for (let i = 0; i < n; i++) if (ld(values + i * VALUE + 8) === low) return i;
  return -1;
}

/** What became of the value at this place, 0 = nothing yet. */
export function stateAt(record: i32, at: i32): i32 {
  return ld(ld(record + VALUES) + at * VALUE + 12);
}

export function setState(record: i32, at: i32, state: i32): void {
  st(ld(record + VALUES) + at * VALUE + 12, state);
}

/** How many values have this state, but for the bits of `mask`. */
export function countStates(record: i32, state: i32, mask: i32): i32 {
  const values = ld(record + VALUES);
  let count: i32 = 0;
  for (let i = 0; i < ld(record + COUNT); i++) if ((ld(values + i * VALUE + 12) & ~mask) === state) count++;
  return count;
}

export function lowAt(record: i32, at: i32): i32 {
  return ld(ld(record + VALUES) + at * VALUE + 8);
}

function valueAt(record: i32, at: i32): i32 {
  return ld(record + VALUES) + at * VALUE;
}

/** The recipient's name as it was typed (names.ts), and its hash in lower case. */
export function setName(record: i32, at: i32, name: i32, low: i32): void {
  st(valueAt(record, at) + NAME, name);
  st(valueAt(record, at) + TYPED, low);
}

export function nameAt(record: i32, at: i32): i32 {
  return ld(valueAt(record, at) + NAME);
}

export function typedAt(record: i32, at: i32): i32 {
  return ld(valueAt(record, at) + TYPED);
}

/** The time of its last try, and the text of its line. */
export function setTry(record: i32, at: i32, time: f64, text: i32): void {
  stf(valueAt(record, at) + TIME, time);
  st(valueAt(record, at) + TEXT, text);
}

/** Another line told what became of it. False: the one before was of the same time. */
export function addTry(record: i32, at: i32, time: f64): boolean {
  const value = valueAt(record, at);
  const tries = ld(value + TRIES);
  st(value + TRIES, tries + 1);
  return tries === 0 || ldf(value + TIME) !== time;
}

export function triesAt(record: i32, at: i32): i32 {
  return ld(valueAt(record, at) + TRIES);
}

export function timeAt(record: i32, at: i32): f64 {
  return ldf(valueAt(record, at) + TIME);
}

export function textAt(record: i32, at: i32): i32 {
  return ld(valueAt(record, at) + TEXT);
}

/** Adds to `to` how the values of `from` stand to those of `to`: the same, the same in lower case, or new. */
export function relate(to: i32, from: i32): void {
  const mine = ld(to + VALUES);
  const n = ld(to + COUNT);
  const values = ld(from + VALUES);
  const m = ld(from + COUNT);
  for (let j = 0; j < m; j++) {
    const at = values + j * VALUE;
    let found: i32 = -1;
    for (let i = 0; i < n; i++) {
      const other = mine + i * VALUE;
      if (ld(other + 8) !== ld(at + 8)) continue;
      const exact = ld(other) === ld(at) && ld(other + 4) === ld(at + 4);
      found = exact ? i : i | 0x100;
      if (exact) break;
    }
    token(to, found);
  }
}

export function endRecord(record: i32): void {
  const values = ld(record + VALUES);
  if (values === 0) return;
  if (ld(record + COUNT) > FEW_VALUES) {
    st(values, freeMany);
    freeMany = values;
  } else {
    st(values, freeFew);
    freeFew = values;
  }
  st(record + VALUES, 0);
  st(record + COUNT, 0);
}

/** The number of the shape that was weighed last. */
export let weighed: i32 = 0;

/** Counts one more of the record's shape. Returns its number (1 = first) where it is new, else 0. */
export function weigh(record: i32): i32 {
  const a = ld(record + H1);
  const b = ld(record + H2);
  const known = valueOf(shapes, a, b);
  weighed = known;
  if (known !== 0) {
    st(counts + known * 4, ld(counts + known * 4) + 1);
    return 0;
  }
  weighed = ++shapeCount;
  if (shapeCount + 1 >= room) {
    const larger = take(room * 8);
    for (let i = 0; i < room; i++) st(larger + i * 4, ld(counts + i * 4));
    counts = larger;
    room *= 2;
  }
  put(shapes, a, b, shapeCount, 0);
  st(counts + shapeCount * 4, 1);
  return shapeCount;
}
