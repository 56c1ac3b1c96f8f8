/**
 * Names: addresses, clients and other words of the log, each kept once as bytes and known by a number from 1 on.
 */
import { copy, hash, hash2, type i32, st, take } from './memory.ts';
import { newTable, put, valueOf } from './tables.ts';

/** of each name: where its bytes are in the pool, how many there are */
const ENTRY = 8;
/** A log of more distinct names is read whole: numbers and bytes of names are what grows with it. */
const MOST_NAMES = 2_000_000;

let table: i32 = 0;
export let nameCount: i32 = 0;
export let entries: i32 = 0;
let room: i32 = 0;
export let pool: i32 = 0;
let poolRoom: i32 = 0;
let poolBytes: i32 = 0;

export function openNames(): void {
  nameCount = entries = room = pool = poolRoom = poolBytes = 0;
  table = 0;
}

export function wantNames(): void {
  table = newTable(16_384);
  room = 8_192;
  entries = take(room * ENTRY);
  poolRoom = 262_144;
  pool = take(poolRoom);
}

export function hasTooManyNames(): boolean {
  return nameCount > MOST_NAMES;
}

/** The number of the bytes [a, b). */
export function nameOf(a: i32, b: i32): i32 {
  const x = hash(a, b);
  const y = hash2;
  const known = valueOf(table, x, y);
  if (known !== 0) return known;
  const size = b - a;
  if (nameCount + 1 >= room) {
    const larger = take(room * 2 * ENTRY);
    copy(larger, entries, room * ENTRY);
    entries = larger;
    room *= 2;
  }
  if (poolBytes + size > poolRoom) {
    let wider = poolRoom * 2;
    while (poolBytes + size > wider) wider *= 2;
    const larger = take(wider);
    copy(larger, pool, poolBytes);
    pool = larger;
    poolRoom = wider;
  }
  copy(pool + poolBytes, a, size);
  nameCount++;
  st(entries + nameCount * ENTRY, poolBytes);
  st(entries + nameCount * ENTRY + 4, size);
  poolBytes += size;
  put(table, x, y, nameCount, 0);
  return nameCount;
}
