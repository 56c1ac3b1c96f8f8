/**
 * The lines that most mails have, read in one look where they have their usual shape to the letter: the same facts as
 * src/formats/postfix and src/correlate make of them. What has any other shape is for the format.
 */
import { endsWith, lit, startsAt } from '../formats/postfix/bytes.ts';
import { queueIdEnd } from '../formats/postfix/queue-id.ts';
import { DAEMON } from '../formats/postfix/tag.ts';
import type { Heads } from './heads.ts';
import type { PlainChain } from './plain-chain.ts';
import type { PlainHop } from './plain-hop.ts';

const CONNECT = lit('connect from ');
const DISCONNECT = lit('disconnect from ');
const CLIENT = lit('client=');
const METHOD = lit(', sasl_method=');
const USER = lit(', sasl_username=');
const MESSAGE_ID = lit('message-id=<');
const FROM = lit('from=<');
const SIZE = lit('>, size=');
const NRCPT = lit(', nrcpt=');
const ACTIVE = lit(' (queue active)');
const REMOVED = lit('removed');
const UNKNOWN = lit('unknown');
const HASH = 0x23;
const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const CLOSING = 0x3e;
const QUOTE = 0x22;

/** a peer's parts: `name[address]` */
let nameEnd = 0;
let peerEnd = 0;

/** Reads the line with this head, which ends at `end`; false: the format must read it. */
export function takeQuick(chain: PlainChain, heads: Heads, bytes: Buffer, end: number): boolean {
  const { body, tag } = heads;
  switch (tag?.daemon) {
    case DAEMON.smtpd:
      return takeSmtpd(chain, heads, bytes, end);
    case DAEMON.cleanup: {
      const a = idBehind(bytes, body, end);
      const hop = a < 0 ? undefined : chain.hopAt(body, a - 2);
      return hop !== undefined && takeMessageId(hop, heads, bytes, a, end);
    }
    case DAEMON.qmgr: {
      const a = idBehind(bytes, body, end);
      const hop = a < 0 ? undefined : chain.hopAt(body, a - 2);
      return hop !== undefined && takeQueued(hop, heads, bytes, a, end);
    }
    default:
      return false;
  }
}

/** Where the text behind `ID: ` begins, -1 = there is none. */
function idBehind(bytes: Buffer, a: number, end: number): number {
  const id = queueIdEnd(bytes, a, end);
  return id > 0 && bytes[id] === 0x3a && bytes[id + 1] === 0x20 && id + 2 < end ? id + 2 : -1;
}

function takeSmtpd(chain: PlainChain, heads: Heads, bytes: Buffer, end: number): boolean {
  const { body, pid } = heads;
  if (chain.hops > 0 && startsAt(bytes, body, end, DISCONNECT)) return true;
  if (startsAt(bytes, body, end, CONNECT)) {
    const name = body + CONNECT.length;
    if (!isPeer(bytes, name, end) || peerEnd !== end) return false;
    chain.sawClient(pid, name, nameEnd, nameEnd + 1, end - 1);
    return true;
  }
  const a = idBehind(bytes, body, end);
  if (a < 0 || chain.hops > 0 || !startsAt(bytes, a, end, CLIENT)) return false;
  const name = a + CLIENT.length;
  if (!isPeer(bytes, name, end)) return false;
  const ip = nameEnd;
  const close = peerEnd - 1;
  let user = -1;
  if (peerEnd < end) {
    if (!startsAt(bytes, peerEnd, end, METHOD)) return false;
    let i = peerEnd + METHOD.length;
    while (i < end && bytes[i] !== COMMA) i++;
    if (!startsAt(bytes, i, end, USER)) return false;
    user = i + USER.length;
    if (user === end || !isSimple(bytes, user, end)) return false;
  }
  return chain.beginAt(heads, { id: body, idEnd: a - 2, name, ip, close, user, end });
}

/** Whether `name[address]` stands at `a`, neither of them unknown or empty but the name. */
function isPeer(bytes: Buffer, a: number, end: number): boolean {
  let i = a;
  for (; i < end && bytes[i] !== OPEN; i++) {
    const c = bytes[i] as number;
    if (c <= 0x20 || c === COMMA || c === 0x3b || c === HASH) return false;
  }
  nameEnd = i;
  if (i >= end || i === a) return false;
  for (i++; i < end && bytes[i] !== CLOSE; i++) {
    const c = bytes[i] as number;
    if (c <= 0x20 || c === HASH) return false;
  }
  if (i >= end || i === nameEnd + 1 || isUnknown(bytes, nameEnd + 1, i)) return false;
  peerEnd = i + 1;
  return bytes[peerEnd] !== 0x3a;
}

export function isUnknown(bytes: Buffer, a: number, b: number): boolean {
  return b - a === UNKNOWN.length && startsAt(bytes, a, b, UNKNOWN);
}

/** Neither parted nor escaped. */
function isSimple(bytes: Buffer, a: number, b: number): boolean {
  for (let i = a; i < b; i++) {
    const c = bytes[i] as number;
    if (c === COMMA || c === HASH) return false;
  }
  return true;
}

function takeMessageId(hop: PlainHop, heads: Heads, bytes: Buffer, a: number, end: number): boolean {
  const from = a + MESSAGE_ID.length;
  if (!startsAt(bytes, a, end, MESSAGE_ID) || bytes[end - 1] !== CLOSING || from >= end - 1) return false;
  for (let i = from; i < end; i++) if (bytes[i] === HASH) return false;
  if (hop.messageId.a >= 0 || hop.isClosed || !hop.touch(heads)) return false;
  hop.messageId.a = from;
  hop.messageId.b = end - 1;
  return true;
}

function takeQueued(hop: PlainHop, heads: Heads, bytes: Buffer, a: number, end: number): boolean {
  if (end - a === REMOVED.length && startsAt(bytes, a, end, REMOVED)) {
    if (hop.isClosed || !hop.isQueued || !hop.touch(heads)) return false;
    hop.isClosed = true;
    return true;
  }
  const from = a + FROM.length;
  if (hop.isQueued || hop.isClosed || !startsAt(bytes, a, end, FROM) || bytes[from] === QUOTE) return false;
  let i = from;
  for (; i < end && bytes[i] !== CLOSING; i++) if (bytes[i] === HASH) return false;
  if (!startsAt(bytes, i, end, SIZE) || !endsWith(bytes, i, end, ACTIVE)) return false;
  const size = numberAt(bytes, i + SIZE.length);
  const nrcpt = size < 0 || !startsAt(bytes, digitsEnd, end, NRCPT) ? -1 : numberAt(bytes, digitsEnd + NRCPT.length);
  if (nrcpt < 0 || digitsEnd !== end - ACTIVE.length || hop.sender.a >= 0 || !hop.touch(heads)) return false;
  hop.sender.a = from;
  hop.sender.b = i;
  hop.isQueued = true;
  hop.size = size;
  hop.nrcpt = nrcpt;
  return true;
}

let digitsEnd = 0;

function numberAt(bytes: Buffer, a: number): number {
  let n = 0;
  let i = a;
  for (; i < a + 10; i++) {
    const digit = (bytes[i] as number) - 0x30;
    if (digit >>> 0 > 9) break;
    n = n * 10 + digit;
  }
  digitsEnd = i;
  return i === a || i === a + 10 ? -1 : n;
}
