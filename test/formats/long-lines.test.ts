/**
 * No line is long enough to be slow: the lines of every format, with a part of theirs repeated until they are long, take time that
 * grows as they do. Time is the thread's own CPU time, the best of some tries; what other programs do does not count.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FORMATS } from '../../src/formats/index.ts';
import { Frame } from '../../src/model/frame.ts';
import { LogEvent } from '../../src/model/log-event.ts';
import type { LogFormat } from '../../src/model/log-format.ts';
import { frameLine } from '../helpers/frame-line.ts';
import { dice } from '../pipeline/properties/harness.ts';

const isThorough = (process.env['MAILTRACE_FUZZ'] ?? '') !== '';
/** Cases of one line shape. */
const CASES = isThorough ? 100 : 12;
const SCREEN_BYTES = 16 * 1024;
/** CPU, ms: a linear one takes less than 1; one that reads on from every tenth byte takes 20. */
const SUSPECT = 6;
const WORST_BYTES = 1024 * 1024;
/** Twice the bytes may take so many times the time: 2, and what caches and collections add. */
const MOST_GROWTH = 3;
/** Times below this are too short to be compared, ms. */
const SHORT = 25;

const SEED = isThorough ? Math.floor(Math.random() * 2 ** 31) : 20_261_122;

/** What readers look for the end of. */
const PIECES = [
  ...Array.from(' <>()[]{}"\'\\,;:=@/|-.\0'),
  'a',
  '1',
  '\u00e9',
  '<a@b>, ',
  'a@b,',
  ' (',
  '=<',
  '", "',
  '](',
  '])',
  ': ',
  '; ',
  'to=<a@b>, ',
  ' status=sent (',
  ' from <a@b> for ',
  ' T="',
  ' H=(',
  ' said: 550 ',
  '{"a":',
  '[{"',
  '\\"',
  '\\n',
  '&#',
];

interface Shape {
  readonly before: Buffer;
  readonly piece: Buffer;
  readonly behind: Buffer;
}

const WORD = /[A-Za-z0-9]+|[^]/g;

/** A place in a body, a part that is repeated there, and what stays of what stood behind it. */
function shapeOf(body: Buffer, random: () => number): Shape {
  const tokens = body.toString('latin1').match(WORD) ?? [];
  const at = Math.floor(random() * (tokens.length + 1));
  const some = (from: number, count: number): string => tokens.slice(from, from + count).join('');
  const drawn =
    random() < 0.5
      ? (PIECES[Math.floor(random() * PIECES.length)] as string)
      : some(Math.max(0, at - Math.floor(random() * 8)), 1 + Math.floor(random() * 8));
  const behind = random() < 0.5 ? '' : tokens.slice(at + Math.floor(random() * 3)).join('');
  const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
  return { before: bytes(some(0, at)), piece: bytes(drawn === '' ? ' ' : drawn), behind: bytes(behind) };
}

/** Such a line of about so many bytes, framed as the short one was. */
function longer(one: Frame, { before, piece, behind }: Shape, length: number): Frame {
  const frame = new Frame();
  const middle = Buffer.alloc(Math.max(0, length - before.length - behind.length), piece);
  frame.bytes = Buffer.concat([before, middle, behind]);
  frame.body = 0;
  frame.end = frame.bytes.length;
  frame.length = frame.bytes.length;
  frame.program = one.program;
  frame.pid = one.pid;
  frame.host = one.host;
  frame.framing = one.framing;
  return frame;
}

/** CPU time of reading it once, ms. */
function costOf(format: LogFormat, frame: Frame, tries: number, enough = 0): number {
  const event = new LogEvent();
  let best = Infinity;
  for (let n = 0; n < tries && best > enough; n++) {
    const context = format.createContext();
    const begin = process.cpuUsage();
    if (format.claims(frame.program, frame)) format.parse(frame, event, () => undefined, context);
    const { user, system } = process.cpuUsage(begin);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

interface Case {
  readonly frame: Frame;
  readonly shape: Shape;
  readonly cost: number;
}

/** The case that takes longest on short ones, and all that are suspicious. */
function screened(format: LogFormat, frames: readonly Frame[]): Case[] {
  const random = dice(SEED);
  const cases: Case[] = [];
  let worst: Case | undefined;
  for (const frame of frames) {
    const body = frame.bytes.subarray(frame.body, frame.end);
    for (let n = 0; n < CASES; n++) {
      const shape = shapeOf(body, random);
      const cost = costOf(format, longer(frame, shape, SCREEN_BYTES), 3, SUSPECT);
      const one = { frame, shape, cost };
      if (cost > SUSPECT) cases.push(one);
      else if (worst === undefined || cost > worst.cost) worst = one;
    }
  }
  return worst === undefined ? cases : [...cases, worst];
}

const shown = ({ before, piece, behind }: Shape): string =>
  JSON.stringify([before, piece, behind].map((part) => part.toString('latin1').slice(-120)));

/** How a case grows where that is more than its bytes do; undefined where it is not. */
function fault(format: LogFormat, { frame, shape }: Case): string | undefined {
  for (let length = SCREEN_BYTES; length < WORST_BYTES; length *= 2) {
    const once = costOf(format, longer(frame, shape, length), 3);
    const twice = costOf(format, longer(frame, shape, 2 * length), 3, SHORT);
    if (twice > SHORT && twice > MOST_GROWTH * once)
      return `${shown(shape)}: ${length} bytes ${once} ms, twice as many ${twice} ms (seed ${SEED})`;
  }
  return undefined;
}

const WITH_LINES = FORMATS.map((format) => {
  const file = new URL(`../../fixtures/${format.name}/lines.jsonl`, import.meta.url);
  const rows = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const frames = rows.filter((row) => row !== '').map((row) => frameLine((JSON.parse(row) as { line: string }).line));
  return { name: format.name, format, frames };
});

describe.each(WITH_LINES)('$name', { timeout: isThorough ? 3_600_000 : 60_000 }, ({ format, frames }) => {
  test('takes time that grows as its lines do', () => {
    expect(frames.length).toBeGreaterThan(0);
    const faults = screened(format, frames).flatMap((one) => fault(format, one) ?? []);
    expect(faults).toEqual([]);
  });
});

describe('the test', () => {
  /** Reads on from every `<`, to find no `>`. */
  const slow: LogFormat = {
    ...(FORMATS[0] as LogFormat),
    claims: () => true,
    parse: ({ bytes, body, end }) => {
      for (let at = body; at < end; at++) {
        if (bytes[at] !== 0x3c) continue;
        let close = at;
        while (close < end && bytes[close] !== 0x3e) close++;
      }
      return 'ignored';
    },
  };

  test('sees a reader that takes the square', () => {
    const frame = frameLine('Nov 21 22:31:18 mx1 postfix/smtp[1]: 3A: to=<a>, x');
    const bytes = (text: string): Buffer => Buffer.from(text);
    const shape = { before: bytes('3A: '), piece: bytes('to=<a, b, '), behind: bytes('') };
    expect(fault(slow, { frame, shape, cost: 0 })).toMatch(/twice as many/);
  });
});
