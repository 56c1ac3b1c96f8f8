/**
 * Any text of a mail to the same text without those who are not to be named in it.
 * Shape:  everything that has the shape of an address, and every name that a log's own words call a user (keyed.ts), stays only
 *         where it is known to be of the scope; then words that are names of recipients left out, and texts in base64 or
 *         hexadecimal that hold an address. What is taken out is the word `hidden`; several one after the other are one.
 * Limits: each pattern is linear; a long text is looked at in parts.
 */
import { headerText } from '../util/encoded-words.ts';
import { NAME_SHAPES, SUBJECT_SHAPES } from '../render/redact/keyed.ts';
import type { Cut, Piece, Search } from '../render/redact/pieces.ts';
import { joined, sweep, value, whole } from '../render/redact/pieces.ts';
import { ADDRESS, CODED_AT, CODED_SIGN, IN_BRACKETS, QUOTED, WORD } from '../render/redact/text.ts';
import type { Names } from './names.ts';

export const HIDDEN = 'hidden';

export interface Trimmed {
  readonly text: string;
  /** something was taken out */
  readonly isCut: boolean;
  /** a recipient that is shown stands in it */
  readonly namesRecipient: boolean;
}

/** A longer text is not looked at: it is hidden whole. */
const LONGEST = 262_144;
const PART = 4096;
/** Values of `user` shapes that name nobody. */
const NOBODY = /^(?:\d{1,6}|<>|-|unknown|none|null|any|hidden)$/i;
const USERS = NAME_SHAPES.filter(({ kind }) => kind === 'user' || kind === 'paths');
const PEOPLE = SUBJECT_SHAPES.filter(({ kind }) => kind === 'people');
const BASE64 = /(?<![\w+/=])[A-Za-z0-9+/]{8,}={0,2}(?![\w+/=])/g;
const HEX = /(?<![\w])(?:[0-9a-f]{2}){6,}(?![\w])/gi;
/** RFC 4616: who, login, password, with zero bytes between them. */
const AUTH_PLAIN = /^[ -~]*\0[ -~]{2,}\0[ -~]*$/;
const ENCODED_WORD = /=\?[\w.:+*-]{1,60}\?[bq]\?[^?\s]*(?:\?=)?/giu;
/** `<hidden>,<hidden>` tells how many there were. */
const SEVERAL = /(<?)hidden(?:>?(?:[\s,;|]|\\n|","|', ?'|": ?")+<?hidden)+(>?)/g;

class Pass {
  readonly #names: Names;
  isCut = false;
  namesRecipient = false;

  constructor(names: Names) {
    this.#names = names;
  }

  text(text: string): string {
    let pieces: Piece[] = [text];
    pieces = this.#people(pieces);
    if (text.includes('@'))
      for (const pattern of [IN_BRACKETS, QUOTED, ADDRESS]) pieces = this.#addresses(pieces, pattern);
    if (CODED_SIGN.test(text)) pieces = this.#addresses(pieces, CODED_AT);
    pieces = this.#encoded(pieces);
    pieces = this.#users(pieces, text.toLowerCase());
    if (this.#names.hidesWords) pieces = this.#words(pieces);
    return joined(pieces);
  }

  /** A name or login that stands alone, as the value of a key. */
  user(text: string): string {
    return this.#judged(this.#names.judgeUser(text)) || NOBODY.test(text) ? text : this.#hide();
  }

  #hide(): string {
    this.isCut = true;
    return HIDDEN;
  }

  #judged(judged: 'recipient' | 'named' | undefined): boolean {
    if (judged === 'recipient') this.namesRecipient = true;
    return judged !== undefined;
  }

  /** To: and Cc: with the words before the addresses. */
  #people(before: Piece[]): Piece[] {
    let pieces = before;
    for (const { pattern } of PEOPLE)
      pieces = sweep(pieces, pattern, (match) => {
        const inner = new Pass(this.#names);
        inner.text(headerText(match.groups?.['v'] ?? ''));
        return inner.isCut ? value(match, () => this.#hide()) : undefined;
      });
    return pieces;
  }

  #addresses(pieces: Piece[], pattern: Search): Piece[] {
    return sweep(pieces, pattern, (match): Cut | undefined => {
      const { local = '', domain = '' } = match.groups ?? {};
      // several in one pair of brackets: each is looked at by itself
      if (pattern === IN_BRACKETS && /[@,;]/.test(local)) return undefined;
      const [start] = match.indices?.groups?.['local'] ?? [match.index];
      const [, end] = match.indices?.groups?.['domain'] ?? [0, match.index + match[0].length];
      const judged = this.#names.judge(local, domain);
      return { start, end, text: this.#judged(judged) ? match.input.slice(start, end) : this.#hide() };
    });
  }

  #encoded(before: Piece[]): Piece[] {
    const holds = (text: string): boolean => {
      if (AUTH_PLAIN.test(text)) return true;
      if (!/\w@\w/.test(text) || /[^\t\n\r -~\x80-\xff]/.test(text)) return false;
      const inner = new Pass(this.#names);
      inner.text(text);
      return inner.isCut;
    };
    let pieces = sweep(before, ENCODED_WORD, (match) =>
      holds(headerText(match[0])) ? whole(match, this.#hide()) : undefined,
    );
    pieces = sweep(pieces, BASE64, (match) =>
      holds(Buffer.from(match[0], 'base64').toString('latin1')) ? whole(match, this.#hide()) : undefined,
    );
    return sweep(pieces, HEX, (match) =>
      holds(Buffer.from(match[0], 'hex').toString('latin1')) ? whole(match, this.#hide()) : undefined,
    );
  }

  #users(before: Piece[], lower: string): Piece[] {
    let pieces = before;
    for (const { kind, hints, pattern } of USERS) {
      if (!hints.some((hint) => lower.includes(hint))) continue;
      pieces = sweep(pieces, pattern, (match) =>
        value(match, (v) => (kind === 'paths' ? this.#path(v) : this.user(v))),
      );
    }
    return pieces;
  }

  /** Below /home and the like: only what names a recipient that is shown. */
  #path(text: string): string {
    const isShown = text.split('/').some((part) => this.#names.judgeUser(part) === 'recipient');
    return isShown ? text : this.#hide();
  }

  #words(pieces: Piece[]): Piece[] {
    return sweep(pieces, WORD, (match) => (this.#names.isHidden(match[0]) ? whole(match, this.#hide()) : undefined));
  }
}

/** One text. */
export function trimText(given: string, names: Names): Trimmed {
  if (given.length > LONGEST) return { text: HIDDEN, isCut: true, namesRecipient: false };
  const pass = new Pass(names);
  const text = partsOf(given)
    .map((part) => pass.text(part))
    .join('');
  return told(text, pass);
}

/** A JSON line: value by value, as its strings read; undefined where it is none. */
export function trimJson(given: string, names: Names): Trimmed | undefined {
  const open = given.indexOf('{');
  if (open < 0 || !given.trimEnd().endsWith('}') || given.length > LONGEST) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(given.slice(open));
  } catch {
    return undefined;
  }
  const pass = new Pass(names);
  const head = pass.text(given.slice(0, open));
  const tree = mapped(parsed, pass, undefined, 0);
  return told(pass.isCut ? head + JSON.stringify(tree) : given, pass);
}

function told(text: string, { isCut, namesRecipient }: Pass): Trimmed {
  return { text: isCut ? text.replace(SEVERAL, `$1${HIDDEN}$2`) : text, isCut, namesRecipient };
}

const USER_KEY =
  /^(?:user|username|login|auth_?user|sasl_username|rcpt|rcpts|rcpt_to|to|recipient|recipients|mailbox|deliver_to|for)$/i;
const MOST_DEEP = 40;

function mapped(node: unknown, pass: Pass, key: string | undefined, depth: number): unknown {
  if (typeof node === 'string') {
    const isName = key !== undefined && USER_KEY.test(key) && !/[\s@]/.test(node);
    return isName && node !== ''
      ? pass.user(node)
      : partsOf(node)
          .map((part) => pass.text(part))
          .join('');
  }
  if (typeof node !== 'object' || node === null) return node;
  if (depth > MOST_DEEP) {
    pass.isCut = true;
    return HIDDEN;
  }
  if (Array.isArray(node)) return node.map((item) => mapped(item, pass, key, depth + 1));
  return Object.fromEntries(
    Object.entries(node).map(([name, item]) => [pass.text(name), mapped(item, pass, name, depth + 1)]),
  );
}

/** At blanks, so that no address is cut in two. */
function partsOf(text: string): string[] {
  if (text.length <= PART) return [text];
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    let end = Math.min(text.length, at + PART);
    if (end < text.length) {
      const blank = text.lastIndexOf(' ', end);
      if (blank > at) end = blank;
      else {
        const next = text.indexOf(' ', end);
        end = next < 0 ? text.length : next;
      }
    }
    parts.push(text.slice(at, end));
    at = end;
  }
  return parts;
}
