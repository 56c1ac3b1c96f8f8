/** One case of a target: made, checked, and made small where it breaks. */
import { countLines } from './blocks.ts';
import { splitLines } from './corpus.ts';
import { caseSeed, Random } from './random.ts';
import type { Target } from './target.ts';

export interface Find {
  target: string;
  seed: number;
  index: number;
  error: string;
  input: Buffer;
}

export interface CaseResult {
  lines: number;
  find?: Find;
}

/** What a check draws must not hang on what the making drew: a kept input is checked alone. */
const CHECK = 0x5bd1e995;

const wordsOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** What breaks with this input; undefined where nothing does. */
export async function faultOf(target: Target, input: Buffer, seed: number): Promise<string | undefined> {
  try {
    await target.check(input, new Random(seed ^ CHECK));
    return undefined;
  } catch (error) {
    return wordsOf(error);
  }
}

function inputOf(target: Target, seed: number, index: number): Buffer {
  return target.make(new Random(caseSeed(seed, target.name, index)));
}

/** Runs a case; `onInput` sees its input first, for who watches that it ends. */
export async function runCase(
  target: Target,
  seed: number,
  index: number,
  onInput?: (input: Buffer) => void,
): Promise<CaseResult> {
  const input = inputOf(target, seed, index);
  onInput?.(input);
  const drawn = caseSeed(seed, target.name, index);
  const error = await faultOf(target, input, drawn);
  const lines = countLines(input);
  if (error === undefined) return { lines };
  const small = await smaller(target, input, drawn);
  const said = (await faultOf(target, small, drawn)) ?? error;
  return { lines, find: { target: target.name, seed, index, error: said, input: small } };
}

/** The same fault with fewer lines: halves, quarters … are left out as long as it breaks. */
async function smaller(target: Target, input: Buffer, seed: number): Promise<Buffer> {
  let lines = splitLines(input);
  const join = (some: readonly Buffer[]): Buffer => Buffer.concat(some.flatMap((line) => [line, Buffer.from('\n')]));
  if ((await faultOf(target, join(lines), seed)) === undefined) return input;
  const until = Date.now() + 20_000;
  for (let size = Math.ceil(lines.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < lines.length;) {
      const fewer = lines.toSpliced(at, size);
      if (Date.now() < until && fewer.length < lines.length && (await faultOf(target, join(fewer), seed)) !== undefined)
        lines = fewer;
      else at += size;
    }
  }
  return join(lines);
}
