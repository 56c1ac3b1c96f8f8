/**
 * Chains: in place of being counted, each plain mail and each refusal goes out as the places of its lines, as
 * src/correlate/assemble.ts chainOf() and refused.ts would put them together: a mail with all that it went on as, and the
 * lines of the sessions that brought it.
 */
import { LENGTH_BITS, LENGTH_MASK, LINE, pieceLines } from './line.ts';
import { copy, type f64, type i32, ld, ldf, st, stf, take } from './memory.ts';
import { CHILD, LINES, SESSION, SIBLING } from './records.ts';
import { lineOf, numberOf, rowsOf, timeOf } from './transactions.ts';

/** Chains are asked for. */
export let isChaining: boolean = false;
/** …and nothing else: of what is read one of each shape tells how many rows they have (over.ts). */
export let isWeighing: boolean = false;
/** …with the sessions that brought no mail. */
export let isWithSessions: boolean = false;

/** In place of rows, with the number of a shape: as many as the first of this shape has; this is the first, which is read. */
export const AS_FIRST = 0x4000_0000;
export const IS_FIRST = 0x2000_0000;
/** In place of rows: who writes its JSON tells. */
export const ANY_ROWS = 0;
/** In place of rows: it is a session that brought no mail. */
export const NO_ROWS = -1;

/** of the message: time in microseconds (double), its first line, rows of a table, how many lines follow */
const HEAD = 24;
export let chainsAt: i32 = 0;
export let chainBytes: i32 = 0;
export let chainCount: i32 = 0;
let room: i32 = 0;

export function openChains(): void {
  isChaining = isWeighing = isWithSessions = false;
  chainsAt = chainBytes = chainCount = room = 0;
}

export function wantChains(alone: boolean, sessions: boolean): void {
  isChaining = true;
  isWeighing = alone;
  isWithSessions = sessions;
  room = 1 << 20;
  chainsAt = take(room);
}

export function clearChains(): void {
  chainBytes = chainCount = 0;
}

function reserve(extra: i32): void {
  if (chainBytes + extra <= room) return;
  let wider = room;
  while (chainBytes + extra > wider) wider *= 2;
  const larger = take(wider);
  copy(larger, chainsAt, chainBytes);
  chainsAt = larger;
  room = wider;
}

/**
 * Adds the lines of the pieces from `last` on to those behind `from`, which are in the order of the log, each once. Of lines of
 * transactions those of `transaction`.
 */
function addLines(last: i32, from: i32, transaction: i32): void {
  for (let piece = last; piece !== 0; piece = ld(piece)) {
    const n = pieceLines(piece);
    reserve(n * LINE);
    const first = chainsAt + from;
    for (let i = n - 1; i >= 0; i--) {
      const line = piece + 16 + i * LINE;
      const tag = ld(line + 8) >> LENGTH_BITS;
      if (tag !== 0 && tag !== transaction) continue;
      const number = ld(line + 12);
      let at = chainsAt + chainBytes;
      while (at > first && ld(at - LINE + 12) > number) at -= LINE;
      if (at > first && ld(at - LINE + 12) === number) continue;
      copy(at + LINE, at, chainsAt + chainBytes - at);
      stf(at, ldf(line));
      st(at + 8, ld(line + 8) & LENGTH_MASK);
      st(at + 12, number);
      chainBytes += LINE;
    }
  }
}

function addTree(mail: i32, from: i32): void {
  const session = ld(mail + SESSION);
  if (session !== 0) addLines(ld(session + LINES), from, 0);
  addLines(ld(mail + LINES), from, 0);
  for (let child = ld(mail + CHILD); child !== 0; child = ld(child + SIBLING)) addTree(child, from);
}

function begin(time: f64, number: i32, rows: i32): i32 {
  reserve(HEAD);
  const head = chainsAt + chainBytes;
  stf(head, time);
  st(head + 8, number);
  st(head + 12, rows);
  st(head + 16, 0);
  st(head + 20, 0);
  chainBytes += HEAD;
  return chainBytes;
}

function end(from: i32): void {
  st(chainsAt + from - HEAD + 16, (chainBytes - from) >> 4);
  chainCount++;
}

/** The chain of a mail with all that it went on as. */
export function chainTree(mail: i32, time: f64, number: i32, rows: i32): void {
  const from = begin(time, number, rows);
  addTree(mail, from);
  end(from);
}

/** The chain of a transaction of the session. */
export function chainTransaction(session: i32, transaction: i32): void {
  const from = begin(timeOf(transaction), lineOf(transaction), rowsOf(transaction));
  addLines(ld(session + LINES), from, numberOf(transaction));
  end(from);
}

/** The chain of a session. */
export function chainSession(session: i32): void {
  const from = begin(0, 0, NO_ROWS);
  addLines(ld(session + LINES), from, 0);
  end(from);
}
