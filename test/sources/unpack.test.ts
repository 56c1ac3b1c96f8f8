/** zstd, xz and bzip2: by the machine's tool where it has one, and within this process as on a machine without. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { InputProblem } from '../../src/model/run.ts';
import { WAIT, type ByteSource } from '../../src/sources/byte-source.ts';
import { discover } from '../../src/sources/discover.ts';
import type { InputFile } from '../../src/sources/input-file.ts';
import { openInput } from '../../src/sources/open.ts';
import { peekHead, peekTail } from '../../src/sources/peek.ts';
import { findTool, type Packing } from '../../src/sources/unpack/packing.ts';
import { Xxh64 } from '../../src/sources/unpack/xxh64.ts';
import { root } from '../house/sources.ts';
import { bytesOf, temporaryFolder } from './bytes.ts';

const text = readFileSync(join(root, 'fixtures/postfix/single.mail.log'));
const packed: Readonly<Record<Packing, Buffer>> = {
  zstd: readFileSync(join(root, 'fixtures/packed/single.mail.log.zst')),
  xz: readFileSync(join(root, 'fixtures/packed/single.mail.log.xz')),
  bzip2: readFileSync(join(root, 'fixtures/packed/single.mail.log.bz2')),
};
const PACKINGS = Object.keys(packed) as Packing[];

const PATH = process.env['PATH'];
afterEach(() => {
  process.env['PATH'] = PATH;
});
const withoutTools = (): void => {
  process.env['PATH'] = '';
};

/** Each packing within this process, and by its tool where this machine has it. */
const WAYS = PACKINGS.flatMap((packing) => [
  ...(findTool(packing) === undefined ? [] : ([[packing, 'the tool']] as const)),
  [packing, 'this process'] as const,
]);
const setWay = (way: string): void => {
  if (way === 'this process') withoutTools();
};

const STDIN: InputFile = {
  path: '-',
  full: '',
  kind: 'stdin',
  encoding: 'plain',
  size: 0,
  mtime: undefined,
  identity: 'stdin',
};

async function fileOf(bytes: Buffer, name = 'mail.log'): Promise<InputFile> {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  const { files } = await discover([path], { cwd: '/', standardPlaces: [] });
  return files[0] as InputFile;
}

async function readFileBytes(bytes: Buffer, name?: string) {
  const file = await fileOf(bytes, name);
  const found: InputProblem[] = [];
  const read = await bytesOf(openInput(file, { onProblem: (problem) => found.push(problem) }));
  return { read, encoding: file.encoding, what: found.map((problem) => problem.what) };
}

async function readStdin(chunks: readonly Buffer[]) {
  const found: InputProblem[] = [];
  const stdin = Readable.from(chunks);
  const read = await bytesOf(openInput(STDIN, { onProblem: (problem) => found.push(problem), stdin }));
  return { read, what: found.map((problem) => problem.what) };
}

const isStartOfText = (read: Buffer): boolean => read.equals(text.subarray(0, read.length));

/** A tool made for a test, before all others on PATH. */
function fakeTool(packing: Packing, script: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, packing), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, packing), 0o755);
  process.env['PATH'] = `${folder}:${PATH}`;
  return folder;
}

describe.each(WAYS)('%s by %s', (packing, way) => {
  test('all frames or streams of a file are read; its name says nothing', async () => {
    setWay(way);
    for (const name of ['--help', `x.${packing} $(false)`]) {
      const { read, encoding, what } = await readFileBytes(packed[packing], name);
      expect([encoding, what]).toEqual([packing, []]);
      expect(read.equals(text)).toBe(true);
    }
  });

  test('from a pipe, in any pieces', async () => {
    setWay(way);
    for (const size of [31, 1_000_000]) {
      const whole = packed[packing];
      const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) =>
        whole.subarray(i * size, (i + 1) * size),
      );
      const { read, what } = await readStdin(chunks);
      expect(what).toEqual([]);
      expect(read.equals(text)).toBe(true);
    }
  });

  test.each([0.999, 0.7, 0.1, 0.0002])(
    'cut at %d of its length it gives what is there and says so once',
    async (part) => {
      setWay(way);
      const cut = packed[packing].subarray(0, Math.ceil(packed[packing].length * part));
      for (const { read, what } of [await readFileBytes(cut), await readStdin([cut])]) {
        expect(what).toEqual([`${packing} data ends early`]);
        expect(isStartOfText(read)).toBe(true);
        // the first half of the text is a frame of its own
        if (part >= 0.7) expect(read.length).toBeGreaterThan(text.length * 0.49);
      }
    },
  );

  test('damage in the second half: the first is there, and one problem', async () => {
    setWay(way);
    const damaged = Buffer.from(packed[packing]);
    const at = Math.floor(damaged.length * 0.8);
    damaged.fill(0x5a, at, at + 40);
    const { read, what } = await readFileBytes(damaged);
    expect(what).toEqual([`${packing} data is damaged`]);
    const same = read.findIndex((byte, i) => byte !== text[i]);
    expect(same < 0 ? read.length : same).toBeGreaterThan(text.length * 0.49);
  });

  test('other bytes behind the data are left out, with a word', async () => {
    setWay(way);
    const { read, what } = await readFileBytes(
      Buffer.concat([packed[packing], Buffer.from('what is this? '.repeat(9))]),
    );
    expect(read.equals(text)).toBe(true);
    expect(what).toHaveLength(1);
  });

  test('two files are read side by side', async () => {
    setWay(way);
    const files = [await fileOf(packed[packing]), await fileOf(packed[packing])];
    const sources = files.map((file) => openInput(file, { onProblem: () => expect.unreachable() }));
    const into = Buffer.alloc(5000);
    const lengths = [0, 0];
    const open = new Set([0, 1]);
    for (let turn = 0; open.size > 0; turn++) {
      const index = turn % 2;
      const source = sources[index] as ByteSource;
      let count = source.read(into, 0, into.length);
      while (count === WAIT) {
        await source.fill();
        count = source.read(into, 0, into.length);
      }
      if (count === 0) open.delete(index);
      (lengths[index] as number) += count;
    }
    for (const source of sources) source.close();
    expect(lengths).toEqual([text.length, text.length]);
  });

  test('the first and last lines can be seen without reading it', async () => {
    setWay(way);
    const file = await fileOf(packed[packing]);
    const head = peekHead(file);
    expect(head.length).toBe(64 * 1024);
    expect(isStartOfText(head)).toBe(true);
    const tail = peekTail(file);
    expect(tail?.length).toBeGreaterThan(60_000);
    expect(text.subarray(-(tail?.length ?? 0)).equals(tail as Buffer)).toBe(true);
  });

  test('closed in the middle it ends, and more than once is no error', async () => {
    setWay(way);
    const file = await fileOf(packed[packing]);
    const source = openInput(file, { onProblem: () => expect.unreachable() });
    const into = Buffer.alloc(100);
    while (source.read(into, 0, 100) === WAIT) await source.fill();
    source.close();
    source.close();
    expect(source.read(into, 0, 100)).toBe(0);
    await source.fill();
  });
});

describe('the tool', () => {
  test('gets the open file and no name of it, runs without a shell, and is ended when we stop', async () => {
    const folder = fakeTool(
      'zstd',
      `cd "$(dirname "$0")"; echo "$$" > pid; echo "$@"; head -c 4 | od -An -tx1; while :; do echo more; done`,
    );
    const file = await fileOf(packed.zstd, '--rm');
    const source = openInput(file, { onProblem: () => expect.unreachable() });
    const into = Buffer.alloc(4000);
    let read = '';
    while (read.length < 2000) {
      const count = source.read(into, 0, into.length);
      if (count === WAIT) await source.fill();
      else read += into.toString('latin1', 0, count);
    }
    expect(read).toMatch(/^-dcq\n 28 b5 2f fd\nmore\n/);
    const pid = Number(readFileSync(join(folder, 'pid'), 'latin1'));
    source.close();
    await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false);
  });

  test('one that does not run is no loss', async () => {
    for (const script of ['echo "zstd: cannot load library" >&2; exit 127', 'kill -9 $$']) {
      fakeTool('zstd', script);
      const { read, what } = await readFileBytes(packed.zstd);
      expect(what).toEqual([]);
      expect(read.equals(text)).toBe(true);
    }
    const folder = fakeTool('zstd', '');
    writeFileSync(join(folder, 'zstd'), '#!/nowhere/at/all\n');
    expect((await readFileBytes(packed.zstd)).read.equals(text)).toBe(true);
  });

  test('one that dies half-way: what it gave is used, and one problem', async () => {
    fakeTool('xz', 'echo first; echo "\\033[31mxz: no" >&2; exit 3');
    const { read, what } = await readFileBytes(packed.xz);
    expect(read.toString()).toBe('first\n');
    expect(what).toEqual(['xz data could not be unpacked']);
  });

  test('one in the folder one stands in is not taken', () => {
    const folder = fakeTool('zstd', 'exit 0');
    expect(findTool('zstd')).toBe(join(folder, 'zstd'));
    process.env['PATH'] = '.::sub';
    mkdirSync(join(folder, 'sub'));
    const before = process.cwd();
    process.chdir(folder);
    try {
      expect(existsSync('zstd')).toBe(true);
      expect(findTool('zstd')).toBeUndefined();
    } finally {
      process.chdir(before);
    }
  });
});

/** A zombie is not running. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

describe('zstd within this process', () => {
  const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

  test('skippable frames, in front as well, are passed over', async () => {
    withoutTools();
    const { read, encoding, what } = await readFileBytes(Buffer.concat([skippable, packed.zstd, skippable]));
    expect([encoding, what]).toEqual(['zstd', []]);
    expect(read.equals(text)).toBe(true);
  });

  test('a change that leaves the data well-formed is found by its checksum', async () => {
    withoutTools();
    // one frame, one raw block, with a checksum
    const line = Buffer.from('Nov 21 09:15:02 mx1 postfix/qmgr[812]: 4bT1: removed\n');
    const hash = new Xxh64();
    hash.update(line);
    const end = Buffer.alloc(4);
    end.writeUInt32LE(hash.digest());
    const header = Buffer.from([
      0x28,
      0xb5,
      0x2f,
      0xfd,
      0x24,
      line.length,
      (line.length << 3) | 1,
      line.length >> 5,
      0,
    ]);
    const frame = Buffer.concat([header, line, end]);
    expect(await readFileBytes(frame)).toMatchObject({ read: line, what: [] });
    frame[20] = 0x41;
    expect((await readFileBytes(frame)).what).toEqual(['zstd data is damaged']);
  });

  test('a window of gigabytes is refused, with a way around', async () => {
    withoutTools();
    const file = await fileOf(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0xa8, 1, 0, 0]));
    const found: InputProblem[] = [];
    expect(await bytesOf(openInput(file, { onProblem: (problem) => found.push(problem) }))).toHaveLength(0);
    expect(found).toMatchObject([
      {
        what: 'zstd data needs more memory to unpack than is allowed',
        help: expect.stringMatching(/^zstd -dc --long=31 < .* \| mailtrace/),
      },
    ]);
  });

  test('its checksum is XXH64', () => {
    // of the specification and of other implementations
    for (const [words, low] of [
      ['', 0x51d8e999],
      ['abc', 0xad770999],
      ['Nobody inspects the spammish repetition', 0x8a378bf1],
    ] as const) {
      for (const size of [1, 5, 100]) {
        const hash = new Xxh64();
        for (let at = 0; at < words.length; at += size) hash.update(Buffer.from(words.slice(at, at + size)));
        expect(hash.digest()).toBe(low);
      }
    }
  });
});

describe('discovery', () => {
  test('packed text is a log, packed bytes of a program are none', async () => {
    withoutTools();
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'log'));
    writeFileSync(join(folder, 'log/mail.log.1.zst'), packed.zstd);
    writeFileSync(join(folder, 'log/mail.log.2.xz'), packed.xz);
    writeFileSync(join(folder, 'log/mail.log.3.bz2'), packed.bzip2);
    writeFileSync(join(folder, 'log/mail.log.4.gz'), gzipSync(text));
    // one raw block: what a packed program looks like
    const program = Buffer.from(Array.from({ length: 4000 }, (_, i) => (i % 3 === 0 ? 0 : (i * 89) % 256)));
    const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x60, 0xa0, 0x0e, 0x01, 0x7d, 0]);
    writeFileSync(join(folder, 'log/wtmp.zst'), Buffer.concat([header, program]));
    const { files, problems, binaries } = await discover(['log'], { cwd: folder, standardPlaces: [] });
    expect(files.map(({ encoding }) => encoding)).toEqual(['zstd', 'xz', 'bzip2', 'gzip']);
    expect(problems).toEqual([]);
    expect(binaries).toBe(1);
  });
});
