/**
 * Any bytes: parsing never throws, and every field lies inside the line.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import opensmtpd from '../../../src/formats/opensmtpd/index.ts';
import { Frame } from '../../../src/model/frame.ts';
import { F, LogEvent } from '../../../src/model/log-event.ts';
import { frameLine } from '../../helpers/frame-line.ts';

const lines = readFileSync(new URL('../../../fixtures/opensmtpd/lines.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => Buffer.from((JSON.parse(line) as { line: string }).line));
const bodies = lines.map((line) => {
  const frame = frameLine(line);
  return line.subarray(frame.body, frame.end);
});

const context = opensmtpd.createContext();
const record = new LogEvent();
/** What follows in the block continues every value, so that a look past the end would show. */
const BEFORE = Buffer.from('6ALA000w001200: to=<a@b>, ');
const AFTER = Buffer.from('>, relay=x [192.0.2.1], dsn=5.0.0, reply=550 x, stat=Sent (x) result="Ok" stat="250"');

function readAndLook(body: Uint8Array): void {
  const frame = new Frame();
  frame.bytes = Buffer.concat([BEFORE, body, AFTER]);
  frame.body = BEFORE.length;
  frame.end = BEFORE.length + body.length;
  frame.pid = 7;
  frame.framing = 'syslog';
  let emitted = 0;
  const result = opensmtpd.parse(
    frame,
    record,
    (event) => {
      emitted++;
      for (const field of Object.values(F)) {
        const start = event.start(field);
        if (start < 0) {
          event.text(field);
          continue;
        }
        expect(start).toBeGreaterThanOrEqual(frame.body);
        expect(event.stop(field)).toBeGreaterThanOrEqual(start);
        expect(event.stop(field)).toBeLessThanOrEqual(frame.end);
        event.text(field);
      }
    },
    context,
  );
  if (result === 'event') expect(emitted).toBeGreaterThan(0);
  if (result === 'ignored') expect(emitted).toBe(0);
}

test('any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (body) => readAndLook(body)),
    { numRuns: 3000 },
  );
});

test('real lines, cut anywhere', () => {
  for (const body of bodies) for (let end = 0; end <= body.length; end++) readAndLook(body.subarray(0, end));
});

test('real lines with bytes changed, and pieces of two lines', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...bodies),
      fc.constantFrom(...bodies),
      fc.nat(),
      fc.nat(),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(...Buffer.from('<>"\\,=[]: |'))), { maxLength: 4 }),
      (a, b, cut, from, changes) => {
        const body = Buffer.concat([a.subarray(0, cut % (a.length + 1)), b.subarray(from % (b.length + 1))]);
        if (body.length > 0) for (const [at, byte] of changes) body[at % body.length] = byte;
        readAndLook(body);
      },
    ),
    { numRuns: 3000 },
  );
});
