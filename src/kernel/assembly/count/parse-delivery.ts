/** `to=<…>` lines: results of deliveries, as src/formats/postfix/delivery.ts reads them. */
import { codeOf, findRemoteId, idEnd, idStart, textStart } from './answer-words.ts';
import { indexOfByte, is } from './bytes.ts';
import { host } from './head.ts';
import { block, end } from './line.ts';
import { find, findEither, hash, hash2, hashLow, type i32, ld8, strange } from './memory.ts';
import { BOUNCED, DEFERRED, TO_MAILBOX, TO_NOWHERE, TO_RELAY } from './outcomes.ts';
import {
  BITS,
  BY_COMMAND,
  CODE,
  HAS_ORIG,
  HAS_RELAY,
  HAS_REMOTE,
  HASH_1,
  HASH_2,
  LOW,
  ORIG_1,
  ORIG_2,
  ORIG_LOW,
  RELAY_1,
  RELAY_2,
  REMOTE_1,
  REMOTE_2,
  set,
  TYPED_LENGTH,
  TYPED_START,
} from './parsed.ts';

let remoteStart: i32 = 0;
let remoteEnd: i32 = 0;
let relay1: i32 = 0;
let relay2: i32 = 0;
let hasRelay: boolean = false;
let noRelay: boolean = false;
/** where `dsn=` stands in the line that readPairs() went through, 0 = nowhere */
export let codesAt: i32 = 0;
let isByCommand: boolean = false;

/** Reads the line from behind `to=<` (parsed.ts); false: only the formats can. */
export function parseDelivery(p: i32, isLmtp: boolean): boolean {
  if (ld8(p) === 0x22) return false;
  let a = indexOfByte(p, end, 0x3e);
  if (a < 0) return false;
  set(LOW, hashLow(p, a));
  if (strange) return false;
  set(HASH_1, hash(p, a));
  set(HASH_2, hash2);
  let typed = p;
  let bits: i32 = 0;
  if (is(a, '>, orig_to=<')) {
    typed = a + 12;
    if (ld8(typed) === 0x22) return false;
    a = indexOfByte(typed, end, 0x3e);
    if (a < 0) return false;
    set(ORIG_LOW, hashLow(typed, a));
    if (strange) return false;
    set(ORIG_1, hash(typed, a));
    set(ORIG_2, hash2);
    bits = HAS_ORIG;
  }
  set(TYPED_START, typed - block);
  set(TYPED_LENGTH, a - typed);
  if (!is(a, '>, relay=')) return false;
  const status = readPairs(readRelay(a + 9));
  if (status < 0 || ld8(end - 1) !== 0x29) return false;
  if (hasRelay) bits |= HAS_RELAY;
  set(RELAY_1, relay1);
  set(RELAY_2, relay2);
  if (is(status, 'sent (')) return parseSent(status + 6, isLmtp, bits);
  const isDeferred = is(status, 'deferred (');
  if (!isDeferred && !is(status, 'bounced (')) return false;
  set(CODE, codeOf(status + (isDeferred ? 10 : 9), end - 1));
  set(BITS, bits | (isDeferred ? DEFERRED : BOUNCED));
  return true;
}

function parseSent(text: i32, isLmtp: boolean, bits: i32): boolean {
  let all = bits | sentTo(text, end - 1, isLmtp);
  if (isByCommand) all |= BY_COMMAND;
  if (remoteEnd > remoteStart) {
    all |= HAS_REMOTE;
    set(REMOTE_1, hash(remoteStart, remoteEnd));
    set(REMOTE_2, hash2);
  }
  set(BITS, all);
  return true;
}

/** `mx.b[192.0.2.25]:25`, `b[private/lmtp]`, `local`, `none`: returns where it ends. */
export function readRelay(p: i32): i32 {
  hasRelay = false;
  const i = findEither(0x5b, 0x2c, p, end);
  noRelay = i - p === 4 && is(p, 'none');
  if (ld8(i) !== 0x5b || i >= end) return i;
  const inside = i + 1;
  const j = findEither(0x5d, 0x2c, inside, end);
  hasRelay = j > inside || inside - 1 > p;
  if (j > inside) relay1 = hash(inside, j);
  else relay1 = hash(p, inside - 1);
  relay2 = hash2;
  const k = find(0x2c, j + 1, end);
  if (ld8(j + 1) === 0x3a) relay2 ^= hash(j + 1, k);
  relay2 ^= host << 16;
  return k;
}

/** Past `, key=value` up to what stands behind `status=`; -1 = there is none. */
export function readPairs(p: i32): i32 {
  let a = p;
  codesAt = 0;
  while (a + 2 < end && ld8(a) === 0x2c) {
    a += 2;
    if (ld8(a) === 0x73 && is(a, 'status=')) return a + 7;
    if (ld8(a) === 0x64 && is(a, 'dsn=')) codesAt = a;
    a = find(0x2c, a, end);
    while (a < end && ld8(a + 1) !== 0x20) a = find(0x2c, a + 1, end);
  }
  return -1;
}

/** What became of a mail that was sent; 0 = the formats must read it. */
function sentTo(a: i32, b: i32, isLmtp: boolean): i32 {
  remoteStart = remoteEnd = 0;
  isByCommand = false;
  if (hasRelay) {
    findRemoteId(a, b);
    remoteStart = idStart;
    remoteEnd = idEnd;
    const text = textStart(a, b);
    if (is(text, 'Ok, discarded, id=') || is(text, 'BLOCKED (') || is(text, 'Virus Detected; ')) return 0;
    if (isLmtp && isStored(a, b)) return TO_MAILBOX;
    return TO_RELAY;
  }
  if (is(a, 'forwarded as ')) return 0;
  // Dovecot's program stores, and hands nothing in again (model/last-hops.ts)
  const isFinal = is(a + 14, 'dovecot');
  isByCommand = (is(a, 'delivered via ') && !isFinal) || is(a, 'delivered to command');
  if (is(a, 'delivered to ')) return is(a + 13, 'file: /dev/null') ? 0 : TO_MAILBOX;
  if (is(a, 'delivered via ')) return TO_MAILBOX;
  return noRelay || (b - a === 9 && is(a, 'discarded')) ? TO_NOWHERE : TO_MAILBOX;
}

/** What mailbox servers answer (src/formats/postfix/delivery.ts readAnswer()). */
function isStored(a: i32, b: i32): boolean {
  if (b - 6 >= a && is(b - 6, ' Saved')) return true;
  return (b - 18 >= a && is(b - 18, ' 2.1.5 Delivery OK')) || hasSessionId(a, b);
}

function hasSessionId(a: i32, b: i32): boolean {
  for (let i = a; i + 12 <= b; i++) if (ld8(i) === 0x20 && is(i, ' SESSIONID=<')) return true;
  return false;
}
