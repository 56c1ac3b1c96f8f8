/**
 * What became of a mail's recipients. Of a mail that is one hop, that refused nobody and whose subject line names none but its
 * recipients, this alone tells what is counted.
 */
import { type i32, ld, st, take } from './memory.ts';
import { ABANDONED, CHILD, FLAGS, has, MID_1, MID_2, NAMED, PARENT, REFUSED, SIBLING, SLOW } from './records.ts';
import { COUNT, countStates, lowAt, placeOfLow, setState, stateAt } from './shape.ts';

/** sent, and on its way as another mail */
const ON = 1;
export const DEFERRED = 2;
export const BOUNCED = 3;
/** sent: what took it */
export const TO_MAILBOX = 4;
export const TO_NOWHERE = 5;
export const TO_RELAY = 6;
/** waited when the queue gave up */
export const EXPIRED = 7;
/** beside a state: the address as it was typed */
const TYPED = 8;
/** in NAMED: no line names a recipient; different lines name different ones */
export const NOBODY = 0;
const SEVERAL = -1;
/** in FLAGS */
export const GAVE_UP = 8192;

/** A result of the recipient at `pair`, typed as at `typed`. False: it changes nothing. */
export function tellOutcome(mail: i32, pair: i32, typed: i32, outcome: i32): boolean {
  const state = stateAt(mail, pair) & ~TYPED;
  if (state === 0) setState(mail, typed, stateAt(mail, typed) | TYPED);
  // a settled one's older line; another try that failed for now
  if (outcome === DEFERRED && state !== 0 && state !== EXPIRED) return false;
  setState(mail, pair, (stateAt(mail, pair) & TYPED) | outcome);
  return true;
}

export function giveUp(mail: i32): void {
  for (let i: i32 = 0; i < ld(mail + COUNT); i++)
    if ((stateAt(mail, i) & ~TYPED) === DEFERRED) setState(mail, i, (stateAt(mail, i) & TYPED) | EXPIRED);
  st(mail + FLAGS, ld(mail + FLAGS) | GAVE_UP);
}

/** A policy's line names a recipient. */
export function nameRecipient(mail: i32, place: i32): void {
  const named = ld(mail + NAMED);
  st(mail + NAMED, named === NOBODY || named === place + 1 ? place + 1 : SEVERAL);
}

/** The recipient's mail goes on as another, which tells what became of it. */
export function goOn(mail: i32, pair: i32): void {
  setState(mail, pair, (stateAt(mail, pair) & TYPED) | ON);
}

/**
 * Counts a mail whose recipients' outcomes tell all: true. It needs no shape then, and no line of it is read. A mail that went
 * on whole, each recipient under the same name, is counted by what it went on as.
 * Source: src/correlate/ends.ts statusesOf(), statusOf(); entries.ts addEnds().
 */
export function countSimple(mail: i32): boolean {
  const last = simpleEnd(mail);
  if (last === 0) return false;
  for (let state = DEFERRED; state <= EXPIRED; state++) {
    // who still waits when the queue gave the mail up has waited in vain
    const counted = state === DEFERRED && has(last, GAVE_UP) ? EXPIRED : state;
    const at = tallies + counted * 4;
    st(at, ld(at) + countStates(last, state, TYPED));
  }
  st(tallies, ld(tallies) + 1);
  return true;
}

/** The mail that tells what became of the recipients; 0 = more than that tells it. */
export function simpleEnd(mail: i32): i32 {
  if (ld(mail + PARENT) !== 0 || !isSimple(mail)) return 0;
  const child = ld(mail + CHILD);
  if (child === 0) return mail;
  const isSame = ld(child + SIBLING) === 0 && ld(child + CHILD) === 0 && isSimple(child) && isSameList(mail, child);
  return isSame ? child : 0;
}

/** A state without what stands beside it. */
export function finalState(state: i32): i32 {
  return state & ~TYPED;
}

/** Recipients of a mail that countSimple would count, else -1. */
export function recipientsOfSimple(mail: i32): i32 {
  const last = simpleEnd(mail);
  if (last === 0) return -1;
  let count: i32 = 0;
  for (let state = DEFERRED; state <= EXPIRED; state++) count += countStates(last, state, TYPED);
  return count;
}

/** It refused nobody, and lines of policies name none but its recipients. */
function isSimple(mail: i32): boolean {
  const named = ld(mail + NAMED);
  return (
    !has(mail, REFUSED | SLOW | ABANDONED) &&
    (named === NOBODY || (named > 0 && (stateAt(mail, named - 1) & TYPED) !== 0))
  );
}

/** All recipients of `mail` went on, and `child` has the same ones, none by an alias, and the same Message-ID. */
function isSameList(mail: i32, child: i32): boolean {
  if (ld(mail + MID_1) === 0 || ld(mail + MID_1) !== ld(child + MID_1) || ld(mail + MID_2) !== ld(child + MID_2))
    return false;
  let count: i32 = 0;
  for (let i: i32 = 0; i < ld(mail + COUNT); i++) {
    const state = stateAt(mail, i);
    if (state === 0) continue;
    if (state !== (ON | TYPED)) return false;
    const at = placeOfLow(child, lowAt(mail, i));
    if (at < 0 || stateAt(child, at) <= TYPED) return false;
    count++;
  }
  for (let i: i32 = 0; i < ld(child + COUNT); i++) if (stateAt(child, i) !== 0) count--;
  return count === 0;
}

/** Mails counted, then their recipients by outcome from DEFERRED on: eight words. */
export let tallies: i32 = 0;

export function openOutcomes(): void {
  tallies = take(32);
}
