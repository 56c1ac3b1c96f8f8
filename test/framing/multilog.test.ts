/** Stamps of daemontools and splogger. */
import { expect, test } from 'vitest';
import { Framer } from '../../src/framing/framer.ts';
import { Frame } from '../../src/model/frame.ts';

function framed(line: string): {
  at: string | undefined;
  host?: string;
  program: string;
  framing: string;
  text: string;
} {
  const framer = new Framer({ zone: 'UTC', bound: Date.UTC(2026, 11, 1) });
  const frame = new Frame();
  const bytes = Buffer.from(line);
  expect(framer.frame(bytes, 0, bytes.length, frame)).toBe('line');
  const { at, host, program, framing } = frame;
  return {
    at: Number.isNaN(at) ? undefined : new Date(at).toISOString(),
    ...(host === undefined ? {} : { host }),
    program,
    framing,
    text: frame.text(frame.body, frame.end),
  };
}

test('TAI64N counts from 1970 and is ten seconds ahead; leap seconds are not counted', () => {
  expect(framed('@400000006b01612018edbaa8 info msg 3941')).toEqual({
    at: '2026-11-21T09:15:02.418Z',
    program: 'multilog',
    framing: 'multilog',
    text: 'info msg 3941',
  });
  expect(framed('@400000000000000a00000000 x').at).toBe('1970-01-01T00:00:00.000Z');
  expect(framed('@400000010000000a00000000 x').at).toBe('2106-02-07T06:28:16.000Z');
});

test.each([
  '@40000000000000090000000 x',
  '@400000000000000900000000 x',
  '@400000006b0161203b9aca00 x',
  '@400000006B01612018EDBAA8 x',
  '@800000006b01612018edbaa8 x',
  '@400000006b01612018edbaa8x',
  '@400000006b01612018edba',
  '@',
])('%s is no such stamp', (line) => {
  expect(framed(line).framing).toBe('none');
});

test('tai64nlocal writes nine digits of a second; six are Exim or Rspamd', () => {
  const line = framed('2026-11-21 09:15:02.418233000 new msg 3941');
  expect(line).toMatchObject({ at: '2026-11-21T09:15:02.418Z', program: 'multilog', text: 'new msg 3941' });
  expect(framed('2026-11-21 09:15:02.418233 new msg 3941').framing).toBe('exim');
});

test("splogger's own stamp tells the year and the fraction", () => {
  const line = framed('Nov 21 09:15:03 mx qmail: 1795252502.418233 new msg 3941');
  expect(line).toMatchObject({ at: '2026-11-21T09:15:02.418Z', host: 'mx', program: 'qmail', text: 'new msg 3941' });
  expect(framed('Nov 21 09:15:03 mx qmail: 1795252502.418233+rest').text).toBe('+rest');
  expect(framed('Nov 21 09:15:03 mx qmail: 1795252502.41823 new msg 1').text).toBe('1795252502.41823 new msg 1');
});
