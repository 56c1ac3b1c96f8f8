/** The policy of those who come through sudo: whose file it must be, whom it names, what it lets be read; in-process, as any user. */
import { chmodSync, mkdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { main } from '../../src/commands/main.ts';
import { COMMANDS } from '../../src/commands/registry.ts';
import type { Io } from '../../src/io.ts';
import type { PolicyPlace } from '../../src/model/policy-place.ts';
import { grantOf } from '../../src/policy/index.ts';
import { pathTest } from '../../src/policy/paths.ts';
import { copyFixture, temporaryFolder } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';

const folder = temporaryFolder();
afterAll(folder.remove);
const top = realpathSync(folder.path);
const etc = join(top, 'etc');
const logs = join(top, 'logs');
const file = join(etc, 'policy.yaml');
const place: PolicyPlace = {
  path: file,
  owner: userInfo().uid,
  top,
  passwd: join(top, 'passwd'),
  group: join(top, 'group'),
};
const ANNA = { SUDO_UID: '1001', SUDO_GID: '1001', SUDO_USER: 'anna' };
const BEN = { SUDO_UID: '1002', SUDO_GID: '1002', SUDO_USER: 'ben' };
const POLICY = {
  users: { anna: { domains: ['corp.example.org'], sources: [logs] } },
  groups: { desk: { domains: ['.example.net'], sources: [logs] } },
};

/** JSON is YAML. */
function write(policy: unknown, mode = 0o600): void {
  writeFileSync(file, typeof policy === 'string' ? policy : JSON.stringify(policy));
  chmodSync(file, mode);
}

beforeEach(() => {
  rmSync(etc, { recursive: true, force: true });
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(etc, { mode: 0o755 });
  mkdirSync(logs, { mode: 0o755 });
  copyFixture('postfix/two-hosts/mx1.mail.log', logs);
  writeFileSync(place.passwd, 'root:x:0:0::/root:/bin/sh\nanna:x:1001:1001::/:/bin/sh\nben:x:1002:1002::/:/bin/sh\n');
  writeFileSync(place.group, 'ben:x:1002:\ndesk:x:50:carl,ben\nother:x:51:anna\n');
  write(POLICY);
});

async function run(
  args: readonly string[],
  env: Record<string, string> = ANNA,
  over: Partial<Omit<Io, 'stdin'>> & { stdin?: string } = {},
): Promise<{ status: number; out: string; err: string }> {
  const io = fakeIo({ cwd: top, env, policy: place, now: () => Date.UTC(2026, 10, 23), ...over });
  const status = await main(args, io);
  return { status, out: io.stdout.text, err: io.stderr.text };
}

const grant = (env: Record<string, string>) => grantOf(place, env);

describe('whom it holds', () => {
  test('a user by name; their own entry alone', async () => {
    expect(await grant(ANNA)).toMatchObject({ user: 'anna', domains: ['corp.example.org'], sources: [logs] });
  });

  test('a user by number, and by number alone where sudo gives no name; a key of digits is no name', async () => {
    expect(await grant({ SUDO_UID: '1001' })).toMatchObject({ user: 'anna' });
    write({ users: { '1001': { domains: 'one.example', sources: logs } } });
    expect(await grant(ANNA)).toMatchObject({ domains: ['one.example'], sources: [logs] });
    await expect(grant({ SUDO_UID: '7777', SUDO_GID: '1', SUDO_USER: '1001' })).rejects.toThrow('no entry');
  });

  test('a member of a group, by the list of members or as the own group', async () => {
    expect(await grant(BEN)).toMatchObject({ domains: ['.example.net'] });
    write({ groups: { ben: POLICY.groups.desk } });
    expect(await grant(BEN)).toMatchObject({ domains: ['.example.net'] });
  });

  test('several groups: all their domains, where they have the same sources; else nothing', async () => {
    write({ groups: { ben: { domains: ['a.example'], sources: [logs] }, desk: POLICY.groups.desk } });
    expect(await grant(BEN)).toMatchObject({ domains: ['a.example', '.example.net'] });
    write({ groups: { ben: { domains: ['a.example'], sources: [etc] }, desk: POLICY.groups.desk } });
    await expect(grant(BEN)).rejects.toThrow('different sources: nothing is shown');
  });

  test.each([
    ['nobody without sudo', {}],
    ['not root itself', { SUDO_UID: '0', SUDO_GID: '0', SUDO_USER: 'root' }],
  ])('%s', async (_, env) => {
    expect(await grant(env as Record<string, string>)).toBeUndefined();
  });

  test.each([
    ['a user without an entry', { SUDO_UID: '1003', SUDO_GID: '1003', SUDO_USER: 'carla' }, 'no entry for carla'],
    ['a name without a number', { SUDO_USER: 'anna' }, 'does not say who it is'],
    ['a number that nobody has, without a name', { SUDO_UID: '1008' }, 'does not say who it is'],
    ['another number', { ...ANNA, SUDO_UID: '1002' }, 'are of two users'],
    ['root as a name', { ...ANNA, SUDO_UID: '0' }, 'are of two users'],
    ['a name that nobody has, with the number of somebody', { ...ANNA, SUDO_USER: 'x' }, 'are of two users'],
    ['no number', { ...ANNA, SUDO_UID: '1001x' }, 'does not say who it is'],
    ['a group alone', { SUDO_GID: '50' }, 'does not say who it is'],
    ['a name of the language', { SUDO_UID: '1009', SUDO_GID: '1', SUDO_USER: '__proto__' }, 'no entry'],
  ])('%s: refused', async (_, env, text) => {
    await expect(grant(env as Record<string, string>)).rejects.toThrow(text);
    for (const args of [
      ['search'],
      ['formats'],
      ['--help'],
      ['schema'],
      ['explain', '550'],
      [],
      ['--version'],
      ['x@y.z'],
    ]) {
      const { status, out, err } = await run(args, env);
      expect([args, status, out]).toEqual([args, 2, '']);
      expect(err).toContain('nothing is shown');
    }
  });
});

describe('whose file it is', () => {
  test.each([0o620, 0o602, 0o666])('written by others (%o): refused', async (mode) => {
    write(POLICY, mode);
    await expect(grant(ANNA)).rejects.toThrow('others than root can write it: nothing is shown');
  });

  test('in a folder that others can write: refused, sticky or not', async () => {
    for (const mode of [0o775, 0o757, 0o1777]) {
      chmodSync(etc, mode);
      await expect(grant(ANNA)).rejects.toThrow('others than root can write it');
    }
  });

  test('of another owner: refused', async () => {
    await expect(grantOf({ ...place, owner: place.owner + 1 }, ANNA)).rejects.toThrow('not owned by root');
  });

  test('through a link into such a folder: refused', async () => {
    const open = join(top, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    renameSync(file, join(open, 'policy.yaml'));
    symlinkSync(join(open, 'policy.yaml'), file);
    await expect(grant(ANNA)).rejects.toThrow('others than root can write it');
    rmSync(open, { recursive: true });
    // a link to nowhere is no missing policy
    await expect(grant(ANNA)).rejects.toThrow('cannot be read');
  });

  test.each([
    ['no YAML', 'users: [: {'],
    ['an unknown word', { ...POLICY, user: {} }],
    ['no domains', { users: { anna: { domains: [], sources: [logs] } } }],
    ['a relative source', { users: { anna: { domains: ['a.example'], sources: ['logs'] } } }],
    ['a source with ..', { users: { anna: { domains: ['a.example'], sources: [`${logs}/../etc`] } } }],
    ['a domain that is an address', { users: { anna: { domains: ['a@b.example'], sources: [logs] } } }],
    ['everything', { users: { anna: { domains: ['*'], sources: [logs] } } }],
  ])('%s: refused, and nothing of it told', async (_, policy) => {
    write(policy);
    await expect(grant(ANNA)).rejects.toThrow(/^[^\n]*policy\.yaml: [\w. ]+: nothing is shown$/);
  });

  test('that is not there: nothing is held; a folder in its place: refused', async () => {
    rmSync(file);
    expect(await grant(ANNA)).toBeUndefined();
    mkdirSync(file);
    await expect(grant(ANNA)).rejects.toThrow('no regular file');
  });

  test('the configuration beside it must be as much to be trusted', async () => {
    writeFileSync(join(etc, 'config.yaml'), 'networks: [192.0.2.0/24]\n');
    chmodSync(join(etc, 'config.yaml'), 0o666);
    await expect(grant(ANNA)).rejects.toThrow('others than root can write it');
  });
});

describe('what is read', () => {
  test.each([
    ['/a/log', '/a/log', true],
    ['/a/log', '/a/log/sub/file', true],
    ['/a/log', '/a/logs', false],
    ['/a/log', '/a/log2', false],
    ['/a/mail.log*', '/a/mail.log.1', true],
    ['/a/mail.log*', '/a/mail.log.d/x', true],
    ['/a/mail.log*', '/a/mailxlog', false],
    ['/a/mail.log*', '/b/a/mail.log', false],
    ['/a/?.log', '/a/b.log', true],
    ['/a/?.log', '/a//.log', false],
    ['/a/**/x.log', '/a/b/c/x.log', true],
    ['/a/**/x.log', '/a/x.log', true],
    ['/a/*/x.log', '/a/b/c/x.log', false],
    ['/', '/etc/shadow', true],
  ])('%s: %s %s', (source, path, isAllowed) => {
    expect(pathTest([source])(path)).toBe(isAllowed);
  });

  const secret = join(top, 'shadow');
  beforeEach(() => writeFileSync(secret, 'root:$6$canary$hash:19000:0:99999:7:::\n'));

  test('the sources of the policy, and a link out of them is told and not read: in a folder, a rotated set, a folder that is a link', async () => {
    symlinkSync(secret, join(logs, 'mail.log.1'));
    symlinkSync(etc, join(logs, 'more'));
    const { status, out, err } = await run(['search', '--json']);
    expect(out.split('\n').length).toBeGreaterThan(10);
    expect(status).toBe(2);
    expect(err.match(/it leads out of what the policy lets be read/g)).toHaveLength(2);
    expect(out + err).not.toContain('canary');
  });

  test('a source that is itself a link is not followed; one in a folder that is a link is', async () => {
    symlinkSync(secret, join(top, 'linked.log'));
    symlinkSync(logs, join(top, 'linked'));
    write({ users: { anna: { domains: ['corp.example.org'], sources: [join(top, 'linked.log')] } } });
    expect((await run(['search'])).err).toContain('it leads out');
    write({ users: { anna: { domains: ['corp.example.org'], sources: [join(top, 'linked/mx1.mail.log')] } } });
    expect(await run(['search', '--count'])).toMatchObject({ status: 0 });
    rmSync(join(top, 'linked.log'));
    rmSync(join(top, 'linked'));
  });

  const shadow = secret;
  const asked: [string[], string?][] = [
    [['search', shadow]],
    [['search', '-'], 'root:canary'],
    [['search', '--', shadow]],
    [['search', '--config', shadow]],
    [['search', `--config=${shadow}`]],
    [['search', '--debug']],
    [['show', 'x', shadow]],
    [['show', '--config', shadow, 'x']],
    [['report', 'bounces', shadow]],
    [['report', 'bounces', '--output', shadow]],
    [['report', 'bounces', '--mail-to', 'a@b.example']],
    [['report', 'bounces', '--mail-from', 'a@b.example']],
    [['report', 'bounces', '--smtp', 'host']],
    [['report', 'bounces', '--state', 'x']],
    [['report', 'bounces', '--since', 'last-run']],
    [['report', 'bounces', '--since', 'LAST-RUN ']],
    [['report', 'traffic', '--as-logged']],
    [['doctor', shadow]],
    [['formats', shadow]],
    [['formats', '-'], 'root:canary'],
    [['explain', '-', shadow], 'root:canary'],
    [['explain', '550', '-'], 'root:canary'],
    [['explain', shadow]],
    [['explain', '550', shadow]],
    [['explain', `${top}/absent`]],
    [['explain', 'bounce.eml']],
    [[shadow]],
    [['x@y.example', shadow]],
    [[`${top}/*`]],
  ];
  test.each(asked)('mailtrace %j: refused, and nothing of a file told', async (args, stdin = '') => {
    const { status, out, err } = await run(args, ANNA, { stdin });
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain('the policy does not allow it');
    expect(err).not.toContain('canary');
  });

  test.each([
    ['show', secret],
    ['report', secret],
    ['completion', secret],
  ])('mailtrace %s %s: a word, and no file is looked at', async (...args) => {
    const there = await run(args);
    expect(there.out + there.err).not.toContain('canary');
    rmSync(secret);
    const gone = await run(args);
    expect(gone).toEqual(there);
  });

  test('explain - reads standard input, and that alone', async () => {
    const { status, out } = await run(['explain', '-'], ANNA, { stdin: '550 5.1.1 no such user\n' });
    expect(status).toBe(0);
    expect(out).toContain('The address does not exist');
  });
});

describe('what lifts it', () => {
  const all = async (args: readonly string[], env: Record<string, string> = {}, cwd = top) =>
    run(['search', '--json', ...args], { ...ANNA, ...env }, { cwd });

  test('no environment, working directory or configuration of the user', async () => {
    const home = join(top, 'home');
    mkdirSync(join(home, '.config/mailtrace'), { recursive: true });
    const mine = 'domains: [example.com]\nnetworks: [0.0.0.0/0, "::/0"]\nsources: [/etc/passwd]\n';
    writeFileSync(join(home, '.config/mailtrace/config.yaml'), mine);
    writeFileSync(join(home, 'config.yaml'), mine);
    const plain = await all([]);
    expect(plain.out.split('\n').length).toBeGreaterThan(10);
    expect(
      await all(
        [],
        {
          HOME: home,
          XDG_CONFIG_HOME: join(home, '.config'),
          MAILTRACE_CONFIG: join(home, 'config.yaml'),
          MAILTRACE_POLICY: join(home, 'config.yaml'),
          MAILTRACE_REDACT_KEY: 'x',
          NODE_OPTIONS: '--inspect',
        },
        home,
      ),
    ).toEqual(plain);
  });

  test('the configuration beside the policy counts: networks of ours prove a sender', async () => {
    write({ users: { anna: { domains: ['example.com'], sources: [logs] } } });
    const before = await all([]);
    writeFileSync(join(etc, 'config.yaml'), 'networks: [127.0.0.0/8]\n', { mode: 0o600 });
    const after = await all([]);
    expect(after.out.split('\n').length).toBeGreaterThan(before.out.split('\n').length);
  });

  test('the number of messages told is that of the scope, and lines are not counted', async () => {
    const { out } = await all([]);
    const count = out.trimEnd().split('\n').length;
    const { err } = await run(['search', '--since', '30d']);
    expect(err).toMatch(
      new RegExp(`^${count} messages, \\d+ recipients; searched ${count} messages of corp\\.example\\.org in 1 source`),
    );
    expect((await run(['doctor'])).err).toMatch(
      new RegExp(`examined ${count} messages of corp\\.example\\.org in 1 source\n$`),
    );
  });

  test('--scope narrows it and never widens it', async () => {
    expect((await all(['--scope', 'example.com'])).out).toBe('');
    expect((await all(['--scope', 'corp.example.org,example.com'])).out).toBe((await all([])).out);
  });

  test('an answer about a mail outside is that about no mail', async () => {
    const everything = fakeIo({ cwd: top, now: () => Date.UTC(2026, 10, 23) });
    await main(['search', '--json', logs], everything);
    const outside = everything.stdout.text
      .split('\n')
      .filter((line) => line !== '' && !line.includes('corp.example.org'))
      .map((line) => JSON.parse(line) as { id: string; messageId?: string; recipients: { address?: string }[] });
    const [first] = outside;
    expect(outside.length).toBeGreaterThan(20);
    for (const form of [[], ['--raw'], ['--json'], ['--ticket']]) {
      const told = await run(['show', first?.id ?? '', ...form]);
      const none = await run(['show', '20261121-223119-000000000', ...form]);
      expect({ ...told, err: told.err.replace(first?.id ?? '', 'ID') }).toEqual({
        ...none,
        err: none.err.replace('20261121-223119-000000000', 'ID'),
      });
    }
    const address =
      outside.find(({ recipients }) => recipients[0]?.address !== undefined)?.recipients[0]?.address ?? '';
    for (const option of ['--recipient', '--text', '--not-text', '--sender', '--address']) {
      const told = await run(['search', '--since', '30d', option, address, '--count', '--json']);
      const none = await run(['search', '--since', '30d', option, 'nobody@nowhere.example', '--count', '--json']);
      expect([option, told.status, told.out, told.err.replaceAll(address, 'A')]).toEqual([
        option,
        none.status,
        none.out,
        none.err.replaceAll('nobody@nowhere.example', 'A'),
      ]);
    }
  });
});

test('every option is either allowed or refused on purpose', async () => {
  const refused = [
    '--config',
    '--debug',
    '--output',
    '--mail-to',
    '--mail-from',
    '--smtp',
    '--state',
    '--as-logged',
    '--memory',
    '--no-logs',
  ];
  const told = new Set<string>();
  for (const entry of Object.values(COMMANDS)) {
    const command = (await entry.load())(fakeIo(), () => undefined);
    for (const { long } of command.options) if (long !== undefined && long !== null) told.add(long);
  }
  const { ALLOWED } = await import('../../src/commands/scoping.ts');
  expect([...told].filter((name) => !ALLOWED.has(name)).toSorted()).toEqual(refused.toSorted());
});
