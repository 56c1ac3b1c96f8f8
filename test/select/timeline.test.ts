/** What a file's lines decide is the same, whether the kernel passes lines that are like the one before or not. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Kernel } from '../../src/kernel/index.ts';
import { TwinKernel } from '../../src/kernel/twin.ts';
import { openWasmKernel } from '../../src/kernel/wasm.ts';
import { Timeline } from '../../src/select/timeline.ts';
import { answerOf, type Answer } from '../kernel/oracle.ts';

const looker = {
  frame: (_bytes: Buffer, _start: number, _end: number, frame: { at: number }) => {
    frame.at = Number.NaN;
    return 'line';
  },
};

const two = (n: number): string => String(n).padStart(2, '0');

const someStamp = fc.oneof(
  fc
    .tuple(fc.constantFrom('Nov 21 ', 'Nov 22 ', 'Dec  1 '), fc.nat(25), fc.nat(60), fc.nat(61))
    .map(([date, h, m, s]) => `${date}${two(h)}:${two(m)}:${two(s)}`),
  fc
    .tuple(
      fc.constantFrom('2026-11-21T', '2026-11-21 ', '2026-11-22T'),
      fc.nat(24),
      fc.constantFrom('', '.5', '.25', '.123456', '.12345x', '.'),
      fc.constantFrom('Z', '+01:00', '', '-0500'),
    )
    .map(([date, h, fraction, zone]) => `${date}${two(h)}:30:00${fraction}${zone}`),
);
const someLine = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: someStamp },
      { weight: 1, arbitrary: fc.constantFrom('', '\tgoes on', 'Nov 21 1', 'x'.repeat(90)) },
    ),
    fc.constantFrom(
      ' mx1 ',
      ' mx2 ',
      ' mx12 ',
      '  ',
      ' ',
      '',
      ' a-host-with-a-very-long-name-of-more-than-sixty-four-bytes-in-all.example ',
    ),
    fc.constantFrom('', 'postfix/smtpd[12]: connect', 'ü', 'a\r'),
    fc.integer({ min: 1, max: 4 }),
  )
  .map(([stamp, host, rest, times]) => `${stamp}${host}${rest}\n`.repeat(times));

/** All that it says of this log, in blocks of so many lines. */
function said(kernel: Kernel, log: readonly string[], ordered: boolean): unknown {
  const timeline = new Timeline(looker, ordered, kernel);
  const foreign: number[] = [];
  // lines are not looked for once more where the timeline saw them
  const found: Answer[] = [];
  kernel.setNeedles(['connect', '\t', 'xx', 'mx2'].map((text) => Buffer.from(text)));
  let base = 0;
  let line = 1;
  for (const text of log) {
    const end = kernel.buffer.write(text, 'latin1');
    const isWalked = timeline.see({ base, end, line }, (start, stop, number) => foreign.push(start, stop, number));
    expect(isWalked).toBe(true);
    found.push(answerOf(kernel.findNeedles(end, isWalked)));
    base += end;
    line += text.split('\n').length - 1;
  }
  timeline.close();
  const { count, offsets, lengths, lines, silent } = timeline.unstamped.done(0, 0);
  return {
    anchors: [...timeline.anchors.values()].toSorted((a, b) => a.offset - b.offset),
    unstamped: { count, offsets, lengths, lines, silent },
    hosts: [...timeline.hosts].toSorted(),
    isUnsure: timeline.isUnsure,
    hasNoZone: timeline.hasNoZone,
    foreign,
    found,
  };
}

test('any lines, in one file or several', () => {
  const wasm = openWasmKernel();
  if (wasm === undefined) throw new Error('no WASM kernel: run node .scripts/build.mjs');
  const twin = new TwinKernel();
  fc.assert(
    fc.property(
      fc.array(fc.array(someLine, { minLength: 1, maxLength: 12 }), { maxLength: 4 }),
      fc.boolean(),
      fc.boolean(),
      (lines, ordered, isCut) => {
        const log = lines.map((block) => block.join(''));
        if (isCut) log.push((log.pop() ?? '').slice(0, -1));
        expect(said(wasm, log, ordered)).toEqual(said(twin, log, ordered));
      },
    ),
    { numRuns: 1000 },
  );
});
