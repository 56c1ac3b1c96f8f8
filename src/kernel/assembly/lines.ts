/**
 * Where the lines of a block begin, noted by who walks over them (usual.ts), for who finds some (found.ts). AssemblyScript.
 */

let table: usize = 0;
let count: u32 = 0;
/** the lines before this place are in the table */
let upTo: usize = 0;

/** Tells the table, of 32-bit numbers. */
export function placeLines(at: usize): void {
  table = at;
}

/** The walk begins, or goes on at this line: the one before it, where the walk had stopped, was looked at by somebody else. */
export function walkFrom(from: usize): void {
  if (from == 0) count = 0;
  else if (from > upTo) addLine(upTo);
  upTo = from;
}

// @inline
export function addLine(at: usize): void {
  store<u32>(table + ((<usize>count) << 2), <u32>at);
  count += 1;
}

/** All before this place was walked over. */
export function walkedTo(at: usize): void {
  upTo = at;
}

/** How many lines the block has, all of which were walked over, or looked at: up to the last, where the walk had stopped. */
export function allLines(end: usize): u32 {
  if (upTo < end) addLine(upTo);
  upTo = end;
  return count;
}

// @inline
export function lineStart(index: u32): usize {
  return <usize>load<u32>(table + ((<usize>index) << 2));
}
