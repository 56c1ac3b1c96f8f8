/**
 * What postgrey says of client, sender and recipient before smtpd(8) refuses the three:
 * `action=greylist, reason=new, client_name=h, client_address=192.0.2.7, sender=a@b, recipient=c@d`: a verdict of that refusal.
 * Source: src/formats/postgrey, src/correlate/by-envelope.ts refused().
 */
import { indexOf, is } from '../count/bytes.ts';
import { type i32, ld, ld8, ldf, st, stf, take } from '../count/memory.ts';
import { same, sameFolded, span } from './hop.ts';
import { end, hostEnd, hostStart, time } from './line.ts';
import { put, putText, putTime } from './put.ts';

/** More of one transaction are read the ordinary way. */
const MOST = 32;
// of a word: its time (double), and places
const AT = 0;
const REASON = 8;
const CLIENT = 16;
const SENDER = 24;
const WHOM = 32;
const HOST = 40;
const IS_TAKEN = 48;
const WORD = 56;

let words: i32 = 0;
let count: i32 = 0;
let taken: i32 = 0;

export function openPolicyWords(): void {
  words = take(MOST * WORD);
  count = taken = 0;
}

export function forgetPolicyWords(): void {
  count = taken = 0;
}

/** Each was of a refusal. */
export function areWordsTaken(): boolean {
  return taken === count;
}

/** Where a value ends that begins at a, and `next` begins behind it; -1 = it is empty, or something else is there. */
function valueEnd(a: i32, next: string): i32 {
  let b = a;
  while (b < end && ld8(b) !== 0x2c && ld8(b) > 0x20 && ld8(b) !== 0x3e) b++;
  return b > a && is(b, next) ? b : -1;
}

/** Reads the line, whose text begins at p; false: it is not plain. */
export function takePolicyWord(p: i32): boolean {
  if (count === MOST || !is(p, 'action=greylist, reason=')) return false;
  const reason = p + 24;
  const reasonEnd = valueEnd(reason, ', client_name=');
  if (reasonEnd < 0) return false;
  const nameEnd = valueEnd(reasonEnd + 14, ', client_address=');
  if (nameEnd < 0) return false;
  const client = nameEnd + 17;
  const clientEnd = valueEnd(client, ', sender=');
  if (clientEnd < 0) return false;
  const sender = clientEnd + 9;
  const senderEnd = valueEnd(sender, ', recipient=');
  if (senderEnd < 0) return false;
  const whom = senderEnd + 12;
  if (whom === end || indexOf(whom, end, 'recipient=') >= 0) return false;
  for (let i = whom; i < end; i++) if (ld8(i) <= 0x20 || ld8(i) === 0x2c || ld8(i) === 0x3e) return false;
  const word = words + count * WORD;
  count++;
  stf(word + AT, time);
  span(word, REASON, reason, reasonEnd);
  span(word, CLIENT, client, clientEnd);
  span(word, SENDER, sender, senderEnd);
  span(word, WHOM, whom, end);
  span(word, HOST, hostStart, hostEnd);
  st(word + IS_TAKEN, 0);
  return true;
}

/** The word on this client [a, b), sender [c, d) and recipient [e, f), which now is of a refusal; 0 = none, -1 = there are more. */
export function wordOn(a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i32 {
  let found: i32 = 0;
  for (let i = 0; i < count; i++) {
    const word = words + i * WORD;
    if (ld(word + IS_TAKEN) !== 0 || !same(a, b, ld(word + CLIENT), ld(word + CLIENT + 4))) continue;
    if (!sameFolded(c, d, ld(word + SENDER), ld(word + SENDER + 4))) continue;
    if (!sameFolded(e, f, ld(word + WHOM), ld(word + WHOM + 4))) continue;
    if (found !== 0) return -1;
    found = word;
  }
  if (found === 0) return 0;
  st(found + IS_TAKEN, 1);
  taken++;
  return found;
}

/** Puts it as a verdict. */
export function putPolicyWord(word: i32): void {
  put('{"time":');
  putTime(ldf(word + AT));
  put(',"host":');
  putText(ld(word + HOST), ld(word + HOST + 4));
  put(',"engine":"postgrey","action":"greylisted","reason":');
  putText(ld(word + REASON), ld(word + REASON + 4));
  put(',"recipients":[');
  putText(ld(word + WHOM), ld(word + WHOM + 4));
  put(']}');
}
