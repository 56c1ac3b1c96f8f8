/**
 * Logs that are rotated away, deleted or cut off while they are read: what was there when the file was opened is told, and of
 * what is gone nothing is made up. Chains are not read again here: of a file that is gone they cannot be.
 */
import { renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contractFaults } from '../properties/contract.ts';
import { type Outcome, trace } from '../properties/harness.ts';
import { rawLines } from './damage.ts';
import { changedWhole, cleanOf, type Loose, wrongEnds } from './judge.ts';
import { ALL, WRITTEN } from './recordings.ts';

const NAMES = ['single', 'exim', 'sendmail', 'opensmtpd', 'amavis', 'qmail'];
/** where it happens, and how much of the file is left where it is cut off */
const AT_LINE = 100;
const SHARE = 0.5;
const LOOSE: Loose = new Set(['chain', 'links']);

/** A run in which something happens to every file at the hundredth line. */
function traceWhile(logs: (typeof ALL)[string], happens: (path: string) => void): Promise<Outcome> {
  let paths: string[] = [];
  let lines = 0;
  return trace(logs, {
    written: WRITTEN,
    block: { blockSize: 2000 },
    onStreams: (streams) => {
      paths = streams.flatMap(({ readings }) => readings.map(({ file }) => file.full));
    },
    onFrame: () => {
      if (++lines === AT_LINE) paths.forEach((path) => happens(path));
    },
  });
}

describe.each(NAMES)('%s', { timeout: 120_000 }, (name) => {
  const logs = ALL[name] as (typeof ALL)[string];
  // files are opened when their turn comes: of those that were not, the one that has the name now is read
  const [main = ''] = Object.keys(logs);
  const one = { [main]: logs[main] as Buffer };

  it('rotated away, and a new file of its name begun', async () => {
    const clean = await cleanOf(one);
    const outcome = await traceWhile(one, (path) => {
      renameSync(path, `${path}.1`);
      writeFileSync(path, 'Nov 21 23:59:59 mx1 postfix/qmgr[1]: FFFFFFFFFF: removed\n');
    });
    expect(changedWhole(clean, new Set(), outcome, LOOSE)).toEqual([]);
    expect(outcome.messages.length).toBe(clean.outcome.messages.length);
  });

  it('deleted', async () => {
    const clean = await cleanOf(one);
    const outcome = await traceWhile(one, (path) => rmSync(path));
    expect(changedWhole(clean, new Set(), outcome, LOOSE)).toEqual([]);
    expect(outcome.messages.length).toBe(clean.outcome.messages.length);
  });

  it('cut off', async () => {
    const clean = await cleanOf(one);
    const size = Math.floor((logs[main] as Buffer).length * SHARE);
    const outcome = await traceWhile(one, (path) => truncateSync(path, size));
    const hurt = new Set<string>();
    let at = 0;
    for (const [i, line] of rawLines(logs[main] as Buffer).entries()) {
      at += line.length;
      if (at > size) hurt.add(`${main}:${i + 1}`);
    }
    expect(hurt.size).toBeGreaterThan(100);
    expect(changedWhole(clean, hurt, outcome, LOOSE)).toEqual([]);
    expect(wrongEnds(clean, hurt, outcome)).toEqual([]);
    expect(contractFaults(outcome)).toEqual([]);
  });
});
