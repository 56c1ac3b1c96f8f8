/** Periods side by side over recorded logs: what ended is in one of them, once; nothing is missed. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/commands/main.ts';
import { GROUP_OF_STATUS, STATUSES } from '../../src/model/words.ts';
import { RECORDED } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';
import { root } from '../house/sources.ts';

const LOGS: Record<string, { files: string[]; cuts: string[] }> = {
  'postfix-two-hosts': {
    files: ['mx1', 'filter', 'store'].map((host) => `postfix/two-hosts/${host}.mail.log`),
    cuts: ['2026-11-21 22:31:17', '2026-11-21 22:31:18', '2026-11-21 22:31:30', '2026-11-21 22:32:05'],
  },
  'exim-rich': {
    files: ['exim/rich/mainlog', 'exim/rich/rejectlog'],
    cuts: ['2026-11-21 22:40:14', '2026-11-21 22:40:20', '2026-11-21 22:41:00'],
  },
};

async function figuresOf(files: readonly string[], window: readonly string[]): Promise<Record<string, number>> {
  const io = fakeIo({ now: () => RECORDED.getTime() });
  const paths = files.map((file) => join(root, 'fixtures', file));
  expect(await main(['report', 'traffic', '--json', ...window, ...paths], io)).toBe(0);
  return (JSON.parse(io.stdout.text) as { figures: Record<string, number> }).figures;
}

/** `--since` of a cut is the second behind it: until a whole second is its end. */
const after = (cut: string): string => new Date(Date.parse(`${cut.replace(' ', 'T')}Z`) + 1000).toISOString();

describe.each(Object.entries(LOGS))('%s', (_, { files, cuts }) => {
  test('the sums of the periods are those of the whole', async () => {
    const whole = await figuresOf(files, []);
    const windows = [
      ['--until', cuts[0] ?? ''],
      ...cuts.slice(1).map((cut, i) => ['--since', after(cuts[i] ?? ''), '--until', cut]),
      ['--since', after(cuts.at(-1) ?? '')],
    ];
    const periods: Record<string, number>[] = [];
    for (const window of windows) periods.push(await figuresOf(files, window));
    const over = STATUSES.filter((status) => GROUP_OF_STATUS[status] !== 'waiting' || status === 'greylisted');
    const sum = (name: string): number => periods.reduce((all, figures) => all + (figures[name] ?? 0), 0);
    const names = [...over, 'received', 'came_back', 'refused_for_now', 'bytes_received', 'bytes_sent'];
    expect(Object.fromEntries(names.map((name) => [name, sum(name)]))).toEqual(
      Object.fromEntries(names.map((name) => [name, whole[name]])),
    );
    // several periods have something in them, and what waits at the end is what waits in the whole
    expect(periods.filter(({ recipients = 0 }) => recipients > 0).length).toBeGreaterThan(2);
    for (const name of ['deferred', 'held', 'pending']) expect(periods.at(-1)?.[name]).toBe(whole[name]);
  });
});
