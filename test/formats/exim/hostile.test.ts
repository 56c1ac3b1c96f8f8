/** Any bytes: no exception, no work that grows faster than the line, no field outside of the line. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import exim, { finishExim } from '../../../src/formats/exim/index.ts';
import { F, LogEvent } from '../../../src/model/log-event.ts';
import type { FieldIndex } from '../../../src/model/log-event.ts';
import { frameOf, parseLines } from './harness.ts';

const LINES = readFileSync(new URL('../../../fixtures/exim/lines.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((text) => Buffer.from((JSON.parse(text) as { line: string }).line));

/** Every span of the event lies inside of its frame's line. */
function check(one: LogEvent): void {
  for (const field of Object.values(F) as FieldIndex[]) {
    const a = one.start(field);
    if (a < 0) continue;
    expect(a).toBeGreaterThanOrEqual(one.frame.body);
    expect(one.stop(field)).toBeGreaterThanOrEqual(a);
    expect(one.stop(field)).toBeLessThanOrEqual(one.frame.end);
  }
}

/** Parses the lines as one stream. */
function parseSafely(lines: readonly Buffer[]): void {
  const context = exim.createContext();
  const event = new LogEvent();
  for (const line of lines) exim.parse(frameOf(line), event, check, context);
  finishExim(event, check, context);
}

const many = (text: string): string => text.repeat(60_000);

const prefix = fc.constantFrom(
  '',
  '2026-11-21 09:15:02 ',
  '2026-11-21 09:15:02 1xUhBW-000CXd-DU ',
  'exim[7]: ',
  'exim[7]: [1/3] ',
  'exim[7]: [2\\3] ',
);
const part = fc.constantFrom(
  '=> ',
  '** ',
  '== ',
  '<= ',
  'H=',
  '(x) ',
  '[192.0.2.9]',
  'F=<',
  '>',
  '<',
  '"',
  '\\',
  ': ',
  ' R=r',
  ' T=t',
  'C="',
  'DN="',
  'defer (',
  ')',
  'for ',
  'rejected ',
  'RCPT ',
  'MAIL FROM:<',
  'Envelope-to: <',
  '  Subject: ',
  ' ',
  '\t',
  'SMTP error from remote mail server after ',
  'host ',
  '550-5.1.1 ',
  '\\n',
  ':blackhole:',
  '|cmd',
  '/dev/null',
  'T="',
  'id=',
  'from <',
  'incomplete transaction (',
  'system-filter',
  'é',
);

describe('hostile lines', () => {
  it('of any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (lines) =>
        parseSafely(lines.map((l) => Buffer.from(l))),
      ),
    );
  });

  it('of any words of the grammar', () => {
    const line = fc.tuple(prefix, fc.array(part, { maxLength: 20 })).map(([a, b]) => Buffer.from(a + b.join('')));
    fc.assert(fc.property(fc.array(line, { maxLength: 4 }), parseSafely), { numRuns: 2000 });
  });

  it('that were damaged', () => {
    const damaged = fc
      .tuple(fc.constantFrom(...LINES), fc.nat(), fc.nat(40), fc.uint8Array({ maxLength: 5 }))
      .map(([line, at, drop, put]) => {
        const i = 20 + (at % Math.max(1, line.length - 20));
        return Buffer.concat([line.subarray(0, i), put, line.subarray(i + drop)]);
      });
    fc.assert(
      fc.property(damaged, (line) => parseSafely([line])),
      { numRuns: 2000 },
    );
  });

  it('with a flag are understood however they are cut', () => {
    for (const line of LINES) {
      if (!/ (?:<=|\(=|=>|->|>>|\*>|\*\*|==) /.test(line.toString())) continue;
      const flagged = line.toString().search(/ (?:<=|\(=|=>|->|>>|\*>|\*\*|==) /) + 4;
      for (let n = flagged; n <= line.length; n++) expect(parseLines([line.subarray(0, n)])[0]?.result).toBe('event');
    }
  });

  it('of great length are read in steps that grow with the length', () => {
    const id = '2026-11-21 09:15:02 1xUhBW-000CXd-DU ';
    const lines = [
      `${id}** a@b : SMTP error from remote mail server after X${many(': host (')}`,
      `${id}=> |x${many(' <y')}>`,
      `${id}=> x${many(') [')}`,
      `2026-11-21 09:15:02 H=(${many(') [')}] F=<a@b> rejected RCPT <x@y>`,
      `${id}<= a@b T="${many('\\303')}" for ${many('"a ')}`,
      `${id}== a@b defer (1): ${many(': ')}`,
      `${id}=> a@b C="${many('id=')}"`,
      `${id}** a <${many('x>y')} R=r`,
    ];
    for (const line of lines) expect(parseLines([line])[0]?.result).not.toBe(undefined);
  });
});

describe('fixtures/exim/lines.jsonl', () => {
  it('has rows for every flag', () => {
    for (const flag of ['<=', '(=', '=>', '->', '>>', '*>', '**', '==']) {
      expect(
        LINES.some((line) => line.includes(` ${flag} `)),
        flag,
      ).toBe(true);
    }
  });
});

describe('claims and detect', () => {
  it('take the tags of Exim, its own files and their continuation, and nothing else', () => {
    const frame = frameOf('2026-11-21 09:15:02 Start queue run: pid=1');
    for (const program of ['exim', 'exim4', 'exim-in', '']) expect(exim.claims(program, frame), program).toBe(true);
    for (const program of ['postfix/smtpd', 'eximstats', 'dovecot'])
      expect(exim.claims(program, frame), program).toBe(false);
    const syslog = frameOf('exim[7]: x');
    syslog.program = '';
    expect(exim.claims('', syslog)).toBe(false);
  });

  it('tell a log of Exim from another', () => {
    const own = LINES.map((line) => frameOf(line));
    expect(exim.detect(own)).toBeGreaterThan(0.9);
    const other = ['2026-11-21 09:15:02 #812(normal) <a1b2c3>; task; x', '2026-11-21 09:15:02 error: nothing'].map(
      (l) => frameOf(l),
    );
    expect(exim.detect(other)).toBe(0);
    expect(exim.detect([])).toBe(0);
  });
});
