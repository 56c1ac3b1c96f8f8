/** The filter of a block holds all its words and addresses, and is the same of both implementations. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mayHold, needlePlaces, wordPlaces } from '../../src/kernel/index.ts';
import { TwinKernel } from '../../src/kernel/twin.ts';
import { openWasmKernel } from '../../src/kernel/wasm.ts';
import { linesOf, put, someBlock, wordsIn } from './oracle.ts';

const wasm = openWasmKernel();
const twin = new TwinKernel();
const stale = Buffer.from('1stale@stale2');

const someLog = fc.oneof(
  someBlock,
  fc
    .array(
      fc.constantFrom(
        'to=<wim.ulmer98@big.example.net>, ',
        '3F5A24ECE7: ',
        'QUEUED as 4jWmkZ2yfxz2xnY\n',
        'user_a1b2c3+tag@host',
        'a@b',
        '@',
        '\n',
        'x'.repeat(63),
        '1234567',
      ),
      { maxLength: 60 },
    )
    .map((parts) => Buffer.from(parts.join(''), 'latin1')),
);

test('the WASM module notes what the twin notes', () => {
  fc.assert(
    fc.property(someLog, (block) => {
      const end = put(twin, block, Buffer.from('\n'));
      const expected = Buffer.from(twin.noteWords(end));
      if (wasm === undefined) throw new Error('no WASM kernel: run node .scripts/build.mjs');
      const noted = wasm.noteWords(put(wasm, block, Buffer.from('\n')));
      // a word that spans 64 bytes may be noted without a digit: more than the twin's, never less
      expect(expected.findIndex((byte, i) => ((noted[i] as number) & byte) !== byte)).toBe(-1);
    }),
  );
});

test('a word or a piece of a line that stands in the block may be held', () => {
  for (const kernel of [twin, wasm]) {
    if (kernel === undefined) continue;
    fc.assert(
      fc.property(someLog, fc.nat(), fc.nat(), (block, from, length) => {
        const filter = kernel.noteWords(put(kernel, block, stale));
        for (const line of linesOf(block)) {
          for (const word of wordsIn(line)) {
            const places = wordPlaces(word.toUpperCase());
            const isHeld = places && (mayHold(filter, 0, places.alone) || mayHold(filter, 0, places.joined));
            expect(isHeld ?? true, word).toBe(true);
          }
          const start = from % (line.text.length + 1);
          const needle = line.text.slice(start, start + (length % 60));
          expect(mayHold(filter, 0, needlePlaces(needle) ?? []), needle).toBe(true);
        }
      }),
    );
  }
});

test('a word that does not stand in the block is seldom held', () => {
  const ids = Array.from({ length: 2000 }, (_, i) => (0x4a3f1000000 + i * 7919).toString(16).toUpperCase());
  const block = Buffer.from(ids.slice(0, 500).join('\n'));
  const filter = twin.noteWords(put(twin, block, stale));
  const held = ids.slice(500).filter((id) => mayHold(filter, 0, wordPlaces(id)?.alone ?? []));
  expect(held.length).toBeLessThan(10);
  expect(wordPlaces('postfix')).toBeUndefined();
  expect(needlePlaces('a@b')).toBeUndefined();
});
