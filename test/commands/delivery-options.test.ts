/** Where a report goes: what the options and the configuration say of it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { deliveryOptionsOf, withFormatOfOutput } from '../../src/commands/delivery-options.ts';
import { fakeIo } from '../helpers/io.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailtrace-delivery-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function configured(text: string): string {
  const path = join(folder, 'config.yaml');
  writeFileSync(path, text);
  return path;
}

const io = fakeIo({ cwd: folder });

describe('mail', () => {
  test('sender, server and login of the configuration; what is typed holds over it', async () => {
    writeFileSync(join(folder, 'password'), 'secret\n');
    const config = configured(
      `mail: { from: reports@example.com, smtp: 'mail.example.com:587', user: u, passwordFile: ${folder}/password }`,
    );
    const { mail } = await deliveryOptionsOf({ mailTo: ['ops@example.com'], config }, io);
    expect(mail).toEqual({
      to: ['ops@example.com'],
      from: 'reports@example.com',
      isFromGiven: true,
      smtp: { host: 'mail.example.com', port: 587 },
      login: { user: 'u', password: 'secret' },
    });
    const typed = { mailTo: ['ops@example.com'], mailFrom: 'me@example.org', smtp: 'localhost', config };
    const other = await deliveryOptionsOf(typed, io);
    expect(other.mail).toMatchObject({ from: 'me@example.org', smtp: { host: 'localhost', port: 25 } });
  });

  test.each([
    ['mail: { from: nobody }', /mail\.from: is no address/],
    ['mail: { smtp: "a b" }', /mail\.smtp: 'a b' is no server/],
    ['mail: { smtp: a, user: u }', /mail: user and passwordFile go together/],
    ['mail: { smtp: a, user: u, passwordFile: /nonexistent/password }', /the password cannot be read \(ENOENT\)/],
    ['mail: { server: a }', /unknown word 'server'/],
  ])('%s is said before anything is read', async (text, told) => {
    await expect(deliveryOptionsOf({ mailTo: ['ops@example.com'], config: configured(text) }, io)).rejects.toThrow(
      told,
    );
  });

  test('without a sender it is the user at this machine, and the envelope is left to sendmail', async () => {
    const { mail } = await deliveryOptionsOf({ mailTo: ['root'] }, fakeIo({ cwd: folder }));
    expect(mail?.isFromGiven).toBe(false);
    expect(mail?.from).toMatch(/^[\w.-]+@[\w.-]+$/);
  });
});

test('the ending of a file chooses the format where none is given', () => {
  const format = (output: string, more: object = {}): unknown => withFormatOfOutput({ output, ...more })['format'];
  expect(['a.html', 'A.HTM', 'a.md', 'a.json', 'a.csv', 'a.txt', 'a'].map((name) => format(name))).toEqual([
    'html',
    'html',
    'markdown',
    'json',
    'csv',
    undefined,
    undefined,
  ]);
  expect(format('a.html', { format: 'text' })).toBe('text');
  expect(format('a.html', { json: true })).toBeUndefined();
});

test('a folder is refused; a relative path is that of the shell', async () => {
  mkdirSync(join(folder, 'out'));
  await expect(deliveryOptionsOf({ output: 'out' }, io)).rejects.toThrow(/it is a folder/);
  await expect(deliveryOptionsOf({ output: 'new/' }, io)).rejects.toThrow(/it is a folder/);
  await expect(deliveryOptionsOf({ output: 'no/a.txt' }, io)).rejects.toThrow(/there is no such folder/);
  expect((await deliveryOptionsOf({ output: 'out/a.txt' }, io)).output).toBe(join(folder, 'out/a.txt'));
});
