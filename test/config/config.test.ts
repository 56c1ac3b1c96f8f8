/** The configuration: what is read, and what is said of what is wrong. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadSettings, standIns } from '../../src/config/index.ts';
import { ownOf } from '../../src/config/own.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { temporaryFolder } from '../helpers/fixtures.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const read = (text: string): ReturnType<typeof parseConfig> => parseConfig(text);

describe('what is read', () => {
  test('every word', () => {
    const result = read(`
domains: [example.com, .example.org]
networks: [192.0.2.0/24, '2001:db8::/32']
sources: /var/log/mail.log*
zones: { mx1: UTC }
filters: ['127.0.0.1:10024']
added: [archive@example.com]
json: [{ source: '*.json', text: log.raw, time: at }]
aliases:
  - { address: gate@crypt.example.com, for: [bob@example.com, .example.net] }
`);
    expect(result).toEqual({
      config: {
        domains: ['example.com', '.example.org'],
        networks: ['192.0.2.0/24', '2001:db8::/32'],
        sources: ['/var/log/mail.log*'],
        zones: { mx1: 'UTC' },
        filters: ['127.0.0.1:10024'],
        added: ['archive@example.com'],
        json: [{ source: '*.json', text: 'log.raw', time: 'at' }],
        aliases: [{ address: 'gate@crypt.example.com', for: ['bob@example.com', '.example.net'] }],
      },
    });
  });

  test('an empty file is a configuration that says nothing', () => {
    expect(read('')).toEqual({ config: {} });
  });
});

describe('what is wrong is told with its line', () => {
  test.each([
    ['domains: [example.com]\nnetwroks: []\n', 2, "unknown word 'netwroks'"],
    ['domains:\n  - example.com\n  - user@example.com\n', 3, 'is no domain'],
    ['networks: [192.0.2.0/99]', 1, 'is no network'],
    ['domains: [a.example\nnetworks: [', 2, ''],
    ['- just\n- a list\n', undefined, 'the file'],
  ])('%j', (text, line, what) => {
    const result = read(text);
    expect('fault' in result && result.fault.what).toContain(what);
    expect('fault' in result && result.fault.line).toBe(line);
  });

  test('aliases that unfold without end are refused', () => {
    const bomb = ['a0: &a0 [x.example]'];
    for (let i = 1; i < 12; i++) bomb.push(`a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}]`);
    expect(read(bomb.join('\n'))).toHaveProperty('fault');
  });

  test('lists without end in each other are refused in words', () => {
    const nested = 20_000;
    expect(read(`domains: ${'['.repeat(nested)}${']'.repeat(nested)}\n`)).toHaveProperty(
      'fault.what',
      'it is nested too deeply',
    );
  });
});

describe('what is ours', () => {
  test('a domain alone, and one with those below it', () => {
    const { isDomain } = ownOf({ domains: ['example.com', '.Example.ORG'] });
    expect(
      ['a@example.com', 'a@EXAMPLE.com', 'a@x.example.com', 'a@x.example.org', 'a@example.org'].map((a) =>
        isDomain?.(a),
      ),
    ).toEqual([true, true, false, true, true]);
  });

  test('networks, also of IPv4 addresses in IPv6', () => {
    const { isNetwork } = ownOf({ networks: ['192.0.2.0/24', '2001:db8::/32'] });
    expect(
      ['192.0.2.9', '::ffff:192.0.2.9', '198.51.100.1', '2001:db8::5', 'unknown'].map((ip) => isNetwork?.(ip)),
    ).toEqual([true, true, false, true, false]);
  });

  test('content filters by name or address, with their port where one is given', () => {
    const { isFilter } = ownOf({ filters: ['127.0.0.1:10024', 'filter.example.com'] });
    expect(isFilter?.('localhost', '127.0.0.1', 10024)).toBe(true);
    expect(isFilter?.('localhost', '127.0.0.1', 25)).toBe(false);
    expect(isFilter?.('Filter.example.com', '192.0.2.1', 25)).toBe(true);
  });

  test('nothing is asked that nobody configured', () => {
    expect(ownOf({})).toEqual({});
  });
});

test('a service address stands for those it is configured for', () => {
  const config = { aliases: [{ address: 'gate@crypt.example', for: ['bob@example.com', '.example.net'] }] };
  expect(standIns(config, ['Bob@example.com'])).toEqual(['gate@crypt.example']);
  expect(standIns(config, ['eve@x.example.net'])).toEqual(['gate@crypt.example']);
  expect(standIns(config, ['eve@example.com'])).toEqual([]);
});

describe('where it is looked for', () => {
  const home = join(folder.path, 'home');
  const etc = join(folder.path, 'etc');
  mkdirSync(join(home, 'mailtrace'), { recursive: true });
  mkdirSync(join(etc, 'mailtrace'), { recursive: true });

  test('nowhere: no configuration', async () => {
    expect(
      (await loadSettings(undefined, { XDG_CONFIG_HOME: join(folder.path, 'none') }, join(folder.path, 'none'))).path,
    ).toBeUndefined();
  });

  test('the user has the first word', async () => {
    writeFileSync(join(etc, 'mailtrace', 'config.yaml'), 'domains: [etc.example]\n');
    expect((await loadSettings(undefined, { XDG_CONFIG_HOME: home }, etc)).config.domains).toEqual(['etc.example']);
    writeFileSync(join(home, 'mailtrace', 'config.yaml'), 'domains: [user.example]\n');
    expect((await loadSettings(undefined, { XDG_CONFIG_HOME: home }, etc)).config.domains).toEqual(['user.example']);
  });

  test('a file that was named must be there, and right', async () => {
    await expect(loadSettings(join(folder.path, 'missing.yaml'), {})).rejects.toThrow(
      /missing\.yaml: it cannot be read/,
    );
    const wrong = join(folder.path, 'wrong.yaml');
    writeFileSync(wrong, 'domains: [example.com]\nzone: UTC\n');
    await expect(loadSettings(wrong, {})).rejects.toThrow(/wrong\.yaml:2: unknown word 'zone'; known are domains/);
  });

  test.each([
    ['sources: 7', 'sources: is neither a text nor a list of texts'],
    ["filters: ['127.0.0.1:99999']", 'filters.0: is no relay: write 127.0.0.1:10024'],
    ['aliases: [{ address: gw@example.com }]', 'aliases.0.for: is missing: write a text'],
    ['json: [{ text: message, host_name: x }]', "unknown word 'host_name'; known in json.0 are source, text, time"],
  ])('%s says what is expected', async (text, what) => {
    const wrong = join(folder.path, 'wrong.yaml');
    writeFileSync(wrong, `${text}\n`);
    await expect(loadSettings(wrong, {})).rejects.toThrow(what);
  });
});

test('nothing is printed but by us: a key that is no word is refused without a warning of the process', async () => {
  const warnings: Error[] = [];
  const take = (warning: Error): void => void warnings.push(warning);
  process.on('warning', take);
  expect(read('{ [\u001b[31m]: 1 }\n')).toHaveProperty('fault');
  expect(read('? [a, b]\n: 1\n')).toHaveProperty('fault');
  await new Promise((done) => setImmediate(done));
  process.off('warning', take);
  expect(warnings).toEqual([]);
});
