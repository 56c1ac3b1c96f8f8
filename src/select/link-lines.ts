/**
 * Which lines that name a recipient may say that mail of some senders was refused for now: they name one of the senders, or
 * they name a temporary failure and nobody as the sender. Others of busy recipients need not be parsed.
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
  readonly #byAddress = new Map<string, Set<string>>();
  readonly #all: ReadonlySet<string>;

  constructor(links: readonly LinkWanted[]) {
    for (const { address, senders } of links) {
      const all = this.#byAddress.get(address) ?? new Set();
      for (const sender of senders) all.add(sender);
      this.#byAddress.set(address, all);
    }
    this.needles = [...this.#byAddress.keys()];
    this.#all = new Set(links.flatMap(({ senders }) => senders));
  }

  /** Of a line with one of the needles. */
  has(text: string): boolean {
    const line = text.toLowerCase();
    if (!namesSender(line) && (FOR_NOW.test(line) || FOR_NOW_WORDS.some((word) => line.includes(word)))) return true;
    const named = new Set<string>();
    for (let at = line.indexOf('@'); at >= 0; at = line.indexOf('@', at + 1)) addNames(line, at, named);
    const addressed = [...named].flatMap((name) => this.#byAddress.get(name) ?? []);
    // a needle within a longer name: whose it is nobody knows
    const senders = addressed.length === 0 ? [this.#all] : addressed;
    const isOfNobody = NOBODY.test(line);
    return senders.some((own) => (isOfNobody && own.has('')) || [...named].some((name) => own.has(name)));
  }
}

/** Lines with an address are of use that may name it as the sender: not as a recipient alone. */
export class WriterLines {
  readonly needles: readonly string[];
  readonly #writers: ReadonlySet<string>;

  constructor(writers: readonly string[]) {
    this.needles = writers;
    this.#writers = new Set(writers);
  }

  /** Of a line with one of the needles. */
  has(text: string): boolean {
    const line = text.toLowerCase();
    const named = new Set<string>();
    let isElsewhere = false;
    for (let at = line.indexOf('@'); at >= 0; at = line.indexOf('@', at + 1)) {
      named.clear();
      addNames(line, at, named);
      if ([...named].some((name) => this.#writers.has(name))) {
        isElsewhere = true;
        if (!isTo(line, at)) return true;
      }
    }
    // a needle within a longer name: whose it is nobody knows
    return !isElsewhere;
  }
}

/** Whether what is around this @ stands in `to=<…>`. */
function isTo(line: string, at: number): boolean {
  const from = line.lastIndexOf('<', at);
  return from >= 3 && line.startsWith('to=', from - 3) && line.indexOf('>', from) > at;
}

/** Whether a refusal tells whose mail it was: `from=<a@b> to=<…`, as Postfix does (smtpd_check.c log_whatsup()). */
function namesSender(line: string): boolean {
  const from = line.indexOf(' from=<');
  const end = from < 0 ? -1 : line.indexOf('>', from);
  const at = line.lastIndexOf('@', end);
  return end >= 0 && (end === from + ' from=<'.length || at > from);
}

/** What may be an address around this @. */
function addNames(line: string, at: number, named: Set<string>): void {
  let end = at + 1;
  while (kindAt(line, end) === 1) end++;
  // `a@b.example.`: what ends a sentence is not the address's
  const last = line.charCodeAt(end - 1) === DOT ? end - 1 : end;
  for (let from = at; kindAt(line, from - 1) > 0; from--) {
    // `sender=a@b` is one run: what stands behind each `=` and `:` of it too
    if (kindAt(line, from - 2) === 1) continue;
    named.add(line.slice(from - 1, end));
    named.add(line.slice(from - 1, last));
  }
}

const DOT = 0x2e;

function kindAt(line: string, at: number): number {
  const code = at < 0 ? 128 : line.charCodeAt(at);
  return code < 128 ? (KINDS[code] as number) : 0;
}
