/**
 * The stable id of a message: time first, then a hash of what names it, e.g. `20261121-222637-k3f9x2ab`.
 * Made only from the first hop's host, native id and UTC second (of a refusal: host, instance, second, client, sender,
 * first recipient and its ordinal among equal ones): never from file names, argument order, offsets or the zone printed.
 */
import { TextHash } from '../model/hash.ts';
import type { Instant } from '../model/message.ts';

/** Without vowels and look-alikes: an id is no word and survives being read aloud. */
const DIGITS = '0123456789bcdfghjkmnpqrstvwxyz';
const BASE = DIGITS.length;
/** all pairs of digits, the one of less weight first */
const PAIRS = Array.from({ length: BASE * BASE }, (_, n) => `${DIGITS[n % BASE]}${DIGITS[Math.floor(n / BASE)]}`);
const PAIR = BASE * BASE;
/** what five digits hold: both halves of a hash are then small integers */
const HALF = BASE ** 5;
const LINE_FEED = 0x0a;
const DAY = 86_400;

const hash = new TextHash();

export function stableId(at: Instant, parts: readonly (string | undefined)[]): string {
  const second = Math.floor(at / 1000);
  hash.start();
  hash.add(secondText(second));
  for (let i = 0; i < parts.length; i++) {
    hash.addUnit(LINE_FEED);
    const part = parts[i];
    if (part !== undefined) hash.add(part);
  }
  const number = hash.value();
  const high = Math.floor(number / HALF);
  const low = number - high * HALF;
  const top = Math.floor(high / PAIR);
  const middle = Math.floor(low / PAIR);
  const fifth = Math.floor(middle / PAIR);
  const tail = `${PAIRS[low % PAIR]}${PAIRS[middle % PAIR]}${DIGITS[fifth]}${PAIRS[high % PAIR]}${PAIRS[top % PAIR]}`;
  return `${stamp(second)}${tail}`;
}

let lastSecond = Number.NaN;
let lastText = '';

function secondText(second: number): string {
  if (second !== lastSecond) {
    lastSecond = second;
    lastText = String(second);
  }
  return lastText;
}

let stampedSecond = Number.NaN;
let lastStamp = '';
let lastDay = Number.NaN;
let dayText = '';

/** `20261121-222637-` */
function stamp(second: number): string {
  if (second === stampedSecond) return lastStamp;
  stampedSecond = second;
  const date = new Date(Number.isFinite(second) ? second * 1000 : 0);
  const isKnown = !Number.isNaN(date.getTime());
  const day = isKnown && Number.isFinite(second) ? Math.floor(second / DAY) : 0;
  if (day !== lastDay) {
    lastDay = day;
    const iso = isKnown ? date.toISOString() : '1970-01-01T00:00:00';
    dayText = `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 10)}`;
  }
  const rest = isKnown && Number.isFinite(second) ? second - day * DAY : 0;
  const minute = Math.floor(rest / 60);
  lastStamp = `${dayText}-${two(Math.floor(minute / 60))}${two(minute % 60)}${two(rest % 60)}-`;
  return lastStamp;
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}
