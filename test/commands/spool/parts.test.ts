/** The parts of the spool: pieces gathered from a file, the order of what came nearly sorted, raw lines as bytes. */
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readChain, writeChain } from '../../../src/commands/spool/chain-bytes.ts';
import { HashSet } from '../../../src/commands/spool/columns.ts';
import { Late } from '../../../src/commands/spool/late.ts';
import { firstOf, sortedOrder } from '../../../src/commands/spool/order.ts';
import { ByteStore } from '../../../src/commands/spool/store.ts';
import { hashText } from '../../../src/model/hash.ts';
import type { ChainLine } from '../../../src/model/message.ts';
import { ByteReader, ByteWriter } from '../../../src/util/byte-writer.ts';
import { Gatherer } from '../../../src/util/gather.ts';

test('pieces come to their places, in whatever order they are wanted; those behind the end are missing', () => {
  const file = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 31 + (i >> 8)) & 255));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(210_000), fc.nat(3000)), { maxLength: 200 }), (pieces) => {
      const gatherer = new Gatherer((from, length, into) =>
        file.copy(into, 0, from, Math.min(file.length, from + length)),
      );
      const out = Buffer.alloc(pieces.reduce((sum, [, length]) => sum + length, 0));
      let at = 0;
      const targets = pieces.map(([offset, length]) => {
        gatherer.want(offset, length, at);
        at += length;
        return at - length;
      });
      const missing = new Set<number>();
      gatherer.fetch(out, (target) => missing.add(target));
      for (const [i, [offset, length]] of pieces.entries()) {
        const target = targets[i] as number;
        if (offset + length <= file.length)
          expect(out.subarray(target, target + length).equals(file.subarray(offset, offset + length))).toBe(true);
        else if (length > 0) expect(missing.has(target)).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});

describe('the order', () => {
  const numbers = fc.array(fc.nat(50), { maxLength: 300 });
  const before =
    (values: readonly number[]) =>
    (a: number, b: number): number =>
      (values[a] as number) - (values[b] as number) || a - b;
  const expected = (values: readonly number[]): number[] => values.map((_, i) => i).toSorted(before(values));

  test('is that of a sort', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, async (values) => {
        const order = await sortedOrder(values.length, before(values), async () => false);
        expect([...(order ?? [])]).toEqual(expected(values));
        expect(firstOf(values.length, 20, before(values))).toEqual(expected(values).slice(0, 20));
      }),
    );
  });

  test('stops within a few thousand when told to', async () => {
    const values = Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 100_003);
    let asked = 0;
    expect(await sortedOrder(values.length, before(values), async () => ++asked > 3)).toBeUndefined();
    expect(asked).toBe(4);
  });
});

test('raw lines read back', () => {
  const line = fc.record(
    {
      source: fc.nat(5),
      line: fc.integer({ min: 1, max: 2 ** 40 }),
      offset: fc.integer({ min: 0, max: 2 ** 50 }),
      length: fc.nat(5000),
      at: fc.constant(0),
      order: fc.constant(0),
      host: fc.constantFrom('mx1', 'mx2', 'bücher'),
      bytes: fc.uint8Array({ maxLength: 40 }),
    },
    { requiredKeys: ['source', 'line', 'offset', 'length', 'at', 'order'] },
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      const out = new ByteWriter();
      out.ascii('before');
      writeChain(lines, out);
      const found = readChain(out.view(), 6);
      const plain = (list: readonly Partial<ChainLine>[]): unknown[] =>
        list.map(({ source, line: number, offset, length, host, bytes }) => [
          source,
          number,
          offset,
          bytes === undefined ? length : Buffer.from(bytes).toString('hex'),
          host,
        ]);
      expect(plain(found)).toEqual(plain(lines as ChainLine[]));
    }),
  );
});

test('numbers read back', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeInteger()), (values) => {
      const out = new ByteWriter();
      for (const value of values) out.step(Math.trunc(value / 2));
      const reader = new ByteReader(out.view());
      expect(values.map(() => reader.step())).toEqual(values.map((value) => Math.trunc(value / 2) + 0));
    }),
  );
});

test('what is stored reads back across pages, in memory and in the file', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 60 }),
      fc.integer({ min: 16, max: 300 }),
      (pieces, memory) => {
        const store = new ByteStore({ memory, mostMemory: memory, folders: [tmpdir()] });
        try {
          const starts = pieces.map((piece) => {
            const at = store.size;
            expect(store.append(piece)).toBe(true);
            return at;
          });
          for (const [i, piece] of pieces.entries()) {
            const into = Buffer.alloc(piece.length);
            expect(store.read(starts[i] as number, piece.length, into)).toBe(piece.length);
            expect(into.equals(piece)).toBe(true);
          }
        } finally {
          store.close();
        }
      },
    ),
    { numRuns: 50 },
  );
});

test('hashes are known once they were added', () => {
  const set = new HashSet();
  const hash = (i: number): number => hashText(`id-${i}`) >>> 0;
  for (let i = 0; i < 5000; i++) set.add(hash(i));
  set.add(0);
  expect(Array.from({ length: 5000 }, (_, i) => set.has(hash(i))).every(Boolean)).toBe(true);
  // two hashes of 32 bits may be equal
  expect(Array.from({ length: 5000 }, (_, i) => set.has(hash(i + 5000))).filter(Boolean).length).toBeLessThan(10);
  expect(set.has(0)).toBe(true);
});

test('what comes later is added once, to the message that it is told of', () => {
  const late = new Late();
  for (const id of ['a', 'b']) late.expect(hashText(id) >>> 0);
  late.link('a', { type: 'bounced-by', id: 'ü' });
  late.link('a', { type: 'bounced-by', id: 'ü' });
  late.note('a', { type: 'ambiguous-retry', text: 'two' });
  late.link('c', { type: 'bounced-by', id: 'x' });
  const message = { links: [], notes: [] };
  expect(late.addTo('a', message)).toBe(true);
  expect(message).toEqual({
    links: [{ type: 'bounced-by', id: 'ü' }],
    notes: [{ type: 'ambiguous-retry', text: 'two' }],
  });
  expect(late.has(hashText('b') >>> 0)).toBe(false);
  expect(late.addTo('c', { links: [], notes: [] })).toBe(false);
});
