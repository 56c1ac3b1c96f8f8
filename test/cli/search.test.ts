/** The built command on recorded logs: what scripts and people rely on. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '../../src/model/message.ts';
import { BIN, cli as run, interrupt, shell as runShell } from '../helpers/cli.ts';
import type { CliResult } from '../helpers/cli.ts';
import { RECORDED, copyFixture, temporaryFolder } from '../helpers/fixtures.ts';
import { utimesSync } from 'node:fs';

const folder = temporaryFolder();
const cwd = folder.path;
const HOSTS = ['mx1.mail.log', 'filter.mail.log', 'store.mail.log'];

beforeAll(() => {
  for (const host of HOSTS) copyFixture(`postfix/two-hosts/${host}`, cwd);
  copyFixture('postfix/single.mail.log', cwd);
  copyFixture('exim/rich/mainlog', cwd);
  copyFixture('exim/rich/rejectlog', cwd);
  writeFileSync(join(cwd, 'empty.log'), '');
  mkdirSync(join(cwd, 'folder'));
});
afterAll(folder.remove);

const cli = (...args: string[]): CliResult => run(args, { cwd });
const shell = (line: string): CliResult => runShell(line, { cwd });
const parse = (out: string): Message[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Message);

describe('json', () => {
  test('every line is an object of the contract, newest first, ids unique', () => {
    const { status, out } = cli('search', '--json', ...HOSTS);
    expect(status).toBe(0);
    const messages = parse(out);
    expect(messages.length).toBeGreaterThan(100);
    for (const message of messages) {
      expect(message.v).toBe(1);
      expect(JSON.stringify(message)).not.toContain('null');
    }
    const times = messages.map(({ time }) => String(time));
    expect(times).toEqual(times.toSorted().toReversed());
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
    expect(JSON.parse(cli('search', '--format', 'json', ...HOSTS).out)).toEqual(messages);
    const oldest = parse(cli('search', '--json', '--sort', 'oldest', ...HOSTS).out);
    expect(oldest.map(({ time }) => String(time))).toEqual(times.toSorted());
    expect(oldest.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
      messages.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    );
  });

  test('the order of the arguments changes nothing, and ids are the same by every way to read the log', () => {
    const ids = (...paths: string[]): string[] => parse(cli('search', '--json', ...paths).out).map(({ id }) => id);
    expect(ids(...HOSTS.toReversed())).toEqual(ids(...HOSTS));
    const file = ids('single.mail.log');
    const piped = run(['search', '--json', '-', '--tz', 'Asia/Tokyo'], {
      cwd,
      stdin: readFileSync(join(cwd, 'single.mail.log')),
    });
    expect(
      parse(piped.out)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(file.toSorted());
    writeFileSync(join(cwd, 'packed.log.gz'), gzipSync(readFileSync(join(cwd, 'single.mail.log'))));
    utimesSync(join(cwd, 'packed.log.gz'), RECORDED, RECORDED);
    expect(ids('packed.log.gz')).toEqual(file);
    expect(ids('single.mail.log', './single.mail.log')).toEqual(file);
  });

  test('--count agrees with the messages, --group-by with --count', () => {
    const messages = parse(cli('search', '--json', '--status', 'failed', 'mainlog', 'rejectlog').out);
    const count = JSON.parse(cli('search', '--json', '--count', '--status', 'failed', 'mainlog', 'rejectlog').out) as {
      messages: number;
      recipients: number;
    };
    expect(count.messages).toBe(messages.length);
    expect(messages.length).toBeGreaterThan(0);
    const groups = cli('search', '--json', '--group-by', 'status', '--status', 'failed', 'mainlog', 'rejectlog').out;
    const recipients = groups
      .trim()
      .split('\n')
      .reduce((sum, line) => sum + (JSON.parse(line) as { recipients: number }).recipients, 0);
    expect(recipients).toBe(count.recipients);
  });

  test('raw lines are the lines of the files', () => {
    const files = new Map<string, string[]>();
    for (const message of parse(cli('search', '--json', '--raw', 'mainlog', 'rejectlog').out)) {
      for (const { file, line, text } of message.lines as unknown as { file: string; line: number; text: string }[]) {
        if (!files.has(file)) files.set(file, readFileSync(join(cwd, file), 'utf8').split('\n'));
        expect(text).toBe(files.get(file)?.[line - 1]);
      }
    }
    expect([...files.keys()].toSorted()).toEqual(['mainlog', 'rejectlog']);
  });
});

describe('filters', () => {
  test('by recipient: those and no others; the rest with --not-recipient', () => {
    const all = parse(cli('search', '--json', ...HOSTS).out);
    const address =
      all.flatMap(({ recipients }) => recipients).find((recipient) => recipient.address?.includes('@'))?.address ?? '';
    const found = parse(cli('search', '--json', '-r', address.toUpperCase(), ...HOSTS).out);
    expect(found.length).toBeGreaterThan(0);
    for (const { recipients } of found) {
      expect(
        recipients.some((recipient) =>
          [recipient.address, recipient.finalAddress].some((a) => a?.toLowerCase() === address.toLowerCase()),
        ),
      ).toBe(true);
    }
    const others = parse(cli('search', '--json', '--not-recipient', address, ...HOSTS).out);
    const ids = new Set([...found, ...others].map(({ id }) => id));
    expect(ids.size).toBe(all.length);
  });

  test('--text finds by raw line, --queue-id by its beginning', () => {
    const found = parse(cli('search', '--json', '--text', 'SMTP ERROR FROM REMOTE', 'mainlog').out);
    expect(found.length).toBeGreaterThan(0);
    const [first] = found;
    const queueId = first?.hops[0]?.queueId ?? '';
    expect(parse(cli('search', '--json', '-q', queueId.slice(0, -2), 'mainlog').out).map(({ id }) => id)).toContain(
      first?.id,
    );
  });

  test('a window in the zone printed', () => {
    const count = (...args: string[]): number =>
      (JSON.parse(cli('search', '--json', '--count', ...args, 'mainlog').out) as { messages: number }).messages;
    expect(count('--since', '2026-11-21', '--until', '2026-11-21')).toBe(count());
    expect(count('--since', '2026-11-22 05:00', '--tz', 'Asia/Tokyo')).toBe(count());
    expect(count('--since', '2026-11-22', '--tz', 'UTC')).toBe(0);
  });
});

describe('exit status', () => {
  test.each([
    [['search', '-r', 'nobody@nowhere.example', 'mainlog'], 1],
    [['search', 'empty.log'], 1],
    [['search', 'empty.log', 'mainlog'], 0],
    [['search', 'mainlog', 'folder'], 0],
    [['search', 'nofile.log'], 2],
    [['search', 'nofile.log', 'mainlog'], 2],
    [['search', '--stauts', 'sent', 'mainlog'], 2],
    [['search', '--since', '2026-02-30', 'mainlog'], 2],
    [['show', 'zzzz', 'mainlog'], 1],
    [['show', '2026', 'mainlog'], 2],
    [['formats', 'mainlog'], 0],
    [['formats', 'nofile.log'], 2],
    [['formats'], 0],
    [[], 2],
  ])('%j: %i', (args, expected) => {
    const { status, err } = cli(...args);
    expect(status).toBe(expected);
    expect(err).not.toContain('    at ');
  });

  test('an input that cannot be read is one message, the rest goes on', () => {
    const { out, err } = cli('search', '--json', 'nofile.log', 'mainlog');
    expect(parse(out).length).toBeGreaterThan(100);
    expect(err.match(/^mailtrace: /gm)).toHaveLength(1);
    expect(err).toMatch(/^mailtrace: nofile\.log: no such file or folder\nhelp: /m);
  });

  test('an address in place of a PATH', () => {
    const { status, err } = cli('search', 'bob@example.com', 'mainlog');
    expect(status).toBe(2);
    expect(err).toContain('help: to search for an address: --address bob@example.com\n');
  });

  test('a file without permission', (context) => {
    writeFileSync(join(cwd, 'secret.log'), 'x');
    chmodSync(join(cwd, 'secret.log'), 0o000);
    // Root reads everything.
    if (process.getuid?.() === 0) context.skip();
    const { status, err } = cli('search', 'secret.log');
    expect(status).toBe(2);
    expect(err).toContain('mailtrace: secret.log: permission denied');
  });

  test('a truncated gzip: what was there is told, 2', () => {
    const packed = gzipSync(readFileSync(join(cwd, 'mainlog')));
    writeFileSync(join(cwd, 'cut.gz'), packed.subarray(0, packed.length - 3000));
    utimesSync(join(cwd, 'cut.gz'), RECORDED, RECORDED);
    const { status, out, err } = cli('search', '--json', 'cut.gz');
    expect(status).toBe(2);
    expect(parse(out).length).toBeGreaterThan(10);
    expect(err.match(/^mailtrace: cut\.gz: /gm)).toHaveLength(1);
  });
});

describe('packed logs', () => {
  const ids = (...paths: string[]): string[] => parse(cli('search', '--json', ...paths).out).map(({ id }) => id);
  const NO_TOOLS = { PATH: '/nonexistent' };
  const WAYS = [{}, NO_TOOLS];
  let plain: string[] = [];

  beforeAll(() => {
    for (const ending of ['zst', 'xz', 'bz2']) copyFixture(`packed/single.mail.log.${ending}`, cwd);
    plain = ids('single.mail.log');
    expect(plain.length).toBeGreaterThan(100);
  });

  test.each(['zst', 'xz', 'bz2'])('.%s gives what the plain log gives, with and without the tool', (ending) => {
    const packed = `single.mail.log.${ending}`;
    for (const env of WAYS) {
      const { status, out, err } = run(['search', '--format', 'ndjson', packed], { cwd, env });
      expect(status).toBe(0);
      expect(err).not.toContain('mailtrace:');
      expect(parse(out).map(({ id }) => id)).toEqual(plain);
    }
    const piped = run(['search', '--json', '-'], { cwd, env: NO_TOOLS, stdin: readFileSync(join(cwd, packed)) });
    expect(parse(piped.out)).toHaveLength(plain.length);
    // a copy beside its packed form: every line counts once
    expect(ids('single.mail.log', packed)).toEqual(plain);
  });

  test.each(['zst', 'xz', 'bz2'])('a truncated .%s: what was there is told, one line, 2', (ending) => {
    const packed = readFileSync(join(cwd, `single.mail.log.${ending}`));
    const cut = `cut.log.${ending}`;
    writeFileSync(join(cwd, cut), packed.subarray(0, packed.length * 0.7));
    utimesSync(join(cwd, cut), RECORDED, RECORDED);
    for (const env of WAYS) {
      const { status, out, err } = run(['search', '--json', cut], { cwd, env });
      expect(status).toBe(2);
      expect(parse(out).length).toBeGreaterThan(10);
      expect(err).toMatch(/^mailtrace: cut\.log\.\w+: \w+ data ends early\nhelp: /m);
      expect(err.match(/^mailtrace: /gm)).toHaveLength(1);
    }
  });

  test('what nothing reads is one line with a way around', () => {
    writeFileSync(join(cwd, 'x.lz4'), Buffer.from([0x04, 0x22, 0x4d, 0x18, 1, 2, 3]));
    const { status, err } = cli('search', 'x.lz4');
    expect(status).toBe(2);
    expect(err).toMatch(/^mailtrace: x\.lz4: is lz4-compressed, .*\nhelp: lz4 -dc x\.lz4 \| mailtrace … -\n/m);
  });
});

describe('pipes and terminals', () => {
  test('head -1 ends it quietly with 0', () => {
    for (const format of ['ndjson', 'csv', 'table', 'raw', 'json']) {
      const { out, err } = shell(
        `$MT search --format ${format} ${HOSTS.join(' ')} 2>err.txt | head -1; echo "status \${PIPESTATUS[0]}"; cat err.txt >&2`,
      );
      expect(out.split('\n')[1], format).toBe('status 0');
      expect(err, format).not.toMatch(/EPIPE|Error/);
    }
  });

  test('a pipe gets no colour and nothing cut, a terminal is fitted', () => {
    const piped = cli('search', 'mainlog').out;
    expect(piped).not.toContain('\u001b');
    expect(piped).not.toContain('…@');
    for (const columns of [80, 160]) {
      const { out } = shell(`script -qefc "stty cols ${columns}; $MT search mainlog --limit 20" /dev/null 2>/dev/null`);
      const lines = out.split(/\r?\n/);
      expect(out).toContain('\u001b[');
      for (const line of lines.filter((text) => !text.startsWith('mailtrace show'))) {
        expect(line.replaceAll(/\u001b\[[0-9;]*m/g, '').length).toBeLessThanOrEqual(columns);
      }
      expect(lines[0]?.includes('ID')).toBe(columns >= 120);
    }
  });

  test.each(['NO_COLOR=1 $MT search mainlog', '$MT search --no-color mainlog'])(
    'no colour on a terminal by %s',
    (line) => {
      const { out } = shell(`script -qefc '${line} --limit 5' /dev/null`);
      expect(out).toContain('SENDER');
      // a slow machine shows the progress line, which is erased: that is no colour
      expect(out.replaceAll('\u001b[K', '')).not.toContain('\u001b[');
    },
  );

  test('Ctrl-C ends the reading of a FIFO whose writer goes on', async () => {
    const path = join(cwd, 'fifo');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    // for reading too: so it opens at once, and the command never sees an end
    const writer = await open(path, 'r+');
    try {
      const child = spawn(process.execPath, [BIN, 'search', '--json', 'fifo'], {
        cwd,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let out = '';
      let err = '';
      child.stdout.setEncoding('utf8').on('data', (piece: string) => (out += piece));
      child.stderr.setEncoding('utf8').on('data', (piece: string) => (err += piece));
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
      // more than a pipe holds: when it is gone, the command reads
      await writer.writeFile(readFileSync(join(cwd, 'single.mail.log')));
      child.kill('SIGINT');
      expect(await ended).toBe(130);
      expect(err).toContain('interrupted');
      expect(parse(out).length).toBeGreaterThan(10);
    } finally {
      await writer.close();
    }
  });

  test('Ctrl-C prints what was found so far and exits 130', async () => {
    const log = readFileSync(join(cwd, 'single.mail.log'));
    const { status, out, err } = await interrupt(['search', '--json', '-'], log, { cwd });
    expect(status).toBe(130);
    expect(err).toContain('interrupted');
    for (const line of out.split('\n').filter((text) => text !== ''))
      expect(() => JSON.parse(line) as unknown).not.toThrow();
    expect(parse(out).length).toBeGreaterThan(10);
  });

  test('control characters of a log never reach a terminal', () => {
    const line = (text: string): string => `2026-11-21 22:40:11 1xUtkd-0001Oq-0W ${text}\n`;
    const hostile = `${line('<= a@example.com H=h [192.0.2.1] P=smtp S=1 T="\u001b]0;pwned\u0007\u009b2J\u202e" for b@example.com')}${line('Completed')}`;
    writeFileSync(join(cwd, 'hostile.log'), hostile);
    for (const args of [
      'search',
      'search --raw',
      'search --format raw',
      'search --format csv',
      'search --json',
      'show 1xUtkd-0001Oq-0W',
      'formats',
    ]) {
      const { out } = shell(`script -qefc "$MT ${args} --no-color hostile.log" /dev/null`);
      expect(out.length, args).toBeGreaterThan(0);
      expect(out, args).not.toMatch(/[\u001b\u0007\u009b\u202e]/);
    }
    expect(cli('search', '--format', 'raw', 'hostile.log').out.trimEnd().split('\n').slice(0, 2).join('\n')).toBe(
      hostile.trimEnd(),
    );
  });
});

describe('words', () => {
  test('an address and a path are a search, told on stderr', () => {
    const { status, out, err } = cli('Nobody@nowhere.example', 'mainlog', '--json');
    expect([status, out]).toEqual([1, '']);
    expect(err.split('\n')[0]).toBe('mailtrace search --address Nobody@nowhere.example --json mainlog');
    expect(cli('mainlog').status).toBe(0);
    expect(cli('serach', 'mainlog').status).toBe(2);
  });

  test('an id of ours is shown', () => {
    const [first] = parse(cli('search', '--json', 'mainlog').out);
    const { status, out, err } = cli(first?.id ?? '', 'mainlog');
    expect(status).toBe(0);
    expect(err.split('\n')[0]).toBe(`mailtrace show ${first?.id ?? ''} mainlog`);
    expect(out).toContain('Raw lines');
  });
});

test('formats tells what a file is; --json reads back', () => {
  const { out } = cli('formats', 'mainlog', 'single.mail.log', 'empty.log');
  for (const word of ['exim', 'postfix', 'empty', 'not understood']) expect(out).toContain(word);
  const rows = cli('formats', '--json', 'mainlog', 'single.mail.log')
    .out.trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { path: string; formats: string[]; unknown: number; lines: number });
  expect(rows.map(({ path, formats }) => [path, formats[0]])).toEqual([
    ['mainlog', 'exim'],
    ['single.mail.log', 'postfix'],
  ]);
});

test.each(['bash', 'zsh', 'fish'])('the completion for %s is taken by that shell', (name) => {
  const { out, status } = shell(`command -v ${name} >/dev/null || exit 77; $MT completion ${name} | ${name} -n`);
  if (status !== 77) expect([status, out]).toEqual([0, '']);
});

test('bash completes commands, options and words', () => {
  const complete = (words: string): string[] =>
    shell(
      `source <($MT completion bash); COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _mailtrace; printf '%s\\n' "\${COMPREPLY[@]}"`,
    )
      .out.trim()
      .split('\n');
  expect(complete('mailtrace sea')).toEqual(['search']);
  expect(complete('mailtrace search --not-rec')).toEqual(['--not-recipient']);
  expect(complete('mailtrace search --status grey')).toEqual(['greylisted']);
  expect(complete('mailtrace search mainl')).toEqual(['mainlog']);
});
