/**
 * The end of an arrival line, from its size on: ` S=452 M8S=0 RT=0.1s id=… T="…" from <…> for a b`.
 *
 * A login, a HELO name and an ident are the client's text and may imitate all of it; what follows them is known. Only the
 * true rest of the line has each field once, in this order, and addresses alone behind ` for `.
 *
 * Source: src/receive.c receive_msg() (order of the fields); src/log.c log_vwrite() (from and for).
 */
import {
  EQUALS,
  QUOTE,
  SPACE,
  addressEnd,
  closingAngle,
  closingQuote,
  findByte,
  hasAt,
  isAlnum,
  isDigit,
  tokenEnd,
} from './scan.ts';

/** Whether ` S=` at i begins the true end of an arrival line. */
export function fitsAfterSize(bytes: Uint8Array, i: number, end: number): boolean {
  i += 3;
  if (!isDigit(bytes[i])) return false;
  while (i < end && isDigit(bytes[i])) i++;
  i = afterShortFields(bytes, i, end);
  i = afterMessageId(bytes, i, end);
  if (i < end && hasAt(bytes, i, end, ' T="')) {
    i = closingQuote(bytes, i + 4, end) + 1;
    if (i > end) return false;
  }
  if (hasAt(bytes, i, end, ' from <')) {
    const close = closingAngle(bytes, i + 7, end);
    if (close < 0) return false;
    i = close + 1;
  }
  return i === end || (hasAt(bytes, i, end, ' for ') && areAddresses(bytes, i + 5, end));
}

/** Past ` M8S=0`, ` DKIM=d`, ` ARC`, ` DMARC=…`, ` RT=0.1s`, ` Q=name`: capital letters, and what a server wrote of itself. */
function afterShortFields(bytes: Uint8Array, i: number, end: number): number {
  for (;;) {
    if (bytes[i] !== SPACE || i >= end || hasAt(bytes, i, end, ' T="') || hasAt(bytes, i, end, ' S=')) return i;
    let k = i + 1;
    while (k < end && isAlnum(bytes[k]) && (bytes[k] as number) < 0x61) k++;
    if (k === i + 1) return i;
    if (bytes[k] !== EQUALS || k >= end) {
      if (k - i !== 4 || !hasAt(bytes, i, end, ' ARC')) return i;
      i = k;
    } else i = tokenEnd(bytes, k, end);
  }
}

function afterMessageId(bytes: Uint8Array, i: number, end: number): number {
  const from = hasAt(bytes, i, end, ' id=') ? i + 4 : hasAt(bytes, i, end, ' id*=') ? i + 5 : -1;
  if (from < 0) return i;
  return bytes[from] === QUOTE ? tokenEnd(bytes, addressEnd(bytes, from, end), end) : tokenEnd(bytes, from, end);
}

/** `a@b "c d"@e` to the end: each has a domain, for Exim gives its own to one that came without. */
function areAddresses(bytes: Uint8Array, i: number, end: number): boolean {
  while (i < end) {
    const stop = tokenEnd(bytes, bytes[i] === QUOTE ? addressEnd(bytes, i, end) : i, end);
    const at = findByte(bytes, i, stop, 0x40);
    if (at < 0 || (bytes[i] !== QUOTE && findByte(bytes, i, stop, QUOTE) >= 0)) return false;
    i = stop + 1;
  }
  return true;
}
