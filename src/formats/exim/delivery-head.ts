/**
 * The head of a delivery line: `final (parents)? <original>?`.
 *
 * Source: src/deliver.c string_log_address(). The final address is written without quotes, so it may hold spaces
 * (`zoe fuchs 144@d <"zoe fuchs 144"@d>`); a file, pipe or autoreply stands in its place, and its original always follows.
 */
import {
  BACKSLASH,
  COLON,
  EQUALS,
  GREATER,
  LESS,
  LPAREN,
  QUOTE,
  RPAREN,
  SPACE,
  closingQuote,
  find,
  findByte,
  hasAt,
  lower,
  tokenEnd,
} from './scan.ts';

/** What the last parseHead found; `original` is -1 where there is none. */
export const head = {
  final: 0,
  finalEnd: 0,
  original: -1,
  originalEnd: -1,
  /** whether the final address is the original's mailbox, in other letters */
  sameMailbox: false,
  special: '' as '' | 'file' | 'pipe' | 'auto-reply' | 'blackhole' | 'all',
};

const BLACKHOLE = ':blackhole:';

/** Reads the head that begins at i and gives the place after it. */
export function parseHead(bytes: Uint8Array, i: number, end: number): number {
  head.final = i;
  head.original = head.originalEnd = -1;
  head.sameMailbox = false;
  const quoted = quotedOriginal(bytes, i, end);
  head.special = quoted < 0 && !isPlainAddress(bytes, i, end) ? specialAt(bytes, i, end) : '';
  let at: number;
  if (quoted >= 0) at = quoted;
  else if (head.special === 'blackhole') at = i + BLACKHOLE.length;
  else if (head.special === 'all') at = i;
  else at = finalEnd(bytes, i, end, head.special !== '');
  head.finalEnd = at;
  if (hasAt(bytes, at, end, ' <')) at = originalEnd(bytes, at + 2, end);
  if (quoted < 0) trimParents(bytes);
  if (head.original >= 0 && head.special === '') head.sameMailbox = isSameMailbox(bytes);
  return at;
}

/** `/x@d R=…`: what is no address has an original behind it (string_log_address(), af_pfr: it has a parent). */
function isPlainAddress(bytes: Uint8Array, i: number, end: number): boolean {
  const stop = tokenEnd(bytes, i, end);
  const colon = bytes[stop - 1] === COLON ? 1 : 0;
  if (findByte(bytes, i, stop - colon, 0x40) < 0) return false;
  return colon > 0 || stop >= end || (bytes[stop + 1] !== LESS && endsHead(bytes, stop + 1, end));
}

/**
 * Place of the ` <"…"@d>` that says in quotes what bytes[i, place) says without, or -1. A local part that needs quotes
 * may hold all that ends an address (`x <victim@d> R=r <"x <victim@d> R=r"@d>`), and then its original always follows
 * (string_log_address() compares the unquoted text with the address as it came in). Within quotes a quote has a
 * backslash, so of several such places all but the last stand in the unquoted text.
 */
export function quotedOriginal(bytes: Uint8Array, i: number, end: number): number {
  let found = -1;
  let tries = 0;
  for (let at = find(bytes, i, end, ' <"'); at >= 0 && tries < 16; at = find(bytes, at + 3, end, ' <"'), tries++) {
    if (saysTheSame(bytes, i, at, end)) found = at;
  }
  return found;
}

/** Whether bytes[i, at), a local part or an address, is what ` <"…"@d>` at `at` says. */
function saysTheSame(bytes: Uint8Array, i: number, at: number, end: number): boolean {
  let k = at + 3;
  for (; i < at && k < end && bytes[k] !== QUOTE; i++, k++) {
    if (bytes[k] === BACKSLASH) k++;
    if (k >= end || lower(bytes[i] as number) !== lower(bytes[k] as number)) return false;
  }
  if (k >= end || bytes[k] !== QUOTE || bytes[k + 1] !== 0x40) return false;
  k++;
  const isLocalPart = i === at;
  for (; i < at; i++, k++) if (k >= end || lower(bytes[i] as number) !== lower(bytes[k] as number)) return false;
  return isLocalPart || (k < end && bytes[k] === GREATER);
}

function specialAt(bytes: Uint8Array, i: number, end: number): typeof head.special {
  const c = bytes[i];
  if (c === COLON && hasAt(bytes, i, end, BLACKHOLE)) return 'blackhole';
  if (c === 0x2f || hasAt(bytes, i, end, 'save ')) return 'file';
  if (c === 0x7c || hasAt(bytes, i, end, '"|')) return 'pipe';
  if (c === GREATER) return 'auto-reply';
  return hasAt(bytes, i, end, 'mua_wrapper is set') ? 'all' : '';
}

/** Place of the space (or colon) that ends the final address. What an original must follow is read up to it. */
function finalEnd(bytes: Uint8Array, i: number, end: number, needsOriginal: boolean): number {
  const from = i;
  if (bytes[i] === QUOTE) i = Math.min(closingQuote(bytes, i + 1, end) + 1, end);
  if (needsOriginal) {
    const open = openOfOriginal(bytes, i, end);
    if (open >= 0) return open;
  }
  for (; i < end; i++) {
    const c = bytes[i];
    if (c === COLON && (i + 1 >= end || bytes[i + 1] === SPACE)) return bytes[i - 1] === SPACE && i > from ? i - 1 : i;
    if (c === SPACE && endsHead(bytes, i + 1, end)) return i;
  }
  return end;
}

/** A command or a file name may hold anything: its end is the first ` <…>` that a field or free text follows. */
function openOfOriginal(bytes: Uint8Array, i: number, end: number): number {
  let tries = 0;
  for (let at = find(bytes, i, end, ' <'); at >= 0 && tries < 16; at = find(bytes, at + 2, end, ' <'), tries++) {
    const close = findByte(bytes, at + 2, end, GREATER);
    if (close < 0) return -1;
    if (
      close + 1 >= end ||
      bytes[close + 1] === COLON ||
      (bytes[close + 1] === SPACE && endsHead(bytes, close + 2, end))
    )
      return at;
  }
  return -1;
}

/** Whether what begins at i is no part of an address: `<original>`, a field, `defer (`, free text. */
function endsHead(bytes: Uint8Array, i: number, end: number): boolean {
  const c = bytes[i];
  if (c === LESS) return true;
  if (i + 1 >= end) return false;
  if (bytes[i + 1] === EQUALS)
    return c === 0x52 || c === 0x54 || c === 0x46 || c === 0x50 || c === 0x51 || c === 0x48 || c === 0x53;
  if (c === COLON) return bytes[i + 1] === SPACE;
  if (c === 0x64) return hasAt(bytes, i, end, 'defer (');
  if (c === 0x72) return hasAt(bytes, i, end, 'routing defer (') || hasAt(bytes, i, end, 'routing yielded a ');
  if (c === 0x74) return hasAt(bytes, i, end, 'transporting defer (');
  return c === 0x6d && hasAt(bytes, i, end, 'mua_wrapper forced');
}

/** Reads `<original>` from after its `<`. */
function originalEnd(bytes: Uint8Array, i: number, end: number): number {
  let from = i;
  if (bytes[i] === QUOTE) {
    const quote = closingQuote(bytes, i + 1, end);
    if (quote < end) from = quote;
  }
  for (let at = findByte(bytes, from, end, GREATER); at >= 0; at = findByte(bytes, at + 1, end, GREATER)) {
    if (at + 1 < end && bytes[at + 1] !== SPACE && bytes[at + 1] !== COLON) continue;
    head.original = i;
    head.originalEnd = at;
    return at + 1;
  }
  head.original = i; // cut off: what is there
  head.originalEnd = end;
  return end;
}

/** `final (parent, parent)`: log_selector all_parents, and pipes, files and autoreplies under an alias. */
function trimParents(bytes: Uint8Array): void {
  if (head.finalEnd - head.final < 4 || bytes[head.finalEnd - 1] !== RPAREN || head.original < 0) return;
  for (let i = head.finalEnd - 2; i > head.final; i--) {
    if (bytes[i] === LPAREN && bytes[i - 1] === SPACE) {
      head.finalEnd = i - 1;
      return;
    }
  }
}

/**
 * Whether the final address is the original's: its local part alone (log_as_local), letters of another case, or the same
 * without the quotes that the original needs.
 */
function isSameMailbox(bytes: Uint8Array): boolean {
  let k = head.original;
  for (let i = head.final; i < head.finalEnd; i++, k++) {
    while (k < head.originalEnd && bytes[k] !== bytes[i] && (bytes[k] === QUOTE || bytes[k] === BACKSLASH)) k++;
    if (k >= head.originalEnd || lower(bytes[i] as number) !== lower(bytes[k] as number)) return false;
  }
  if (k < head.originalEnd && bytes[k] === QUOTE) k++;
  return k === head.originalEnd || bytes[k] === 0x40;
}
