/**
 * What can be known of a line without the lines before it, read in another thread (src/weigh/front.ts): a record for each line,
 * which that thread's machine writes and this one's takes in place of reading the line's head. Both machines work in one memory:
 * a block and its records are written where they are read.
 */
import { ASK, body, GOOD, host, id1, id2, instance, kind, pid, readHead, tag, tellHead, tellId } from './head.ts';
import { clearOut, end, length, moveBlock, start, tellLine, toLine } from './line.ts';
import { type i32, ld, st } from './memory.ts';
import { idEnd, parse, tellIdEnd } from './parse.ts';
import { PARSED_BYTES, parsedAt } from './parsed.ts';
import { forgetTurn, isSettled, micros, now, tellStamp, turn } from './stamps.ts';

/** bytes of a record: these words, and what the line says (parsed.ts) */
const WORDS = 64;
const RECORD = WORDS + PARSED_BYTES;
/** Records that are written at most before they are taken. */
const MOST = 8_192;
// words of a record; positions are those in the block, from its first byte on
const START = 0;
const END = 4;
const LENGTH = 8;
const STATE = 12;
const STAMP = 16;
const NOW = 20;
const MICROS = 24;
const HOST = 28;
const KIND = 32;
const INSTANCE = 36;
const PID = 40;
const BODY = 44;
const ID_END = 48;
const ID_1 = 52;
const ID_2 = 56;
const TAG = 60;
/** in STAMP: the hour turned (1), for the first time (2); there is a time */
const SETTLED = 4;

let records: i32 = 0;
export let recordCount: i32 = 0;
let next: i32 = 0;
let block: i32 = 0;
export function openFront(): void {
  block = records = recordCount = next = 0;
}

/** The block is here, and there its records, none of which is written yet. */
export function turnTo(blockAt: i32, recordsAt: i32): void {
  block = blockAt;
  records = recordsAt;
  recordCount = 0;
  moveBlock(blockAt);
}

/**
 * Writes a record for each line of block[from, to), whole lines, while there is room. Returns where it came to; less than `to`
 * also where it asks for a program, as count.ts scan().
 */
export function writeRecords(from: i32, to: i32): i32 {
  let p = from;
  while (p < to && recordCount < MOST) {
    let after = next;
    if (after === 0) {
      after = toLine(p, to);
      forgetTurn();
    }
    next = 0;
    const state = readHead();
    if (state === ASK) {
      next = after;
      break;
    }
    write(state);
    p = after;
  }
  clearOut();
  return p;
}

function write(state: i32): void {
  const to = records + recordCount++ * RECORD;
  st(to + START, start - block);
  st(to + END, end - block);
  st(to + LENGTH, length);
  st(to + STATE, state);
  st(to + STAMP, turn | (isSettled ? SETTLED : 0));
  st(to + NOW, now);
  st(to + MICROS, micros);
  st(to + HOST, host);
  st(to + KIND, kind);
  st(to + INSTANCE, instance);
  st(to + PID, pid);
  st(to + TAG, tag);
  st(to + BODY, body - block);
  if (state !== GOOD) return;
  parsedAt(to + WORDS);
  parse();
  st(to + ID_END, idEnd > 0 ? idEnd - block : -1);
  st(to + ID_1, id1);
  st(to + ID_2, id2);
}

/** Moves to the line of record i, as toLine() and readHead() would; returns what readHead() does. */
export function takeRecord(i: i32): i32 {
  const at = records + i * RECORD;
  tellLine(block + ld(at + START), block + ld(at + END), ld(at + LENGTH));
  tellStamp(ld(at + STAMP) & 3, (ld(at + STAMP) & SETTLED) !== 0, ld(at + NOW), ld(at + MICROS));
  tellHead(ld(at + HOST), ld(at + KIND), ld(at + TAG), ld(at + INSTANCE), ld(at + PID), block + ld(at + BODY));
  const state = ld(at + STATE);
  if (state !== GOOD) return state;
  parsedAt(at + WORDS);
  const e = ld(at + ID_END);
  tellIdEnd(e < 0 ? e : block + e);
  if (e >= 0) tellId(ld(at + ID_1), ld(at + ID_2));
  return state;
}
