/**
 * Words of policy services that name no id, where numbers are asked for: of a mail that is refused as a whole they may be all
 * that names its first recipient (src/correlate/passes.ts). They are kept for a while, by their client; where a mail of that
 * client is refused, those around its beginning are read by the formats.
 */
import { indexOf } from './bytes.ts';
import { isChaining } from './chains.ts';
import { body } from './head.ts';
import { clash, force, isForced } from './keys.ts';
import { emit, emitAt, end, length, number, offset } from './line.ts';
import { hash, type i32, ld, ld8, ldf, mul, st, stf, take } from './memory.ts';
import { BORN_AT, BORN_LINE, CLIENT, CONNECTED } from './records.ts';
import { clientAt, clientBefore, senderOfWord, valueEnd } from './named-clients.ts';
import { signOfRefusal } from './refuse.ts';
import { now } from './stamps.ts';

/** by-envelope.ts: so long before a mail's first line, and after it, seconds and one more for what stamps leave out */
const BEFORE = 11;
const AFTER = 11;
/** passes.ts: words of one client this near to each other may be those of mails that came at once, seconds */
const AT_ONCE = 2;
/** What is kept: a ring of offset, length, number, client, recipient, time, sender; of no word the length is one of these. */
const MOST = 16_384;
const WORD = 40;
const LENGTH = 8;
const NUMBER = 12;
const WHOSE = 16;
const WHOM = 20;
const AT = 24;
const IS_READ = 28;
/** sign of the sender (refuse.ts); 0 = it may be any */
const FROM = 32;
const MAIL = -1;
const REFUSAL = -2;
/** Mails that were refused last: client, sender, when they began, what else was seen of their client around then (the bits below). */
const MOST_REFUSED = 64;
const REFUSED_MAIL = 16;
const REFUSED_FROM = 12;
/** a word that may be about the mail */
const HAS_WORD = 1;
/** another mail or refusal, or a second word, that it may be about as well */
const HAS_RIVAL = 2;
const SPAN = 4;
/** a session of more spans is read in any case */
const MOST_SPANS = 64;
/** later than any */
const NEVER = 1_000_000_000;
const FIRST_KEY = 0x46495253;

let ring: i32 = 0;
let count: i32 = 0;
let refused: i32 = 0;
let refusedCount: i32 = 0;
/** when the last one of them began */
let refusedAt: i32 = 0;
/** clients whose sessions must be read are known from the pass before */
let hasForced: boolean = false;
/** a word was let go that may have been needed */
let isShort: boolean = false;

export function openFirstRecipients(): void {
  ring = refused = 0;
  count = refusedCount = 0;
  refusedAt = -NEVER;
  hasForced = isShort = false;
}

export function firstsAreLost(): boolean {
  return isShort;
}

/** The client that the line at hand names, 0 = in no known way. */
function clientOfWord(): i32 {
  let at = indexOf(body, end, 'client_address=');
  if (at >= 0) return hash(at + 15, valueEnd(at + 15));
  at = indexOf(body, end, ', client=');
  if (at >= 0) {
    while (at < end && ld8(at) !== 0x5b) at++;
    return at < end ? clientBefore(at + 1) : 0;
  }
  at = indexOf(body, end, ', host=');
  return at >= 0 ? hash(at + 7, valueEnd(at + 7)) : 0;
}

/** Whether both may be the same: a word is about mails of its sender alone (by-envelope.ts). */
function mayBe(a: i32, b: i32): boolean {
  return a === b || a === 0 || b === 0;
}

function push(what: i32, client: i32, whom: i32, from: i32): void {
  if (ring === 0) ring = take(MOST * WORD);
  const to = ring + (count & (MOST - 1)) * WORD;
  stf(to, offset);
  st(to + LENGTH, what);
  st(to + NUMBER, number);
  st(to + WHOSE, client);
  st(to + WHOM, whom);
  st(to + AT, now);
  st(to + IS_READ, 0);
  st(to + FROM, from);
  count++;
}

/** The line at hand is such a word. */
export function keepWord(): void {
  let at = indexOf(body, end, 'recipient=');
  let whom = at + 10;
  if (at < 0) {
    at = indexOf(body, end, ', to=');
    whom = at + 5;
  }
  if (at < 0) return;
  if (ld8(whom) === 0x3c) whom++;
  const client = clientOfWord();
  const from = senderOfWord();
  push(length, client, hash(whom, valueEnd(whom)), from);
  const isBehind = now - refusedAt <= AFTER && isBehindRefusal(client, from);
  if (!isBehind && !isAsked(client, now, now)) return;
  st(ring + ((count - 1) & (MOST - 1)) * WORD + IS_READ, 1);
  emit(0);
}

/** A mail of this client begins. */
export function tellClient(mail: i32, client: i32): void {
  if (count === 0 && !isChaining) return;
  st(mail + CLIENT, client);
  if (isChaining) return;
  if (now - refusedAt <= AT_ONCE) askBehind(client, AT_ONCE, 0);
  push(MAIL, client, 0, 0);
}

/** What comes so soon after a mail of this client that was refused may tell whose a word is. */
function askBehind(client: i32, within: i32, from: i32): void {
  for (let i = refusedCount - 1; i >= 0 && i >= refusedCount - MOST_REFUSED; i--) {
    const at = refused + (i & (MOST_REFUSED - 1)) * REFUSED_MAIL;
    if (ld(at) === client && now - ld(at + 4) <= within && mayBe(from, ld(at + REFUSED_FROM))) sawAround(at, HAS_RIVAL);
  }
}

/** A word comes behind the refusal of the mail that it may be about. Whether there is such a mail. */
function isBehindRefusal(client: i32, from: i32): boolean {
  let isSo = false;
  for (let i = refusedCount - 1; i >= 0 && i >= refusedCount - MOST_REFUSED; i--) {
    const at = refused + (i & (MOST_REFUSED - 1)) * REFUSED_MAIL;
    if (client !== 0 && ld(at) !== client) continue;
    if (now - ld(at + 4) > AFTER || !mayBe(from, ld(at + REFUSED_FROM))) continue;
    sawAround(at, HAS_WORD | (ld(at + 8) & HAS_WORD ? HAS_RIVAL : 0));
    isSo = true;
  }
  return isSo;
}

/** A word alone is simply read, and no word is about mails without one: only both together need the other pass. */
function sawAround(refusedMail: i32, what: i32): void {
  const all = ld(refusedMail + 8) | what;
  st(refusedMail + 8, all);
  if (all === (HAS_WORD | HAS_RIVAL)) askForAll(ld(refusedMail), ld(refusedMail + 4));
}

/** A client is refused whose address ends with the bracket before e: a word before may be about that. */
export function tellRefused(e: i32): void {
  if (count === 0) return;
  const client = clientAt(e);
  const from = signOfRefusal();
  if (now - refusedAt <= BEFORE) askBehind(client, BEFORE, from);
  push(REFUSAL, client, 0, from);
}

/** A mail is refused as a whole: what was said of its client around its beginning is read. */
export function readWords(mail: i32): void {
  const client = ld(mail + CLIENT);
  if (client === 0) return;
  const born = ld(mail + BORN_AT);
  const least = count > MOST ? count - MOST : 0;
  if (refused === 0) refused = take(MOST_REFUSED * REFUSED_MAIL);
  const own = refused + (refusedCount++ & (MOST_REFUSED - 1)) * REFUSED_MAIL;
  st(own, client);
  st(own + 4, born);
  if (born > refusedAt) refusedAt = born;
  st(own + 8, 0);
  const from = signOfRefusal();
  st(own + REFUSED_FROM, from);
  let whom: i32 = 0;
  // of what was seen last, which is later
  let wordAt: i32 = NEVER;
  let mailAt: i32 = NEVER;
  for (let i = count - 1; i >= least; i--) {
    const at = ring + (i & (MOST - 1)) * WORD;
    const age = ld(at + AT) - born;
    if (age < -BEFORE - AT_ONCE) return;
    if (age > AFTER || (ld(at + WHOSE) !== client && ld(at + WHOSE) !== 0)) continue;
    if (!mayBe(from, ld(at + FROM))) continue;
    const isNear = age <= AT_ONCE && age >= -AT_ONCE;
    if (ld(at + LENGTH) === REFUSAL) sawAround(own, HAS_RIVAL);
    else if (ld(at + LENGTH) === MAIL) {
      if (ld(at + NUMBER) === ld(mail + BORN_LINE)) continue;
      if (isNear || wordAt - ld(at + AT) <= AT_ONCE) sawAround(own, HAS_RIVAL);
      mailAt = ld(at + AT);
    } else {
      if (ld(at + IS_READ) === 0) emitAt(ldf(at), ld(at + LENGTH), ld(at + NUMBER));
      st(at + IS_READ, 1);
      // whose word it is others of this client may tell: all is read anew with this known from the start
      const isOther = isNear && whom !== 0 && whom !== ld(at + WHOM);
      wordAt = ld(at + AT);
      sawAround(own, isOther || mailAt - wordAt <= AT_ONCE ? HAS_WORD | HAS_RIVAL : HAS_WORD);
      if (isNear) whom = ld(at + WHOM);
    }
  }
  if (least > 0) isShort = true;
}

function keyOf(span: i32): i32 {
  return mul(span, 0x9e3779b) ^ FIRST_KEY;
}

function askForAll(client: i32, born: i32): void {
  const span = born >> SPAN;
  if (isForced(client, keyOf(span))) return;
  force(client, keyOf(span));
  clash(client, keyOf(span));
  if (!isForced(FIRST_KEY, 0)) clash(FIRST_KEY, 0);
}

/** Whether all of this client around that time must be read. */
function isAsked(client: i32, from: i32, to: i32): boolean {
  if (!hasForced) hasForced = isForced(FIRST_KEY, 0);
  if (!hasForced) return false;
  const first = from >> SPAN;
  const last = to >> SPAN;
  if (last < first || last - first > MOST_SPANS) return true;
  for (let span = first - 1; span <= last + 1; span++) if (isForced(client, keyOf(span))) return true;
  return false;
}

/** A session is over whose client's address ends with the bracket before `e`: whether its mails must be known for another. */
export function isRival(session: i32, e: i32): boolean {
  if (!hasForced && !isForced(FIRST_KEY, 0)) return false;
  return isAsked(clientAt(e), ld(session + CONNECTED), now);
}
