/**
 * Words of a policy service that wait for the refusal which they led to, where chains are asked for: postgrey says of
 * client, sender and recipient that it will not have them yet, and smtpd(8) refuses the same three within a second. Such a
 * word is part of that refusal's chain, and of nothing else (src/correlate/by-envelope.ts refused()). A word that no refusal
 * follows, or more than one could be meant by, is read by the formats with all that it may be about (named-clients.ts).
 * Source: postgrey do_log(), which writes `action=greylist, reason=new, client_name=h, client_address=192.0.2.7, sender=a@b,
 *         recipient=c@d` (src/formats/postgrey).
 */
import { indexOf, is } from './bytes.ts';
import { isWeighing } from './chains.ts';
import { body } from './head.ts';
import { emitAt, end, firstKept, length, number, offset } from './line.ts';
import { copy, hash, hashLow, type i32, ld, ld8, ldf, st, stf, strange, take } from './memory.ts';
import { isNamedAt, nameClientOf, valueEnd } from './named-clients.ts';
import { has, LINES as KEPT_LINES, SLOW } from './records.ts';
import { signOfSender } from './refuse.ts';
import { now } from './stamps.ts';
import { addToLast } from './transactions.ts';

/** seconds and lines for which a word is held: what it may be about is in flight still (over.ts) */
const SECONDS = 2;
const LINES = 2_048;
const MOST = 64;
/** of a word: offset (double), length, number, client, sender's sign, recipient in lower case, time */
const WORD = 32;
const LENGTH = 8;
const NUMBER = 12;
const CLIENT = 16;
const SENDER = 20;
const WHOM = 24;
const AT = 28;

let held: i32 = 0;
let count: i32 = 0;

export function openHeldWords(): void {
  held = count = 0;
}

export function holdsWords(): boolean {
  return count > 0;
}

/** The line at hand is such a word, and held. False: it is none. */
export function holdWord(): boolean {
  if (!is(body, 'action=greylist, reason=')) return false;
  const a = indexOf(body, end, ', client_address=') + 17;
  if (a < 17) return false;
  const b = valueEnd(a);
  if (b === a || !is(b, ', sender=')) return false;
  const c = valueEnd(b + 9);
  if (!is(c, ', recipient=') || indexOf(c + 12, end, 'recipient=') >= 0 || indexOf(body, a - 1, 'sender=') >= 0)
    return false;
  const sender = signOfSender(b + 9, c);
  const whom = hashLow(c + 12, end);
  if (sender === 0 || strange || valueEnd(c + 12) !== end || c + 12 === end) return false;
  const client = hash(a, b);
  // it is known that all of this client and sender must be read
  if (isNamedAt(client ^ sender, now)) return false;
  if (held === 0) held = take(MOST * WORD);
  if (count === MOST) letOut(0);
  const at = held + count * WORD;
  count++;
  stf(at, offset);
  st(at + LENGTH, length);
  st(at + NUMBER, number);
  st(at + CLIENT, client);
  st(at + SENDER, sender);
  st(at + WHOM, whom);
  st(at + AT, now);
  return true;
}

function forget(i: i32): void {
  count--;
  copy(held + i * WORD, held + (i + 1) * WORD, (count - i) * WORD);
}

/** The formats read the word, and what it may be about. */
function letOut(i: i32): void {
  const at = held + i * WORD;
  const whose = ld(at + CLIENT) ^ ld(at + SENDER);
  const time = ld(at + AT);
  emitAt(ldf(at), ld(at + LENGTH), ld(at + NUMBER));
  forget(i);
  nameClientOf(whose, time);
}

/** Words that nothing follows are let out; `all`: whatever may follow. */
export function letWordsOut(all: boolean): void {
  for (let i: i32 = 0; i < count;) {
    const at = held + i * WORD;
    const age = now - ld(at + AT);
    if (all || age < 0 || age > SECONDS || number - ld(at + NUMBER) > LINES) letOut(i);
    else i++;
  }
}

/** What was said of this client, sender and recipient becomes part of the session's refusal that was noted last. */
export function takeWords(session: i32, client: i32, sender: i32, whom: i32): void {
  if (count === 0) return;
  letWordsOut(false);
  let found: i32 = -1;
  let fitting: i32 = 0;
  for (let i: i32 = 0; i < count; i++) {
    const at = held + i * WORD;
    if (ld(at + CLIENT) !== client || ld(at + SENDER) !== sender || ld(at + WHOM) !== whom) continue;
    found = i;
    fitting++;
  }
  if (fitting === 0) return;
  const at = held + found * WORD;
  // JSON of refusals is told by sessions, which their first line tells apart
  const isFirst = !isWeighing && ld(at + NUMBER) < firstKept(ld(session + KEPT_LINES));
  if (fitting > 1 || isFirst || has(session, SLOW)) return letWordsOut(true);
  addToLast(session, ldf(at), ld(at + LENGTH), ld(at + NUMBER));
  forget(found);
}
