/** The built command where input has no end, memory is short, the disk is full, or nobody wants it any more. */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENDLESS } from '../bench/endless.ts';
import { BIN, cli, shell } from '../helpers/cli.ts';
import { copyFixture, temporaryFolder } from '../helpers/fixtures.ts';
import { root } from '../house/sources.ts';

const folder = temporaryFolder();
const cwd = folder.path;

beforeAll(() => copyFixture('postfix/single.mail.log', cwd));
afterAll(folder.remove);

/** Peak resident memory of a line of shell in which `$MT` stands once, KiB. */
function peak(line: string): { kib: number; status: number | null; out: string; err: string } {
  const path = join(cwd, 'status');
  const watched = line.replace('$MT', `${process.execPath} --import ${join(cwd, 'peak.mjs')} ${BIN}`);
  writeFileSync(
    join(cwd, 'peak.mjs'),
    `import { writeFileSync } from 'node:fs';\nprocess.on('exit', () => writeFileSync(${JSON.stringify(path)}, String(process.resourceUsage().maxRSS)));\n`,
  );
  const done = shell(watched, { cwd });
  return { kib: Number(readFileSync(path, 'utf8')), ...done };
}

/** Reading it fails with EIO, for nothing stands at the beginning of a process' memory. */
const FAILING = '/proc/self/mem';

describe.skipIf(!existsSync(FAILING))('a disk that fails', () => {
  test.each([
    ['search', '--count', '--json'],
    ['search', '--json', '--recipient', 'example.com'],
    ['report', 'traffic', '--json'],
    ['doctor'],
  ])('%s %s %s: it is told, and the rest goes on', (...args) => {
    const whole = cli([...args, 'single.mail.log'], { cwd });
    const { status, out, err } = cli([...args, FAILING, 'single.mail.log'], { cwd });
    expect(err).toContain(`mailtrace: ${FAILING}: the disk reports an error\n`);
    expect(err).not.toContain('bug');
    expect([status, out]).toEqual([2, whole.out]);
  });

  test('explain says so in the same words', () => {
    const { status, err } = cli(['explain', FAILING], { cwd });
    expect([status, err]).toEqual([2, `mailtrace: ${FAILING}: the disk reports an error\n`]);
  });
});

describe('input without end', () => {
  test('a gzip bomb is read in bounded memory', () => {
    writeFileSync(
      join(cwd, 'bomb.gz'),
      Buffer.concat(new Array<Buffer>(20).fill(gzipSync(Buffer.alloc(16 << 20, 'x')))),
    );
    const { kib, status } = peak('$MT search --count bomb.gz');
    expect(status).toBe(1);
    expect(kib).toBeLessThan(400 * 1024);
  });

  test('zeros without a line end are read in bounded memory', () => {
    const { kib, status, err } = peak('head -c 300000000 /dev/zero | $MT search --count -');
    expect(status).toBe(2);
    expect(err).toContain('is not a log');
    expect(kib).toBeLessThan(400 * 1024);
  });

  test('/dev/zero by its name ends with a word, or by Ctrl-C', () => {
    const { status, err } = shell('timeout -s INT 5 $MT search --count /dev/zero', { cwd });
    expect([1, 2, 124, 130]).toContain(status);
    expect(err).toMatch(/interrupted|\/dev\/zero/);
  });

  test('links that lead in circles are walked once', () => {
    mkdirSync(join(cwd, 'ring/inner'), { recursive: true });
    copyFixture('postfix/single.mail.log', join(cwd, 'ring/inner'));
    symlinkSync('..', join(cwd, 'ring/inner/back'));
    symlinkSync('.', join(cwd, 'ring/self'));
    const ring = cli(['search', '--count', '--json', 'ring'], { cwd });
    expect(ring.status).toBe(0);
    expect(ring.out).toBe(cli(['search', '--count', '--json', 'single.mail.log'], { cwd }).out);
  });
});

describe('--memory', () => {
  test('what is let go is said and counted, and the status is 2', () => {
    let text = '';
    for (let n = 0; n < 15_000; n++) text += ENDLESS['unfinished']?.lines(n);
    const { status, out, err } = cli(['search', '--count', '--json', '--memory', '192M', '-'], { cwd, stdin: text });
    expect(status).toBe(2);
    const counts = JSON.parse(out) as { messages: number; letGo: number };
    expect(counts.messages).toBe(15_000);
    expect(counts.letGo).toBeGreaterThan(1000);
    expect(err).toContain('mailtrace: memory of 192M was short: ');
    expect(err).toContain('\nhelp: give more with --memory');
    const enough = cli(['search', '--count', '--json', '--memory', '1G', '-'], { cwd, stdin: text });
    expect(enough.status).toBe(0);
    expect(enough.out).not.toContain('letGo');
  });

  test.each([
    ['x', "'x' is no size"],
    ['1M', 'too little'],
    ['900T', 'Node may use'],
  ])('%s is refused', (size, word) => {
    const { status, err } = cli(['search', '--memory', size, 'single.mail.log'], { cwd });
    expect(status).toBe(2);
    expect(err).toContain('mailtrace: --memory: ');
    expect(err).toContain(word);
  });
});

describe('an ending by others', () => {
  test.each(['SIGTERM', 'SIGHUP'] as const)('%s ends it at once; no file stays', async (signal) => {
    const temporary = mkdtempSync(join(tmpdir(), 'mailtrace-limits-'));
    const child = spawn(process.execPath, [BIN, 'search', '--json', '-'], {
      cwd,
      env: { PATH: process.env['PATH'], TZ: 'UTC', TMPDIR: temporary },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const ended = new Promise((resolve) => child.on('close', (status, by) => resolve([status, by])));
    child.stdin.on('error', () => undefined);
    child.stdin.write(readFileSync(join(cwd, 'single.mail.log')), () => child.kill(signal));
    expect(await ended).toEqual([null, signal]);
    expect(readdirSync(temporary)).toEqual([]);
    rmSync(temporary, { recursive: true });
  });

  test('a full disk: a word, 2, and nothing half written', () => {
    const full = shell('$MT search --json single.mail.log >/dev/full', { cwd });
    expect(full.status).toBe(2);
    expect(full.err).toMatch(/^mailtrace: standard output: .*ENOSPC/m);
    mkdirSync(join(cwd, 'reports'));
    // a limit of the size of files is a disk that is full in the middle
    const half = shell(
      `ulimit -f 1; trap '' XFSZ; $MT report traffic --format html --output reports/x.html single.mail.log`,
      { cwd },
    );
    expect(half.status).toBe(2);
    expect(half.err).toMatch(/^mailtrace: .*reports\/x\.html: it cannot be written/m);
    expect(readdirSync(join(cwd, 'reports'))).toEqual([]);
  });
});

describe('what it touches', () => {
  const traced = spawnSync('strace', ['-V']).status === 0;

  test
    .skipIf(!traced)
    .each([
      'search -r nobody@example.com .',
      'search --json single.mail.log',
      'search --text queued single.mail.log.gz',
      'show 4jX6J41bndzLsrY single.mail.log',
      'report bounces single.mail.log',
      'doctor single.mail.log',
      'formats single.mail.log',
      'explain 5.7.1',
    ])('%s writes nothing but files without a name, opens no connection, starts nothing', (args) => {
    writeFileSync(join(cwd, 'single.mail.log.gz'), gzipSync(readFileSync(join(cwd, 'single.mail.log'))));
    const trace = join(tmpdir(), `mailtrace-strace-${process.pid}`);
    shell(`strace -f -o ${trace} -e trace=%file,%network,execve,fork,vfork $MT ${args} >/dev/null 2>&1`, { cwd });
    const lines = readFileSync(trace, 'utf8').split('\n');
    rmSync(trace);
    expect(lines.length).toBeGreaterThan(50);
    const written = lines.filter(
      (line) => /\bopen(?:at)?\(.*O_(?:WRONLY|RDWR|CREAT)/.test(line) && !/= -1 /.test(line),
    );
    const named = written
      .flatMap((line) => /"([^"]+)"/.exec(line)?.[1] ?? [])
      .filter((path) => path !== '/dev/null' && path !== '/dev/tty');
    for (const path of named) {
      expect(path).toMatch(/\/mailtrace-[\w-]+$/);
      expect(
        lines.some((line) => line.includes(`unlink("${path}")`)),
        path,
      ).toBe(true);
    }
    expect(lines.filter((line) => /\b(?:rename|mkdir|link|symlink|truncate|chmod)(?:at2?|at)?\(/.test(line))).toEqual(
      [],
    );
    expect(lines.filter((line) => /\bsocket\(AF_INET/.test(line))).toEqual([]);
    expect(lines.filter((line) => /\bexecve\(/.test(line))).toHaveLength(1);
  });

  test('the bundle makes no code of text', () => {
    const about = ['search', '--count', '--json', '--config', 'own.yaml', 'single.mail.log'];
    writeFileSync(join(cwd, 'own.yaml'), 'domains: [example.com]\n');
    const strict = spawnSync(process.execPath, ['--disallow-code-generation-from-strings', BIN, ...about], { cwd });
    expect([strict.status, strict.stdout.toString()]).toEqual([0, cli(about, { cwd }).out]);
    for (const file of readdirSync(join(root, 'dist')).filter((name) => /\.c?js$/.test(name))) {
      const code = readFileSync(join(root, 'dist', file), 'utf8');
      // re2js has methods of that name
      const made = /(?<![.\w$]\s*)eval\((?![\w$,]*\)\{)|\bnew Function\(/.exec(code);
      expect(made === null ? '' : code.slice(made.index - 40, made.index + 40), file).toBe('');
    }
  });
});
