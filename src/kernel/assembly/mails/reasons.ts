/**
 * Reasons of refusals by the shape of their answer (reply-shape.ts): the first of a shape is asked for, as bytes of JSON.
 * What is not known makes the mail be written again once it is.
 */
import { type i32, ld, st8, take } from '../count/memory.ts';
import { shape1, shape2, shapeOf } from '../count/reply-shape.ts';
import { lookUp, newTable, put as keep } from '../count/tables.ts';
import { bad, putBytes } from './put.ts';

const MOST = 20_000;
const POOL = 1024 * 1024;
/** A reason is a word. */
export const MOST_REASON = 200;

let reasons: i32 = 0;
let count: i32 = 0;
let pool: i32 = 0;
let poolEnd: i32 = 0;
/** the answer that is asked for, and what was done; 0 = none */
export let askedReply: i32 = 0;
export let askedReplyEnd: i32 = 0;
export let askedOutcome: i32 = 0;

export function openReasons(): void {
  reasons = newTable(1024);
  count = 0;
  pool = take(POOL + 64);
  poolEnd = pool;
  askedReply = 0;
}

export function forgetReply(): void {
  askedReply = 0;
}

/** Puts what JSON tells of the reason of this answer. */
export function putReason(a: i32, b: i32, outcome: i32): void {
  if (!shapeOf(a, b)) return bad();
  const known = lookUp(reasons, shape1, shape2 ^ outcome);
  if (known !== 0) {
    const from = ld(known + 8);
    putBytes(from, from + ld(known + 12));
    return;
  }
  bad();
  if (count === MOST || poolEnd - pool > POOL - MOST_REASON) return;
  askedReply = a;
  askedReplyEnd = b;
  askedOutcome = outcome;
}

/** Where the bytes of an answered reason go. */
export function reasonText(): i32 {
  return poolEnd;
}

/** The answer: so many bytes were put there. */
export function tellReason(length: i32): void {
  if (shapeOf(askedReply, askedReplyEnd)) {
    keep(reasons, shape1, shape2 ^ askedOutcome, poolEnd, length);
    count++;
    poolEnd += length;
    st8(poolEnd, 0);
  }
  askedReply = 0;
}
