/**
 * Clients that a policy service names before their mail has an id (src/correlate/by-envelope.ts): their sessions of that time
 * are read by the formats, which tell what such a line is about. Times are held in spans of 16 seconds, more than a word and
 * what it is about are apart.
 */
import { indexOf } from './bytes.ts';
import { body } from './head.ts';
import { clash, force, isForced } from './keys.ts';
import { end } from './line.ts';
import { hash, type i32, ld, ld8, mul } from './memory.ts';
import { CONNECTED } from './records.ts';
import { now } from './stamps.ts';
import { empty, lookUp, newTable, put } from './tables.ts';

const SPAN = 4;
/** a session of more spans is read in any case */
const MOST_SPANS = 64;
/** seconds for which sessions that are over are remembered, at least */
const KEPT = 64;
const CLIENT_KEY = 0x434c4e54;

/** spans of sessions that are over, by client: of this time and the time before */
let overNow: i32 = 0;
let overBefore: i32 = 0;
let since: i32 = 0;

export function openNamedClients(): void {
  overNow = newTable(1024);
  overBefore = newTable(1024);
  since = -1_000_000_000;
}

function keyOf(span: i32): i32 {
  return mul(span, 0x9e3779b) ^ CLIENT_KEY;
}

function turn(): void {
  if (now - since < KEPT && now >= since) return;
  const over = overBefore;
  overBefore = overNow;
  overNow = over;
  empty(overNow);
  since = now;
}

/** The line at hand names a client, and no id. False: it names none. */
export function nameClient(): boolean {
  const at = indexOf(body, end, 'client_address=');
  if (at < 0) return false;
  const a = at + 15;
  let b = a;
  while (b < end && ld8(b) !== 0x2c && ld8(b) !== 0x20) b++;
  const client = hash(a, b);
  const span = now >> SPAN;
  if (isForced(client, keyOf(span))) return true;
  force(client, keyOf(span));
  // a session that was over is weighed already: all is read anew with this known from the start
  for (let k = span - 1; k <= span + 1; k++)
    if (lookUp(overNow, client, keyOf(k)) !== 0 || lookUp(overBefore, client, keyOf(k)) !== 0) {
      clash(client, keyOf(span));
      return true;
    }
  return true;
}

/** A session is over whose client's address ends with the bracket before `e`. Whether a line named it around its time. */
export function wasNamed(session: i32, e: i32): boolean {
  let a = e - 1;
  while (a > body && ld8(a) !== 0x5b) a--;
  let b = a;
  while (b < e && ld8(b) !== 0x5d) b++;
  const client = hash(a + 1, b);
  const first = ld(session + CONNECTED) >> SPAN;
  const last = now >> SPAN;
  if (last < first || last - first > MOST_SPANS) return true;
  turn();
  let isNamed = false;
  for (let span = first - 1; span <= last + 1; span++) {
    if (isForced(client, keyOf(span))) isNamed = true;
    if (span >= first && span <= last) put(overNow, client, keyOf(span), 1, 0);
  }
  return isNamed;
}
