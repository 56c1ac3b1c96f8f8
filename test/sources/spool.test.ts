/** What packed files are unpacked to, to be read at any place: what it holds, where it ends, what is left of it. */
import { closeSync, fstatSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { InputProblem } from '../../src/model/run.ts';
import { WAIT } from '../../src/sources/byte-source.ts';
import { discover } from '../../src/sources/discover.ts';
import type { InputFile } from '../../src/sources/input-file.ts';
import { openInput } from '../../src/sources/open.ts';
import { rereadLines } from '../../src/sources/reread.ts';
import { areAtHand, canReread, openAt } from '../../src/sources/spool/read-at.ts';
import { FULL, Spool, type SpoolRoom } from '../../src/sources/spool/spool.ts';
import { Spools } from '../../src/sources/spool/spools.ts';
import { bytesOf, temporaryFolder } from './bytes.ts';

const PLACE = { source: 0, line: 1, offset: 7, length: 4 };
const text = Buffer.from(Array.from({ length: 20_000 }, (_, i) => `line ${i} of a log\n`).join(''));

async function fileOf(bytes: Buffer, name = 'mail.log.gz'): Promise<InputFile> {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  const { files } = await discover([path], { cwd: '/', standardPlaces: [] });
  return files[0] as InputFile;
}

/** With a spool in a room of the test's. */
function spooledIn(room: SpoolRoom, file: InputFile): { file: InputFile; spool: Spool } {
  const spool = new Spool(room, file.size, (onProblem) => openInput(file, { onProblem }));
  return { file: { ...file, spool }, spool };
}

/** Reads it for the first time, as far as it goes; what was given, and how it ended. */
async function readThrough(file: InputFile): Promise<{ given: Buffer; end: number }> {
  const parts: Buffer[] = [];
  const into = Buffer.alloc(100_000);
  const bytes = openAt(file);
  for (let place = 0; ;) {
    const count = bytes.read(into, 7, into.length - 7, place);
    if (count === WAIT) await bytes.fill();
    else if (count <= 0) return { given: Buffer.concat(parts), end: count };
    else {
      parts.push(Buffer.from(into.subarray(7, 7 + count)));
      place += count;
    }
  }
}

async function readUsually(file: InputFile) {
  const problems: InputProblem[] = [];
  const read = await bytesOf(openInput(file, { onProblem: (problem) => problems.push(problem) }));
  return { read, problems: problems.map(({ what }) => what) };
}

describe('a spool', () => {
  test('gives what was unpacked, at any place, as often as wanted; nobody else can open it', async () => {
    const folder = temporaryFolder();
    const spools = new Spools({ folder, least: 0 });
    const file = spools.give(await fileOf(gzipSync(text)));
    expect(areAtHand([file])).toBe(true);
    expect(canReread(file)).toBe(false);
    const { given, end } = await readThrough(file);
    expect(end).toBe(0);
    expect(given.equals(text)).toBe(true);
    expect(canReread(file)).toBe(true);
    const { mode, nlink, size } = fstatSync(file.spool?.wholeFd as number);
    expect([mode & 0o777, nlink, size]).toEqual([0o600, 0, text.length]);
    expect(readdirSync(folder)).toEqual([]);
    const some = Buffer.alloc(50);
    expect(openAt(file).read(some, 0, 50, 1234)).toBe(50);
    expect(some.equals(text.subarray(1234, 1284))).toBe(true);
    expect(rereadLines(file, [PLACE])[0]?.toString()).toBe(text.toString('latin1', 7, 11));
    expect((await readUsually(file)).read.equals(text)).toBe(true);
    expect((await readUsually(file)).read.equals(text)).toBe(true);
    spools.close();
    expect(canReread(file)).toBe(false);
    // not the packed bytes that lie there
    expect(rereadLines(file, [PLACE])).toEqual([undefined]);
    expect((await readUsually(file)).read.equals(text)).toBe(true);
  });

  test('tells what is wrong with the file to everyone who reads it whole', async () => {
    const spools = new Spools({ folder: temporaryFolder(), least: 0 });
    const file = spools.give(await fileOf(gzipSync(text).subarray(0, 20_000)));
    const { given } = await readThrough(file);
    for (let time = 0; time < 2; time++) {
      const { read, problems } = await readUsually(file);
      expect(read.equals(given)).toBe(true);
      expect(problems).toEqual(['gzip data ends early']);
    }
    spools.close();
  });

  test('that may not grow hands over what it has and goes on as ever', async () => {
    const large = Buffer.concat(Array.from({ length: 100 }, () => text));
    let grants = 0;
    const spools = new Spools({ folder: temporaryFolder() });
    const room: SpoolRoom = { open: () => spools.open(), mayGrow: () => grants++ < 1, isWorth: () => true };
    const { file, spool } = spooledIn(room, await fileOf(gzipSync(large, { level: 1 })));
    const { given, end } = await readThrough(file);
    expect(end).toBe(FULL);
    expect(given.length).toBeGreaterThan(10_000_000);
    expect(given.length).toBeLessThan(large.length / 2);
    expect(areAtHand([file])).toBe(false);
    expect((await readUsually(file)).read.equals(large)).toBe(true);
    expect(spool.bytes).toBe(given.length);
    expect((await readUsually(file)).read.equals(large)).toBe(true);
  });

  test('that cannot be written loses nothing', async () => {
    const packed = await fileOf(gzipSync(text));
    const room: SpoolRoom = { open: () => openSync(packed.full, 'r'), mayGrow: () => true, isWorth: () => true };
    const { file } = spooledIn(room, packed);
    expect(await readThrough(file)).toEqual({ given: Buffer.alloc(0), end: FULL });
    expect((await readUsually(file)).read.equals(text)).toBe(true);
  });
});

/** A tool of that name in front of all others, that does what the script says. */
async function withTool(script: string, go: () => Promise<void>): Promise<void> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'zstd'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const before = process.env['PATH'];
  process.env['PATH'] = `${folder}:${before}`;
  try {
    await go();
  } finally {
    process.env['PATH'] = before;
  }
}

/** Whatever the tool makes of it: `zstd` by its first bytes. */
const packed = (): Promise<InputFile> => fileOf(Buffer.concat([ZSTD, Buffer.alloc(4000, 7)]), 'mail.log.zst');
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

describe('a spool that the tool writes', () => {
  test('is read as it grows, by who reads it first and who reads it the usual way', async () => {
    const script = `yes 'a line of a log' | head -n 90000; sleep 0.2; yes 'another' | head -n 70000`;
    await withTool(script, async () => {
      const wanted = Buffer.from('a line of a log\n'.repeat(90_000) + 'another\n'.repeat(70_000));
      const spools = new Spools({ folder: temporaryFolder(), least: 0 });
      const file = spools.give(await packed());
      const { given, end } = await readThrough(file);
      expect([end, given.equals(wanted)]).toEqual([0, true]);
      expect(fstatSync(file.spool?.wholeFd as number).size).toBe(wanted.length);
      const other = spools.give(await fileOf(Buffer.concat([ZSTD, Buffer.alloc(4001)]), 'mail.log.zst'));
      expect(openAt(other).read(Buffer.alloc(9), 0, 9, 0)).toBe(WAIT);
      expect((await readUsually(other)).read.equals(wanted)).toBe(true);
      expect(canReread(other)).toBe(true);
      spools.close();
    });
  });

  test('tells what the tool says is wrong, behind all that it wrote', async () => {
    await withTool(`echo one line; echo 'zstd: premature end' >&2; exit 1`, async () => {
      const spools = new Spools({ folder: temporaryFolder(), least: 0 });
      const file = spools.give(await packed());
      expect((await readThrough(file)).given.toString()).toBe('one line\n');
      for (let time = 0; time < 2; time++)
        expect(await readUsually(file)).toEqual({
          read: Buffer.from('one line\n'),
          problems: ['zstd data ends early'],
        });
      spools.close();
    });
  });

  test('is unpacked the usual way where it may not grow, or there is no room on the disk', async () => {
    const script = `yes 'a line of a log' | head -n 3000000; [ -p /dev/stdout -o -S /dev/stdout ] || {
      echo 'zstd: No space left on device' >&2; exit 70; }`;
    await withTool(script, async () => {
      const wanted = 'a line of a log\n'.length * 3_000_000;
      const spools = new Spools({ folder: temporaryFolder(), least: 0 });
      const small = new Spools({ folder: temporaryFolder(), least: 0, most: 20 * 1024 * 1024 });
      for (const one of [spools, small]) {
        const file = one.give(await packed());
        expect((await readThrough(file)).end).toBe(FULL);
        const { read, problems } = await readUsually(file);
        expect([read.length, problems]).toEqual([wanted, []]);
        one.close();
      }
    });
  });

  test('is none where the tool does not run', async () => {
    await withTool('exit 127', async () => {
      const spools = new Spools({ folder: temporaryFolder(), least: 0 });
      const file = spools.give(await packed());
      await readThrough(file);
      expect((await readUsually(file)).problems).toHaveLength(1);
      spools.close();
    });
  });
});

describe('a spool that a thread writes, of gzip data', () => {
  const script = new URL('../../dist/gunzip-worker.cjs', import.meta.url);
  const large = Buffer.concat(Array.from({ length: 12 }, () => text));
  const spoolsOf = (most?: number): Spools =>
    new Spools({ folder: temporaryFolder(), least: 0, gunzip: script, ...(most === undefined ? {} : { most }) });

  beforeEach(() => {
    vi.stubEnv('MAILTRACE_THREADS', '2');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('is read as it grows, and holds all members', async () => {
    const spools = spoolsOf();
    const file = spools.give(await fileOf(Buffer.concat([gzipSync(large), gzipSync(text)])));
    const at = openAt(file);
    expect([at.read(Buffer.alloc(9), 0, 9, 0), at.isGrowing]).toEqual([WAIT, true]);
    const { given, end } = await readThrough(file);
    expect([end, given.equals(Buffer.concat([large, text]))]).toEqual([0, true]);
    expect((await readUsually(file)).read.equals(given)).toBe(true);
    expect(canReread(file)).toBe(true);
    spools.close();
  });

  test('tells what is wrong with it in the same words, behind the same bytes', async () => {
    const packed = gzipSync(large);
    const damaged = Buffer.from(packed);
    const middle = packed.length >> 1;
    damaged.fill(0x55, middle, middle + 64);
    for (const bytes of [packed.subarray(0, middle + 5), damaged, Buffer.concat([packed, Buffer.from('x')])]) {
      const file = await fileOf(bytes);
      const spools = spoolsOf();
      const spooled = spools.give(file);
      const { given } = await readThrough(spooled);
      const usually = await readUsually(file);
      expect(usually.problems).toHaveLength(1);
      expect(given.equals(usually.read)).toBe(true);
      expect((await readUsually(spooled)).problems).toEqual(usually.problems);
      spools.close();
    }
  });

  test('is unpacked the usual way where it may not grow, cannot be written, or there is no thread', async () => {
    const readOnly = new (class extends Spools {
      override open(): number {
        return openSync('/dev/null', 'r');
      }
    })({ folder: temporaryFolder(), least: 0, gunzip: script });
    for (const spools of [spoolsOf(100), readOnly]) {
      const file = spools.give(await fileOf(gzipSync(large)));
      expect((await readThrough(file)).end).toBe(FULL);
      expect((await readUsually(file)).read.equals(large)).toBe(true);
      spools.close();
    }
    const none = new Spools({ folder: temporaryFolder(), least: 0, gunzip: new URL('nowhere.cjs', script) });
    expect((await readThrough(none.give(await fileOf(gzipSync(large))))).given.equals(large)).toBe(true);
    none.close();
  });

  test('that is closed while it is written writes to no other file that has its descriptor then', async () => {
    const other = join(temporaryFolder(), 'other');
    for (let time = 0; time < 5; time++) {
      const spools = spoolsOf();
      const file = spools.give(await fileOf(gzipSync(large)));
      const into = Buffer.alloc(1000);
      const at = openAt(file);
      while (at.read(into, 0, 1000, 0) === WAIT) await at.fill();
      spools.close();
      const fd = openSync(other, 'w+');
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
      expect(fstatSync(fd).size).toBe(0);
      closeSync(fd);
    }
  });
});

describe('how much is written', () => {
  test('never more than the bound, never more than half of what is free', () => {
    const folder = temporaryFolder();
    const spools = new Spools({ folder, most: 1000 });
    expect(spools.mayGrow(600, 0)).toBe(true);
    expect(spools.mayGrow(600, 0)).toBe(false);
    expect(spools.mayGrow(100, 900)).toBe(false);
    expect(spools.mayGrow(400, 400)).toBe(true);
    expect(new Spools({ folder, most: 1e30 }).mayGrow(1, 1e25)).toBe(false);
    expect(new Spools({ folder: '/nowhere/at/all' }).mayGrow(1, 0)).toBe(false);
  });

  test('nothing for what is small, and for what is surely too much', () => {
    const spools = new Spools({ least: 1000, most: 10_000 });
    expect(spools.isWorth(100, 0)).toBe(false);
    expect(spools.isWorth(100, 5000)).toBe(true);
    expect(spools.isWorth(1000, 0)).toBe(true);
    expect(spools.isWorth(9000, 0)).toBe(false);
  });

  test('MAILTRACE_TMPDIR says where', () => {
    const folder = temporaryFolder();
    process.env['MAILTRACE_TMPDIR'] = join(folder, 'not there');
    try {
      expect(() => new Spools().open()).toThrow('ENOENT');
      process.env['MAILTRACE_TMPDIR'] = folder;
      closeSync(new Spools().open());
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      delete process.env['MAILTRACE_TMPDIR'];
    }
  });
});
