/** From arguments to commands: help, wrong options, words. No file is read here. */
import { describe, expect, test } from 'vitest';
import { addFilterOptions, joinBetween } from '../../src/commands/filter-options.ts';
import { main } from '../../src/commands/main.ts';
import { COMMANDS } from '../../src/commands/registry.ts';
import { guessWord } from '../../src/commands/word.ts';
import { FILTER_NAMES } from '../../src/filter/options.ts';
import { optionName } from '../../src/filter/options.ts';
import { fakeIo } from '../helpers/io.ts';
import type { FakeIo } from '../helpers/io.ts';
import { Command } from 'commander';

async function mailtrace(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  return mailtraceOn(fakeIo(), ...args);
}

async function mailtraceOn(io: FakeIo, ...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const status = await main(args, io);
  return { status, out: io.stdout.text, err: io.stderr.text };
}

describe('help', () => {
  test('alone: the usage on stderr, 2; asked for: on stdout, 0', async () => {
    const alone = await mailtrace();
    expect([alone.status, alone.out]).toEqual([2, '']);
    const asked = await mailtrace('--help');
    expect([asked.status, asked.err]).toEqual([0, '']);
    expect(asked.out).toBe(alone.err);
    for (const name of Object.keys(COMMANDS)) expect(asked.out).toContain(`\n  ${name} `);
    expect((await mailtrace('help')).out).toBe(asked.out);
  });

  test.each(Object.keys(COMMANDS))('%s --help fits a terminal and has no option that is not built', async (name) => {
    const { status, out, err } = await mailtrace(name, '--help');
    expect([status, err]).toEqual([0, '']);
    expect(out).toContain(`Usage: mailtrace ${name}`);
    expect(out).not.toMatch(/--follow/);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect((await mailtrace('help', name)).out).toBe(out);
  });

  test('it is as wide as the terminal, at most 100, and wraps at words', async () => {
    for (const args of [['--help'], ['search', '--help'], ['show', '--help']]) {
      const whole = (await mailtrace(...args)).out.split(/\s+/).join(' ');
      for (const [columns, widest] of [
        [60, 80],
        [80, 80],
        [200, 100],
      ] as const) {
        const { out } = await mailtraceOn(fakeIo({ columns, stdoutIsTty: true }), ...args);
        expect(out.split(/\s+/).join(' ')).toBe(whole);
        expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(widest);
      }
    }
  });

  test('help lines of a problem wrap at words on a terminal', async () => {
    const { err } = await mailtraceOn(fakeIo({ stderrIsTty: true }), 'search', '--status', 'zzzzzzzz');
    expect(err.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(err.replaceAll(/\n +/g, ' ')).toBe((await mailtrace('search', '--status', 'zzzzzzzz')).err);
  });

  test('every filter has an option, a --not-… and a line in the help', async () => {
    const command = addFilterOptions(new Command());
    const known = command.options.map(({ long }) => long);
    const { out } = await mailtrace('search', '--help');
    for (const name of FILTER_NAMES) {
      expect(known).toContain(optionName(name, false));
      expect(known).toContain(optionName(name, true));
      expect(out).toContain(optionName(name, false));
    }
  });
});

describe('what is wrong is told in two lines, exit status 2', () => {
  test.each([
    [['search', '--stauts', 'x'], "mailtrace: --stauts: unknown option\nhelp: did you mean '--status'?\n"],
    [['search', '--to', 'x'], "mailtrace: --to: unknown option\nhelp: did you mean '--recipient'?\n"],
    [['search', '--not-stauts=x'], "mailtrace: --not-stauts: unknown option\nhelp: did you mean '--not-status'?\n"],
    [['search', '--count=3'], 'mailtrace: --count: takes no value\n'],
    [['search', '-r'], 'mailtrace: --recipient: needs a value\n'],
    [['search', '--between', 'a'], 'mailtrace: --between: needs two addresses\n'],
    [['search', '--status', 'boucned'], "mailtrace: --status: unknown word 'boucned'\nhelp: did you mean 'bounced'?\n"],
    [['show'], 'mailtrace: show: ID is missing\n'],
    [['schema', 'x'], 'mailtrace: schema: too many arguments\n'],
    [['completion', 'fihs'], "mailtrace: completion: unknown shell 'fihs'\nhelp: did you mean 'fish'?\n"],
    [['serach', 'x'], "mailtrace: serach: no such command\nhelp: did you mean 'search'?\n"],
    [['help', 'shwo'], "mailtrace: help: no command 'shwo'\nhelp: did you mean 'show'?\n"],
    [['-r', 'bob@example.com'], 'mailtrace: -r: a command comes first\nhelp: mailtrace search -r …\n'],
    [['bob@example.com', 'gibberish'], 'mailtrace: gibberish: neither an address'],
  ])('%j', async (args, expected) => {
    const { status, out, err } = await mailtrace(...args);
    expect([status, out]).toEqual([2, '']);
    expect(err.slice(0, expected.length)).toBe(expected);
    expect(err).not.toContain('    at ');
  });

  test('--debug adds the stack', async () => {
    expect((await mailtrace('search', '--status', 'x', '--debug')).err).toContain('    at ');
  });

  test('what comes from the command line cannot drive the terminal', async () => {
    const { err } = await mailtrace('search', '--status', '\u001b[2Jx');
    expect(err).toContain('\\x1b[2Jx');
    expect(err).not.toContain('\u001b');
  });
});

test('--between takes two words, also before other arguments; not behind --', () => {
  expect(joinBetween(['--between', 'a', 'b', 'mail.log'])).toEqual(['--between=a\0b', 'mail.log']);
  expect(joinBetween(['x', '--not-between', 'a', 'b'])).toEqual(['x', '--not-between=a\0b']);
  expect(joinBetween(['--between', 'a'])).toEqual(['--between', 'a']);
  expect(joinBetween(['--', '--between', 'a', 'b'])).toEqual(['--', '--between', 'a', 'b']);
});

describe('words', () => {
  test.each([
    ['bob@example.com', '--address'],
    ['bob@', '--address'],
    ['@example.com', '--address'],
    ['SRS0=HHH=TT=example.org=alice@forwarder.example', '--address'],
    ['example.com', '--domain'],
    ['.example.com', '--domain'],
    ['bücher.example', '--domain'],
    ['192.0.2.1', '--ip'],
    ['192.0.2.0/24', '--ip'],
    ['2001:db8::1', '--ip'],
    ['2001:db8::/32', '--ip'],
    ['A1B2C3D4E5F', '--queue-id'],
    ['4jWmkZ2yfxz2xnY', '--queue-id'],
    ['1xUhBW-000CXd-DU', '--queue-id'],
    ['1xUhBW-00000000CXd-1knh', '--queue-id'],
    ['20261121-222802-vsbm2m96j', 'own-id'],
    ['<1234@example.com>', '--message-id'],
    ['CA+n2uubdQPuIQweb73l6f8=289@mail.example.net', '--address'],
    ['CA+abc=x-1@mail.gmail.com', '--message-id'],
    ['20261121091502.4F1A2B3C@mail.example.net', '--message-id'],
    ['mail.log', 'path'],
    ['/var/log/mail.log*', 'path'],
    ['logs/*.gz', 'path'],
    ['-', 'path'],
    ['--since', 'option'],
    ['serach', undefined],
    ['DEADBEEF', undefined],
    ['facade', undefined],
  ])('%s is %s', (word, expected) => {
    expect(guessWord(word, (path) => path === 'mail.log')).toBe(expected);
  });
});

describe('completion and schema', () => {
  test.each(['bash', 'zsh', 'fish'])('%s knows the commands, the options and their words', async (shell) => {
    const { out, status } = await mailtrace('completion', shell);
    expect(status).toBe(0);
    for (const name of Object.keys(COMMANDS)) expect(out).toContain(name);
    for (const word of [
      'recipient',
      'not-recipient',
      'group-by',
      'ticket',
      'greylisted',
      'would-reject',
      'inbound',
      'user-unknown',
      'ndjson',
      'newest',
    ]) {
      expect(out).toContain(word);
    }
  });

  test('schema is JSON that names every field of a message', async () => {
    const schema = JSON.parse((await mailtrace('schema')).out) as { properties: object };
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(['v', 'id', 'recipients', 'hops', 'lines']));
  });
});

describe('standard input that is a terminal', () => {
  test.each([
    ['search', '-'],
    ['doctor', '-'],
    ['explain', '-'],
  ])('%s %s says that it reads what is typed', async (...args) => {
    const asked = await mailtraceOn(fakeIo({ stdinIsTty: true, stdin: '550 5.1.1 no such user\n' }), ...args);
    expect(asked.err).toContain('- is this terminal: what is typed here is read, up to Ctrl-D\n');
    const piped = await mailtraceOn(fakeIo({ stdin: '550 5.1.1 no such user\n' }), ...args);
    expect(piped.err).not.toContain('terminal');
  });
});
