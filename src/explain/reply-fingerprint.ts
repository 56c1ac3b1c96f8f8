/**
 * A reply -> one number that is equal for replies which readReply() makes the same text of, without making it.
 * This is what classify() remembers answers by: one pass over the characters, no string, no regular expression.
 * It may tell apart what readReply() does not (that costs a table search), but must not merge what differs.
 * Units:  a whole number below 2^53, made of two 32-bit FNV-1a hashes.
 * Errors: none. Two different replies get one number with a chance of about 1 in 2^53 a pair.
 */
import { replyRange } from './reply-text.ts';

const PRIME_A = 0x01000193;
const PRIME_B = 0x5bd1e995;
const SEED_A = 0x811c9dc5 | 0;
const SEED_B = 0x9747b28c | 0;

/** What stands for a whole token or a run of digits; numbers that no character code reaches. */
const ADDRESS = 0x110001;
const HOST = 0x110002;
const IDENTIFIER = 0x110003;
const DIGITS = 0x110004;
const CODE = 0x110005;
const TOKEN_END = 0x110006;

/** Class of each ASCII character: 1 digit, 2 letter, 3 separator, 4 one of `@ [ ]`, 0 anything else. */
const CLASSES = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  if (c >= 48 && c <= 57) CLASSES[c] = 1;
  else if ((c >= 97 && c <= 122) || (c >= 65 && c <= 90)) CLASSES[c] = 2;
  else if (c <= 32 || c === 60 || c === 62) CLASSES[c] = 3;
  else if (c === 64 || c === 91 || c === 93) CLASSES[c] = 4;
}

/** The two hashes of the reply after `into`; kept in an array, as a pair of numbers would be allocated each time. */
const hashes = new Int32Array(2);

function mixWord(word: string | undefined): void {
  let a = hashes[0] ?? 0;
  let b = hashes[1] ?? 0;
  if (word !== undefined) {
    for (let i = 0; i < word.length; i++) {
      const c = word.charCodeAt(i);
      a = Math.imul(a ^ c, PRIME_A);
      b = Math.imul(b ^ c, PRIME_B);
    }
  }
  hashes[0] = Math.imul(a ^ TOKEN_END, PRIME_A);
  hashes[1] = Math.imul(b ^ TOKEN_END, PRIME_B);
}

/** True if a reply code stands at `at`: three digits from 2, 4 or 5 on, alone or before `-`; as in reply-text.ts. */
function isCodeAt(text: string, at: number, end: number): boolean {
  const first = text.charCodeAt(at);
  if ((first !== 50 && first !== 52 && first !== 53) || at + 3 > end) return false;
  if (CLASSES[text.charCodeAt(at + 1)] !== 1 || CLASSES[text.charCodeAt(at + 2)] !== 1) return false;
  if (at + 3 === end) return true;
  const after = text.charCodeAt(at + 3);
  return after === 45 || CLASSES[after] === 3;
}

/** True where a number that a provider gives its causes may begin (numberedCause() of reply-text.ts): then its digits count. */
function isNumberedAt(text: string, at: number): boolean {
  let c = text.charCodeAt(at) | 32;
  if (c !== 97 && c !== 111 && c !== 108) {
    if (CLASSES[c & 127] === 2 || CLASSES[c & 127] === 1) return false;
    at++;
    c = text.charCodeAt(at) | 32;
    if (c !== 97 && c !== 111 && c !== 108) return false;
  }
  const word = text.slice(at, at + 3).toLowerCase();
  return word === 'aup' || word === 'ofr' || word === 'lpn';
}

/** Mixes [from, end) of `text` in, token by token, as maskToken() of reply-text.ts would write them. */
function mixReply(text: string, from: number, end: number): void {
  let a = hashes[0] ?? 0;
  let b = hashes[1] ?? 0;
  // codes count only before the first word, so only there all digits are kept
  let front = true;
  let i = from;
  while (i < end) {
    const first = text.charCodeAt(i);
    if (first < 128 && CLASSES[first] === 3) {
      i++;
      continue;
    }
    // later codes only continue the reply
    if (!front && isCodeAt(text, i, end)) {
      a = Math.imul(a ^ CODE, PRIME_A);
      b = Math.imul(b ^ CODE, PRIME_B);
      i = i + 4 < end && text.charCodeAt(i + 3) === 45 ? i + 4 : i + 3;
    }
    const start = i;
    const numbered = isNumberedAt(text, start);
    const keep = front || numbered ? end : start;
    const a0 = a;
    const b0 = b;
    let runs = 0;
    let letters = 0;
    let longest = 0;
    let before = 0;
    let opened = false;
    let whole = 0;
    let foreign = false;
    for (; i < end; i++) {
      let c = text.charCodeAt(i);
      const kind = c < 128 ? (CLASSES[c] ?? 0) : 0;
      if (kind === 3) break;
      foreign ||= c >= 128;
      const inDigits = before === 1;
      before = kind;
      if (kind === 2) {
        c |= 32;
        if (++letters > longest) longest = letters;
      } else {
        letters = 0;
        if (kind === 1) {
          if (!inDigits) runs++;
          if (i >= keep) {
            if (inDigits) continue;
            c = DIGITS;
          }
        } else if (kind === 4) {
          if (c === 64) whole = ADDRESS;
          else if (c === 91) opened ||= i > start;
          else if (opened && whole === 0) whole = HOST;
        }
      }
      a = Math.imul(a ^ c, PRIME_A);
      b = Math.imul(b ^ c, PRIME_B);
    }
    // a sentence without blanks around an address is not only that address
    if (foreign && whole === ADDRESS) whole = 0;
    if (whole === 0 && runs > 2 && longest > 0 && longest <= 5) whole = IDENTIFIER;
    if (numbered) whole = 0;
    if (whole !== 0) {
      a = Math.imul(a0 ^ whole, PRIME_A);
      b = Math.imul(b0 ^ whole, PRIME_B);
    }
    if (longest > 0 || whole !== 0) front = false;
    a = Math.imul(a ^ TOKEN_END, PRIME_A);
    b = Math.imul(b ^ TOKEN_END, PRIME_B);
  }
  hashes[0] = a;
  hashes[1] = b;
}

/** The number for one answer: the reply and the words and codes beside it. */
export function fingerprint(
  status: string,
  code: string | undefined,
  dsn: string | undefined,
  reply: string | undefined,
): number {
  hashes[0] = SEED_A;
  hashes[1] = SEED_B;
  mixWord(status);
  mixWord(code);
  mixWord(dsn);
  if (reply !== undefined) {
    const { start, end } = replyRange(reply);
    mixReply(reply, start, end);
  }
  return ((hashes[0] ?? 0) >>> 0) * 0x200000 + ((hashes[1] ?? 0) & 0x1fffff);
}
