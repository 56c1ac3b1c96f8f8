/**
 * Which lines that name a recipient may say that mail of some senders was refused for now: they name one of the senders, or
 * they name a temporary failure. Others of busy recipients need not be parsed.
 * Source: what a refusal shows that has no sender in its line: Sendmail `arg1=<to>, … reject=450 4.7.1 …` (sendmail/srvrsmtp.c).
 */
import type { LinkWanted } from './wants.ts';

/** Written of refusals for now; the outcome `greylisted` or `tempfailed`, or a code 4xx, stands for one of these. */
const FOR_NOW = /[^0-9a-z.]4\d\d["' -]|\b4\.\d\.\d|temp|gr[ae]y|denysoft|ing control|ion control/;
/** How a line names nobody as the sender. */
const NOBODY = /<>|=,|""/;
/** What addresses are made of that are looked for (`isSafe`), with an @. */
const ADDRESS = /[a-z0-9!#$%&*+/=?^_{|}~.:-]+@[a-z0-9!#$%&*+/=?^_{|}~.@:-]+/g;

export class LinkLines {
  readonly needles: readonly string[];
  readonly #senders: ReadonlySet<string>;

  constructor(links: readonly LinkWanted[]) {
    this.needles = [...new Set(links.map(({ address }) => address))];
    this.#senders = new Set(links.flatMap(({ senders }) => senders));
  }

  has(text: string): boolean {
    const line = text.toLowerCase();
    if (FOR_NOW.test(line) || (this.#senders.has('') && NOBODY.test(line))) return true;
    for (const [found] of line.matchAll(ADDRESS)) {
      // `sender=a@b` is one run: what stands behind each `=` and `:` of it too
      for (let from = 0; ;) {
        if (this.#has(found.slice(from))) return true;
        const next = found.slice(from).search(/[=:]/);
        if (next < 0) break;
        from += next + 1;
      }
    }
    return false;
  }

  /** A sender, with what is written behind it (`a@b.example.`). */
  #has(found: string): boolean {
    return this.#senders.has(found) || this.#senders.has(found.replace(/[.:]+$/, ''));
  }
}
