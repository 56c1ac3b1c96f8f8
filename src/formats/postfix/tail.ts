/**
 * The end of a policy line: `; from=<a> to=<b> proto=ESMTP helo=<h>`, then nothing, ` sasl_username=u`, or `: text`
 * (smtpd_check.c log_whatsup, smtpd.c smtpd_whatsup, cleanup_message.c cleanup_act_log; postscreen_smtpd.c puts
 * commas between the parts). Each part is missing where it is not known.
 *
 * The client chooses most of what stands here: see findTail for answers, content-check.ts for headers.
 */
import { F } from '../../model/log-event.ts';
import { addressEndOrLast, quotedEnd } from './address.ts';
import { indexOf, indexOfByte, lit, startsAt } from './bytes.ts';
import type { Line } from './line.ts';
import { textStart } from './reply.ts';

const HEADS = [lit('; from=<'), lit('; to=<'), lit('; proto='), lit('; helo=<')] as const;
const FROM = lit(' from=<');
const TO = lit(' to=<');
const PROTO = lit(' proto=');
const HELO = lit(' helo=<');
const SASL_METHOD = lit(' sasl_method=');
const SASL_USER = lit(' sasl_username=');
const SASL_SENDER = lit(' sasl_sender=');

const AFTER_FROM = [
  lit('> to=<'),
  lit('>, to=<'),
  lit('> proto='),
  lit('>, proto='),
  lit('> helo=<'),
  lit('> sasl_'),
  lit('>: '),
];
const AFTER_TO = [lit('> proto='), lit('>, proto='), lit('> helo=<'), lit('> sasl_'), lit('>: ')];
const AFTER_HELO = [lit('> sasl_'), lit('>: ')];

const VALUE_END = lit('>: ');

/**
 * Where the tail of an answer begins (its `;`), or -1. Three parts of the line are a stranger's text: the value that the
 * answer repeats at its start (`554 5.7.1 <"x; from=<y>"@z>: Relay access denied; from=…`), the answer itself where a
 * policy service or a block list quotes one (smtpd_check.c check_policy_service(), rbl_reject_reply()), and HELO, which
 * comes last. So it is the tail that tells the repeated value; else the first one after that value.
 * `early`: the stage has no sender, so that `from=` is the client's text.
 */
export function findTail(bytes: Uint8Array, a: number, b: number, early: boolean): number {
  const text = textStart(bytes, a, b);
  if (!early && bytes[text] === 0x3c) {
    const agreeing = findAgreeing(bytes, text + 1, b);
    if (agreeing >= 0) return agreeing;
  }
  const from = repeatedValueEnd(bytes, a, b);
  for (let i = early ? 2 : 0; i < HEADS.length; i++) {
    const at = indexOf(bytes, from, b, HEADS[i] as Uint8Array);
    if (at >= 0) return at;
  }
  return b > a && bytes[b - 1] === 0x3b ? b - 1 : -1;
}

/** Tails of one line that are looked at: more than one is somebody's imitation. */
const MOST_TAILS = 8;

/**
 * Of several tails the one whose sender, recipient or HELO name stands at `value`, `>: ` behind it; the longest such value,
 * for an imitation inside of the value can tell a part of it alone, and the first, for HELO comes last. -1 where there is
 * one tail, or none that agrees.
 */
function findAgreeing(bytes: Uint8Array, value: number, b: number): number {
  const head = HEADS[0];
  let at = indexOf(bytes, value, b, head);
  if (at < 0 || indexOf(bytes, at + head.length, b, head) < 0) return -1;
  let found = -1;
  let longest = -1;
  for (let tries = 0; at >= 0 && tries < MOST_TAILS; at = indexOf(bytes, at + head.length, b, head), tries++) {
    const length = agreement(bytes, value, at, b);
    if (length <= longest) continue;
    longest = length;
    found = at;
  }
  return found;
}

/** How long the value of the tail at `tail` is that bytes[value, …) repeats; -1 where it repeats none. */
function agreement(bytes: Uint8Array, value: number, tail: number, b: number): number {
  const a = tail + HEADS[0].length;
  const end = addressEndOrLast(bytes, a, b, AFTER_FROM);
  let longest = repeats(bytes, value, tail, a, end);
  let i = skip(bytes, end + 1, b);
  if (startsAt(bytes, i, b, TO)) {
    const to = i + TO.length;
    const toEnd = addressEndOrLast(bytes, to, b, AFTER_TO);
    longest = Math.max(longest, repeats(bytes, value, tail, to, toEnd));
    i = skip(bytes, toEnd + 1, b);
  }
  if (startsAt(bytes, i, b, PROTO)) i = skip(bytes, wordEnd(bytes, i + PROTO.length, b), b);
  if (startsAt(bytes, i, b, HELO)) {
    const close = b - 1 > i + HELO.length && bytes[b - 1] === 0x3e ? b - 1 : b;
    longest = Math.max(longest, repeats(bytes, value, tail, i + HELO.length, close));
  }
  return longest;
}

/**
 * Length of bytes[a, b) where bytes[value, limit) begins with it and `>: `, else -1. The answer may show an address without
 * the quotes that the tail gives it (info_log_address_format, 3.5).
 */
function repeats(bytes: Uint8Array, value: number, limit: number, a: number, b: number): number {
  let k = value;
  for (let i = a; i < b; i++) {
    const c = bytes[i];
    if (c === bytes[k] && k < limit) k++;
    else if (c !== 0x22 && c !== 0x5c) return -1;
  }
  return startsAt(bytes, k, limit, VALUE_END) ? k - value : -1;
}

/** One past the `<value>` after the codes, or `a`. */
function repeatedValueEnd(bytes: Uint8Array, a: number, b: number): number {
  const i = textStart(bytes, a, b);
  if (bytes[i] !== 0x3c) return a;
  const end = indexOf(bytes, quotedEnd(bytes, i + 1, b), b, VALUE_END);
  return end < 0 ? a : end;
}

/**
 * Reads the tail that begins at `at` and sets sender, recipient, helo and user of the line's event.
 * Returns where the free text after it begins (after `: `), or the end of the line.
 */
export function readTail(line: Line, at: number): number {
  const { bytes, b, event } = line;
  let i = at + 1;
  if (startsAt(bytes, i, b, FROM)) {
    const end = addressEndOrLast(bytes, i + FROM.length, b, AFTER_FROM);
    if (isClosed(bytes, end, b)) event.set(F.sender, i + FROM.length, end);
    i = skip(bytes, end + 1, b);
  }
  if (startsAt(bytes, i, b, TO)) {
    const end = addressEndOrLast(bytes, i + TO.length, b, AFTER_TO);
    if (end > i + TO.length && isClosed(bytes, end, b)) event.set(F.recipient, i + TO.length, end);
    i = skip(bytes, end + 1, b);
  }
  if (startsAt(bytes, i, b, PROTO)) i = skip(bytes, wordEnd(bytes, i + PROTO.length, b), b);
  if (startsAt(bytes, i, b, HELO)) {
    const end = addressEndOrLast(bytes, i + HELO.length, b, AFTER_HELO);
    if (end > i + HELO.length) event.set(F.helo, i + HELO.length, end);
    i = end + 1;
  }
  i = readSasl(line, i);
  return bytes[i] === 0x3a && bytes[i + 1] === 0x20 && i + 1 < b ? i + 2 : b;
}

/** Whether the value that ends here ends in its `>`: of one in which the line was cut, nobody knows how it goes on. */
function isClosed(bytes: Uint8Array, end: number, b: number): boolean {
  return end < b && bytes[end] === 0x3e;
}

/** Past the comma that postscreen puts between the parts. */
function skip(bytes: Uint8Array, i: number, b: number): number {
  return i < b && bytes[i] === 0x2c ? i + 1 : i;
}

function wordEnd(bytes: Uint8Array, a: number, b: number): number {
  let i = a;
  while (i < b && bytes[i] !== 0x20 && bytes[i] !== 0x2c && bytes[i] !== 0x3a) i++;
  return i;
}

function readSasl(line: Line, at: number): number {
  const { bytes, b, event } = line;
  let i = at;
  if (startsAt(bytes, i, b, SASL_METHOD)) {
    const end = indexOfByte(bytes, i + SASL_METHOD.length, b, 0x20);
    i = end < 0 ? b : end;
  }
  if (startsAt(bytes, i, b, SASL_USER)) {
    let a = i + SASL_USER.length;
    const sender = indexOf(bytes, a, b, SASL_SENDER);
    let end = sender < 0 ? b : sender;
    i = end;
    // smtpd_whatsup puts it in <>
    if (bytes[a] === 0x3c && bytes[end - 1] === 0x3e) {
      a++;
      end--;
    }
    if (end > a) event.set(F.user, a, end);
  }
  return startsAt(bytes, i, b, SASL_SENDER) ? b : i;
}
