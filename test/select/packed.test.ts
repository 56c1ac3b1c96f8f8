/**
 * Packed logs through a spool give what they give unpacked and parsed whole: the same bytes on standard output, the same exit
 * status and the same problems, whatever is wrong with the packed data, and wherever the spool ends.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { Spools, type SpoolsOptions } from '../../src/sources/spool/spools.ts';
import type { Packing } from '../../src/sources/unpack/packing.ts';
import { root } from '../house/sources.ts';
import { RECORDINGS, dice, linesOf, type Logs, recording, runs, textOf } from '../pipeline/properties/harness.ts';
import { askBoth, questionsOf, type Question, withLogs } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailtrace-spool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const THREAD = new URL('../../dist/gunzip-worker.cjs', import.meta.url);

/** Counts the temporary files that are made, and lets them fail. */
class Watched extends Spools {
  opened = 0;
  fails = false;

  override open(): number {
    this.opened++;
    if (this.fails) throw new Error('no room');
    return super.open();
  }
}

const spoolsOf = (options: SpoolsOptions = {}): Watched => new Watched({ folder, least: 0, ...options });

const COUNTS: readonly Question[] = [{ count: true, json: true }, { count: true }];

/** Some of the questions that a log suggests, and countings. */
function some(logs: Logs, most: number, seed: number): Question[] {
  const random = dice(seed);
  const questions = questionsOf(logs).map((question) => ({ question, at: random() }));
  return [
    ...questions
      .toSorted((a, b) => a.at - b.at)
      .slice(0, most)
      .map(({ question }) => question),
    ...COUNTS,
    { recipient: ['nobody@nowhere.invalid'] },
  ];
}

/** What is told of the input: not how many lines were searched. */
const problemsOf = (err: string): string[] => err.split('\n').filter((line) => /^(?:mailtrace:| {2,})/.test(line));

interface Told {
  /** questions that were answered from chosen lines */
  chosen: number;
  opened: number;
  err: string;
}

async function expectSame(logs: Logs, questions: readonly Question[], spools: () => Watched = spoolsOf): Promise<Told> {
  return withLogs(logs, async (place) => {
    const told: Told = { chosen: 0, opened: 0, err: '' };
    for (const question of questions) {
      const own = spools();
      const { chosen, whole, isChosen } = await askBoth(place, question, own);
      own.close();
      const asked = JSON.stringify(question);
      expect({ asked, out: chosen.out, status: chosen.status, problems: problemsOf(chosen.err) }).toEqual({
        asked,
        out: whole.out,
        status: whole.status,
        problems: problemsOf(whole.err),
      });
      const isPlanned = 'count' in question;
      if (!isChosen && !isPlanned) expect({ asked, err: chosen.err }).toEqual({ asked, err: whole.err });
      told.opened += own.opened;
      told.err += chosen.err;
      if (isChosen) told.chosen++;
      expect(readdirSync(folder)).toEqual([]);
    }
    return told;
  });
}

const gzipped = (logs: Logs, pack: (content: Buffer) => Buffer = gzipSync): Logs =>
  Object.fromEntries(Object.entries(logs).map(([name, content]) => [`${name}.gz`, pack(Buffer.from(content))]));

/** Cut into so many members (RFC 1952 2.2). */
function members(content: Buffer, count: number, random: () => number): Buffer {
  const cuts = Array.from({ length: count - 1 }, () => Math.floor(random() * content.length)).sort((a, b) => a - b);
  return Buffer.concat(
    [0, ...cuts].map((from, i) => gzipSync(content.subarray(from, cuts[i] ?? content.length), { level: 1 })),
  );
}

describe('recordings, gzipped', () => {
  test.each(Object.entries(RECORDINGS))('%s', { timeout: 120_000 }, async (name, logs) => {
    const { chosen, opened } = await expectSame(gzipped(logs), some(logs, 4, 21));
    expect(opened).toBeGreaterThan(0);
    // those are read whole for most questions: see same.test.ts
    if (!['hosts', 'opensmtpd', 'dovecot'].includes(name)) expect(chosen).toBeGreaterThan(1);
  });
});

describe('the other packings', () => {
  const single = recording('single');
  const names: Readonly<Record<Packing, string>> = { zstd: 'zst', xz: 'xz', bzip2: 'bz2' };
  test.each(Object.entries(names))('%s', { timeout: 120_000 }, async (_, extension) => {
    const name = `single.mail.log.${extension}`;
    const bytes = readFileSync(join(root, 'fixtures/packed', name));
    const questions = some(single, 4, 22);
    const { chosen, opened } = await expectSame({ [name]: bytes }, questions);
    expect(chosen).toBeGreaterThan(1);
    expect(opened).toBe(questions.length);
    const half = await expectSame({ [name]: bytes.subarray(0, Math.floor(bytes.length * 0.6)) }, questions);
    expect(half.err).toContain('data ends early');
    const more = Buffer.concat([bytes, Buffer.from('something else\n')]);
    expect((await expectSame({ [name]: more }, questions)).err).toMatch(/bytes behind the|data is damaged/);
  });

  test.each(Object.entries(names))('%s without its tool', { timeout: 120_000 }, async (_, extension) => {
    const name = `single.mail.log.${extension}`;
    const path = process.env['PATH'];
    process.env['PATH'] = '';
    try {
      const logs = { [name]: readFileSync(join(root, 'fixtures/packed', name)) };
      expect((await expectSame(logs, some(single, 1, 23))).opened).toBeGreaterThan(0);
    } finally {
      process.env['PATH'] = path;
    }
  });
});

describe('gzip, any way', () => {
  const lines = linesOf(recording('single')['mail.log'] as Buffer);

  test('members, damage, rotated sets of plain and packed files, spools that end', { timeout: 240_000 }, async () => {
    let total = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const random = dice(seed);
        const from = Math.floor(random() * lines.length * 0.5);
        const some3 = lines.slice(from, from + 300 + Math.floor(random() * 900));
        const third = Math.floor(some3.length / 3);
        const pieces = [0, 1, 2].map((i) => textOf(some3.slice(i * third, i === 2 ? some3.length : (i + 1) * third)));
        const [oldest, middle, newest] = pieces as [Buffer, Buffer, Buffer];
        let packed = members(oldest, 1 + Math.floor(random() * 4), random);
        const harm = random();
        if (harm < 0.3) packed = packed.subarray(0, Math.floor(packed.length * (0.3 + random() * 0.7)));
        else if (harm < 0.5) packed = Buffer.concat([packed, Buffer.from('behind')]);
        else if (harm < 0.7) {
          packed = Buffer.from(packed);
          packed[Math.floor(packed.length * random())] = 0x55;
        }
        const logs: Logs = {
          'mail.log': newest,
          ...(random() < 0.5 ? { 'mail.log.1': middle } : { 'mail.log.1.gz': gzipSync(middle) }),
          'mail.log.2.gz': packed,
        };
        const way = random();
        const inThread = random() < 0.5;
        vi.stubEnv('MAILTRACE_THREADS', inThread ? '2' : '1');
        const { chosen } = await expectSame(logs, some({ 'mail.log': textOf(some3) }, 3, seed), () => {
          const spools = spoolsOf({ ...(way < 0.2 ? { most: 20e6 } : {}), ...(inThread ? { gunzip: THREAD } : {}) });
          spools.fails = way > 0.85;
          return spools;
        });
        total += chosen;
      }),
      runs(5),
    );
    vi.unstubAllEnvs();
    expect(total).toBeGreaterThan(1);
  });
});

test('nothing is unpacked where it is not worth it, or too much', async () => {
  const logs = gzipped(recording('single'));
  expect((await expectSame(logs, COUNTS, () => new Watched({ folder }))).opened).toBe(0);
  expect((await expectSame(logs, COUNTS, () => spoolsOf({ most: 1000 }))).opened).toBe(0);
});

test('a folder that cannot be written', async () => {
  const logs = gzipped(recording('single'));
  const spools = (): Watched => spoolsOf({ folder: '/nowhere/at/all' });
  expect((await expectSame(logs, some(recording('single'), 2, 3), spools)).opened).toBeGreaterThan(0);
});
