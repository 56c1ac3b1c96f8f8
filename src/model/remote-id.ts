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
 * An id proves nothing: foreign servers print ids of the same look.
 */

/** Where the last call of findRemoteId found the id: bytes[start, end). Read it before the next call. */
export const remoteId = { start: 0, end: 0 };

const QUEUED_AS = Buffer.from('queued as ');
const ACCEPTED = Buffer.from('Message accepted for delivery');
const HARAKA = Buffer.from('Message Queued (');

/**
 * Looks in bytes[a, b) for the id that an answer names, and leaves its place in `remoteId`.
 * Makes no object; false where the answer names none.
 */
export function findRemoteId(bytes: Uint8Array, a: number, b: number): boolean {
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
  return haraka >= 0 && idFrom(bytes, haraka, b);
}

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
