/**
 * Tables to look for many needles at once: four bytes in a row of each needle, in 8 groups of needles. AssemblyScript.
 * Shape:  eight tables of 16 bytes: for each of the four bytes one by its low and one by its high nibble; bit g is set where
 *         a needle of group g has a byte with this nibble there. A needle of fewer bytes takes any byte for the missing.
 * Rules:  a group takes every mixture of its needles' nibbles for one of them: needles with equal bytes, and rare ones, go
 *         together. Which four bytes of a needle are looked for, and in which group, is chosen by the share of the places in
 *         a log that the group would take, one needle after the other, and then once more with all others in place.
 * Source: "Teddy" of the Hyperscan library.
 */

export const ROW: usize = 4;
const GROUPS: usize = 8;
const ANY: u32 = 0xffffffff;
const NEVER: f32 = 2;
const AGAIN = 1;

// Where things lie in the room that `placeGroups` is told.
/** by group: for each byte of the row its low nibbles, a bit each, and above them its high ones */
const ROWS: usize = 128;
/** by group: its needles, a bit each */
const MEMBERS: usize = ROWS + GROUPS * ROW * 4;
/** by group: the share of the places in a log that it takes */
const RATES: usize = MEMBERS + GROUPS * 8;
/** by byte: its share of a log */
const SHARES: usize = RATES + GROUPS * 4;

let room: usize = 0;

/** Tells the room: the tables come first in it, the shares, 32-bit floats, last. */
export function placeGroups(at: usize): void {
  room = at;
}

/** The needles of a group, a bit each. */
// @inline
export function membersOf(group: usize): u64 {
  return load<u64>(room + MEMBERS + (group << 3));
}

// @inline
export function tables(): usize {
  return room;
}

/** The nibbles of this byte of a needle in both cases, or any if there is none. Needle: see needles.ts. */
function nibblesOf(needle: usize, index: usize): u32 {
  if (index >= <usize>load<u32>(needle, 4)) return ANY;
  const byte = <u32>load<u8>(<usize>load<u32>(needle) + index);
  const mask = ((<u32>1) << (byte & 15)) | ((<u32>0x10000) << (byte >> 4));
  return byte - 0x61 < 26 ? mask | ((<u32>0x10000) << ((byte >> 4) - 2)) : mask;
}

/** Share of the bytes in a log that have one of these nibbles each. */
function share(mask: u32): f32 {
  if (mask == ANY) return 1;
  let sum: f32 = 0;
  for (let high = mask >> 16; high != 0; high &= high - 1) {
    const row = room + SHARES + ((<usize>ctz<u32>(high)) << 6);
    for (let low = mask & 0xffff; low != 0; low &= low - 1) sum += load<f32>(row + ((<usize>ctz<u32>(low)) << 2));
  }
  return sum;
}

/** Share of the places that the group takes with the four bytes of the needle at `place`. */
function rateWith(group: usize, needle: usize, place: usize): f32 {
  const row = room + ROWS + (group << 4);
  let rate: f32 = 1;
  for (let i: usize = 0; i < ROW; i++) rate *= share(load<u32>(row + (i << 2)) | nibblesOf(needle, place + i));
  return rate;
}

/** Puts the needle where it costs least. */
function insert(needle: usize, index: u32): void {
  const length = <usize>load<u32>(needle, 4);
  const last = length > ROW ? length - ROW : 0;
  let least = NEVER;
  let to: usize = 0;
  let at: usize = 0;
  for (let place: usize = 0; place <= last; place++) {
    for (let group: usize = 0; group < GROUPS; group++) {
      const cost = rateWith(group, needle, place) - load<f32>(room + RATES + (group << 2));
      if (cost >= least) continue;
      least = cost;
      to = group;
      at = place;
    }
  }
  store<u32>(needle, <u32>at, 8);
  store<f32>(room + RATES + (to << 2), rateWith(to, needle, at));
  store<u64>(room + MEMBERS + (to << 3), membersOf(to) | ((<u64>1) << index));
  add(to, needle);
}

/** Adds the nibbles of the needle to those of the group. */
function add(group: usize, needle: usize): void {
  const row = room + ROWS + (group << 4);
  const place = <usize>load<u32>(needle, 8);
  for (let i: usize = 0; i < ROW; i++) {
    const at = row + (i << 2);
    store<u32>(at, load<u32>(at) | nibblesOf(needle, place + i));
  }
}

/** Takes the needle out of its group. */
function remove(needles: usize, index: u32): void {
  let group: usize = 0;
  while (((membersOf(group) >> index) & 1) == 0) group++;
  const rest = membersOf(group) & ~((<u64>1) << index);
  store<u64>(room + MEMBERS + (group << 3), rest);
  const row = room + ROWS + (group << 4);
  memory.fill(row, 0, ROW << 2);
  for (let left = rest; left != 0; left &= left - 1) add(group, needles + ((<usize>ctz<u64>(left)) << 4));
  let rate: f32 = rest == 0 ? 0 : 1;
  for (let i: usize = 0; i < ROW; i++) rate *= share(load<u32>(row + (i << 2)));
  store<f32>(room + RATES + (group << 2), rate);
}

/** Writes the tables for these needles, their places and rows (needles.ts); one alone is in the first group, where it was placed. */
export function groupNeedles(needles: usize, count: u32): void {
  memory.fill(room, 0, SHARES);
  if (count == 1) {
    store<u64>(room + MEMBERS, 1);
    return;
  }
  for (let i: u32 = 0; i < count; i++) insert(needles + ((<usize>i) << 4), i);
  for (let round = 0; round < AGAIN; round++) {
    for (let i: u32 = 0; i < count; i++) {
      remove(needles, i);
      insert(needles + ((<usize>i) << 4), i);
    }
  }
  for (let i: u32 = 0; i < count; i++) {
    const needle = needles + ((<usize>i) << 4);
    const bytes = <usize>load<u32>(needle) + <usize>load<u32>(needle, 8);
    store<u32>(needle, <usize>load<u32>(needle, 4) < ROW ? 0 : load<u32>(bytes) | 0x20202020, 12);
  }
  for (let group: usize = 0; group < GROUPS; group++) {
    for (let i: usize = 0; i < ROW; i++) {
      const mask = load<u32>(room + ROWS + (group << 4) + (i << 2));
      const table = room + (i << 5);
      for (let bit: usize = 0; bit < 32; bit++)
        store<u8>(table + bit, load<u8>(table + bit) | ((<u8>((mask >> <u32>bit) & 1)) << (<u8>group)));
    }
  }
}
