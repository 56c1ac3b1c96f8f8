/**
 * Lines of filters and delivery programs beside the server. Most of them say that a mail passed, which changes no number: they
 * are not read. A line that holds one of the formats' signs may (LogFormat.besides): it is read, with the mails it names.
 */
import { body, instance } from './head.ts';
import { end } from './line.ts';
import { copy, type i32, ld, ld8, st, take } from './memory.ts';

const MOST_SIGNS = 64;
const MOST_LENGTH = 24;
const SIGN = 32;
const MOST_FORMATS = 31;

/** by format (what stands in place of an instance) and first byte: how many signs begin with it */
let firsts: i32 = 0;
let signs: i32 = 0;
let count: i32 = 0;

/**
 * Mail that a command took, and mail that was handed in on the machine: one may be the other again, by sender and time alone
 * (correlate/piped.ts, lists.ts). Where both stand in the log it must be read whole.
 */
let tookMail: boolean = false;
let handedIn: boolean = false;

/** As correlate/unserved.ts: within this time of a server's line a word is of one of its mails, seconds. */
const NEAR = 600;
const NEVER = -0x7fffffff;
/** times of the last line of a mail or session, and of the earliest and latest line beside the servers while there was none */
let servedAt: i32 = NEVER;
let aloneFrom: i32 = NEVER;
let aloneTo: i32 = NEVER;
let unserved: boolean = false;

/** A line beside the server: with no server's line near, its mail is one of its own, which must be counted. */
export function sawBeside(at: i32): void {
  if (servedAt === NEVER) {
    if (aloneFrom === NEVER || at < aloneFrom) aloneFrom = at;
    if (at > aloneTo) aloneTo = at;
  } else if (at - servedAt > NEAR) unserved = true;
}

/** A server's line of a mail or session. */
export function sawServer(at: i32): void {
  if (servedAt === NEVER && aloneFrom !== NEVER && (at - aloneFrom > NEAR || aloneTo - at > NEAR)) unserved = true;
  servedAt = at;
}

/** Filters tell of mails of which no server does: the log must be read whole. `isWhole`: no more lines come. */
export function hasUnserved(isWhole: boolean): boolean {
  return unserved || (isWhole && servedAt === NEVER && aloneFrom !== NEVER);
}

export function commandTook(): void {
  tookMail = true;
}

export function wasHandedInHere(): void {
  handedIn = true;
}

export function mayComeBack(): boolean {
  return tookMail && handedIn;
}

export function openSigns(): void {
  tookMail = handedIn = unserved = false;
  servedAt = aloneFrom = aloneTo = NEVER;
  firsts = take((MOST_FORMATS + 1) * 256 * 4);
  signs = take(MOST_SIGNS * SIGN);
  count = 0;
}

/** One more sign in lines of this format, which stands at `p`. False: there is no room for it. */
export function addSign(p: i32, length: i32, format: i32): boolean {
  if (count >= MOST_SIGNS || length < 1 || length > MOST_LENGTH || format > MOST_FORMATS) return false;
  const at = signs + count * SIGN;
  st(at, length | (format << 8));
  copy(at + 4, p, length);
  const first = firsts + (format * 256 + ld8(p)) * 4;
  st(first, ld(first) + 1);
  count++;
  return true;
}

/** Whether the text of the line at hand holds a sign of its format. */
export function isDecisive(): boolean {
  const ofFormat = firsts + instance * 1024;
  for (let i = body; i < end; i++) {
    if (ld(ofFormat + ld8(i) * 4) === 0) continue;
    for (let s = 0; s < count; s++) if (stands(signs + s * SIGN, i)) return true;
  }
  return false;
}

function stands(sign: i32, at: i32): boolean {
  if (ld(sign) >> 8 !== instance) return false;
  const length = ld(sign) & 0xff;
  if (at + length > end) return false;
  for (let k = 0; k < length; k++) if (ld8(sign + 4 + k) !== ld8(at + k)) return false;
  return true;
}
