/**
 * Names: addresses, clients and other words of the log, each kept once as bytes and known by a number from 1 on.
 */
import { giveBlock, takeBlock } from './blocks.ts';
import { copy, hash, hash2, type i32, ld, ld8, st } from './memory.ts';
import { newTable, put, valueOf } from './tables.ts';

/** of each name: where its bytes are in the pool, how many there are, a name that it belongs to, whether it is odd (people.ts) */
const ENTRY = 16;
/** What a name is of: the same bytes in two roles have two numbers. */
export const WORD = 0;
export const ADDRESS = 0x41444452;
export const BARE = 0x42415245;
export const DOMAIN = 0x444f4d41;
export const PEER = 0x50454552;
export const SITE = 0x53495445;
export const RELAY = 0x52454c41;
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
  entries = takeBlock(room * ENTRY);
  poolRoom = 262_144;
  pool = takeBlock(poolRoom);
}

export function hasTooManyNames(): boolean {
  return nameCount > MOST_NAMES;
}

/** The number of the bytes [a, b). */
export function nameOf(a: i32, b: i32): i32 {
  return nameAs(WORD, a, b);
}

/** As nameOf, in this role. */
export function nameAs(role: i32, a: i32, b: i32): i32 {
  const known = knownName(role, a, b);
  return known !== 0 ? known : addName(a, b);
}

let key1: i32 = 0;
let key2: i32 = 0;

/** The number of a name, 0 = it is new: addName() or nameLike() come next. */
export function knownName(role: i32, a: i32, b: i32): i32 {
  key1 = hash(a, b);
  key2 = hash2 ^ role;
  return valueOf(table, key1, key2);
}

/** The bytes that knownName() did not know are another way to write this name. */
export function nameLike(role: i32, a: i32, b: i32, number: i32): i32 {
  put(table, hash(a, b), hash2 ^ role, number, 0);
  return number;
}

/** The bytes that knownName() did not know. */
export function addName(a: i32, b: i32): i32 {
  const size = b - a;
  if (nameCount + 1 >= room) {
    const larger = takeBlock(room * 2 * ENTRY);
    copy(larger, entries, room * ENTRY);
    giveBlock(entries, room * ENTRY);
    entries = larger;
    room *= 2;
  }
  const at = spare(size);
  copy(at, a, size);
  nameCount++;
  const entry = entries + nameCount * ENTRY;
  st(entry, poolBytes);
  st(entry + 4, size);
  st(entry + 8, 0);
  st(entry + 12, size === 0 || isForeign(a, b) ? ODD : 0);
  poolBytes += size;
  put(table, key1, key2, nameCount, 0);
  return nameCount;
}

/** Room for so many bytes behind the names in the pool: good until the next name. */
export function spare(size: i32): i32 {
  if (poolBytes + size > poolRoom) {
    let wider = poolRoom * 2;
    while (poolBytes + size > wider) wider *= 2;
    const larger = takeBlock(wider);
    copy(larger, pool, poolBytes);
    giveBlock(pool, poolRoom);
    pool = larger;
    poolRoom = wider;
  }
  return pool + poolBytes;
}

function isForeign(a: i32, b: i32): boolean {
  for (let i = a; i < b; i++) if (ld8(i) >= 0x80) return true;
  return false;
}

/** Another name may be told as the same text: ODD, or one without a domain. */
export const ODD = 1;
export const IS_BARE = 2;
export function setOdd(number: i32, how: i32): void {
  st(entries + number * ENTRY + 12, how);
}

export function setOwner(number: i32, owner: i32): void {
  st(entries + number * ENTRY + 8, owner);
}

export function ownerOf(number: i32): i32 {
  return ld(entries + number * ENTRY + 8);
}
