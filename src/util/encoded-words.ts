/**
 * Header text as loggers write it, decoded: RFC 2047 encoded words (`=?utf-8?B?4oKs?=`), whole, folded, split or cut.
 * Shape:  postal-mime turns a well-formed word into text; here the words are found, and what a logger or a mailer did to
 *         them is undone first. Control characters that were encoded are in the result: making them safe is the
 *         renderers' work.
 * Source: RFC 2047 sections 2 and 6.2; RFC 2231 section 5 (`=?utf-8*en?Q?...?=`). Postfix `src/cleanup/cleanup_message.c`
 *         (`%.200s` of the header) and `src/util/printable.c` (`?`); Dovecot `src/lib/str-sanitize.c` (`...`, `…`, U+FFFD);
 *         WHATWG Encoding, index windows-1252.
 */
import { decodeWords } from 'postal-mime';

/** One encoded word where it stands in the text. */
interface Word {
  readonly start: number;
  /** after its `?=`, or after its last character if the logger cut it */
  readonly end: number;
  /** lower case, without language */
  readonly charset: string;
  readonly base64: boolean;
  readonly payload: string;
  readonly cut: boolean;
}

/** What a charset needs: `text` nothing, `cp1252` the repair of 0x80-0x9F, `unknown` cannot be decoded. */
type CharsetKind = 'text' | 'cp1252' | 'unknown';

/** Up to the payload. The bounds keep it linear; the longest label that is known has 19 characters. */
const WORD_START = /=\?([\w.:+-]{1,40})(?:\*[\w-]{0,40})?\?([BbQq])\?/g;

/** Between two words: white space, and what loggers write for a fold or a tab of it. */
const SEPARATOR = /^[ \t\r\n?\ufffd]*$/;

/** What a payload may hold: base64, with the white space (or its `?`) of a fold inside the word. */
const BASE64 = /^[A-Za-z0-9+/=\s?]*$/;

/** Put by a logger behind the text that it cut. */
const CUT_MARK = /(?:\.{3}|\u2026)$/;

/** Bytes 0x80-0x9F of windows-1252; the five that it does not define stay controls. */
const CP1252 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';
const C1 = /[\x80-\x9f]/g;

/** All bytes from 0x80 on: no two charsets read them alike. */
const HIGH_BYTES = Array.from({ length: 128 }, (_, index) => `=${(index + 128).toString(16)}`).join('');
let unknownText: string | undefined;

/** Labels come from the log: beyond this many they are looked up each time. */
const MAX_CHARSETS = 256;
const charsets = new Map<string, CharsetKind>();

function lookUpCharset(label: string): CharsetKind {
  try {
    return new TextDecoder(label).encoding === 'windows-1252' ? 'cp1252' : 'text';
  } catch {
    // Perhaps an alias that only postal-mime knows (cp936, x-big5). It reads what it does not know as windows-1252.
    unknownText ??= decodeWords(`=?windows-1252?Q?${HIGH_BYTES}?=`);
    return decodeWords(`=?${label}?Q?${HIGH_BYTES}?=`) === unknownText ? 'unknown' : 'text';
  }
}

function charsetKind(label: string): CharsetKind {
  const known = charsets.get(label);
  if (known !== undefined) return known;
  const kind = lookUpCharset(label);
  if (charsets.size < MAX_CHARSETS) charsets.set(label, kind);
  return kind;
}

/**
 * Index of the `?` that ends the payload, the text's length if it has none, -1 if another word starts before. A `?` that
 * is not followed by `=` is no end: a fold inside the word, or a mailer that left it unencoded.
 */
function payloadEnd(raw: string, from: number): number {
  for (let at = raw.indexOf('?', from); at !== -1; at = raw.indexOf('?', at + 1)) {
    if (at + 1 === raw.length || raw[at + 1] === '=') return at;
    if (at > from && raw[at - 1] === '=') return -1;
  }
  return raw.length;
}

/** The word at a match of {@link WORD_START}, undefined if it is none, or none that can be decoded. */
function readWord(raw: string, match: RegExpExecArray): Word | undefined {
  const from = match.index + match[0].length;
  const close = payloadEnd(raw, from);
  if (close === -1) return undefined;
  const cut = close + 1 >= raw.length;
  let payload = raw.slice(from, close);
  let end = Math.min(close + 2, raw.length);
  if (cut) {
    const mark = close === raw.length ? CUT_MARK.exec(payload) : null;
    if (mark !== null) {
      payload = payload.slice(0, mark.index);
      end = from + mark.index;
    }
    // White space in what has no end: it is no word that was cut, but text that looks like the start of one.
    if (payload === '' || /\s/.test(payload)) return undefined;
  }
  const base64 = match[2] === 'B' || match[2] === 'b';
  if (base64 && !BASE64.test(payload)) return undefined;
  const charset = (match[1] ?? '').toLowerCase();
  if (charsetKind(charset) === 'unknown') return undefined;
  return { start: match.index, end, charset, base64, payload, cut };
}

/** The payload of a word in Q, as postal-mime takes it. */
function quotedPayload({ base64, payload, cut }: Word): string {
  if (base64) return Buffer.from(payload, 'base64').toString('hex').replace(/../g, '=$&');
  const whole = cut ? payload.replace(/=[0-9A-Fa-f]?$/, '') : payload;
  return whole.replaceAll('?', '=3F');
}

function decodePayload(charset: string, encoding: 'B' | 'Q', payload: string, cut: boolean): string {
  let text = decodeWords(`=?${charset}?${encoding}?${payload}?=`);
  if (charsetKind(charset) === 'cp1252') {
    // Node 20 reads windows-1252 as ISO 8859-1.
    text = text.replace(C1, (control) => CP1252[control.charCodeAt(0) - 0x80] ?? control);
  }
  // The character that the cut went through.
  return cut && text.endsWith('\ufffd') ? text.slice(0, -1) : text;
}

function decodeWord(word: Word): string {
  const { charset, base64, payload, cut } = word;
  if (base64) return decodePayload(charset, 'B', payload.replaceAll('?', ''), cut);
  return decodePayload(charset, 'Q', quotedPayload(word), cut);
}

const countBroken = (text: string): number => text.split('\ufffd').length - 1;

/** Text of words that follow each other and have one charset: their bytes are one string, which may split a character. */
function decodeRun(run: readonly Word[]): string {
  const last = run.at(-1);
  if (last === undefined) return '';
  if (run.length === 1) return decodeWord(last);
  const joined = decodePayload(last.charset, 'Q', run.map(quotedPayload).join(''), last.cut);
  const broken = countBroken(joined);
  if (broken === 0) return joined;
  // Half a character at the end of a word spoils the next one in charsets whose bytes do not tell where one starts.
  const separate = run.map(decodeWord).join('');
  return countBroken(separate) <= broken ? separate : joined;
}

/**
 * Decodes the RFC 2047 encoded words of a header value as logged; text around them stays as it is.
 * Words that follow each other join without the white space between them, also where the logger put `?` for it. Of a
 * word that the logger cut, what is whole is decoded. A word stays raw if its charset is unknown, if it was cut before its
 * payload, or if it is not well-formed.
 * @returns never "" unless `raw` is, or holds nothing but words that encode nothing. Does not throw; linear in `raw`.
 */
export function decodeEncodedWords(raw: string): string {
  if (!raw.includes('=?')) return raw;
  let text = '';
  let run: Word[] = [];
  let at = 0;
  WORD_START.lastIndex = 0;
  for (let match = WORD_START.exec(raw); match !== null; match = WORD_START.exec(raw)) {
    const word = readWord(raw, match);
    if (word === undefined) continue;
    const previous = run.at(-1);
    const gap = raw.slice(at, word.start);
    const isNext = previous !== undefined && SEPARATOR.test(gap);
    if (!isNext || previous.charset !== word.charset) {
      text += decodeRun(run) + (isNext ? '' : gap);
      run = [];
    }
    run.push(word);
    at = word.end;
    WORD_START.lastIndex = at;
  }
  const isCut = run.at(-1)?.cut === true;
  text += decodeRun(run) + raw.slice(at);
  return text === '' && isCut ? raw : text;
}

/** A header's value as people read it: {@link decodeEncodedWords} without the white space at its end. */
export function headerText(raw: string): string {
  return decodeEncodedWords(raw).trimEnd();
}
