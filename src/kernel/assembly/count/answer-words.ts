/**
 * Answers of servers: their codes, and the id under which the next one took the mail.
 * Source: src/formats/postfix/reply.ts, src/model/remote-id.ts.
 */
import { is, isAlnum, isDigit, isFolded } from './bytes.ts';
import { findLastMark, type i32, ld8 } from './memory.ts';

/** The SMTP code at p, 0 = none. */
export function codeAt(p: i32, b: i32): i32 {
  if (p + 3 > b) return 0;
  const c = ld8(p);
  if (c < 0x32 || c > 0x35 || !isDigit(ld8(p + 1)) || !isDigit(ld8(p + 2))) return 0;
  if (p + 3 < b && ld8(p + 3) !== 0x20 && ld8(p + 3) !== 0x2d) return 0;
  return (c - 0x30) * 100 + (ld8(p + 1) - 0x30) * 10 + ld8(p + 2) - 0x30;
}

/** End of the enhanced code d.d{1,3}.d{1,3} at p, -1 = none. */
export function enhancedEnd(p: i32, b: i32): i32 {
  const c = ld8(p);
  if (p >= b || (c !== 0x32 && c !== 0x34 && c !== 0x35)) return -1;
  let i = p + 1;
  for (let part = 0; part < 2; part++) {
    if (i >= b || ld8(i) !== 0x2e) return -1;
    i++;
    const from = i;
    while (i < b && i - from < 3 && isDigit(ld8(i))) i++;
    if (i === from) return -1;
  }
  return i < b && (isDigit(ld8(i)) || ld8(i) === 0x2e) ? -1 : i;
}

/** The code that the text of a delivery holds, 0 = none. */
export function codeOf(a: i32, b: i32): i32 {
  const own = codeAt(a, b);
  if (own > 0) return own;
  for (let i = a; i + 4 < b; i++) {
    if (ld8(i) !== 0x3a || ld8(i + 1) !== 0x20) continue;
    if (
      (i - 5 >= a && is(i - 5, ' said')) ||
      (i - 22 >= a && is(i - 22, ' refused to talk to me')) ||
      (i - 21 >= a && is(i - 21, ' refused to start TLS'))
    )
      return codeAt(i + 2, b);
  }
  return 0;
}

/** Where the words begin, behind the codes. */
export function textStart(a: i32, b: i32): i32 {
  let i = a;
  if (codeAt(a, b) > 0) i = a + 4 < b ? a + 4 : b;
  const dsn = enhancedEnd(i, b);
  if (dsn < 0) return i;
  return dsn + 1 < b ? dsn + 1 : b;
}

/** What findRemoteId found. */
export let idStart: i32 = 0;
export let idEnd: i32 = 0;

/** Finds the id that the answer names: idStart, idEnd, both 0 where there is none. */
export function findRemoteId(a: i32, b: i32): void {
  idStart = idEnd = 0;
  if (ld8(b - 1) === 0x29 && isTransaction(a, b - 1)) return;
  let id: i32 = -1;
  let accepted: i32 = -1;
  let haraka: i32 = -1;
  for (let i = findLastMark(a, b); i >= a; i = findLastMark(a, i)) {
    const c = ld8(i);
    if (c === 0x71 || c === 0x51) {
      if (i + 10 <= b && isFolded(i, 'queued as ')) return idFrom(i + 10, b);
    } else if (c === 0x3d) {
      if (id < 0 && i - 3 >= a && ld8(i - 1) === 0x64 && ld8(i - 2) === 0x69) {
        const before = ld8(i - 3);
        if (before === 0x20 || before === 0x28 || before === 0x2c) id = i + 1;
      }
    } else if (accepted < 0 && i + 29 <= b && isFolded(i, 'message accepted for delivery')) accepted = i - 1;
    else if (haraka < 0 && i + 16 <= b && isFolded(i, 'message queued (')) haraka = i + 16;
  }
  if (id >= 0) return idFrom(id, b);
  if (accepted > a) return idBefore(a, accepted);
  if (haraka >= 0) return idFrom(haraka, b);
  if (a + 8 <= b && isFolded(a, '250 ok. ')) courierId(a + 8, b);
}

function isHex(c: i32): boolean {
  return isDigit(c) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66);
}

/** ` (UUID.1` ends at b. */
function isTransaction(a: i32, b: i32): boolean {
  let dot = b;
  while (dot > a && isDigit(ld8(dot - 1))) dot--;
  const from = dot - 37;
  if (dot === b || ld8(dot - 1) !== 0x2e || from - 2 < a || ld8(from - 1) !== 0x28 || ld8(from - 2) !== 0x20)
    return false;
  for (let i: i32 = 0; i < 36; i++) {
    const c = ld8(from + i);
    if (i === 8 || i === 13 || i === 18 || i === 23 ? c !== 0x2d : !isHex(c)) return false;
  }
  idStart = from;
  idEnd = b;
  return true;
}

function courierId(a: i32, b: i32): void {
  let dots: i32 = 0;
  for (let i = a; i < b; i++) {
    const c = ld8(i);
    if (c === 0x2e) dots++;
    else if (!isHex(c)) return;
  }
  if (dots !== 2 || b - a < 24) return;
  idStart = a;
  idEnd = b;
}

function isIdByte(c: i32): boolean {
  return isAlnum(c) || c === 0x2d || c === 0x2e || c === 0x5f;
}

function idFrom(a: i32, b: i32): void {
  let e = a;
  while (e < b && isIdByte(ld8(e))) e++;
  while (e > a && ld8(e - 1) === 0x2e) e--;
  if (e === a) return;
  idStart = a;
  idEnd = e;
}

function idBefore(a: i32, b: i32): void {
  let s = b;
  let digits: i32 = 0;
  while (s > a && isIdByte(ld8(s - 1))) {
    s--;
    const c = ld8(s);
    if (isDigit(c)) digits++;
    else if (c === 0x2e) return;
  }
  if (b - s < 8 || digits === 0) return;
  idStart = s;
  idEnd = b;
}
