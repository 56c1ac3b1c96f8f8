/**
 * Told: in place of being counted, each plain mail and each refusal goes out as a record of numbers, with the names in it by
 * their number (names.ts), and what is told of the server itself (server.ts). src/weigh/told.ts reads them.
 */
import { indexOf, indexOfByte, is } from './bytes.ts';
import { body, host, id1, id2, pid, tag } from './head.ts';
import { clash, isForced } from './keys.ts';
import { end, number, start } from './line.ts';
import { copy, type f64, hashLow, type i32, ld, ld8, ldf, st, stf, take } from './memory.ts';
import { hasTooManyNames, nameAs, openNames, wantNames } from './names.ts';
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
import {
  beginShape,
  kind1,
  kind2,
  LONGEST as MOST_ANSWER,
  shape1,
  shape2,
  shapeAnswer,
  shapeBytes,
} from './reply-shape.ts';
import { DEFERRED, EXPIRED, finalState, GAVE_UP, simpleEnd } from './outcomes.ts';
import { COUNT, lowAt, nameAt, placeOfLow, setName, setTry, stateAt, textAt, timeAt, typedAt } from './shape.ts';
import { microTime, now } from './stamps.ts';
import { lookUp, newTable, put, valueOf } from './tables.ts';
import { isDrawn, lineOf, nextTransaction, numberOf, timeOf } from './transactions.ts';

/** Records are asked for. */
export let isTelling: boolean = false;

// kinds of records
const MAIL = 1;
const REFUSED = 2;
const TEXT = 3;
const CONNECTION = 4;
const TLS = 5;
const SCREEN = 6;
const STRANGE = 7;
const UNREACHED = 8;
const SHAPE = 9;
/** role of a line's text (names.ts) */
const LINE = 0x4c494e45;
/** of a mail and its recipients, of a transaction and its, of a text */
const MAIL_HEAD = 48;
const REFUSED_HEAD = 32;
const ROW = 24;
const TEXT_HEAD = 40;

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

export let toldAt: i32 = 0;
export let toldBytes: i32 = 0;
let room: i32 = 0;
let texts: i32 = 0;
/** pairs of sender and recipient, one of which was refused for now */
let pairs: i32 = 0;
/** Bytes of a line about a server that was not reached (src/report/postfix-line.ts). */
const MOST_UNREACHED = 300;
/** shapes of answers, so many of them at most */
const MOST_SHAPES = 100_000;
let shapes: i32 = 0;
/** by the kind of an answer: its first shape */
let kinds: i32 = 0;
let shapeCount: i32 = 0;
const ANYBODY = 0x414e59;
let newest: i32 = 0;
/** of a delivery, where its line tells who answered, and what */
let relayStart: i32 = 0;
let relayEnd: i32 = 0;
let codesAt: i32 = 0;
/** Stamps may go back so far, seconds. What was told of mails is compared with what came before and after them. */
const MOST_BACK = 5;
let isTorn: boolean = false;

// what was refused in a session: the next one, its transaction, recipient, text; a double: time; sender and recipient,
// shape, names of client, sender and HELO
const DETAIL = 48;
let freeDetails: i32 = 0;

export function openTold(): void {
  isTelling = isTorn = false;
  toldAt = toldBytes = room = texts = pairs = shapes = kinds = shapeCount = freeDetails = 0;
  newest = -0x7fffffff;
  openNames();
}

export function wantRecords(): void {
  isTelling = true;
  room = 1 << 20;
  toldAt = take(room);
  pairs = newTable(4096);
  shapes = newTable(256);
  kinds = newTable(256);
  wantNames();
}

export function clearTold(): void {
  toldBytes = 0;
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

function reserve(extra: i32): i32 {
  if (toldBytes + extra > room) {
    let wider = room * 2;
    while (toldBytes + extra > wider) wider *= 2;
    const larger = take(wider);
    copy(larger, toldAt, toldBytes);
    toldAt = larger;
    room = wider;
  }
  const at = toldAt + toldBytes;
  toldBytes += extra;
  return at;
}

/** The line at hand goes out as text. `what`: its number; below 0 that of a shape; 0 = it tells of the server. */
export function tellText(what: i32): i32 {
  const size = end - start;
  const at = reserve(TEXT_HEAD + ((size + 7) & ~7));
  st(at, TEXT);
  st(at + 4, what);
  stf(at + 8, microTime());
  st(at + 16, tag);
  st(at + 20, size);
  st(at + 24, body - start);
  st(at + 28, pid);
  st(at + 32, host);
  copy(at + TEXT_HEAD, start, size);
  return what;
}

/** `site`: the name that the client's belongs to (people.ts). */
export function tellConnection(site: i32, since: f64): void {
  const at = reserve(24);
  st(at, CONNECTION);
  st(at + 4, site);
  stf(at + 8, since);
  stf(at + 16, microTime());
}

export function tellTls(way: i32, protocol: i32): void {
  const at = reserve(16);
  st(at, TLS);
  st(at + 4, way);
  st(at + 8, protocol);
}

/** The line at hand says why a server was not reached. */
export function tellUnreached(): void {
  const size = end - body < MOST_UNREACHED ? end - body : MOST_UNREACHED;
  const name = nameAs(LINE ^ (tag << 8), body, body + size);
  const at = reserve(16);
  st(at, UNREACHED);
  st(at + 4, name);
  st(at + 8, tag);
}

export function tellScreen(act: i32): void {
  const at = reserve(8);
  st(at, SCREEN);
  st(at + 4, act);
}

/** The line at hand has none of the usual heads: what it says of the server only the formats can tell. */
export function tellStrange(): void {
  const at = reserve(8);
  st(at, STRANGE);
  st(at + 4, number);
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
 * As src/correlate/apply-delivery.ts: a settled one's older line changes nothing, else the last try is what holds.
 */
export function noteEnd(mail: i32, pair: i32, typed: i32, a: i32, b: i32, outcome: i32, asText: boolean): void {
  const state = finalState(stateAt(mail, pair));
  if (state === 0) setName(mail, pair, addressOf(a, b), lowAt(mail, typed));
  else if (outcome === DEFERRED && state !== DEFERRED && state !== EXPIRED) return;
  setTry(mail, pair, microTime(), asText ? deliveryShape() : 0);
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

function isAwaitedFrom(senderLow: i32, recipientLow: i32): boolean {
  return lookUp(pairs, senderLow, recipientLow) !== 0 || lookUp(pairs, senderLow, ANYBODY) !== 0;
}

/** The number of the shape that was looked at last, which is told where it is new. 0 = there are too many. */
function shapeHere(): i32 {
  const a = shape1;
  const b = shape2;
  const known = valueOf(shapes, a, b);
  if (known !== 0) return known;
  if (shapeCount === MOST_SHAPES) return 0;
  put(shapes, a, b, ++shapeCount, 0);
  let like = valueOf(kinds, kind1, kind2);
  if (like === 0) {
    like = shapeCount;
    put(kinds, kind1, kind2, like, 0);
  }
  const name = nameAs(LINE ^ (tag << 8), body, end);
  const at = reserve(24);
  st(at, SHAPE);
  st(at + 4, shapeCount);
  st(at + 8, like);
  st(at + 12, name);
  st(at + 16, tag);
  return shapeCount;
}

/** The shape of the answer that the line at hand tells of a delivery; of one that has none, below 0, the number of its text. */
function deliveryShape(): i32 {
  beginShape(tag);
  shapeBytes(relayStart, relayEnd);
  const open = indexOfByte(codesAt, end, 0x28);
  const words = open < 0 ? codesAt : remoteWords(open + 1);
  shapeBytes(codesAt, words);
  // tables cut an answer with all that stands before its words
  if (open >= 0 && end - open > MOST_ANSWER) shapeBytes(words, end);
  else shapeAnswer(words, end);
  const shape = shapeHere();
  return shape === 0 ? -tellText(++texts) : shape;
}

/** Where the words of the other server begin, behind those of the daemon (src/explain/reply-text.ts replyRange()). */
function remoteWords(p: i32): i32 {
  if (!is(p, 'host ')) return p;
  const said = indexOf(p, end, ' said: ');
  if (said >= 0) return said + 7;
  const refused = indexOf(p, end, ' refused to talk to me: ');
  return refused < 0 ? p : refused + 24;
}

/** The line of a delivery names in [a, b) who answered, and tells its codes and words from `codes` on. */
export function tellAnswer(a: i32, b: i32, codes: i32): void {
  relayStart = a;
  relayEnd = b;
  codesAt = codes;
}

/** A refusal of the session's transaction; `name` = 0: no recipient is named. `sender`, `recipient`: in lower case. */
export function noteRefused(session: i32, transaction: i32, name: i32, sender: i32, recipient: i32): void {
  let at = freeDetails;
  if (at === 0) at = take(DETAIL);
  else freeDetails = ld(at);
  st(at, ld(session + DETAILS));
  st(at + 4, transaction);
  st(at + 8, name);
  beginShape(0);
  shapeAnswer(answerStart, answerEnd);
  const shape = shapeHere();
  st(at + 12, shape === 0 ? tellText(++texts) : 0);
  stf(at + 16, microTime());
  st(at + 32, shape);
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
    if (isAwaited && has(mail, FORWARDED)) {
      toldBytes = from;
      return false;
    }
    const row = reserve(ROW);
    const ended = finalState(stateAt(last, at));
    st(row, nameAt(mail, i));
    st(
      row + 4,
      (ended === DEFERRED && (ld(last + FLAGS) & GAVE_UP) !== 0 ? EXPIRED : ended) | (isAwaited ? IS_AWAITED << 8 : 0),
    );
    stf(row + 8, timeAt(last, at));
    const answer = textAt(last, at);
    st(row + 16, answer < 0 ? -answer : 0);
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
  for (let one = ld(session + TRANSACTIONS); one !== 0; one = nextTransaction(one)) tellTransaction(session, one);
  return true;
}

function tellTransaction(session: i32, transaction: i32): void {
  const head = reserve(REFUSED_HEAD) - toldAt;
  let rows: i32 = 0;
  // the first one comes last
  let first: i32 = 0;
  for (let one = ld(session + DETAILS); one !== 0; one = ld(one)) {
    if (ld(one + 4) !== numberOf(transaction)) continue;
    const row = reserve(ROW);
    st(row, ld(one + 8));
    st(row + 4, ld(one + 8) !== 0 && isAwaitedFrom(ld(one + 24), ld(one + 28)) ? IS_AWAITED << 8 : 0);
    stf(row + 8, ldf(one + 16));
    st(row + 16, ld(one + 12));
    st(row + 20, ld(one + 32));
    first = one;
    rows++;
  }
  const at = toldAt + head;
  st(at, REFUSED);
  if (first === 0) return;
  st(at + 20, ld(first + 36));
  st(at + 24, ld(first + 40));
  st(at + 28, ld(first + 44));
  st(at + 4, rows);
  stf(at + 8, timeOf(transaction));
  st(at + 16, lineOf(transaction));
}
