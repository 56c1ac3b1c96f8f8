/**
 * Names of people and of the servers that hand mail in, each with what it is counted under: an address with its domain, a client
 * with the domain it is of.
 * Source: src/report/counted.ts, src/report/server-watch.ts clientName().
 */
import { fold } from './bytes.ts';
import { find, type i32, ld8, st8 } from './memory.ts';
import {
  ADDRESS,
  addName,
  BARE,
  DOMAIN,
  IS_BARE,
  knownName,
  nameAs,
  nameLike,
  ODD,
  PEER,
  setOdd,
  setOwner,
  SITE,
  spare,
} from './names.ts';

/**
 * The number of the address [a, b), the same for all that differ in the case of their domain alone; it belongs to its domain; of one
 * that has none, to a name like it, which belongs to itself.
 */
export function addressOf(a: i32, b: i32): i32 {
  const known = knownName(ADDRESS, a, b);
  if (known !== 0) return known;
  let at = b - 1;
  while (at >= a && ld8(at) !== 0x40) at--;
  const bare = at < a || at + 1 === b;
  if (!bare && hasCapitals(at, b)) {
    const low = spare(b - a);
    lowered(low, a, b, at);
    return nameLike(ADDRESS, a, b, addressOf(low, low + b - a));
  }
  const number = addName(a, b);
  setOwner(number, domainOf(a, b));
  return number;
}

/** The number of what the address [a, b) is counted under: it belongs to itself. */
export function domainOf(a: i32, b: i32): i32 {
  let at = b - 1;
  while (at >= a && ld8(at) !== 0x40) at--;
  const bare = at < a || at + 1 === b;
  let from = bare ? a : at + 1;
  let to = b;
  if (!bare && hasCapitals(from, b)) {
    const low = spare(b - from);
    lowered(low, from, b, from);
    to = low + b - from;
    from = low;
  }
  const role = bare ? BARE : DOMAIN;
  const known = knownName(role, from, to);
  if (known !== 0) return known;
  const number = addName(from, to);
  setOwner(number, number);
  if (bare) setOdd(number, IS_BARE);
  return number;
}

/** The number of the client `name[address]` in [a, b); it belongs to its site, or to none where that is not ASCII. */
export function peerOf(a: i32, b: i32): i32 {
  const known = knownName(PEER, a, b);
  if (known !== 0) return known;
  const number = addName(a, b);
  const open = find(0x5b, a, b);
  const close = find(0x5d, open, b);
  if (open === a || close + 1 !== b || isUnknown(open + 1, close)) setOdd(number, ODD);
  setOwner(number, siteOf(a, b));
  return number;
}

function siteOf(a: i32, b: i32): i32 {
  for (let i = a; i < b; i++) if (ld8(i) >= 0x80) return 0;
  const open = find(0x5b, a, b);
  if (open > a && !isUnknown(a, open)) return siteOfHost(a, open);
  const close = find(0x5d, open, b);
  if (open < b && close < b && close > open + 1 && !isUnknown(open + 1, close)) return nameAs(SITE, open + 1, close);
  const dash = spare(1);
  st8(dash, 0x2d);
  return nameAs(SITE, dash, dash + 1);
}

/** Two labels, or three where the last ones are short. */
function siteOfHost(a: i32, b: i32): i32 {
  const last = labelStart(a, b);
  let from = last > a ? labelStart(a, last - 1) : a;
  if (from > a && b - last === 2 && last - 1 - from <= 3) from = labelStart(a, from - 1);
  const low = spare(b - from);
  lowered(low, from, b, from);
  return nameAs(SITE, low, low + b - from);
}

function labelStart(a: i32, b: i32): i32 {
  let i = b;
  while (i > a && ld8(i - 1) !== 0x2e) i--;
  return i;
}

function isUnknown(a: i32, b: i32): boolean {
  return (
    b - a === 7 &&
    ld8(a) === 0x75 &&
    ld8(a + 1) === 0x6e &&
    ld8(a + 2) === 0x6b &&
    ld8(a + 3) === 0x6e &&
    ld8(a + 4) === 0x6f &&
    ld8(a + 5) === 0x77 &&
    ld8(a + 6) === 0x6e
  );
}

function hasCapitals(a: i32, b: i32): boolean {
  for (let i = a; i < b; i++) if (fold(ld8(i)) !== ld8(i)) return true;
  return false;
}

/** Puts [a, b) at `to`, from `from` on in small letters. */
function lowered(to: i32, a: i32, b: i32, from: i32): void {
  for (let i = a; i < b; i++) st8(to + i - a, i < from ? ld8(i) : fold(ld8(i)));
}
