/**
 * Any bytes: parsing never throws, and every field lies inside the line.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import postfix from '../../../src/formats/postfix/index.ts';
import { Frame } from '../../../src/model/frame.ts';
import { F, LogEvent } from '../../../src/model/log-event.ts';
import { frameLine } from '../../helpers/frame-line.ts';

const lines = readFileSync(new URL('../../../fixtures/postfix/lines.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => Buffer.from((JSON.parse(line) as { line: string }).line));

const programs = [
  'postfix/smtpd',
  'postfix/cleanup',
  'postfix/qmgr',
  'postfix/smtp',
  'postfix/lmtp',
  'postfix/bounce',
  'postfix/postscreen',
  'postfix/postsuper',
  'postfix/dnsblog',
  'postfix/anvil',
  'postfix',
  '',
];
const context = postfix.createContext();
const record = new LogEvent();

/** Reads the frame, with other bytes of the block on both sides of its body, and looks at what came out. */
function readAndLook(frame: Frame): void {
  let emitted = 0;
  const result = postfix.parse(
    frame,
    record,
    (event) => {
      emitted++;
      for (const field of Object.values(F)) {
        const start = event.start(field);
        if (start < 0) continue;
        expect(start).toBeGreaterThanOrEqual(frame.body);
        expect(event.stop(field)).toBeGreaterThanOrEqual(start);
        expect(event.stop(field)).toBeLessThanOrEqual(frame.end);
        event.text(field);
      }
    },
    context,
  );
  if (result === 'event') expect(emitted).toBe(1);
  if (result === 'ignored') expect(emitted).toBe(0);
}

const BEFORE = Buffer.from('status=sent (250 2.0.0 ');
const AFTER = Buffer.from('@b>, relay=none, status=sent (x)\n; from=<a> to=<b>]: ');

function inBlock(body: Uint8Array, program: string): Frame {
  const frame = new Frame();
  // what follows in the block continues every keyword, so that a look past the end would show
  frame.bytes = Buffer.concat([BEFORE, body, AFTER]);
  frame.body = BEFORE.length;
  frame.end = BEFORE.length + body.length;
  frame.program = program;
  frame.pid = 7;
  frame.framing = 'syslog';
  return frame;
}

test('any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...programs), (body, program) => {
      readAndLook(inBlock(body, program));
    }),
    { numRuns: 3000 },
  );
});

const words = [
  '3F1A20B77C: ',
  'NOQUEUE: ',
  'warning: ',
  'to=<',
  '>, orig_to=<',
  '>, relay=',
  'none',
  ', delay=',
  ', dsn=',
  ', status=',
  'sent (',
  'from=<',
  '; from=<',
  '> to=<',
  '> proto=',
  ' helo=<',
  ' from ',
  'h[1.2.3.4]',
  ':25',
  ': ',
  'reject: ',
  'header ',
  'Subject: ',
  'RCPT',
  'milter-',
  'client=',
  ', sasl_username=',
  ', orig_client=',
  'message-id=<',
  'disconnect from ',
  'connect from ',
  ' mail=',
  '1/2',
  '"',
  '@',
  '>',
  '<',
  '[',
  ']',
  '\\',
  ' said: ',
  '450 4.2.0 ',
  'queued as ',
  'id=',
  'removed',
  'DNSBL rank ',
  'lost connection after ',
  'x',
  'é',
];

test('words of Postfix in any order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...words), { maxLength: 14 }),
      fc.constantFrom(...programs),
      (parts, program) => {
        readAndLook(inBlock(Buffer.from(parts.join('')), program));
      },
    ),
    { numRuns: 5000 },
  );
});

test('real lines cut, joined and with other bytes in them', () => {
  const line = fc.constantFrom(...lines);
  fc.assert(
    fc.property(line, line, fc.nat(), fc.nat(), fc.nat(255), (one, other, cut, at, byte) => {
      const frame = frameLine(one);
      const body = one.subarray(frame.body);
      const joined = Buffer.concat([
        body.subarray(0, cut % (body.length + 1)),
        other.subarray(at % (other.length + 1)),
      ]);
      if (joined.length > 0) joined[at % joined.length] = byte;
      readAndLook(inBlock(joined, frame.program));
      readAndLook(inBlock(body.subarray(0, cut % (body.length + 1)), frame.program));
    }),
    { numRuns: 4000 },
  );
});

test.each([
  ['3F1A20B77C: warning: header Subject: x from ', '; from=<'],
  ['3F1A20B77C: reject: RCPT from h[1.2.3.4]: 550 5.1.1 <"', '\\"; from=<>: '],
  ['3F1A20B77C: to=<"', '>, orig_to=<"a'],
  ['3F1A20B77C: to=<a>, relay=x[1], status=deferred (', ': said: '],
  ['3F1A20B77C: to=<a>, relay=x[1], status=sent (250 ', 'queued Message id='],
  ['disconnect from h[1.2.3.4]', ' mail=1/'],
])('a megabyte of hostile text is read in one pass: %s', (head, piece) => {
  const body = Buffer.from(head + piece.repeat(1_000_000 / piece.length));
  // a look at each piece from each piece would take minutes, and the test's time limit with it
  for (const program of ['postfix/cleanup', 'postfix/smtp', 'postfix']) readAndLook(inBlock(body, program));
});
