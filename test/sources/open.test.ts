/** Inputs opened: plain, gzip, UTF-16, pipes, the journal; what is damaged gives what it has and one problem. */
import { spawn, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { InputProblem } from '../../src/model/run.ts';
import { discover } from '../../src/sources/discover.ts';
import type { InputFile } from '../../src/sources/input-file.ts';
import { openJournal } from '../../src/sources/journal.ts';
import { openInput } from '../../src/sources/open.ts';
import { bytesOf, temporaryFolder } from './bytes.ts';

const STDIN: InputFile = {
  path: '-',
  full: '',
  kind: 'stdin',
  encoding: 'plain',
  size: 0,
  mtime: undefined,
  identity: 'stdin',
};

/** Bytes that do not pack to nothing: lines with a running number and some noise. */
const text = Buffer.from(
  Array.from(
    { length: 20_000 },
    (_, i) => `Nov 21 09:15:02 mx1 postfix/qmgr[812]: ${(i * 2654435761).toString(36)}: removed\n`,
  ).join(''),
);

async function readFileBytes(bytes: Buffer) {
  const path = join(temporaryFolder(), 'mail.log');
  writeFileSync(path, bytes);
  const { files, problems } = await discover([path], { cwd: '/', standardPlaces: [] });
  const found: InputProblem[] = [...problems];
  const [file] = files;
  const read =
    file === undefined
      ? Buffer.alloc(0)
      : await bytesOf(openInput(file, { onProblem: (problem) => found.push(problem) }));
  return { read, isText: read.equals(text), what: found.map((problem) => problem.what), encoding: file?.encoding };
}

async function readStdin(chunks: readonly Buffer[]) {
  const found: InputProblem[] = [];
  const read = await bytesOf(
    openInput(STDIN, { onProblem: (problem) => found.push(problem), stdin: Readable.from(chunks) }),
  );
  return {
    read: read.toString('latin1'),
    isText: read.equals(text),
    what: found.map(({ where, what }) => `${where}: ${what}`),
  };
}

const cutUp = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

describe('gzip', () => {
  test('is known by its first bytes, not by the name', async () => {
    expect(await readFileBytes(gzipSync(text))).toMatchObject({ isText: true, what: [], encoding: 'gzip' });
  });

  test('all members are read, zero padding behind them is nothing', async () => {
    const packed = Buffer.concat([...cutUp(text, 100_000).map((part) => gzipSync(part)), Buffer.alloc(600)]);
    expect(await readFileBytes(packed)).toMatchObject({ isText: true, what: [], encoding: 'gzip' });
  });

  test.each([0.99, 0.5, 0.02])('cut at %d of its length it gives what is there and says so', async (part) => {
    const packed = gzipSync(text);
    const { read, what } = await readFileBytes(packed.subarray(0, Math.floor(packed.length * part)));
    expect(what).toEqual(['gzip data ends early']);
    // deflate gives whole blocks of symbols late: no more than some 100 KB of text may be missing
    expect(read.length).toBeGreaterThan(text.length * part - 200_000);
    expect(read.equals(text.subarray(0, read.length))).toBe(true);
  });

  test('cut in its trailer alone, all text is there', async () => {
    const { read, what } = await readFileBytes(gzipSync(text).subarray(0, -3));
    expect(what).toEqual(['gzip data ends early']);
    expect(read.equals(text)).toBe(true);
  });

  test('cut within its header it is empty', async () => {
    expect(await readFileBytes(gzipSync(text).subarray(0, 5))).toMatchObject({
      read: Buffer.alloc(0),
      what: ['gzip data ends early'],
    });
  });

  test('other bytes behind the last member are left out, with a word; all text is there', async () => {
    const packed = Buffer.concat([gzipSync(text), Buffer.from('these bytes are none of it\n')]);
    const { read, what } = await readFileBytes(packed);
    expect(what).toEqual(['bytes behind the gzip data were ignored']);
    expect(read.equals(text)).toBe(true);
  });

  test('damage in the middle: the text before it is there, up to the very place', async () => {
    const packed = gzipSync(text);
    const middle = Math.floor(packed.length / 2);
    packed.fill(0xff, middle, middle + 200);
    const { read, what } = await readFileBytes(packed);
    expect(what).toEqual(['gzip data is damaged']);
    const same = read.findIndex((byte, i) => byte !== text[i]);
    expect(same < 0 ? read.length : same).toBeGreaterThan(text.length * 0.45);
  });

  test('from a pipe, in any pieces', async () => {
    for (const size of [1, 1000, 1_000_000]) {
      const small = text.subarray(0, 20_000);
      const { read, what } = await readStdin(cutUp(gzipSync(small), size));
      expect(what).toEqual([]);
      expect(read === small.toString('latin1')).toBe(true);
    }
  });

  test('a truncated pipe gives what came', async () => {
    const packed = gzipSync(text);
    const { isText, what } = await readStdin(cutUp(packed.subarray(0, packed.length - 4), 10_000));
    expect(what).toEqual(['-: gzip data ends early']);
    expect(isText).toBe(true);
  });
});

describe('other bytes', () => {
  test.each(['utf-16le', 'utf-16be'])('%s with a mark is read as UTF-8', async (encoding) => {
    const line = 'Nov 21 09:15:02 mx1 postfix: größe 📧\r\n'.repeat(5000);
    const bytes = Buffer.from(`\ufeff${line}`, 'utf16le');
    if (encoding === 'utf-16be') bytes.swap16();
    const { read, what } = await readFileBytes(bytes);
    expect(what).toEqual([]);
    expect(read.toString().replace('\ufeff', '')).toBe(line);
  });

  test.each([
    ['lz4', 'lz4 -dc', [0x04, 0x22, 0x4d, 0x18, 1, 2]],
    ['compress', 'zcat', [0x1f, 0x9d, 0x90, 1, 2, 3]],
    ['zip', 'unzip -p', [0x50, 0x4b, 0x03, 0x04, 20, 0]],
  ])('%s is said to be that, with a way around', async (name, command, magic) => {
    const path = join(temporaryFolder(), 'mail.log');
    writeFileSync(path, Buffer.from(magic));
    const { files, problems } = await discover([path], { cwd: '/', standardPlaces: [] });
    expect(files).toEqual([]);
    expect(problems).toEqual([
      {
        where: path,
        what: `is ${name}-compressed, which this version does not read`,
        help: `${command} ${path} | mailtrace … -`,
      },
    ]);
    expect((await readStdin([Buffer.from(magic)])).what).toEqual([
      `-: is ${name}-compressed, which this version does not read`,
    ]);
  });

  test('a text that begins with BZh is a text', async () => {
    expect((await readFileBytes(Buffer.from('BZhang: hello\n'))).what).toEqual([]);
  });

  test('a program is no log; a log with NUL bytes in it is one, and they stay', async () => {
    const program = Buffer.from(Array.from({ length: 4000 }, (_, i) => (i % 3 === 0 ? 0 : (i * 89) % 256)));
    expect((await readFileBytes(program)).what).toEqual(['is not a log (binary)']);
    expect((await readFileBytes(gzipSync(program))).what).toEqual(['is not a log (binary)']);
    expect((await readStdin([program])).what).toEqual(['-: is not a log (binary)']);
    const damaged = Buffer.concat([
      Buffer.alloc(2000),
      text.subarray(0, 3000),
      Buffer.alloc(500),
      text.subarray(0, 3000),
    ]);
    expect(await readFileBytes(damaged)).toMatchObject({ read: damaged, what: [] });
  });

  test('a file that is gone when its turn comes is a problem and no bytes', async () => {
    const path = join(temporaryFolder(), 'mail.log');
    writeFileSync(path, 'a\n');
    const { files } = await discover([path], { cwd: '/', standardPlaces: [] });
    rmSync(path);
    const found: InputProblem[] = [];
    expect(
      await bytesOf(openInput(files[0] as InputFile, { onProblem: (problem) => found.push(problem) })),
    ).toHaveLength(0);
    expect(found).toMatchObject([{ where: path, what: 'no such file or folder' }]);
  });

  test('a pipe that breaks: what came before is there', async () => {
    const broken = new Readable({ read: () => undefined });
    broken.push('first\n');
    setTimeout(() => broken.destroy(Object.assign(new Error('x'), { code: 'EIO' })), 10);
    const found: InputProblem[] = [];
    const read = await bytesOf(openInput(STDIN, { onProblem: (problem) => found.push(problem), stdin: broken }));
    expect(read.toString()).toBe('first\n');
    expect(found.map((problem) => problem.what)).toEqual(['could not be read to its end: the disk reports an error']);
  });
});

describe('pipes by name', () => {
  test('a FIFO is read as it comes, also when it holds gzip', async () => {
    const path = join(temporaryFolder(), 'fifo');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    const { files, problems } = await discover([path], { cwd: '/', standardPlaces: [] });
    expect(problems).toEqual([]);
    expect(files[0]?.kind).toBe('pipe');
    const writer = spawn(
      process.execPath,
      ['-e', `require('fs').writeFileSync(process.env.FIFO, require('zlib').gzipSync('hello\\n'))`],
      {
        env: { ...process.env, FIFO: path },
      },
    );
    const read = await bytesOf(openInput(files[0] as InputFile, { onProblem: () => expect.unreachable() }));
    writer.kill();
    expect(read.toString()).toBe('hello\n');
  });
});

const SPAN = { since: Date.UTC(2026, 10, 21), until: Date.UTC(2026, 10, 22) };

/** Reads a journal whose journalctl is this shell script. */
async function readJournal(script: string) {
  const path = join(temporaryFolder(), 'journalctl');
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const found: InputProblem[] = [];
  const read = await bytesOf(openJournal((problem) => found.push(problem), SPAN, path));
  return { read: read.toString(), what: found.map((problem) => problem.what) };
}

describe('the journal', () => {
  test('is what journalctl prints, mail alone, within the given times', async () => {
    const { read, what } = await readJournal('echo "$@"');
    expect(read).toMatch(/^-o json .*--since=@1795219200 --until=@1795305600 SYSLOG_FACILITY=2 \+ /);
    expect(what).toEqual([]);
  });

  test('a failing journalctl says why, and what it printed counts', async () => {
    const { read, what } = await readJournal('echo "{}"; echo "No journal files were found." >&2; exit 1');
    expect(read).toBe('{}\n');
    expect(what).toEqual(['journalctl ended with status 1: No journal files were found.']);
  });

  test('no journalctl: one problem, with what to do', async () => {
    const found: InputProblem[] = [];
    const read = await bytesOf(openJournal((problem) => found.push(problem), undefined, '/nowhere/journalctl'));
    expect(read).toHaveLength(0);
    expect(found).toEqual([
      {
        where: 'journal',
        what: 'no log in the usual places, and no journalctl',
        help: expect.stringContaining('/var/log/mail.log'),
      },
    ]);
  });
});
