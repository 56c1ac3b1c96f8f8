/** Blocks of lines: some that follow each other in a fixture, many of them mutated, some of other files between them. */
import { corpus, type Family } from './corpus.ts';
import { type Donors, mutated } from './mutate.ts';
import type { Random } from './random.ts';

const LF = Buffer.from('\n');

const families = new Map<string, readonly Family[]>();

/** Logs and shapes; with `only`, those whose name fits. */
export function familiesOf(only?: RegExp): readonly Family[] {
  const key = only?.source ?? '';
  let found = families.get(key);
  if (found === undefined) {
    const { logs, shapes } = corpus();
    found = [...logs, ...shapes].filter(({ name }) => only === undefined || only.test(name));
    families.set(key, found);
  }
  return found;
}

export function donorsOf(only?: RegExp): Donors {
  const all = familiesOf(only);
  return { line: (random) => random.of(random.of(all).lines), markers: corpus().markers };
}

export interface BlockOptions {
  readonly only?: RegExp;
  /** at most */
  readonly lines?: number;
  /** share of lines that are mutated */
  readonly share?: number;
}

/** A block of whole lines. */
export function someBlock(random: Random, { only, lines: most = 200, share = 0.8 }: BlockOptions = {}): Buffer {
  const family = random.of(familiesOf(only));
  const donors = donorsOf(only);
  const { lines } = family;
  const count = Math.min(random.few(most), lines.length * 3);
  let at = random.below(lines.length);
  const out: Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const line = random.is(0.05) ? donors.line(random) : (lines[at++ % lines.length] as Buffer);
    out.push(random.is(share) ? mutated(line, random, donors) : line, LF);
    if (random.is(0.03)) at += random.few(5);
    if (random.is(0.03)) out.push(line, LF);
  }
  if (random.is(0.1)) out.pop();
  return Buffer.concat(out);
}

/** How many lines of a block there are, the last without its LF too. */
export function countLines(block: Buffer): number {
  let count = 0;
  for (let at = block.indexOf(10); at >= 0; at = block.indexOf(10, at + 1)) count++;
  return block.length > 0 && block.at(-1) !== 10 ? count + 1 : count;
}
