/**
 * Blocks that are given back when what they hold outgrows them: of a size that is a power of two, and used again for whatever
 * grows to that size next.
 */
import { clear, type i32, ld, st, take } from './memory.ts';

/** by size: the first block that is free, which tells of the next */
let free: i32 = 0;
const SIZES = 32;
/** Smaller ones are not worth it. */
const LEAST = 4_096;

/** Nothing is free: before any block is taken. */
export function openBlocks(): void {
  free = take(SIZES * 4);
}

function listOf(size: i32): i32 {
  let power: i32 = 0;
  while (1 << power < size) power++;
  return free + power * 4;
}

/** `size`: a power of two. All 0. */
export function takeBlock(size: i32): i32 {
  if (size < LEAST) return take(size);
  const list = listOf(size);
  const at = ld(list);
  if (at === 0) return take(size);
  st(list, ld(at));
  clear(at, size);
  return at;
}

export function giveBlock(at: i32, size: i32): void {
  if (size < LEAST) return;
  const list = listOf(size);
  st(at, ld(list));
  st(list, at);
}
