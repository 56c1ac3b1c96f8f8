/** Results of deliveries (parse-delivery.ts), and what they make of mails. */
import { commandTook } from './beside.ts';
import { STEP_1 } from './bytes.ts';
import { isChaining } from './chains.ts';
import { wentAbroad } from './ids.ts';
import { comesBackFrom, endsAt, isForced, other, READ, sawFailed } from './keys.ts';
import { block } from './line.ts';
import { join, mayComeBack } from './mails.ts';
import { type i32, ld, mul } from './memory.ts';
import { BOUNCED, DEFERRED, goOn, tellOutcome, TO_NOWHERE, TO_RELAY } from './outcomes.ts';
import {
  BITS,
  BY_COMMAND,
  CODE,
  get,
  HAS_ORIG,
  HAS_RELAY,
  HAS_REMOTE,
  HASH_1,
  HASH_2,
  IS_GOOD,
  LOW,
  ORIG_1,
  ORIG_2,
  ORIG_LOW,
  OUTCOME_BITS,
  RELAY_1,
  RELAY_2,
  REMOTE_1,
  REMOTE_2,
  TYPED_LENGTH,
  TYPED_START,
} from './parsed.ts';
import { readRecord } from './reading.ts';
import { flag, has, mailOf, MID_1, PARENT, SENDER, SLOW, TRIED } from './records.ts';
import { lowAt, place, placeOfLow, token } from './shape.ts';
import { isTelling, noteEnd, tellsAnswers, tellsRelays } from './told.ts';
import { tellAnswer } from './answers.ts';
import { T_TO } from './tokens.ts';

/** second word of a value that is a pair of places */
const PAIR = 0x50414952;

/** Takes the line at hand; false: the formats must read it. */
export function readDelivery(mail: i32, now: i32): boolean {
  if (get(IS_GOOD) === 0) return false;
  const bits = get(BITS);
  const low = get(LOW);
  const to = place(mail, get(HASH_1), get(HASH_2), low);
  if (to < 0) return false;
  const toLow = placeOfLow(mail, low);
  let orig: i32 = -1;
  let origLow: i32 = -1;
  if ((bits & HAS_ORIG) !== 0) {
    const l = get(ORIG_LOW);
    orig = place(mail, get(ORIG_1), get(ORIG_2), l);
    if (orig < 0) return false;
    origLow = placeOfLow(mail, l);
  }
  const outcome = bits & OUTCOME_BITS;
  flag(mail, TRIED);
  // recipients are told apart without their case (src/correlate/apply-delivery.ts endOf)
  let pair = toLow;
  if (orig >= 0) pair = place(mail, -1 - (origLow << 8) - toLow, PAIR, -1 - (origLow << 8) - toLow);
  if (pair < 0) return false;
  const typed = orig >= 0 ? orig : to;
  const isFailed = outcome === DEFERRED || outcome === BOUNCED;
  if (isFailed) {
    // a content filter that bounces mail is told as such: it must be known by then whether the relay is one
    if (isChaining && outcome === BOUNCED && (bits & HAS_RELAY) !== 0 && endsAt(get(RELAY_1), get(RELAY_2)))
      return false;
    // what the next server refused with a code may stand in its log too (src/correlate/inner.ts)
    const code = get(CODE);
    if (code >= 400 && sawFailed(low, now, has(mail, SLOW) ? READ : mail, signOf(mail), code)) {
      if (other !== 0) readRecord(other);
      return false;
    }
    if (isTelling && !note(mail, pair, typed, outcome, true)) return false;
    if (!tellOutcome(mail, pair, typed, outcome)) return true;
  }
  token(mail, T_TO);
  token(mail, to | (toLow << 8));
  token(mail, orig | (origLow << 8));
  token(mail, outcome);
  if (isFailed) return true;
  if ((bits & BY_COMMAND) !== 0) commandTook();
  if (outcome === 0) return false;
  if (isTelling && !note(mail, pair, typed, outcome, outcome === TO_NOWHERE)) return false;
  tellOutcome(mail, pair, typed, outcome);
  return follow(mail, pair, outcome, bits, now);
}

/** False: the formats must read the mail. */
function note(mail: i32, pair: i32, typed: i32, outcome: i32, asText: boolean): boolean {
  const a = block + get(TYPED_START);
  if (asText ? tellsAnswers : tellsRelays) tellAnswer(a + get(TYPED_LENGTH));
  return noteEnd(mail, pair, typed, a, a + get(TYPED_LENGTH), outcome, asText);
}

/** What marks a refusal: the sender, 0 = not known. */
function signOf(record: i32): i32 {
  const sender = ld(record + SENDER);
  return sender < 0 ? 0 : mul(lowAt(record, sender), STEP_1) | 1;
}

/** What the next system called the mail, and whether it comes back. */
function follow(mail: i32, pair: i32, how: i32, bits: i32, now: i32): boolean {
  const hasRelay = (bits & HAS_RELAY) !== 0;
  if ((bits & HAS_REMOTE) !== 0) {
    const a = get(REMOTE_1);
    const b = get(REMOTE_2);
    if (isForced(a, b)) return false;
    const child = mailOf(a, b);
    if (child !== 0 && child !== mail) {
      const isFirst = hasRelay && comesBackFrom(get(RELAY_1), get(RELAY_2));
      join(mail, child, now);
      if (ld(child + PARENT) === mail) goOn(mail, pair);
      return !isFirst;
    }
    wentAbroad(a, b, ld(mail + MID_1));
  } else mayComeBack(mail, now, hasRelay);
  return how !== TO_RELAY || !endsAt(get(RELAY_1), get(RELAY_2));
}
