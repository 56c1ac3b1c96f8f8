/**
 * The id under which the next system took a mail, read from its answer to the end of data.
 *
 * Shapes (the last one of an answer counts, since proxies repeat the answer of the server behind them):
 *   Postfix    250 2.0.0 Ok: queued as 4jWmkZ2yfxz2xnY          smtpd.c, data_cmd
 *   Amavis     250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 7C1D20B77C
 *   Exim       250 OK id=1xUhBW-00000000CXd-1knh                smtp_in.c
 *   Amavis     250 2.7.0 Ok, discarded, id=20417-03-2 - SPAM    (its own id: the mail went no further)
 *   Sendmail   250 2.0.0 6AL9F2x7012345 Message accepted for delivery     srvrsmtp.c
 *   OpenSMTPD  250 2.0.0 5f3a0c1d Message accepted for delivery           smtp_session.c
 *   Haraka     250 Message Queued (E5BB8F0C-2A9B-4D3B-A4E7-0E6F3F1D2C11.1)    connection.js
 *   Haraka     250 2.0.0 Ok: queued as 7C1D20B77C (E5BB….1)     connection.js: a plugin's answer, with Haraka's own id behind it
 *   Courier    250 Ok. 0038C081.6920173D.000051A4                courier-mta 1.0 submit (`250 Ok. `): its name in the queue
 * An id proves nothing: foreign servers print ids of the same look.
 */

/** Where the last call of findRemoteId found the id: bytes[start, end). Read it before the next call. */
export const remoteId = { start: 0, end: 0 };

const QUEUED_AS = Buffer.from('queued as ');
const ACCEPTED = Buffer.from('Message accepted for delivery');
const HARAKA = Buffer.from('Message Queued (');
const COURIER = Buffer.from('250 Ok. ');
const UUID = 36;
const OPEN = 0x28;
const CLOSE = 0x29;

/**
 * Looks in bytes[a, b) for the id that an answer names, and leaves its place in `remoteId`.
 * Makes no object; false where the answer names none.
 */
export function findRemoteId(bytes: Uint8Array, a: number, b: number): boolean {
  if (bytes[b - 1] === CLOSE && isTransaction(bytes, a, b - 1)) return true;
  let id = -1;
  let accepted = -1;
  let haraka = -1;
  // backwards, one look at each byte: the last `queued as` wins over all, then the last of each other shape
  for (let i = b - 1; i >= a; i--) {
    const c = bytes[i] as number;
    if (c === 0x71 || c === 0x51) {
      if (startsAt(bytes, i, b, QUEUED_AS)) return idFrom(bytes, i + QUEUED_AS.length, b);
    } else if (c === 0x3d) {
      if (id < 0 && isIdKey(bytes, a, i)) id = i + 1;
    } else if (c === 0x4d || c === 0x6d) {
      if (accepted < 0 && startsAt(bytes, i, b, ACCEPTED)) accepted = i - 1;
      else if (haraka < 0 && startsAt(bytes, i, b, HARAKA)) haraka = i + HARAKA.length;
    }
  }
  if (id >= 0) return idFrom(bytes, id, b);
  if (accepted > a) return idBefore(bytes, a, accepted);
  if (haraka >= 0) return idFrom(bytes, haraka, b);
  return startsAt(bytes, a, b, COURIER) && isCourierId(bytes, a + COURIER.length, b);
}

/** Whether ` (UUID.1` ends at `b`. */
function isTransaction(bytes: Uint8Array, a: number, b: number): boolean {
  let dot = b;
  while (dot > a && isDecimal(bytes[dot - 1] as number)) dot--;
  const start = dot - 1 - UUID;
  if (dot === b || bytes[dot - 1] !== 0x2e || start - 2 < a || bytes[start - 1] !== OPEN || bytes[start - 2] !== 0x20)
    return false;
  for (let i = 0; i < UUID; i++) {
    const c = bytes[start + i] as number;
    if (i === 8 || i === 13 || i === 18 || i === 23 ? c !== 0x2d : !isHex(c)) return false;
  }
  remoteId.start = start;
  remoteId.end = b;
  return true;
}

/** Three numbers in hex, parted by dots: inode, time, process. */
function isCourierId(bytes: Uint8Array, a: number, b: number): boolean {
  let dots = 0;
  for (let i = a; i < b; i++) {
    if (bytes[i] === 0x2e) dots++;
    else if (!isHex(bytes[i] as number)) return false;
  }
  remoteId.start = a;
  remoteId.end = b;
  return dots === 2 && b - a >= 24;
}

/**
 * Haraka may hand a mail on while its client waits; its answer then names both ids: that of the server behind it, where `id` is
 * Haraka's own (plugins/queue/smtp_forward.js). Undefined: the answer names one at most.
 */
export function idBehind(id: string, reply: string): string | undefined {
  return id[8] === '-' && id[23] === '-' ? BEHIND.exec(reply)?.[1] : undefined;
}

/** Length of a UUID, a dot and a digit: shorter ids need not be asked. */
export const LONG_ID = 38;
const BEHIND = /queued as ([\w-]+) \([0-9A-Fa-f-]{36}\.\d+\)$/i;

/** Whether the `=` at `i` ends the key `id`. */
function isIdKey(bytes: Uint8Array, a: number, i: number): boolean {
  if (i - 3 < a || bytes[i - 1] !== 0x64 || bytes[i - 2] !== 0x69) return false;
  const before = bytes[i - 3];
  return before === 0x20 || before === 0x28 /* ( */ || before === 0x2c;
}

/** Whether the word stands at `at`; ASCII letters in any case. */
function startsAt(bytes: Uint8Array, at: number, b: number, word: Uint8Array): boolean {
  if (at + word.length > b) return false;
  for (let k = 0; k < word.length; k++) {
    if (!sameByte(bytes[at + k] as number, word[k] as number)) return false;
  }
  return true;
}

function sameByte(x: number, y: number): boolean {
  if (x === y) return true;
  return (x ^ y) === 0x20 && (x | 0x20) >= 0x61 && (x | 0x20) <= 0x7a;
}

/** The id that begins at `a`: letters, digits, `-` `_` `.` inside it; not the dot that ends a sentence. */
function idFrom(bytes: Uint8Array, a: number, b: number): boolean {
  let end = a;
  while (end < b && isIdByte(bytes[end] as number)) end++;
  while (end > a && bytes[end - 1] === 0x2e) end--;
  remoteId.start = a;
  remoteId.end = end;
  return end > a;
}

/** The word that ends at `b`, if it looks like an id: eight or more letters and digits, one of them a digit. */
function idBefore(bytes: Uint8Array, a: number, b: number): boolean {
  let start = b;
  let digits = 0;
  while (start > a && isIdByte(bytes[start - 1] as number)) {
    start--;
    const c = bytes[start] as number;
    if (c >= 0x30 && c <= 0x39) digits++;
    else if (c === 0x2e) return false; // an enhanced code, not an id
  }
  remoteId.start = start;
  remoteId.end = b;
  return b - start >= 8 && digits > 0;
}

function isDecimal(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

function isHex(c: number): boolean {
  return isDecimal(c) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66);
}

function isIdByte(c: number): boolean {
  return (
    (c >= 0x30 && c <= 0x39) ||
    (c >= 0x41 && c <= 0x5a) ||
    (c >= 0x61 && c <= 0x7a) ||
    c === 0x2d ||
    c === 0x2e ||
    c === 0x5f
  );
}
