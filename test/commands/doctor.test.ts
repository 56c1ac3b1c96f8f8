/** `doctor`: what a set of logs cannot tell, and what to do about it. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { newDoctorCommand } from '../../src/commands/doctor.ts';
import { runCommand } from '../../src/commands/run-command.ts';
import { LOG_SETTINGS } from '../../src/explain/log-settings.ts';
import type { Finding } from '../../src/render/doctor.ts';
import { copyFixture, temporaryFolder } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';
import { root } from '../house/sources.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

async function doctor(args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  const io = fakeIo({ cwd: folder.path, env: { MAILTRACE_REDACT_KEY: 'k' } });
  const status = await runCommand(newDoctorCommand, args, io);
  return { status, out: io.stdout.text, err: io.stderr.text };
}

async function findings(args: readonly string[]): Promise<Finding[]> {
  const { out } = await doctor(['--json', ...args]);
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Finding);
}

function log(name: string, lines: readonly string[]): string {
  writeFileSync(join(folder.path, name), lines.map((line) => `${line}\n`).join(''));
  return name;
}

const textsOf = (found: readonly Finding[], kind: Finding['kind']): string[] =>
  found.filter((finding) => finding.kind === kind).map(({ text }) => text);

const MX1 = copyFixture('postfix/two-hosts/mx1.mail.log', folder.path);
const FILTER = copyFixture('postfix/two-hosts/filter.mail.log', folder.path);
const STORE = copyFixture('postfix/two-hosts/store.mail.log', folder.path);
const linesOf = (name: string): string[] => readFileSync(join(folder.path, name), 'utf8').trimEnd().split('\n');

describe('what is missing', () => {
  test('daemons that every mail passes, by host', async () => {
    const name = log(
      'half.log',
      linesOf(MX1).filter((line) => !/\/(?:cleanup|qmgr)\[/.test(line)),
    );
    expect(textsOf(await findings([name]), 'missing-daemon')).toEqual([
      expect.stringMatching(/^Postfix on mx1: lines of smtpd \(\d+\), .*, and none of cleanup and qmgr$/),
    ]);
    expect(textsOf(await findings([MX1]), 'missing-daemon')).toEqual([]);
    const arrivals = log(
      'arrivals.log',
      linesOf(MX1).filter((line) => /\/(?:cleanup|qmgr)\[/.test(line)),
    );
    expect(textsOf(await findings([arrivals]), 'missing-daemon')[0]).toContain(
      'none of any delivery (smtp, lmtp, local, …) and smtpd and pickup',
    );
  });

  test('logs of servers that mail went on to, until they are given', async () => {
    expect(textsOf(await findings([MX1]), 'missing-log').join()).toContain('filter.example.com (127.0.0.41)');
    const all = textsOf(await findings([MX1, FILTER, STORE]), 'missing-log').join();
    expect(all).not.toContain('filter.example.com');
    expect(all).toContain('mx.big.example.net');
  });

  test.each([
    ['amavis/mail.log', / amavis\[/, 'Amavis answered for'],
    ['dovecot/mail.log', / dovecot: /, 'Dovecot answered for'],
  ])('programs that answered, and whose log is not there: %s', async (fixture, theirs, text) => {
    const whole = copyFixture(fixture, folder.path);
    expect(textsOf(await findings([whole]), 'missing-log').join()).not.toContain(text);
    const without = log(
      'without.log',
      linesOf(whole).filter((line) => !theirs.test(line)),
    );
    const found = (await findings([without])).find((finding) => finding.text.startsWith(text));
    expect(found).toMatchObject({ kind: 'missing-log', todo: expect.stringMatching(/^give its log too: /) });
    expect(found?.source).toMatch(/^https:/);
  });

  test("Dovecot's deliveries without a Message-ID: its setting; not where they have one", async () => {
    const of = (id: string) =>
      log(
        'store.log',
        Array.from(
          { length: 6 },
          (_, i) => `Nov 21 22:40:0${i} mx dovecot: lmtp(b${i})<81><S${i}>: ${id}saved mail to INBOX`,
        ),
      );
    const texts = async (id: string) => textsOf(await findings([of(id)]), 'missing-fact').join();
    expect(await texts('')).toContain('none of 6 mails of dovecot has a Message-ID');
    expect(await texts('msgid=<a@example.com>: ')).not.toContain('Message-ID');
  });

  test('subjects: the setting of the server that does not log them', async () => {
    const name = log(
      'silent.log',
      linesOf(MX1).filter((line) => !line.includes('header Subject:')),
    );
    const [found] = (await findings([name])).filter((finding) => /subject/.test(finding.text));
    expect(found).toMatchObject({
      kind: 'missing-fact',
      text: expect.stringMatching(/^none of \d+ mails of postfix has a subject$/),
      todo: expect.stringContaining("'/^Subject:/ WARN'"),
      source: 'https://www.postfix.org/header_checks.5.html',
    });
    expect((await findings([MX1, FILTER, STORE])).filter((finding) => /subject/.test(finding.text))).toEqual([]);
  });

  test('hours without a line, of the host that wrote none', async () => {
    const line = (time: string, host: string): string =>
      `Nov 20 ${time} ${host} postfix/smtpd[1]: connect from x[192.0.2.1]`;
    const name = log('gaps.log', [
      line('01:00:00', 'mx1'),
      line('01:10:00', 'mx2'),
      line('03:00:00', 'mx2'),
      line('06:30:00', 'mx1'),
    ]);
    expect(textsOf(await findings([name]), 'gap')).toEqual([
      'no lines of mx1 from 2026-11-20 01:00:00 to 2026-11-20 06:30:00 (5.5 h) and of mx2 from 2026-11-20 01:10:00 to 2026-11-20 03:00:00 (1.8 h)',
    ]);
  });
});

test('clocks that differ, and by how much', async () => {
  cpSync(join(root, 'fixtures/scenarios/54-three-hosts-skewed'), join(folder.path, 'skewed'), { recursive: true });
  expect(textsOf(await findings(['skewed/*.log']), 'clock-skew')).toEqual([
    'the clock of store is 300 s behind that of filter',
    'the clock of filter is up to 300 s ahead of that of mx1',
  ]);
  expect(textsOf(await findings([MX1, FILTER, STORE]), 'clock-skew')).toEqual([]);
});

test('files that say the same, lines that stand for others, lines that were cut, files of no format', async () => {
  const copy = log('copy.log', linesOf(STORE).slice(0, 300));
  const repeated = log('repeated.log', [
    'Nov 21 10:00:00 mx1 postfix/smtpd[1]: connect from x[192.0.2.1]',
    'Nov 21 10:00:01 mx1 last message repeated 3 times',
  ]);
  const cut = log('cut.log', [
    'Nov 21 10:00:00 mx1 postfix/smtp[1]: 4A1B2C3D4E: to=<a@b.example>, relay=x[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 2.0.0 Ok: qu',
  ]);
  const long = `Nov 21 10:00:00 mx1 postfix/cleanup[1]: 4A1B2C3D4E: warning: header X-A: ${'x'.repeat(2000)}`.slice(
    0,
    1024,
  );
  const wide = log('wide.log', [long, long, long]);
  const strange = log('strange.txt', ['what', 'is this']);
  const found = await findings([STORE, copy, repeated, cut, wide, strange, log('empty.log', [])]);
  expect(textsOf(found, 'duplicate-file')).toEqual(['copy.log: all of it stands in store.mail.log, too']);
  expect(textsOf(found, 'repeated')).toEqual([
    '1 line says only how often another came (3 times), first at repeated.log:2: which mails these were is lost',
  ]);
  expect(textsOf(found, 'truncated')).toEqual([
    'lines were cut: 1 answer ends in the middle, first at cut.log:1; the longest lines are all of one length: 3 lines of 1,024 bytes in wide.log',
  ]);
  expect(textsOf(found, 'unknown-format')).toEqual(['strange.txt: 2 lines of no format that mailtrace knows']);
  expect(textsOf(found, 'empty-file')).toEqual(['empty.log is empty']);
});

test('as text: groups, what to do, where it says so; the numbers on stderr; 0', async () => {
  const { status, out, err } = await doctor([MX1]);
  expect(status).toBe(0);
  expect(out).toMatch(/^Missing\n {2}- /);
  expect(out).toMatch(/\nBetter logs\n {2}- queue ids of postfix are short/);
  expect(out).toContain('    → Postfix makes queue ids that never come again with enable_long_queue_ids = yes\n');
  expect(out).toContain('      https://www.postfix.org/postconf.5.html#enable_long_queue_ids\n');
  for (const line of out.split('\n')) if (!line.includes('https:')) expect(line.length).toBeLessThanOrEqual(100);
  expect(err).toMatch(/^\d+ findings; examined \d+ messages, 1,306 lines in 1 source\n$/);
});

test('a file that cannot be read is trouble; logs with nothing amiss are not', async () => {
  const { status, err } = await doctor(['absent.log', MX1]);
  expect([status, err]).toEqual([2, expect.stringContaining('absent.log')]);
  const good = log('good.log', ['2026-11-21T10:00:00.123456+01:00 mx1 postfix/smtpd[1]: connect from x[192.0.2.1]']);
  expect(await doctor([good])).toMatchObject({ status: 0, out: '', err: expect.stringMatching(/^nothing is amiss; /) });
});

test('with --redact no host, path or relay is named', async () => {
  const { out, err } = await doctor(['--redact', MX1]);
  expect(out + err).not.toMatch(/mx1|example\.(?:com|net|org)|127\.0\.0\./);
  expect(out).toContain('its log is not here');
});

test('every setting has a document', () => {
  for (const { source, text } of LOG_SETTINGS) {
    expect(source).toMatch(/^https:\/\//);
    expect(text).toMatch(/^[A-Za-z]+ .*[^.]$/);
  }
});
