/** What the fuzzer can be pointed at. */
import type { Random } from './random.ts';

export interface Target {
  readonly name: string;
  /** what is tried, and what must hold */
  readonly title: string;
  /** cases of the short run of the tests; 60 where left out */
  readonly cases?: number;
  /** the input of a case; any bytes */
  make(random: Random): Buffer;
  /** Throws where something that must hold does not. What it draws beside the input comes from `random` alone. */
  check(input: Buffer, random: Random): void | Promise<void>;
}

/** Something that must hold does not. */
export class Broken extends Error {
  override name = 'Broken';
}

/** Fails where two are not the same text. */
export function mustEqual(what: string, a: unknown, b: unknown): void {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  if (left === right) return;
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  const from = Math.max(0, at - 80);
  throw new Broken(`${what}: …${left.slice(from, at + 120)}… | …${right.slice(from, at + 120)}…`);
}

export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Broken(what);
}
