/**
 * How fast the kernel is: each call of both implementations over a file, against the same loop of `readSync` with
 * `Buffer.indexOf`. The best of interleaved rounds, reading included.
 *
 *   npm run bench:kernel FILE [ROUNDS]
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { openKernel, wordHash, type Kernel } from '../../src/kernel/index.ts';
import { TwinKernel } from '../../src/kernel/twin.ts';

const [file, rounds = '5'] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: npm run bench:kernel FILE [ROUNDS]');
const CHUNK = 256 * 1024;

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const hashOf = (word: string): number => wordHash(bytes(word), 0, word.length);

/** Reads the file in blocks of whole lines. Returns how many bytes. */
function eachBlock(buffer: Buffer, take: (end: number) => void): number {
  const fd = openSync(file as string, 'r');
  let kept = 0;
  let total = 0;
  for (;;) {
    const count = readSync(fd, buffer, kept, CHUNK, null);
    if (count === 0) break;
    total += count;
    const filled = kept + count;
    const end = buffer.subarray(0, filled).lastIndexOf(10) + 1;
    take(end);
    buffer.copyWithin(0, end, filled);
    kept = filled - end;
  }
  closeSync(fd);
  return total;
}

const opening = performance.now();
const wasm = openKernel();
const opened = performance.now() - opening;
const kernels: readonly (readonly [string, Kernel])[] = [
  ['wasm', wasm],
  ['twin', new TwinKernel()],
];

const ids = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => (0x4a3f1000000 + i * 7919).toString(16).toUpperCase());
const NEEDLES: Readonly<Record<string, readonly string[]>> = {
  'needles 1': ['rare.user@corp.example'],
  'needles 1, an id': ['3AF5A24ECE7'],
  'needles 3': ['rare.user@corp.example', 'nobody@nowhere.example', '198.51.100.77'],
  'needles 5': ['rare.user@corp.example', 'nobody@nowhere.example', '198.51.100.77', 'b@c.example', '=~~'],
  'needles 64': Array.from({ length: 64 }, (_, i) => `rare.user${i}@corp${(i * 31) % 17}.example`),
};
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'words 15': ids(15),
  'words 50,000': ids(50_000),
  'words, 3 lengths': [...ids(15), '4jWmkZ2yfxz2xnY', '1xUhBW-000CXd-DU'],
  'words of 2 to 15 bytes': ids(14).map((id, i) => id.repeat(2).slice(0, i + 2)),
};

const found = new Map<string, number>();
const times = new Map<string, number[]>();
let size = 0;

function time(label: string, kernel: Kernel, take: (end: number) => number): void {
  let count = 0;
  const start = performance.now();
  size = eachBlock(kernel.buffer, (end) => {
    count += take(end);
  });
  times.set(label, [...(times.get(label) ?? []), performance.now() - start]);
  found.set(label, count);
}

for (let round = 0; round < Number(rounds); round++) {
  time('readSync alone', wasm, () => 0);
  const needle = bytes('rare.user@corp.example');
  time('readSync, Buffer.indexOf', wasm, (end) => {
    let count = 0;
    for (let at = wasm.buffer.indexOf(needle); at >= 0 && at < end; at = wasm.buffer.indexOf(needle, at + 1))
      count += 1;
    return count;
  });
  for (const [name, kernel] of kernels) {
    for (const [label, needles] of Object.entries(NEEDLES)) {
      kernel.setNeedles(needles.map((text) => bytes(text)));
      time(`${name} ${label}`, kernel, (end) => kernel.findNeedles(end).count);
    }
    for (const [label, words] of Object.entries(WORDS)) {
      kernel.setWords(words.map((word) => hashOf(word)));
      time(`${name} ${label}`, kernel, (end) => kernel.findWords(end).count);
    }
    kernel.setWords([]);
    time(`${name} lines`, kernel, (end) => kernel.findWords(end).lines);
    time(`${name} heads`, kernel, (end) => {
      kernel.noteHeads(end);
      return 0;
    });
    time(`${name} filter`, kernel, (end) => {
      kernel.noteWords(end);
      return 0;
    });
  }
}

console.log(`opening the kernel: ${opened.toFixed(2)} ms; ${file}: ${(size / 1e6).toFixed(0)} MB`);
for (const [label, ms] of times) {
  const best = Math.min(...ms);
  console.log(`${label.padEnd(32)} ${(size / 1000 / best).toFixed(0).padStart(6)} MB/s  ${found.get(label)}`);
}
