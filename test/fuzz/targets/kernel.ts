/** The kernel in WASM against its twin in TypeScript: bytes, words, heads, marks and usual lines of the same blocks. */
import { openWasmKernel } from '../../../src/kernel/wasm.ts';
import { TwinKernel } from '../../../src/kernel/twin.ts';
import { wordHash, type FoundLines, type Kernel } from '../../../src/kernel/index.ts';
import { corpus, splitLines } from '../corpus.ts';
import { someBlock } from '../blocks.ts';
import type { Random } from '../random.ts';
import { must, mustEqual, type Target } from '../target.ts';

const WORD = /[0-9A-Za-z-]+/g;

function answerOf({ count, lines, starts, ends, indexes }: FoundLines): unknown {
  return [lines, [...starts.subarray(0, count)], [...ends.subarray(0, count)], [...indexes.subarray(0, count)]];
}

/** Words and pieces of the block, in other cases, with a byte too few. */
function someNeedles(block: Buffer, random: Random): Buffer[] {
  return Array.from({ length: random.few(8) }, () => {
    if (random.is(0.2)) return Buffer.from(random.of(corpus().markers));
    const at = random.below(block.length);
    const piece = Buffer.from(block.subarray(at, at + random.few(40)));
    return random.is(0.2) ? Buffer.from(piece.toString('latin1').toUpperCase(), 'latin1') : piece;
  }).filter((needle) => needle.length > 0);
}

const folded = (bytes: Uint8Array): string =>
  Buffer.from(bytes.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte))).toString('latin1');

/** The lines that hold any of the needles, by a plain look. */
function inLines(block: Buffer, needles: readonly Buffer[]): unknown {
  const wanted = needles.map(folded);
  const lines = splitLines(block);
  const found = lines.flatMap((line, index) => {
    const text = folded(line);
    const start = line.byteOffset - block.byteOffset;
    return wanted.some((needle) => text.includes(needle)) ? [{ start, end: start + line.length, index }] : [];
  });
  return [lines.length, found.map(({ start }) => start), found.map(({ end }) => end), found.map(({ index }) => index)];
}

interface Answers {
  isSet: boolean;
  found: unknown;
  byWord: unknown;
  heads: boolean[];
  marks: number[];
}

interface Asked {
  needles: Buffer[];
  words: string[];
  host: Buffer;
  isBare: boolean;
}

function askAll(kernel: Kernel, block: Buffer, { needles, words, host, isBare }: Asked): Answers {
  block.copy(kernel.buffer);
  kernel.buffer.fill('status=sent ', block.length, Math.min(kernel.buffer.length, block.length + 300), 'latin1');
  const end = block.length;
  const isSet = kernel.setNeedles(needles);
  const found = answerOf(kernel.findNeedles(end));
  kernel.setWords(words.map((word) => wordHash(Buffer.from(word, 'latin1'), 0, word.length)));
  const byWord = answerOf(kernel.findWords(end));
  kernel.noteHeads(end);
  const heads = words.map((word) => kernel.mayHead(Buffer.from(word, 'latin1')));
  const marks = [...new Set(kernel.noteWords(end) ?? [])].toSorted((a, b) => a - b);
  kernel.clearUsual();
  kernel.setUsual({ date: block.subarray(0, 7), stamp: block.subarray(7, 15), fraction: 0, isOrdered: true, isBare });
  kernel.addUsualHost(host);
  const passed = kernel.passUsual(0, end);
  must(passed >= 0 && passed <= end, `passUsual ${passed} of ${end}`);
  must(passed === 0 || passed === end || block[passed - 1] === 10, 'passUsual ends within a line');
  return { isSet, found, byWord, heads, marks };
}

let wasm: Kernel | undefined;
const twin = new TwinKernel();
/** To forget the heads is 16 MB of zeros, a third of a case's time: so many cases share them. */
const CASES_A_SET = 64;
let sinceForgotten = CASES_A_SET;

export const kernel: Target = {
  name: 'kernel',
  title: 'the WASM kernel and its twin give the same answers',
  make: (random) => someBlock(random, { lines: 120 }),
  check(block, random) {
    wasm ??= openWasmKernel();
    if (wasm === undefined) return;
    if (block.length + 512 > wasm.buffer.length) return;
    const words = [...block.toString('latin1').matchAll(WORD)].map(([word]) => word);
    const asked = {
      needles: someNeedles(block, random),
      words: words.filter(() => random.is(0.05)).slice(0, 50),
      host: block.subarray(15, 20),
      isBare: random.is(0.2),
    };
    if (++sinceForgotten >= CASES_A_SET) {
      wasm.heads.fill(0);
      twin.heads.fill(0);
      sinceForgotten = 0;
    }
    const [a, b] = [askAll(wasm, block, asked), askAll(twin, block, asked)];
    // a word that spans 64 bytes may be noted without a digit: more than the twin's, never less
    const noted = new Set(a.marks);
    must(
      b.marks.every((mark) => noted.has(mark)),
      'WASM lacks a mark of the twin',
    );
    mustEqual('WASM and twin', { ...a, marks: [] }, { ...b, marks: [] });
    if (random.is(0.3)) mustEqual('the kernel and what is there', a.found, inLines(block, asked.needles));
  },
};
