/**
 * Any bytes, for every format that has line shapes: its lines cut, spliced and filled with other bytes. Parsing never
 * throws, what it emits fits what it answers, and every field lies within the line that its event names.
 */
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FORMATS } from '../../src/formats/index.ts';
import { Frame } from '../../src/model/frame.ts';
import { F, LogEvent } from '../../src/model/log-event.ts';
import type { LogFormat } from '../../src/model/log-format.ts';
import { frameLine } from '../helpers/frame-line.ts';

const WITH_LINES = FORMATS.flatMap((format) => {
  const file = new URL(`../../fixtures/${format.name}/lines.jsonl`, import.meta.url);
  if (!existsSync(file)) return [];
  const frames = readFileSync(file, 'utf8')
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => frameLine((JSON.parse(row) as { line: string }).line));
  return [{ name: format.name, format, frames }];
});

const BEFORE = Buffer.from('status=sent (250 2.0.0 ');
const AFTER = Buffer.from('@b>, relay=none, status=sent (x)\n; from=<a> to=<b>]: ');

/** A frame like `one` whose body are these bytes, with others on both sides. */
function inBlock(one: Frame, body: Uint8Array): Frame {
  const frame = new Frame();
  frame.bytes = Buffer.concat([BEFORE, body, AFTER]);
  frame.body = BEFORE.length;
  frame.end = BEFORE.length + body.length;
  frame.program = one.program;
  frame.pid = one.pid;
  frame.host = one.host;
  frame.framing = one.framing;
  return frame;
}

function read(format: LogFormat, frames: readonly Frame[]): void {
  const record = new LogEvent();
  const context = format.createContext();
  const look = (event: LogEvent): void => {
    for (const field of Object.values(F)) {
      const start = event.start(field);
      if (start < 0) continue;
      expect(start).toBeGreaterThanOrEqual(event.frame.body);
      expect(event.stop(field)).toBeGreaterThanOrEqual(start);
      expect(event.stop(field)).toBeLessThanOrEqual(event.frame.end);
    }
  };
  for (const frame of frames) {
    let emitted = 0;
    const result = format.parse(
      frame,
      record,
      (event) => {
        emitted++;
        look(event);
      },
      context,
    );
    expect(['event', 'ignored', 'unknown']).toContain(result);
    if (result === 'ignored') expect(emitted).toBe(0);
  }
  format.finish?.(record, look, context);
}

describe.each(WITH_LINES)('$name', ({ format, frames }) => {
  const any = fc.constantFrom(...frames);
  const bodyOf = (frame: Frame): Buffer => frame.bytes.subarray(frame.body, frame.end);

  test('lines cut anywhere', () => {
    fc.assert(
      fc.property(any, fc.double({ min: 0, max: 1, noNaN: true }), (one, part) => {
        const body = bodyOf(one);
        read(format, [inBlock(one, body.subarray(0, Math.floor(body.length * part)))]);
      }),
      { numRuns: 100 },
    );
  });

  test('lines spliced with others, and with any bytes', () => {
    const insert = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      any.map((one) => new Uint8Array(bodyOf(one))),
      fc.constantFrom(
        ...['"', '>', '<', '(', ')', '[', ']', '{', '}', ', ', ': ', '...', '\\', "'"].map((text) => Buffer.from(text)),
      ),
    );
    fc.assert(
      fc.property(any, insert, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (one, more, part, keep) => {
        const body = bodyOf(one);
        const at = Math.floor(body.length * part);
        const tail = keep ? body.subarray(at) : Buffer.alloc(0);
        read(format, [inBlock(one, Buffer.concat([body.subarray(0, at), more, tail]))]);
      }),
      { numRuns: 200 },
    );
  });

  test('a stream of them', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), (some) =>
        read(
          format,
          some.map((one) => inBlock(one, bodyOf(one))),
        ),
      ),
      { numRuns: 50 },
    );
  });
});
