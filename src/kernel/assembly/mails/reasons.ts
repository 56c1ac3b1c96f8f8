/**
 * Reasons of answers by their kind (reply-shape.ts): the first of a kind is asked for, as bytes of JSON.
 * What is not known makes the mail be written again once it is.
 */
import { hash, hash2, type i32, ld, mul, take } from '../count/memory.ts';
import { beginShape, kind1, kind2, shapeAnswer } from '../count/reply-shape.ts';
import { STEP_1 } from '../count/bytes.ts';
import { empty, lookUp, newTable, put as keep } from '../count/tables.ts';
import { bad, putBytes } from './put.ts';

const MOST = 20_000;
const POOL = 1024 * 1024;
/** A reason is a word, a header more. */
export const MOST_REASON = 4_000;

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

/** of the asked answer: where its enhanced code stands, 0 = as in the answer itself */
export let askedDsn: i32 = 0;
export let askedDsnEnd: i32 = 0;
let asked1: i32 = 0;
let asked2: i32 = 0;

/** Puts what JSON tells of the reason of this refusal. */
export function putReason(a: i32, b: i32, outcome: i32): void {
  beginShape(0);
  shapeAnswer(a, b);
  if (putKnown(kind1, kind2 ^ outcome)) return;
  ask(a, b, 0, 0, outcome);
}

/** The same of a delivery that failed. */
export function putFailure(a: i32, b: i32, dsn: i32, dsnEnd: i32, outcome: i32): void {
  beginShape(outcome + FAILURES);
  shapeAnswer(a, b);
  const code = hash(dsn, dsnEnd);
  if (putKnown(kind1 ^ mul(code, STEP_1), kind2 ^ hash2)) return;
  ask(a, b, dsn, dsnEnd, outcome + FAILURES);
}

/** Puts `,"subject":` with the text of an encoded header, or nothing where it has none. */
export function putHeader(a: i32, b: i32): void {
  if (b - a > MOST_HEADER) return bad();
  const x = hash(a, b);
  if (!putKnown(x ^ HEADER, hash2)) ask(a, b, 0, 0, HEADER);
}

/** Above the outcomes of refusals stand those of deliveries, and what is no answer. */
const FAILURES = 8;
const HEADER = 64;
/** A longer one is read the ordinary way; in JSON six bytes may stand for one of it. */
const MOST_HEADER = 600;

function putKnown(x: i32, y: i32): boolean {
  asked1 = x;
  asked2 = y;
  const known = lookUp(reasons, x, y);
  if (known === 0) return false;
  const from = ld(known + 8);
  putBytes(from, from + ld(known + 12));
  return true;
}

function ask(a: i32, b: i32, dsn: i32, dsnEnd: i32, outcome: i32): void {
  bad();
  if (askedReply > 0) return;
  key1 = asked1;
  key2 = asked2;
  askedReply = a;
  askedReplyEnd = b;
  askedDsn = dsn;
  askedDsnEnd = dsnEnd;
  askedOutcome = outcome;
}

let key1: i32 = 0;
let key2: i32 = 0;

/** Where the bytes of an answered reason go. */
export function reasonText(): i32 {
  if (count < MOST && poolEnd - pool < POOL - MOST_REASON) return poolEnd;
  // what is known can be asked for again
  empty(reasons);
  count = 0;
  poolEnd = pool;
  return poolEnd;
}

/** The answer: so many bytes were put there. */
export function tellReason(length: i32): void {
  keep(reasons, key1, key2, poolEnd, length);
  count++;
  poolEnd += length + 1;
  askedReply = 0;
}
