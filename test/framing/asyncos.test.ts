/** AsyncOS' own files: a stamp as ctime(3) writes it, then a level. */
import { expect, it } from 'vitest';
import { frameLine } from './helper.ts';

it('a ctime stamp before a level is a line of the appliance', () => {
  expect(frameLine('Sat Nov 21 09:15:02 2026 Info: Start MID 6 ICID 5')).toMatchObject({
    framing: 'syslog',
    at: '2026-11-21T09:15:02Z',
    host: undefined,
    program: 'asyncos',
    body: 'Info: Start MID 6 ICID 5',
    guessed: false,
  });
  // the day is padded with a space
  expect(frameLine('Sun Nov  1 09:15:02 2026 Warning: x').at).toBe('2026-11-01T09:15:02Z');
});

it('another text behind the stamp is none', () => {
  for (const line of [
    'Sat Nov 21 09:15:02 2026 kernel: x',
    'Sat Nov 21 09:15:02 2026',
    'Sxt Nov 21 09:15:02 2026 Info: x',
    'Sat Nov 31 09:15:02 2026 Info: x',
    'Sat Nov 21 09:15:02 20x6 Info: x',
    'Sat Nov 21 09:15:02 2026 Info:',
  ])
    expect(frameLine(line).framing).toBe('none');
});
