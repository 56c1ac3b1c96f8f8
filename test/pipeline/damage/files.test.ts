/**
 * Whatever happened to the files and left the lines whole: the same messages. Copies under any name, packed or not, files that
 * overlap, wrong times of change, other encodings and line ends, lines twice.
 */
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { dice, linesOf, type Logs, mapLogs, runs, textOf, trace } from '../properties/harness.ts';
import { changedWhole, type Clean, cleanOf, type Loose } from './judge.ts';
import { ALL, WRITTEN } from './recordings.ts';

type Dice = () => number;

const renamed = (logs: Logs, change: (name: string) => string): Logs =>
  Object.fromEntries(Object.entries(logs).map(([name, content]) => [change(name), content]));

const crlf = (content: string | Buffer): Buffer =>
  Buffer.from(content.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');

const utf16 = (content: string | Buffer): Buffer => Buffer.from(`\uFEFF${content.toString('utf8')}`, 'utf16le');

/**
 * A set whose files overlap: what was rotated was copied while it was written. By two lines at least: one that stands on both
 * sides of a cut may as well have been logged twice.
 */
function overlapping(logs: Logs, random: Dice): Logs {
  return Object.fromEntries(
    Object.entries(logs).flatMap(([name, content]) => {
      const lines = linesOf(content);
      const end = Math.floor(lines.length * (0.3 + random() * 0.6));
      const begin = Math.min(end - 2, Math.floor(end * (0.5 + random() * 0.5)));
      return [
        [`${name}.1`, textOf(lines.slice(0, end))],
        [name, textOf(lines.slice(begin))],
      ] as const;
    }),
  );
}

const KINDS: Readonly<Record<string, (logs: Logs, random: Dice) => Logs>> = {
  'a copy under another name': (logs) => ({ ...logs, ...renamed(logs, (name) => `old-${name}`) }),
  'a packed copy': (logs) => ({
    ...logs,
    ...renamed(
      mapLogs(logs, (content) => gzipSync(content)),
      (name) => `${name}-backup.gz`,
    ),
  }),
  'files of a set that overlap': overlapping,
  'CR LF': (logs) => mapLogs(logs, crlf),
  'a byte order mark': (logs) =>
    mapLogs(logs, (content) => Buffer.concat([Buffer.from('\uFEFF'), Buffer.from(content)])),
  'UTF-16': (logs) => mapLogs(logs, utf16),
  'some lines with CR LF, some twice': (logs, random) =>
    mapLogs(logs, (content) =>
      textOf(
        linesOf(content).flatMap((line) => (random() < 0.1 ? [`${line}\r`] : random() < 0.1 ? [line, line] : [line])),
      ),
    ),
  'no line end behind the last line': (logs) =>
    mapLogs(logs, (content) => Buffer.from(content as Buffer).subarray(0, content.length - 1)),
  'zero bytes between lines': (logs, random) =>
    mapLogs(logs, (content) =>
      textOf(
        linesOf(content).map((line) => (random() < 0.01 ? '\0'.repeat(1 + Math.floor(random() * 4096)) + line : line)),
      ),
    ),
};

const NOTHING: ReadonlySet<string> = new Set();

/** What a filter says twice is said twice. */
const LOOSE: readonly (readonly [RegExp, Loose])[] = [[/twice/, new Set(['verdicts', 'chain'])]];

describe.each(Object.keys(ALL))('%s', { timeout: 120_000 }, (name) => {
  let clean: Clean;
  beforeAll(async () => {
    clean = await cleanOf(ALL[name] as Logs);
  });

  for (const kind of Object.keys(KINDS))
    it(kind, async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(), async (seed) => {
          const logs = (KINDS[kind] as (typeof KINDS)[string])(clean.logs, dice(seed));
          const outcome = await trace(logs, { written: WRITTEN });
          const loose = LOOSE.find(([pattern]) => pattern.test(`${name} ${kind}`))?.[1];
          expect(changedWhole(clean, NOTHING, outcome, loose)).toEqual([]);
          expect(outcome.messages.length).toBe(clean.outcome.messages.length);
        }),
        runs(1),
      );
    });

  it('times of change that are wrong by days', async () => {
    for (const days of [-1, 2, 40]) {
      const outcome = await trace(clean.logs, { written: new Date(WRITTEN.getTime() + days * 86_400_000) });
      expect(changedWhole(clean, NOTHING, outcome)).toEqual([]);
    }
  });
});
