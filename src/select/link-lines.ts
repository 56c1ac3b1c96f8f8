/**
 * Which lines that name a recipient may say that mail of some senders was refused for now: they name one of the senders, or
 * they name a temporary failure. Others of busy recipients need not be parsed.
 * Source: what a refusal shows that has no sender in its line: Sendmail `arg1=<to>, … reject=450 4.7.1 …` (sendmail/srvrsmtp.c).
 */
import type { LinkWanted } from './wants.ts';

/** Written of refusals for now; the outcome `greylisted` or `tempfailed`, or a code 4xx, stands for one of these. */
const FOR_NOW = /4\d\d["' -]|4\.\d\.\d/;
const FOR_NOW_WORDS = ['temp', 'grey', 'gray', 'denysoft', 'ing control', 'ion control'];
/** How a line names nobody as the sender. */
const NOBODY = /<>|=,|""/;

/** 1: may stand in an address that is looked for (`isSafe`); 2: stands before one, too, or behind it. */
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCodePoint(code);
  if (letter === '=' || letter === ':') return 2;
  return /[a-z0-9!#$%&*+/?^_{|}~.-]/.test(letter) ? 1 : 0;
});

export class LinkLines {
  readonly needles: readonly string[];
  readonly #senders: ReadonlySet<string>;

  constructor(links: readonly LinkWanted[]) {
    this.needles = [...new Set(links.map(({ address }) => address))];
    this.#senders = new Set(links.flatMap(({ senders }) => senders));
  }

  has(text: string): boolean {
    const line = text.toLowerCase();
    for (let at = line.indexOf('@'); at >= 0; at = line.indexOf('@', at + 1)) if (this.#isAt(line, at)) return true;
    if (this.#senders.has('') && NOBODY.test(line)) return true;
    return FOR_NOW.test(line) || FOR_NOW_WORDS.some((word) => line.includes(word));
  }

  /** Whether a sender is written around this @. */
  #isAt(line: string, at: number): boolean {
    let end = at + 1;
    while (kindAt(line, end) === 1) end++;
    // `a@b.example.`: what ends a sentence is not the address's
    const last = line.charCodeAt(end - 1) === DOT ? end - 1 : end;
    for (let from = at; kindAt(line, from - 1) > 0; from--) {
      const isBegun = kindAt(line, from - 2) !== 1;
      // `sender=a@b` is one run: what stands behind each `=` and `:` of it too
      if (isBegun && (this.#senders.has(line.slice(from - 1, end)) || this.#senders.has(line.slice(from - 1, last))))
        return true;
    }
    return false;
  }
}

const DOT = 0x2e;

function kindAt(line: string, at: number): number {
  const code = at < 0 ? 128 : line.charCodeAt(at);
  return code < 128 ? (KINDS[code] as number) : 0;
}
