/**
 * Whatever stands in a log: framing never throws, keeps to the line, and does not depend on where the line lies.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assumptionSentences } from '../../src/framing/assumptions.ts';
import { frameLine, frameLines, frameOne, makeFramer } from './helper.ts';

const SEEDS = [
  'Nov 21 09:15:02 mx1 postfix/smtpd[812]: connect from a[192.0.2.7]',
  '<22>1 2026-11-21T09:15:02.418Z mx1 postfix/smtpd 812 - [a b="c"] x',
  '2026-11-21T09:15:02.418233+01:00 mx1 exim[812]: [1\\18] 2026-11-21 09:15:02 [5443] 1xUtki-0001Pn-2y H=x #012y',
  '2026-11-21 09:15:02.418 +0100 [812] 1xUhBW-00000000CXd-1knh <= a@b',
  '{"MESSAGE":[72,105],"SYSLOG_IDENTIFIER":"postfix/smtpd","_PID":"1","__REALTIME_TIMESTAMP":"1795252502418233","_HOSTNAME":"x"}',
  '{"log":"Nov 21 09:15:02 mx1 a[1]: \\u00e9\\n","stream":"stdout","time":"2026-11-21T08:15:02.418233101Z"}',
  'mail-1  | 2026-11-21T09:15:02Z stdout P 2013 Jun 10 06:27:30.123 mx1 a[1]: message repeated 2 times: [ x]',
  'Feb 29 09:15:02 mx1 last message repeated 2 times',
  'Nov 21 09:15:02 mx1 postfix/smtpd[1]: 4jWmkZ2yfxz2xnY: client=a[192.0.2.7]',
].map((text) => Buffer.from(text));

/** Lines near the known shapes: a seed with some bytes changed, put in, cut. */
const damaged = fc
  .tuple(
    fc.constantFrom(...SEEDS),
    fc.array(fc.tuple(fc.nat(400), fc.constantFrom('set', 'cut', 'put'), fc.uint8Array({ maxLength: 8 })), {
      maxLength: 4,
    }),
  )
  .map(([seed, changes]) => {
    let bytes = Buffer.from(seed);
    for (const [place, how, patch] of changes) {
      const at = place % (bytes.length + 1);
      const skip = how === 'put' ? 0 : how === 'cut' ? patch.length * 3 : patch.length;
      bytes = Buffer.concat([
        bytes.subarray(0, at),
        how === 'cut' ? Buffer.alloc(0) : patch,
        bytes.subarray(at + skip),
      ]);
    }
    return bytes;
  });

const anyLine = fc.oneof(
  damaged,
  fc.uint8Array({ maxLength: 120 }).map((bytes) => Buffer.from(bytes)),
);

it('any bytes give a line, and never throw', () => {
  fc.assert(
    fc.property(
      fc.array(anyLine, { maxLength: 8 }),
      fc.constantFrom('UTC', 'America/St_Johns', '+05:45'),
      (lines, zone) => {
        const framer = makeFramer({ zone });
        for (const line of lines) {
          const framed = frameOne(framer, line, 0, line.length);
          expect(['line', 'hold', 'skip']).toContain(framed.result);
          if (framed.framing !== 'none' && framed.framing !== 'rfc5424' && framed.framing !== 'journald')
            expect(framed.at).not.toBe('');
          expect(framed.host).not.toBe('');
        }
        expect(Array.isArray(assumptionSentences([framer.assumed]))).toBe(true);
      },
    ),
  );
});

it('a line reads the same wherever it lies', () => {
  const around = fc.uint8Array({ maxLength: 40 });
  fc.assert(
    fc.property(anyLine, around, around, fc.boolean(), (line, before, after, isStable) => {
      fc.pre(!line.includes(10));
      const block = Buffer.concat([before, line, after]);
      const framer = makeFramer();
      if (isStable) framer.startBlock(block);
      expect(frameOne(framer, block, before.length, before.length + line.length)).toEqual(frameLine(line));
    }),
  );
});

it('lines read the same in one block and each in its own', () => {
  fc.assert(
    fc.property(fc.array(damaged, { maxLength: 12 }), (lines) => {
      fc.pre(lines.every((line) => line.length > 0 && !line.includes(10)));
      const whole = frameLines(Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
      const framer = makeFramer();
      expect(lines.map((line) => frameOne(framer, line, 0, line.length))).toEqual(whole);
    }),
  );
});
