/** However the bytes arrive, the messages are the same. */
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RECORDED } from '../../helpers/fixtures.ts';
import { expectSame, recording, RECORDINGS, runs, textOf, trace, dice, central } from './harness.ts';

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

it('what loggers escaped is undone in every block, whatever the lines before were', async () => {
  const at = (second: number, text: string): string => `Nov 21 22:00:0${second} mx1 postfix/${text}`;
  const log = textOf([
    at(0, 'smtpd[9]: connect from c.example[192.0.2.9]'),
    at(0, `smtpd[9]: warning: ${'x'.repeat(5000)}`),
    ...Array.from({ length: 300 }, () => at(0, 'smtpd[9]: connect from c.example[192.0.2.9]')),
    at(1, 'smtpd[9]: A100000001: client=c.example[192.0.2.9]'),
    at(1, 'cleanup[8]: A100000001: message-id=<m@c.example>'),
    at(2, 'qmgr[7]: A100000001: from=<ann@c.example>, size=500, nrcpt=1 (queue active)'),
    at(
      3,
      'smtp[6]: A100000001: to=<bob@d.example>, relay=mx.d.example[198.51.100.1]:25, delay=1, delays=1/0/0/0, dsn=5.0.0, status=bounced (host mx.d.example[198.51.100.1] said: 550 no#011such user (in reply to RCPT TO command))',
    ),
    at(3, 'qmgr[7]: A100000001: removed'),
  ]);
  const { messages } = await trace({ 'mail.log': log }, { block: { blockSize: 100 } });
  expect(messages[0]?.recipients[0]?.reply).toContain('550 no\tsuch user');
});
