/** A line that stands in several streams counts as often as in the stream that has it most often. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLogs, writeLogs, type Run } from './stub.ts';

const kept = (run: Run): string[] => run.lines.filter((line) => !line.duplicate).map((line) => line.text);
const count = (lines: readonly string[], line: string): number => lines.filter((other) => other === line).length;
const toLog = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

describe('copies of lines', () => {
  test('in another file are marked, and handed on all the same', async () => {
    const folder = writeLogs({ main: '1 a\n2 refused\n3 c\n', reject: '2 refused\n' });
    const run = await readLogs(folder, ['main', 'reject']);
    expect(run.lines.map(({ text, file, duplicate }) => [text, file, duplicate])).toEqual([
      ['1 a', 'main', false],
      ['2 refused', 'main', false],
      ['2 refused', 'reject', true],
      ['3 c', 'main', false],
    ]);
  });

  test('in one file are different lines', async () => {
    const folder = writeLogs({ main: '1 a\n1 a\n1 a\n', other: '2 b\n' });
    expect(kept(await readLogs(folder, ['main', 'other']))).toEqual(['1 a', '1 a', '1 a', '2 b']);
    expect(kept(await readLogs(folder, ['main']))).toEqual(['1 a', '1 a', '1 a']);
  });

  test('headers under a refusal stand in one file alone and stay; the same after the same line is a copy', async () => {
    const folder = writeLogs({
      main: '2 refused\n2 refused again\n3 c\n\tx\n\ty\n4 d\n\tsame\n',
      reject: '2 refused\n\tSubject: x\n2 refused again\n\tSubject: x\n3 c\n\tx\n\tz\n5 e\n\tsame\n',
    });
    expect(kept(await readLogs(folder, ['main', 'reject']))).toEqual([
      '2 refused',
      '2 refused again',
      '\tSubject: x',
      '\tSubject: x',
      '3 c',
      '\tx',
      '\ty',
      '\tz',
      '4 d',
      '\tsame',
      '5 e',
      '\tsame',
    ]);
  });

  test('CR, and nothing else, is no difference', async () => {
    const folder = writeLogs({ a: '1 a\r\n2 b\n', b: '1 a\n2 b \n' });
    expect(kept(await readLogs(folder, ['a', 'b']))).toEqual(['1 a', '2 b', '2 b ']);
  });

  test('each line counts as often as in the file that has it most often, whatever the number of files', async () => {
    const log = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom('a', 'b')), { maxLength: 20 })
      .map((parts) => parts.map(([at, text]) => `${at} ${text}`));
    await fc.assert(
      fc.asyncProperty(fc.array(log, { minLength: 2, maxLength: 4 }), async (logs) => {
        const folder = writeLogs(Object.fromEntries(logs.map((lines, i) => [`log${i}`, toLog(lines)])));
        const run = await readLogs(
          folder,
          logs.map((_, i) => `log${i}`),
        );
        const lines = kept(run);
        for (const line of new Set(logs.flat())) {
          expect(count(lines, line), line).toBe(Math.max(...logs.map((log) => count(log, line))));
        }
        expect(lines.every((line) => logs.flat().includes(line))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test("a central log whose hosts' clocks differ, beside one host's own log", async () => {
    // mx2 is 90 s ahead: in the central log the lines of mx1 come when its own log is 90 s further
    const mx1 = Array.from({ length: 2000 }, (_, i) => `${i * 1000} mx1 ${i}`);
    const central = mx1.flatMap((line, i) => [`${i * 1000 + 90_000} mx2 ${i}`, line]);
    const folder = writeLogs({ central: toLog(central), mx1: toLog(mx1) });
    const lines = kept(await readLogs(folder, ['mx1', 'central']));
    expect(lines).toHaveLength(4000);
    expect(new Set(lines).size).toBe(4000);
  });

  test('copies are found among a hundred thousand lines of the same moment', async () => {
    const lines = Array.from({ length: 100_000 }, (_, i) => `1000 line ${i}`);
    const folder = writeLogs({ a: toLog(lines), b: toLog(lines) });
    expect(kept(await readLogs(folder, ['a', 'b']))).toHaveLength(100_000);
  });
});
