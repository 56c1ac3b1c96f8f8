/** The lines found in a block, written to where src/kernel/wasm.ts reads them. AssemblyScript. */
import { allLines, lineStart } from './lines.ts';
import { behindLf, countLf, nextLf } from './simd.ts';

let starts: usize = 0;
let ends: usize = 0;
let indexes: usize = 0;
/** by line: which needles it holds, a bit each */
let lows: usize = 0;
let highs: usize = 0;

/** how many were found */
export let count: u32 = 0;
let lines: u32 = 0;
/** first byte, and index, of the first line that is not yet passed */
let lineAt: usize = 0;
let lineIndex: u32 = 0;
/** how many lines there are, where it is known where they begin (lines.ts); else 0 */
let known: u32 = 0;

/** Tells the arrays of 32-bit numbers. */
export function placeFound(startsAt: usize, endsAt: usize, indexesAt: usize, lowsAt: usize, highsAt: usize): void {
  starts = startsAt;
  ends = endsAt;
  indexes = indexesAt;
  lows = lowsAt;
  highs = highsAt;
}

/** `isWalked`: it is known where the lines of [0, end) begin. */
export function beginFound(isWalked: bool, end: usize): void {
  known = isWalked ? allLines(end) : 0;
  count = 0;
  lineAt = 0;
  lineIndex = 0;
}

/** Notes the line around this byte, which comes behind those noted before. Returns the place of its LF, or `end`. */
export function found(at: usize, end: usize): usize {
  let start: usize;
  let stop: usize;
  if (known != 0) {
    while (lineIndex + 1 < known && lineStart(lineIndex + 1) <= at) lineIndex += 1;
    start = lineStart(lineIndex);
    stop = lineIndex + 1 < known ? lineStart(lineIndex + 1) - 1 : nextLf(at, end);
  } else {
    lineIndex += countLf(lineAt, at);
    start = behindLf;
    stop = nextLf(at, end);
  }
  const slot = (<usize>count) << 2;
  store<u32>(starts + slot, <u32>start);
  store<u32>(ends + slot, <u32>stop);
  store<u32>(indexes + slot, lineIndex);
  count += 1;
  lineAt = stop + 1;
  lineIndex += 1;
  return stop;
}

/** Notes that these needles, a bit each, stand at this byte, which comes behind those noted before, or in the last line found. */
export function foundNeedles(at: usize, which: u64, end: usize): void {
  const isNew = count == 0 || at >= lineAt;
  if (isNew) found(at, end);
  const slot = (<usize>(count - 1)) << 2;
  const low = isNew ? 0 : load<u32>(lows + slot);
  const high = isNew ? 0 : load<u32>(highs + slot);
  store<u32>(lows + slot, low | <u32>which);
  store<u32>(highs + slot, high | <u32>(which >> 32));
}

/** Counts the lines behind the last one found. */
export function closeFound(end: usize): void {
  lines = known != 0 ? known : lineIndex;
  if (known != 0 || lineAt >= end) return;
  lines += countLf(lineAt, end);
  if (behindLf < end) lines += 1;
}

/** Lines in the block. */
export function lineCount(): u32 {
  return lines;
}
