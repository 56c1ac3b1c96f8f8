/** However the bytes arrive, the messages are the same. */
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { RECORDED } from '../../helpers/fixtures.ts';
import { expectSame, recording, RECORDINGS, runs, trace, dice, central } from './harness.ts';

describe.each(Object.keys(RECORDINGS))('%s', (name) => {
  it('in blocks of any size gives the same messages', async () => {
    const logs = recording(name);
    const whole = await trace(logs);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 300, max: 70_000 })),
        async (blockSize) => expectSame(await trace(logs, { block: { blockSize } }), whole),
      ),
      runs(4),
    );
  });
});

it('through a pipe, in pieces of any length, gives the same messages as the file', async () => {
  const log = central();
  const whole = await trace({ 'mail.log': log });
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 40_000 }), async (seed, most) => {
      const random = dice(seed);
      const pieces: Buffer[] = [];
      for (let at = 0; at < log.length;) {
        const end = at + 1 + Math.floor(random() * most);
        pieces.push(log.subarray(at, end));
        at = end;
      }
      const piped = await trace({}, { paths: ['-'], stdin: Readable.from(pieces), written: RECORDED });
      expectSame(piped, whole);
    }),
    runs(4),
  );
});

it('packed gives the same messages as plain, in blocks of any size', async () => {
  const log = central();
  const whole = await trace({ 'mail.log': log });
  const packed = { 'mail.log.1.gz': gzipSync(log) };
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 70_000 }), async (blockSize) =>
      expectSame(await trace(packed, { block: { blockSize } }), whole),
    ),
    runs(3),
  );
});
