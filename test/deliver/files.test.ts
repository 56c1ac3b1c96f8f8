/** Files of a delivery: written whole or not at all, states and locks of runs. */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { failOverOf, isOver } from '../../src/deliver/fail-over.ts';
import { LastRun, MARGIN_MS, stateName } from '../../src/deliver/last-run.ts';
import { takeLock } from '../../src/deliver/run-lock.ts';
import { stateFolder } from '../../src/deliver/state-folder.ts';
import { checkTarget, writeWhole } from '../../src/deliver/whole-file.ts';

const root = mkdtempSync(join(tmpdir(), 'mailtrace-deliver-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(root, 'test-'));
});
const at = (name: string): string => join(folder, name);

describe('a file is written whole or not at all', () => {
  test('new, over an old one, through a link; with the umask alone; nothing else is left', () => {
    const umask = process.umask(0o027);
    try {
      writeWhole(at('report.html'), 'one');
      expect(statSync(at('report.html')).mode & 0o777).toBe(0o640);
      symlinkSync('report.html', at('link'));
      writeWhole(at('link'), 'two');
      expect(readFileSync(at('report.html'), 'utf8')).toBe('two');
      expect(readdirSync(folder).toSorted()).toEqual(['link', 'report.html']);
    } finally {
      process.umask(umask);
    }
  });

  test('a folder and a missing folder are refused before any work', () => {
    expect(() => checkTarget(folder)).toThrow(/it is a folder/);
    expect(() => checkTarget(`${at('new')}/`)).toThrow(/it is a folder/);
    expect(() => checkTarget(at('no/report.txt'))).toThrow(/there is no such folder/);
    expect(() => writeWhole(folder, 'x')).toThrow(/it is a folder/);
  });

  test.skipIf(process.getuid?.() === 0)('what cannot be written leaves the old file', () => {
    writeWhole(at('report'), 'old');
    chmodSync(folder, 0o500);
    expect(() => writeWhole(at('report'), 'new')).toThrow(/it may not be written there/);
    chmodSync(folder, 0o700);
    expect(readFileSync(at('report'), 'utf8')).toBe('old');
  });

  test('a full disk leaves nothing and says so', () => {
    if (!existsSync('/dev/full')) return;
    expect(() => writeWhole('/dev/full', 'x')).toThrow('/dev/full: the disk is full');
  });
});

const OWNER = { report: 'bounces', filters: 'domain example.com', sources: ['/var/log/mail.log'] };
const NOW = Date.UTC(2026, 10, 21, 6);
const DAY = 86_400_000;

describe('the state of the last run', () => {
  test('periods follow one another to the millisecond; the first is a day', () => {
    const state = new LastRun(folder, 'daily', OWNER);
    const first = state.period(NOW);
    expect(first).toEqual({ since: NOW - MARGIN_MS - DAY + 1, until: NOW - MARGIN_MS, isFirst: true });
    // not delivered: the same again
    expect(state.period(NOW)).toEqual(first);
    state.write(NOW - MARGIN_MS, NOW);
    const second = state.period(NOW + DAY);
    expect(second).toEqual({ since: NOW - MARGIN_MS + 1, until: NOW + DAY - MARGIN_MS, isFirst: false });
    expect(state.period(NOW + 1000)?.since).toBe(NOW - MARGIN_MS + 1);
    expect(state.period(NOW)).toBeUndefined();
  });

  test('what is damaged, of another report or of a time to come is said, not guessed', () => {
    const state = new LastRun(folder, 'daily', OWNER);
    for (const text of [
      '',
      '{"v":1,"report":"bounces","unt',
      'null',
      '{"v":1,"report":"bounces","until":"soon"}',
      '{"v":2,"report":"bounces","until":"2026-11-20T00:00:00Z"}',
    ]) {
      writeFileSync(state.path, text);
      expect(() => state.period(NOW), text).toThrow(/daily\.json: it is damaged/);
    }
    state.write(NOW + DAY, NOW);
    expect(() => state.period(NOW)).toThrow(/2026-11-22T06:00:00\.000Z, which is still to come/);
    new LastRun(folder, 'daily', { ...OWNER, report: 'traffic' }).write(NOW, NOW);
    expect(() => state.period(NOW + DAY)).toThrow(/it is the state of report traffic/);
  });

  test('a state belongs to its report, filters and logs, in whatever order these come', () => {
    const name = stateName(OWNER);
    expect(name).toMatch(/^bounces-[0-9a-f]{16}$/);
    expect(stateName({ ...OWNER, sources: ['/b', '/a', '/b'] })).toBe(stateName({ ...OWNER, sources: ['/a', '/b'] }));
    const others = [
      { ...OWNER, report: 'rejects' },
      { ...OWNER, filters: '' },
      { ...OWNER, sources: [] },
    ];
    expect(new Set([name, ...others.map(stateName)]).size).toBe(4);
  });

  test('its place', () => {
    const home = { HOME: '/home/a' };
    expect(stateFolder(home, false)).toBe('/home/a/.local/state/mailtrace');
    expect(stateFolder(home, true)).toBe('/var/lib/mailtrace');
    expect(stateFolder({ ...home, XDG_STATE_HOME: '/s' }, true)).toBe('/s/mailtrace');
    expect(stateFolder({ ...home, XDG_STATE_HOME: 'relative' }, false)).toBe('/home/a/.local/state/mailtrace');
    expect(stateFolder({ ...home, STATE_DIRECTORY: '/var/lib/private/x:/y', XDG_STATE_HOME: '/s' }, true)).toBe(
      '/var/lib/private/x',
    );
    expect(() => stateFolder({}, false)).toThrow(/no place to keep/);
  });
});

describe('the lock of a run', () => {
  test('holds off another while it is held, and is gone afterwards', () => {
    const release = takeLock(at('daily.lock'));
    expect(() => takeLock(at('daily.lock'))).toThrow(
      new RegExp(`another run of this report is at work \\(process ${process.pid},`),
    );
    release();
    expect(readdirSync(folder)).toEqual([]);
    takeLock(at('daily.lock'))();
  });

  test('is taken over from a process that was killed, also where its number is used again', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => 0, 60000)']);
    const pid = child.pid ?? 0;
    child.kill('SIGKILL');
    await new Promise((resolve) => {
      child.on('exit', resolve);
    });
    const dead = (over: object): string => JSON.stringify({ pid, host: hostname(), born: '', since: 'then', ...over });
    for (const text of [dead({}), dead({ pid: process.pid, born: '1@another-boot' }), '', '{"pid":']) {
      writeFileSync(at('daily.lock'), text);
      takeLock(at('daily.lock'))();
      expect(readdirSync(folder), text).toEqual([]);
    }
    writeFileSync(at('daily.lock'), dead({ host: 'elsewhere' }));
    expect(() => takeLock(at('daily.lock'))).toThrow(/on elsewhere/);
  });

  test('where it cannot be made, that is said', () => {
    mkdirSync(at('daily.lock'));
    expect(() => takeLock(at('daily.lock'))).toThrow(/daily\.lock: /);
  });
});

test('a limit is a number of recipients or a share of all', () => {
  const over = (typed: string, reported: number, all: number): boolean =>
    isOver(failOverOf(typed, '--fail-over'), reported, all);
  expect([over('10', 9, 9), over('10', 10, 1000), over('0', 0, 5), over('0', 1, 5)]).toEqual([
    false,
    true,
    false,
    true,
  ]);
  expect([over('5%', 4, 100), over('5%', 5, 100), over('0.5 %', 1, 200), over('0%', 0, 0)]).toEqual([
    false,
    true,
    true,
    false,
  ]);
  for (const wrong of ['', 'ten', '-1', '1.5', '101%', '%', '5%%'])
    expect(() => failOverOf(wrong, '--fail-over'), wrong).toThrow(/is no limit/);
});
