/**
 * Strings, and the tuple of code and lines in which AsyncOS writes an answer: as Python's repr() does.
 * Shape:  `('550', ['5.1.1 no such user', "5.1.1 it's gone"]) []`; `('000', ['timeout'])` where no server answered.
 */

export interface Answer {
  /** 0 = no server answered */
  code: number;
  text: string;
}

const HEAD = /^\('(\d{3})', \[/;
const STRING = /u?(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")(?:, )?/y;
/** of a long answer */
const MOST_LINES = 100;

/** The answer at the head of the text; undefined where none stands there. */
export function readAnswer(text: string): Answer | undefined {
  const head = HEAD.exec(text);
  if (head === null) return undefined;
  const code = Number(head[1]);
  const lines: string[] = [];
  STRING.lastIndex = head[0].length;
  while (lines.length < MOST_LINES) {
    const found = STRING.exec(text);
    if (found === null) break;
    const line = unescape(found[1] ?? found[2] ?? '').trim();
    if (line !== '') lines.push(line);
  }
  return { code: code >= 200 && code < 600 ? code : 0, text: lines.join(' ') };
}

/** What stands between the quotes of a value that reaches to the end of the line: `'Hello'`, `"it's"`; bare where it has none. */
export function unquoted(text: string): string {
  const quote = text[0];
  if (quote !== "'" && quote !== '"') return text;
  return unescape(text.length > 1 && text.endsWith(quote) ? text.slice(1, -1) : text.slice(1));
}

function unescape(text: string): string {
  return text.includes('\\') ? text.replace(/\\(['"\\])/g, '$1') : text;
}
