/** The built command on a terminal: the progress line, and Ctrl-C. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BIN, shell as runShell } from '../helpers/cli.ts';
import type { CliResult } from '../helpers/cli.ts';
import { copyFixture, temporaryFolder } from '../helpers/fixtures.ts';

const folder = temporaryFolder();
const cwd = folder.path;
const HOSTS = ['mx1.mail.log', 'filter.mail.log', 'store.mail.log'];

beforeAll(() => {
  for (const host of HOSTS) copyFixture(`postfix/two-hosts/${host}`, cwd);
  copyFixture('postfix/single.mail.log', cwd);
});
afterAll(folder.remove);

const shell = (line: string): CliResult => runShell(line, { cwd });

/** What a terminal shows in the end: CR, LF and "erase to the end of the line" obeyed, colours left out. */
function screenOf(written: string): string[] {
  const lines = [''];
  let column = 0;
  for (const [piece] of written.replaceAll(/\u001b\[[\d;]*m/g, '').matchAll(/\r|\n|\u001b\[K|[^\r\n\u001b]+/g)) {
    const line = lines.at(-1) as string;
    if (piece === '\r') column = 0;
    else if (piece === '\n') {
      lines.push('');
      column = 0;
    } else if (piece === '\u001b[K') lines[lines.length - 1] = line.slice(0, column);
    else {
      lines[lines.length - 1] = line.slice(0, column) + piece + line.slice(column + piece.length);
      column += piece.length;
    }
  }
  return lines;
}

/** The command line in a terminal of that width; its input comes in two halves, far enough apart on a busy machine too. */
function slowly(line: string, columns = 100): CliResult {
  writeFileSync(
    join(cwd, 'slowly.sh'),
    `stty cols ${columns}\n(head -c 20000 single.mail.log; sleep 5; tail -c +20001 single.mail.log) | ${line}\n`,
  );
  return shell('script -qefc "bash slowly.sh" /dev/null </dev/null');
}

describe('the progress line', () => {
  test.each(['search -', 'search --format raw -', 'search --json -', 'search --count -', 'formats -'])(
    'is shown while %s takes long, and leaves no trace on the screen',
    (args) => {
      const { out } = slowly(`$MT ${args}`);
      expect(out).toMatch(/\rreading \d+ kB(?:, [\d.]+ k?B\/s)?(?:, \d+ match(?:es)?)?\u001b\[K/);
      const screen = screenOf(out);
      expect(screen.join('\n')).not.toContain('reading ');
      const quick = screenOf(shell(`script -qefc "stty cols 100; $MT ${args} < single.mail.log" /dev/null`).out);
      expect(screen).toEqual(quick);
    },
  );

  test('fits a narrow terminal', () => {
    const { out } = slowly('$MT search -', 24);
    const shown = out.split('\r').filter((text) => text.startsWith('reading'));
    expect(shown.length).toBeGreaterThan(0);
    for (const text of shown) expect(text.split('\u001b', 1)[0]?.length).toBeLessThan(24);
  });

  test('stands on standard error alone', () => {
    const { out } = slowly('$MT search --json - >found.txt');
    expect(out).toMatch(/reading \d+ kB/);
    expect(readFileSync(join(cwd, 'found.txt'), 'utf8')).not.toMatch(/reading|\u001b|\r/);
  });

  test.each([
    ['into a file', '$MT search - 2>errors.txt; cat errors.txt'],
    ['on a terminal that can do nothing', 'TERM=dumb $MT search -'],
  ])('is not written %s', (_, line) => {
    expect(slowly(line).out).not.toMatch(/reading|\u001b\[K/);
  });

  test('a guessed search is told before it runs', () => {
    const { out } = slowly('$MT nobody@nowhere.example -');
    const screen = screenOf(out);
    expect(screen[0]).toBe('mailtrace search --address nobody@nowhere.example -');
    expect(out.indexOf('mailtrace search')).toBeLessThan(out.indexOf('reading'));
  });
});

describe('Ctrl-C', () => {
  test('takes the progress line away, tells what was found so far and exits 130', () => {
    const commands = '(head -c 50000 single.mail.log; exec sleep 20) | $MT search -';
    writeFileSync(join(cwd, 'wait.sh'), commands);
    const { out, status } = shell("(sleep 2.5; printf '\\003'; sleep 0.5) | script -qefc 'bash wait.sh' /dev/null");
    expect(status).toBe(130);
    expect(out).toContain('\rreading ');
    const screen = screenOf(out);
    expect(screen.join('\n')).not.toContain('reading');
    expect(screen.some((line) => line.startsWith('interrupted'))).toBe(true);
  });

  /** Starts a search whose output nobody reads yet; resolves when something has been printed. */
  async function stuck(): Promise<{
    child: ReturnType<typeof spawn>;
    ended: Promise<{ status: number | null; err: string }>;
  }> {
    const child = spawn(process.execPath, [BIN, 'search', '--format', 'ndjson', '--raw', ...HOSTS, 'single.mail.log'], {
      cwd,
      env: { PATH: process.env['PATH'], TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let err = '';
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => (err += piece));
    const ended = new Promise<{ status: number | null; err: string }>((resolve) => {
      child.on('exit', (status) => {
        setImmediate(() => {
          resolve({ status, err });
        });
      });
    });
    await new Promise((resolve) => child.stdout?.once('readable', resolve));
    return { child, ended };
  }

  test('while it prints: whole lines, and 130', async () => {
    const { child, ended } = await stuck();
    child.kill('SIGINT');
    let out = '';
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => (out += piece));
    const { status, err } = await ended;
    expect(status).toBe(130);
    expect(err).toContain('interrupted');
    expect(out.endsWith('\n')).toBe(true);
    for (const line of out.trimEnd().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  test('a second one ends it at once, though nobody reads', async () => {
    const { child, ended } = await stuck();
    child.kill('SIGINT');
    const again = setInterval(() => child.kill('SIGINT'), 100);
    const { status } = await ended;
    clearInterval(again);
    expect(status).toBe(130);
  });
});
