/** What the user names becomes a list of inputs, each file once. */
import { spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { discover } from '../../src/sources/discover.ts';
import { temporaryFolder } from './bytes.ts';

/** Makes the files (names ending in / are folders) in a new folder. */
function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    if (name.endsWith('/')) mkdirSync(join(folder, name), { recursive: true });
    else writeFileSync(join(folder, name), content);
  }
  return folder;
}

async function look(folder: string, paths: readonly string[], standardPlaces: readonly string[] = []) {
  const { files, problems, binaries } = await discover(paths, { cwd: folder, standardPlaces });
  return {
    files: files.map((file) => file.path),
    problems: problems.map(({ where, what }) => `${where}: ${what}`),
    binaries,
  };
}

const BINARY = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i % 2 === 0 ? 0 : (i * 37) % 256)));

describe('paths', () => {
  test('files in the order given, relative to the folder one is in', async () => {
    const folder = folderOf({ 'b.log': 'x\n', 'a.log': gzipSync('x\n') });
    const { files } = await discover(['b.log', join(folder, 'a.log')], { cwd: folder, standardPlaces: [] });
    expect(files).toMatchObject([
      { path: 'b.log', full: join(folder, 'b.log'), kind: 'file', encoding: 'plain', size: 2 },
      { path: join(folder, 'a.log'), kind: 'file', encoding: 'gzip' },
    ]);
  });

  test('an empty file is a file', async () => {
    const folder = folderOf({ 'mail.log': '' });
    expect(await look(folder, ['mail.log'])).toEqual({ files: ['mail.log'], problems: [], binaries: 0 });
  });

  test('what is missing is one problem with help, the rest goes on', async () => {
    const folder = folderOf({ 'mail.log': 'x\n' });
    expect(await look(folder, ['nothing.log', 'mail.log', 'mail.log/x', ''])).toEqual({
      files: ['mail.log'],
      problems: [
        'nothing.log: no such file or folder',
        'mail.log/x: no such file or folder (a part of the path is a file)',
        "'': an empty path",
      ],
      binaries: 0,
    });
    const { problems } = await discover(['nothing.log'], { cwd: folder, standardPlaces: [] });
    expect(problems[0]?.help).toContain('- for standard input');
  });

  test('standard input once', async () => {
    expect((await look('/', ['-', '-'])).files).toEqual(['-']);
  });

  test('a binary file that was named is a problem', async () => {
    const folder = folderOf({ wtmp: BINARY });
    expect(await look(folder, ['wtmp'])).toEqual({ files: [], problems: ['wtmp: is not a log (binary)'], binaries: 0 });
  });

  test('what may not be read is a problem, file and folder, and the rest goes on', async () => {
    const folder = folderOf({ 'secret.log': 'x\n', 'closed/mail.log': 'x\n', 'mail.log': 'x\n' });
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'secret.log'), 0);
    chmodSync(join(folder, 'closed'), 0);
    // in a child as another user where this one is root, who may read everything
    const source = fileURLToPath(new URL('../../src/sources/discover.ts', import.meta.url));
    const bundle = join(folder, 'discover.mjs');
    const { build } = await import('esbuild');
    await build({
      entryPoints: [source],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: bundle,
      logLevel: 'error',
    });
    const script = `if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }
      const { discover } = await import(${JSON.stringify(bundle)});
      const { files, problems } = await discover(['secret.log', 'closed', '.', 'mail.log'], { cwd: ${JSON.stringify(folder)}, standardPlaces: [] });
      console.log(JSON.stringify({ files: files.map((file) => file.path), problems }));`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    chmodSync(join(folder, 'closed'), 0o700);
    expect(child.stderr).toBe('');
    const help = 'run as a user who may read it (often the group adm), or with sudo';
    expect(JSON.parse(child.stdout)).toEqual({
      files: ['discover.mjs', 'mail.log'],
      problems: [
        { where: 'secret.log', what: 'permission denied', help },
        { where: 'closed', what: 'permission denied', help },
      ],
    });
  });
});

describe('one file under several names', () => {
  test('is read once: given twice, by another path, by a link of either kind, in a folder', async () => {
    const folder = folderOf({ 'logs/mail.log': 'x\n' });
    linkSync(join(folder, 'logs/mail.log'), join(folder, 'logs/hard.log'));
    symlinkSync('mail.log', join(folder, 'logs/soft.log'));
    const paths = [
      'logs/mail.log',
      'logs/mail.log',
      './logs/mail.log',
      'logs/hard.log',
      'logs/soft.log',
      'logs',
      join(folder, 'logs'),
    ];
    expect(await look(folder, paths)).toEqual({ files: ['logs/mail.log'], problems: [], binaries: 0 });
  });

  test('a problem is told once as well', async () => {
    const folder = folderOf({ wtmp: BINARY });
    expect((await look(folder, ['wtmp', './wtmp'])).problems).toHaveLength(1);
  });
});

describe('folders', () => {
  test('give the files in them and their subfolders, without the hidden and the binary ones', async () => {
    const folder = folderOf({
      'log/mail.log': 'x\n',
      'log/mail.log.1.gz': gzipSync('x\n'),
      'log/exim4/mainlog': 'x\n',
      'log/.hidden': 'x\n',
      'log/.git/x': 'x\n',
      'log/wtmp': BINARY,
      'log/archive.tgz': gzipSync(BINARY),
      'log/empty/': '',
    });
    symlinkSync('nowhere', join(folder, 'log/broken'));
    symlinkSync('..', join(folder, 'log/exim4/up'));
    expect(await look(folder, ['log'])).toEqual({
      files: ['log/exim4/mainlog', 'log/mail.log', 'log/mail.log.1.gz'],
      problems: [],
      binaries: 2,
    });
  });

  test('without a log in it a folder is no error', async () => {
    const folder = folderOf({ 'empty/': '', 'mail.log': 'x\n' });
    expect(await look(folder, ['empty', 'mail.log'])).toEqual({ files: ['mail.log'], problems: [], binaries: 0 });
  });
});

describe('globs', () => {
  test('give what the shell would have given, folders too', async () => {
    const folder = folderOf({
      'mail.log': 'x\n',
      'mail.log.1': 'x\n',
      'mail.err': 'x\n',
      '.mail.log.swp': 'x\n',
      'mail.log.d/x': 'x\n',
    });
    expect((await look(folder, ['mail.log*'])).files).toEqual(['mail.log', 'mail.log.1', 'mail.log.d/x']);
    expect((await look(folder, [join(folder, 'mail.{err,log}')])).files).toEqual([
      join(folder, 'mail.err'),
      join(folder, 'mail.log'),
    ]);
    expect((await look(join(folder, 'mail.log.d'), ['../mail.lo?'])).files).toEqual(['../mail.log']);
    expect((await look(folder, ['**/x'])).files).toEqual(['mail.log.d/x']);
  });

  test('one that matches nothing is a problem', async () => {
    expect(await look(folderOf({}), ['mail.log*'])).toEqual({
      files: [],
      problems: ['mail.log*: no file matches'],
      binaries: 0,
    });
  });

  test('a file whose name looks like one is that file', async () => {
    const folder = folderOf({ 'mail[1].log': 'x\n', 'mail1.log': 'x\n' });
    expect((await look(folder, ['mail[1].log'])).files).toEqual(['mail[1].log']);
  });
});

describe('no path', () => {
  test('the usual places that exist, and no word about the others', async () => {
    const folder = folderOf({ 'mail.log': 'x\n', 'mail.log.1': 'x\n' });
    const places = [join(folder, 'mail.log*'), join(folder, 'maillog*'), join(folder, 'mail')];
    expect(await look('/', [], places)).toEqual({
      files: [join(folder, 'mail.log'), join(folder, 'mail.log.1')],
      problems: [],
      binaries: 0,
    });
  });

  test('the journal only where none exists', async () => {
    const { files } = await discover([], { cwd: '/', standardPlaces: [join(folderOf({}), 'mail.log*')] });
    expect(files).toMatchObject([{ path: 'journal', kind: 'journal' }]);
  });

  test('a place that is there but cannot be used is said, and is no reason for the journal', async () => {
    const folder = folderOf({ 'mail.log': Buffer.from([0x04, 0x22, 0x4d, 0x18, 1, 2]) });
    const { files, problems } = await look('/', [], [join(folder, 'mail.log*')]);
    expect(files).toEqual([]);
    expect(problems).toHaveLength(1);
  });
});
