/**
 * `report --since last-run` as cron runs it: seven days of logs that rotate, once a day, and whatever goes wrong; nothing is
 * counted twice or missed. Lines have the shapes of Postfix 3.7 (fixtures/postfix).
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { main } from '../../src/commands/main.ts';
import { fakeIo } from '../helpers/io.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** 2026-11-01T00:00Z */
const START = Date.UTC(2026, 10, 1);
const DAYS = 7;
/** logrotate at 06:25, the report at 06:30 */
const ROTATED = 6 * HOUR + 25 * MINUTE;
const REPORTED = 6 * HOUR + 30 * MINUTE;

interface Bounce {
  readonly address: string;
  /** of the line that says so */
  readonly time: number;
}

interface Line {
  readonly at: number;
  readonly text: string;
}

/** A mail every 37 minutes; of three one is delivered, one bounces at once, one is deferred for a day and a half and bounces then. */
function logs(): { lines: Line[]; bounces: Bounce[] } {
  const lines: Line[] = [];
  const bounces: Bounce[] = [];
  const say = (at: number, daemon: string, text: string): void => {
    lines.push({ at, text: `${new Date(at).toISOString().replace('Z', '000+00:00')} mx postfix/${daemon}: ${text}\n` });
  };
  let number = 0;
  for (let at = START; at < START + DAYS * DAY; at += 37 * MINUTE) {
    number++;
    const id = `4d${number.toString(16).toUpperCase().padStart(4, '0')}2D43`.replace('4d', 'C2');
    const address = `user${number}@example.net`;
    const kind = number % 3;
    const end = kind === 2 ? at + 36 * HOUR : at + 2000;
    say(at, 'pickup[101]', `${id}: uid=1000 from=<alice@example.com>`);
    say(at + 10, 'cleanup[102]', `${id}: message-id=<${number}@example.com>`);
    say(at + 20, 'qmgr[103]', `${id}: from=<alice@example.com>, size=700, nrcpt=1 (queue active)`);
    const to = `${id}: to=<${address}>, relay=mx.example.net[192.0.2.1]:25, delay=2, delays=0/0/1/1`;
    const said = 'host mx.example.net[192.0.2.1] said:';
    if (kind === 2)
      say(
        at + 2000,
        'smtp[104]',
        `${to}, dsn=4.2.1, status=deferred (${said} 451 4.2.1 Try again later (in reply to RCPT TO command))`,
      );
    if (kind === 0) say(end, 'smtp[104]', `${to}, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as ${number})`);
    else {
      say(
        end,
        'smtp[104]',
        `${to}, dsn=5.1.1, status=bounced (${said} 550 5.1.1 <${address}>: User unknown (in reply to RCPT TO command))`,
      );
      bounces.push({ address, time: end });
    }
    say(end + 50, 'qmgr[103]', `${id}: removed`);
  }
  return { lines: lines.toSorted((a, b) => a.at - b.at), bounces };
}

const { lines, bounces } = logs();

let root = '';
let folder = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'mailtrace-cron-'));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => {
  folder = mkdtempSync(join(root, 'run-'));
  mkdirSync(join(folder, 'log'));
  written = 0;
});

let written = 0;

/** The log as it is at that time; `isRotated`: logrotate has just run. */
function logUntil(now: number, isRotated: boolean): void {
  const log = (name: string): string => join(folder, 'log', name);
  const upTo = (at: number): void => {
    const from = written;
    while ((lines[written]?.at ?? Infinity) <= at) written++;
    const text = lines
      .slice(from, written)
      .map((line) => line.text)
      .join('');
    writeFileSync(log('mail.log'), text, { flag: 'a' });
  };
  if (isRotated) {
    upTo(Math.floor((now - ROTATED) / DAY) * DAY + ROTATED);
    for (let age = DAYS; age > 1; age--) {
      const older = log(`mail.log.${age}.gz`);
      if (existsSync(older)) renameSync(older, log(`mail.log.${age + 1}.gz`));
    }
    if (existsSync(log('mail.log.1'))) {
      writeFileSync(log('mail.log.2.gz'), gzipSync(readFileSync(log('mail.log.1'))));
      rmSync(log('mail.log.1'));
    }
    renameSync(log('mail.log'), log('mail.log.1'));
    writeFileSync(log('mail.log'), '');
  }
  upTo(now);
}

interface Ran {
  readonly status: number;
  readonly err: string;
  /** addresses that the report lists; undefined: nothing was delivered */
  readonly addresses: string[] | undefined;
  readonly period: string | undefined;
}

/** One run of cron: the shell has made the list of files. */
async function cron(now: number, ...more: string[]): Promise<Ran> {
  const output = join(folder, `out-${now}.json`);
  rmSync(output, { force: true });
  const paths = readdirSync(join(folder, 'log')).map((name) => join(folder, 'log', name));
  const io = fakeIo({ now: () => now, env: { XDG_STATE_HOME: join(folder, 'state') } });
  const args = ['report', 'bounces', '--since', 'last-run', '--output', output, '--top', '0', ...more, ...paths];
  const status = await main(args, io);
  const told = existsSync(output) ? (JSON.parse(readFileSync(output, 'utf8')) as Told) : undefined;
  return {
    status,
    err: io.stderr.text,
    addresses: told?.tables.addresses?.map(({ recipient }) => recipient),
    period: told && `${told.period.since} to ${told.period.until}`,
  };
}

interface Told {
  readonly period: { readonly since: string; readonly until: string };
  readonly tables: { readonly addresses?: readonly { readonly recipient: string }[] };
  readonly notes?: readonly string[];
}

const stateFiles = (): string[] => readdirSync(join(folder, 'state', 'mailtrace'));
const due = (from: number, to: number): string[] =>
  bounces
    .filter(({ time }) => time > from && time <= to)
    .map(({ address }) => address)
    .toSorted();

describe('report --since last-run', () => {
  test('logs that begin after the last report ended are told of', async () => {
    const now = START + 2 * DAY;
    logUntil(now, false);
    await cron(now);
    const log = join(folder, 'log', 'mail.log');
    writeFileSync(log, '');
    written = lines.findIndex(({ at }) => at > now + 12 * HOUR);
    logUntil(now + DAY, false);
    await cron(now + DAY);
    const told = JSON.parse(readFileSync(join(folder, `out-${now + DAY}.json`), 'utf8')) as Told;
    expect(told.notes?.join(' ')).toMatch(
      /The last report ended at 2026-11-02 23:55:00, but the logs begin at 2026-11-03 12:/,
    );
  });

  test('over a week each bounce is told once, by the run that it is due in, and stderr is silent', async () => {
    const told: string[] = [];
    let before = START + REPORTED - 5 * MINUTE - DAY;
    for (let day = 0; day <= DAYS; day++) {
      const now = START + day * DAY + REPORTED;
      logUntil(now, day > 0);
      const { status, err, addresses, period } = await cron(now);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      const until = now - 5 * MINUTE;
      expect(period).toBe(
        `${new Date(before + 1).toISOString().replace('Z', '+00:00')} to ${new Date(until).toISOString().replace('Z', '+00:00')}`,
      );
      expect(addresses?.toSorted() ?? []).toEqual(due(before, until));
      told.push(...(addresses ?? []));
      before = until;
    }
    expect(told.toSorted()).toEqual(due(START - 1, before));
    expect(told.length).toBeGreaterThan(150);
    // one state for all of it, though the shell made another list of files each day
    expect(stateFiles()).toEqual([expect.stringMatching(/^bounces-[0-9a-f]{16}\.json$/)]);
  });

  test('a first run says which period it takes', async () => {
    const now = START + 3 * DAY;
    logUntil(now, false);
    await cron(now);
    const told = JSON.parse(readFileSync(join(folder, `out-${now}.json`), 'utf8')) as Told;
    expect(told.notes?.join(' ')).toContain('First run with --since last-run');
    await cron(now + DAY);
    const second = JSON.parse(readFileSync(join(folder, `out-${now + DAY}.json`), 'utf8')) as Told;
    expect((second.notes ?? []).join(' ')).not.toContain('First run');
  });

  test('what was not delivered is told by the next run', async () => {
    // of one name, though one run is given a file more
    const state = ['--state', 'daily'];
    const now = START + 2 * DAY;
    logUntil(now, false);
    await cron(now, ...state);
    logUntil(now + DAY, true);
    const log = join(folder, 'log', 'mail.log');
    // the mail cannot be sent: nobody listens there
    const failed = await cron(now + DAY, ...state, '--mail-to', 'ops@example.com', '--smtp', '127.0.0.1:1');
    expect(failed.status).toBe(2);
    expect(failed.err).toMatch(/^mailtrace: 127\.0\.0\.1:1: connect ECONNREFUSED/);
    // an input that cannot be read
    const partly = await cron(now + DAY, ...state, join(folder, 'missing.log'));
    expect(partly.status).toBe(2);
    expect(partly.err).toContain('the next --since last-run takes this period again');
    logUntil(now + 2 * DAY, true);
    const { addresses } = await cron(now + 2 * DAY, ...state);
    expect(addresses?.toSorted()).toEqual(due(now - 5 * MINUTE, now + 2 * DAY - 5 * MINUTE));
    expect(existsSync(log)).toBe(true);
  });

  test('twice within five minutes, a damaged state, a state of another report, options that do not go with it', async () => {
    const now = START + 2 * DAY;
    logUntil(now, false);
    await cron(now, '--state', 'daily');
    expect(await cron(now, '--state', 'daily')).toEqual({
      status: 0,
      err: '',
      addresses: undefined,
      period: undefined,
    });
    expect(stateFiles()).toEqual(['daily.json']);
    writeFileSync(join(folder, 'state', 'mailtrace', 'daily.json'), '{"v":1,"rep');
    const damaged = await cron(now + DAY, '--state', 'daily');
    expect(damaged).toMatchObject({ status: 2, addresses: undefined });
    expect(damaged.err).toMatch(/daily\.json: it is damaged/);
    expect(stateFiles()).toEqual(['daily.json']);
    expect((await cron(now, '--state', '../x')).err).toMatch(/'\.\.\/x' is no name/);
    expect((await cron(now, '--until', 'yesterday')).err).toMatch(
      /^mailtrace: --until: does not go with --since last-run/,
    );
  });

  test('an alert is delivered and told; an empty report is not, but its period is over', async () => {
    const now = START + 2 * DAY;
    logUntil(now, false);
    const alert = await cron(now, '--fail-over', '10%');
    expect(alert.status).toBe(3);
    expect(alert.err).toMatch(/^report bounces: \d+ recipients: --fail-over 10% is reached\n$/);
    expect(alert.addresses?.length).toBeGreaterThanOrEqual(20);
    const only = ['-s', 'nobody@example.com', '--quiet-if-empty', '--fail-over', '1'];
    expect(await cron(now, ...only)).toEqual({ status: 0, err: '', addresses: undefined, period: undefined });
    expect(stateFiles()).toHaveLength(2);
  });
});
