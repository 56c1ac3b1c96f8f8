/**
 * Hash tables in the kernel's memory: open addressing, 16 bytes a slot: two words of key, a value that is not 0, a word more.
 * A table is a header of 16 bytes: slots, mask, used.
 */
import { giveBlock, takeBlock } from './blocks.ts';
import { clear, hasRoom, type i32, ld, st, take } from './memory.ts';

const SLOT = 16;
/**
 * A table of so many slots that is three quarters full does not grow where there is no room (memory.ts): what one block of the
 * log puts into it still fits, and then the log is given up.
 */
const LARGE = 262_144;

export function newTable(slots: i32): i32 {
  const table = take(16);
  st(table, takeBlock(slots * SLOT));
  st(table + 4, slots - 1);
  st(table + 8, 0);
  return table;
}

function slotOf(table: i32, a: i32, b: i32): i32 {
  const slots = ld(table);
  const mask = ld(table + 4);
  let i = (a ^ (a >>> 15) ^ (b << 3)) & mask;
  let slot = slots + i * SLOT;
  while (ld(slot + 8) !== 0 && (ld(slot) !== a || ld(slot + 4) !== b)) {
    i = (i + 1) & mask;
    slot = slots + i * SLOT;
  }
  return slot;
}

/** A word of the place where the slot of a key mostly is: it is at hand then. */
export function glance(table: i32, a: i32, b: i32): i32 {
  return ld(ld(table) + ((a ^ (a >>> 15) ^ (b << 3)) & ld(table + 4)) * SLOT + 8);
}

/** The slot of a key, or 0. Valid until the next `put` or `remove`. */
export function lookUp(table: i32, a: i32, b: i32): i32 {
  const slot = slotOf(table, a, b);
  return ld(slot + 8) === 0 ? 0 : slot;
}

/** The value of a key, or 0. */
export function valueOf(table: i32, a: i32, b: i32): i32 {
  return ld(slotOf(table, a, b) + 8);
}

/** Sets value (not 0) and the word more. */
export function put(table: i32, a: i32, b: i32, value: i32, more: i32): void {
  let slot = slotOf(table, a, b);
  if (ld(slot + 8) === 0) {
    const used = ld(table + 8) + 1;
    st(table + 8, used);
    if (used * 4 > (ld(table + 4) + 1) * 3) {
      grow(table);
      slot = slotOf(table, a, b);
    }
    st(slot, a);
    st(slot + 4, b);
  }
  st(slot + 8, value);
  st(slot + 12, more);
}

function grow(table: i32): void {
  const old = ld(table);
  const size = ld(table + 4) + 1;
  if (size >= LARGE && !hasRoom(size * 2 * SLOT)) return;
  const slots = takeBlock(size * 2 * SLOT);
  st(table, slots);
  st(table + 4, size * 2 - 1);
  for (let i = 0; i < size; i++) {
    const from = old + i * SLOT;
    if (ld(from + 8) === 0) continue;
    const to = slotOf(table, ld(from), ld(from + 4));
    st(to, ld(from));
    st(to + 4, ld(from + 4));
    st(to + 8, ld(from + 8));
    st(to + 12, ld(from + 12));
  }
  giveBlock(old, size * SLOT);
}

export function remove(table: i32, a: i32, b: i32): void {
  const slots = ld(table);
  const mask = ld(table + 4);
  let hole = slotOf(table, a, b);
  if (ld(hole + 8) === 0) return;
  st(table + 8, ld(table + 8) - 1);
  st(hole + 8, 0);
  // what was pushed on by the removed one moves back
  let i = (((hole - slots) >> 4) + 1) & mask;
  for (;;) {
    const from = slots + i * SLOT;
    if (ld(from + 8) === 0) return;
    const a1 = ld(from);
    const home = (a1 ^ (a1 >>> 15) ^ (ld(from + 4) << 3)) & mask;
    const at = (hole - slots) >> 4;
    if (((i - home) & mask) >= ((i - at) & mask)) {
      st(hole, a1);
      st(hole + 4, ld(from + 4));
      st(hole + 8, ld(from + 8));
      st(hole + 12, ld(from + 12));
      st(from + 8, 0);
      hole = from;
    }
    i = (i + 1) & mask;
  }
}

/** Empties the table. */
export function empty(table: i32): void {
  clear(ld(table), (ld(table + 4) + 1) * SLOT);
  st(table + 8, 0);
}
