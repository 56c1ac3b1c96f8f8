/**
 * Told: in place of being counted, each plain mail and each refusal goes out as a record of numbers, with the names in it by
 * their number (names.ts), and what is told of the server itself (server.ts). src/weigh/told.ts reads them.
 */
import { openAnswers, relayHere, shapeOfDelivery, shapeOfRefusal, wantAnswers } from './answers.ts';
import { indexOf, indexOfByte } from './bytes.ts';
import { id1, id2 } from './head.ts';
import { clash, isForced } from './keys.ts';
import { end, start } from './line.ts';
import { hashLow, type i32, ld, ld8, ldf, st, stf, take } from './memory.ts';
import { hasTooManyNames, openNames, wantNames } from './names.ts';
import { addressOf, peerOf } from './people.ts';
import {
  BORN_LINE,
  CLIENT_NAME,
  DETAILS,
  FLAGS,
  FORWARDED,
  has,
  HELO_NAME,
  HOST,
  ID_1,
  ID_2,
  LINES,
  mailOf,
  MID_1,
  MID_2,
  NOTICE,
  OPENED,
  SENDER,
  SENDER_KIND,
  SENDER_NAME,
  SIZE,
  SLOW,
  TIME,
  TRANSACTIONS,
} from './records.ts';
import { answerEnd, answerStart, clientEnd, clientStart, heloName, senderName } from './refuse.ts';
import { DEFERRED, EXPIRED, finalState, GAVE_UP, simpleEnd } from './outcomes.ts';
import {
  addTry,
  COUNT,
  lowAt,
  nameAt,
  placeOfLow,
  setName,
  setTry,
  stateAt,
  textAt,
  timeAt,
  triesAt,
  typedAt,
} from './shape.ts';
import { microTime, now } from './stamps.ts';
import { lookUp, newTable, put } from './tables.ts';
import { cutTold, openRecordsOut, reserve, toldAt, toldBytes, wantRecordsOut } from './told-out.ts';
import { isDrawn, lineOf, nextTransaction, numberOf, timeOf } from './transactions.ts';

/** Records are asked for. */
export let isTelling: boolean = false;
/** …of lines that tell of the server, with the answers to deliveries, and with all that a refusal says. */
export let tellsServer: boolean = false;
export let tellsAnswers: boolean = false;
export let tellsRefusals: boolean = false;
/** …who took what was sent, and at which try. */
export let tellsRelays: boolean = false;
/** Outcomes (a bit of each): mails with a recipient of which one of them is the last word are read. */
let unplain: i32 = 0;

/** What wantRecords() is asked for. */
const OF_SERVER = 1;
const WITH_ANSWERS = 2;
const WHOLE_REFUSALS = 4;
const WITH_RELAYS = 8;

// kinds of records
const MAIL = 1;
const REFUSED = 2;
/** of a mail and its recipients, of a transaction and its, of a text */
const MAIL_HEAD = 48;
const REFUSED_HEAD = 32;
const ROW = 24;

// what Postfix wrote itself: what a mail is, and in NOTICE
export const BOUNCE_NOTICE = 1;
export const DELAY_NOTICE = 2;
/** of a recipient: somebody was refused for now with the same sender and recipient before */
const IS_AWAITED = 1;
/** of a mail: its sender has no domain */
const IS_BARE = 0x10000;

// in SENDER_KIND
export const NULL_SENDER = 1;
export const BARE_SENDER = 2;

/** pairs of sender and recipient, one of which was refused for now */
let pairs: i32 = 0;
const ANYBODY = 0x414e59;
let newest: i32 = 0;
/** Stamps may go back so far, seconds. What was told of mails is compared with what came before and after them. */
const MOST_BACK = 5;
let isTorn: boolean = false;

// what was refused in a session: the next one, its transaction, recipient, text; a double: time; sender and recipient,
// shape, names of client, sender and HELO
const DETAIL = 48;
let freeDetails: i32 = 0;

export function openTold(): void {
  isTelling = isTorn = false;
  tellsServer = tellsAnswers = tellsRefusals = tellsRelays = false;
  unplain = 0;
  pairs = freeDetails = 0;
  newest = -0x7fffffff;
  openRecordsOut();
  openAnswers();
  openNames();
}

/** `what`: bits, what is told. `outcomes`: bits, mails with a recipient of which one of them is the last word are read. */
export function wantRecords(what: i32, outcomes: i32): void {
  isTelling = true;
  tellsServer = (what & OF_SERVER) !== 0;
  tellsAnswers = (what & WITH_ANSWERS) !== 0;
  tellsRefusals = (what & WHOLE_REFUSALS) !== 0;
  tellsRelays = (what & WITH_RELAYS) !== 0;
  unplain = outcomes;
  pairs = newTable(4096);
  wantRecordsOut();
  wantAnswers();
  wantNames();
}

/** Nothing may be told of this log: it must be read whole. */
export function isUntellable(): boolean {
  return isTorn || hasTooManyNames();
}

/** The log must be read whole. */
export function giveUpTelling(): void {
  isTorn = true;
}

/** Each line that has a stamp. */
export function sawTime(): void {
  if (now > newest) newest = now;
  else if (now + MOST_BACK < newest) isTorn = true;
}

// --- what is noted of mails while they are in flight

/** The address [a, b) that `from=<` names. */
export function noteSender(mail: i32, a: i32, b: i32): void {
  if (ld(mail + SENDER_NAME) !== 0) return;
  st(mail + SENDER_NAME, addressOf(a, b));
  let at: i32 = -1;
  for (let i = indexOfByte(a, b, 0x40); i >= 0; i = indexOfByte(i + 1, b, 0x40)) at = i;
  st(mail + SENDER_KIND, a === b ? NULL_SENDER : at < 0 || at + 1 === b ? BARE_SENDER : 0);
}

/**
 * A result of the recipient at `pair`, typed as [a, b), which stands at `typed`; before the outcome is told. `asText`: its answer is asked for.
 * As src/correlate/apply-delivery.ts: a settled one's older line changes nothing, else the last try is what holds. False: the
 * formats must tell how often it was tried.
 */
export function noteEnd(mail: i32, pair: i32, typed: i32, a: i32, b: i32, outcome: i32, asText: boolean): boolean {
  const state = finalState(stateAt(mail, pair));
  if (state === 0) setName(mail, pair, addressOf(a, b), lowAt(mail, typed));
  else if (outcome === DEFERRED && state !== DEFERRED && state !== EXPIRED) return true;
  const time = microTime();
  const isOther = !tellsRelays || addTry(mail, pair, time);
  setTry(mail, pair, time, asText ? (tellsAnswers ? shapeOfDelivery() : 0) : tellsRelays ? relayHere() : 0);
  return isOther;
}

/**
 * Postfix wrote the mail id1, id2 as a notice of this kind about `mail`, 0 = another one. False: the formats must read both.
 * Source: src/correlate/assemble.ts kindOf().
 */
export function noteNotice(mail: i32, what: i32): boolean {
  const child = mailOf(id1, id2);
  if (what === 0 || isForced(id1, id2) || child === mail) return false;
  // what has no other lines is taken for a bounce
  if (child === 0) return what === BOUNCE_NOTICE;
  if (has(child, OPENED | SLOW) || ld(child + NOTICE) !== 0 || ld(child + HOST) !== ld(mail + HOST)) return false;
  st(child + NOTICE, what);
  return true;
}

/** A notice must be read: so must the mail that it is about, which says what it is. One without lines was told. */
export function lostNotice(mail: i32): void {
  if (ld(mail + NOTICE) === 0 || ld(mail + LINES) === 0) return;
  if (!isForced(ld(mail + ID_1), ld(mail + ID_2))) clash(ld(mail + ID_1), ld(mail + ID_2));
}

/** Somebody was refused for now: whoever comes with the same sender and recipient later may be the same mail. */
export function awaitPair(senderLow: i32, recipientLow: i32): void {
  put(pairs, senderLow, recipientLow, 1, 0);
}

/** The line at hand, which the formats read, may refuse a mail for now, whoever it was to. */
export function awaitSender(): void {
  const a = indexOf(start, end, '; from=<');
  const b = a < 0 ? -1 : indexOfByte(a + 8, end, 0x3e);
  if (b >= 0) awaitPair(hashLow(a + 8, b), ANYBODY);
}

/** Somebody was refused for now with the same sender and recipient, or may have been. */
export function isAwaitedFrom(senderLow: i32, recipientLow: i32): boolean {
  return lookUp(pairs, senderLow, recipientLow) !== 0 || lookUp(pairs, senderLow, ANYBODY) !== 0;
}

/** A refusal of the session's transaction; `name` = 0: no recipient is named. `sender`, `recipient`: in lower case. */
export function noteRefused(session: i32, transaction: i32, name: i32, sender: i32, recipient: i32): void {
  let at = freeDetails;
  if (at === 0) at = take(DETAIL);
  else freeDetails = ld(at);
  st(at, ld(session + DETAILS));
  st(at + 4, transaction);
  st(at + 8, name);
  const shape = shapeOfRefusal(answerStart, answerEnd, tellsRefusals);
  st(at + 12, shape < 0 ? -shape : 0);
  stf(at + 16, microTime());
  st(at + 32, shape > 0 ? shape : 0);
  let client = clientEnd;
  while (ld8(client - 1) !== 0x5d) client--;
  st(at + 36, peerOf(clientStart, client));
  st(at + 40, senderName);
  st(at + 44, heloName);
  st(at + 24, sender);
  st(at + 28, recipient);
  st(session + DETAILS, at);
}

export function endDetails(session: i32): void {
  for (let one = ld(session + DETAILS); one !== 0;) {
    const next = ld(one);
    st(one, freeDetails);
    freeDetails = one;
    one = next;
  }
  st(session + DETAILS, 0);
}

// --- what is over

/** Tells a mail with all that it went on as; false: the formats must read it. */
export function tellMail(mail: i32): boolean {
  const last = simpleEnd(mail);
  if (last === 0 || ld(mail + SIZE) < 0 || ld(mail + SENDER_NAME) === 0) return false;
  const isBounce = !has(mail, OPENED);
  const notice = ld(mail + NOTICE);
  if (!isBounce && notice !== 0) return false;
  const kind = ld(mail + SENDER_KIND);
  // what nobody sent is a notice or an answer of a program perhaps, of which only the formats know
  if (isBounce !== (kind === NULL_SENDER)) return false;
  // whose client the next server would name, and what the next server calls a login
  if (kind !== 0 && (has(mail, FORWARDED) || last !== mail)) return false;
  const from = toldBytes;
  const head = reserve(MAIL_HEAD) - toldAt;
  let rows: i32 = 0;
  for (let i: i32 = 0; i < ld(mail + COUNT); i++) {
    const state = finalState(stateAt(mail, i));
    if (state === 0) continue;
    const at = last === mail ? i : placeOfLow(last, lowAt(mail, i));
    const isAwaited = !isBounce && isAwaitedFrom(lowAt(mail, ld(mail + SENDER)), typedAt(mail, i));
    const word = finalState(stateAt(last, at));
    const ended = word === DEFERRED && (ld(last + FLAGS) & GAVE_UP) !== 0 ? EXPIRED : word;
    if ((isAwaited && has(mail, FORWARDED)) || (!isBounce && (unplain & (1 << ended)) !== 0)) {
      cutTold(from);
      return false;
    }
    const row = reserve(ROW);
    st(row, nameAt(mail, i));
    st(row + 4, ended | (isAwaited ? IS_AWAITED << 8 : 0));
    stf(row + 8, timeAt(last, at));
    const answer = textAt(last, at);
    st(row + 16, answer < 0 ? -answer : tellsRelays ? triesAt(last, at) : 0);
    st(row + 20, answer > 0 ? answer : 0);
    rows++;
  }
  const at = toldAt + head;
  const what = isBounce ? (notice === DELAY_NOTICE ? DELAY_NOTICE : BOUNCE_NOTICE) << 8 : 0;
  st(at, MAIL | what | (kind === BARE_SENDER ? IS_BARE : 0));
  st(at + 4, rows);
  stf(at + 8, ldf(mail + TIME));
  st(at + 16, ld(mail + BORN_LINE));
  st(at + 20, ld(mail + SIZE));
  st(at + 24, ld(mail + SENDER_NAME));
  st(at + 28, ld(mail + CLIENT_NAME));
  st(at + 32, ld(mail + MID_1));
  st(at + 36, ld(mail + MID_2));
  st(at + 40, ld(mail + HELO_NAME));
  return true;
}

/** Tells the refusals of a session without mail; false: the formats must read it. */
export function tellRefusals(session: i32): boolean {
  if (!isDrawn(session)) return false;
  const from = toldBytes;
  for (let one = ld(session + TRANSACTIONS); one !== 0; one = nextTransaction(one)) {
    if (tellTransaction(session, one)) continue;
    cutTold(from);
    return false;
  }
  return true;
}

/** False: its names were not kept. */
function tellTransaction(session: i32, transaction: i32): boolean {
  const head = reserve(REFUSED_HEAD) - toldAt;
  let rows: i32 = 0;
  let client: i32 = 0;
  let sender: i32 = 0;
  let helo: i32 = 0;
  for (let one = ld(session + DETAILS); one !== 0; one = ld(one)) {
    if (ld(one + 4) !== numberOf(transaction)) continue;
    const isAwaited = ld(one + 8) !== 0 && isAwaitedFrom(ld(one + 24), ld(one + 28));
    if (isAwaited && ld(one + 40) === 0) return false;
    const row = reserve(ROW);
    st(row, ld(one + 8));
    st(row + 4, isAwaited ? IS_AWAITED << 8 : 0);
    stf(row + 8, ldf(one + 16));
    st(row + 16, ld(one + 12));
    st(row + 20, ld(one + 32));
    client = ld(one + 36);
    if (ld(one + 40) !== 0) {
      sender = ld(one + 40);
      helo = ld(one + 44);
    }
    rows++;
  }
  const at = toldAt + head;
  st(at, REFUSED);
  st(at + 4, rows);
  stf(at + 8, timeOf(transaction));
  st(at + 16, lineOf(transaction));
  st(at + 20, client);
  st(at + 24, sender);
  st(at + 28, helo);
  return true;
}
