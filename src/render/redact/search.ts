/**
 * Keys in a text, each with the value behind it, where an expression alone would take the square of its time: one that reads on
 * from every key to look for what ends the value, and finds it nowhere. Here a key is not asked where one before it has shown
 * that nothing can be found.
 */
import type { Search } from './pieces.ts';

/** Where the value stands, and where the match ends. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly end: number;
}

/** The value behind a key that ends at `from`. A number: there is none, nor for any key that ends between `from` and that place. */
export type ValueAt = (text: string, from: number) => Span | number;

/** Matches as an expression with the flags `dg` gives them: the value is the group `v`. */
export class KeyedSearch implements Search {
  lastIndex = 0;
  readonly #key: RegExp;
  readonly #valueAt: ValueAt;

  /** `key` has the flag `g`; its matches begin with a character below U+FFFF. */
  constructor(key: RegExp, valueAt: ValueAt) {
    this.#key = key;
    this.#valueAt = valueAt;
  }

  exec(text: string): ReturnType<Search['exec']> {
    const key = this.#key;
    key.lastIndex = this.lastIndex;
    let without = -1;
    for (let match = key.exec(text); match !== null; match = key.exec(text)) {
      const { index } = match;
      const from = index + match[0].length;
      key.lastIndex = index + 1;
      if (from < without) continue;
      const found = this.#valueAt(text, from);
      if (typeof found === 'number') {
        without = found;
        continue;
      }
      this.lastIndex = found.end;
      return {
        0: text.slice(index, found.end),
        index,
        input: text,
        groups: { v: text.slice(found.from, found.to) },
        indices: { groups: { v: [found.from, found.to] } },
      };
    }
    this.lastIndex = 0;
    return null;
  }
}

/** Where a sticky expression's match at a place ends; undefined where it has none. */
function endOf(sticky: RegExp, text: string, at: number): number | undefined {
  sticky.lastIndex = at;
  return sticky.test(text) ? sticky.lastIndex : undefined;
}

/** A run of one class of characters, and what must stand behind it: nothing that the class takes. Both sticky. */
export function runBefore(run: RegExp, behind: RegExp): ValueAt {
  return (text, from) => {
    const to = endOf(run, text, from);
    if (to === undefined) return from;
    const end = endOf(behind, text, to);
    return end === undefined ? to : { from, to, end };
  };
}

/** The first of `ends` behind the key; a match of it that is a line end is none. */
export function upTo(ends: RegExp): ValueAt {
  return (text, from) => {
    ends.lastIndex = from;
    const match = ends.exec(text);
    if (match === null) return text.length + 1;
    if (LINE_END.test(match[0])) return match.index;
    return { from, to: match.index, end: match.index + match[0].length };
  };
}

const LINE_END = /^[\n\r\u2028\u2029]/;

const FROM = ' from ';
const CLIENT_NAME = /[^\s[]+\[/y;
const PROTOCOL = /(?::\w+)?(?:;|$)/y;
const NO_CLIENT = /(?:local|unknown)(?:;|$)/y;

/** Up to the last ` from name[address]`, ` from local`, ` from unknown` of the line, as `cleanup_act_log()` of Postfix writes it. */
export const upToClient: ValueAt = (text, from) => {
  ANY_LINE_END.lastIndex = from;
  const lineEnd = ANY_LINE_END.exec(text)?.index ?? text.length;
  const line = text.slice(from, lineEnd);
  // what was looked at for `]`, the first one in it, and whether the client ends there: asked once each
  let seen = text.length;
  let close = -1;
  let isClient = false;
  for (let back = line.lastIndexOf(FROM); back >= 0; back = back > 0 ? line.lastIndexOf(FROM, back - 1) : -1) {
    const at = from + back;
    const name = at + FROM.length;
    if (endOf(NO_CLIENT, text, name) !== undefined) return { from, to: at, end: at };
    const open = endOf(CLIENT_NAME, text, name);
    if (open === undefined) continue;
    const next = text.slice(open, seen).indexOf(']');
    if (next >= 0) {
      close = open + next;
      isClient = endOf(PROTOCOL, text, close + 1) !== undefined;
    }
    seen = open;
    if (isClient) return { from, to: at, end: at };
  }
  return lineEnd;
};

const ANY_LINE_END = /[\n\r\u2028\u2029]/g;

const NAME = /"?[^<>"@]*/y;

/** `"Bob Smith" <bob@example.com>`, with all that stands before the brackets. */
export const nameAndBrackets: ValueAt = (text, from) => {
  const end = endOf(NAME, text, from) ?? from;
  const open =
    text.charAt(end) === '"' && text.startsWith(' <', end + 1)
      ? end + 2
      : text.charAt(end) === '<' && end > from && text.charAt(end - 1) === ' '
        ? end
        : undefined;
  if (open === undefined) return end;
  const close = text.indexOf('>', open);
  return close < 0 ? text.length + 1 : { from, to: close + 1, end: close + 1 };
};
