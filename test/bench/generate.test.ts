/**
 * The generators: the same seed gives the same bytes, and what they say of a log is what a reader
 * of the log alone finds.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { generateExim } from './generate-exim.ts';
import { generatePostfix } from './generate-postfix.ts';
import { Agenda } from './generator/agenda.ts';
import { Ledger } from './generator/ledger.ts';
import { DEFAULTS, type LogOptions } from './generator/options.ts';
import { PostfixHost } from './generator/postfix-host.ts';
import { Prng } from './generator/prng.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'mailtrace-generate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SMALL: LogOptions = { ...DEFAULTS, bytes: 1e6, seed: 7 };

function written(name: string, generate: typeof generatePostfix, options: LogOptions) {
  const file = path.join(folder, name);
  const truth = generate(file, options);
  const bytes = readFileSync(file);
  return { truth, text: bytes.toString('latin1'), hash: createHash('sha256').update(bytes).digest('hex') };
}

/** Lines that hold each of the patterns. */
function grep(text: string, pattern: RegExp): number {
  return text.split('\n').filter((line) => pattern.test(line)).length;
}

/** The last word on each recipient, found with regular expressions; no id is used twice in so small a log. */
function lastWords(text: string): Record<string, number> {
  const last = new Map<string, string>();
  const words: Record<string, number> = {};
  const add = (word: string, n = 1): void => {
    words[word] = (words[word] ?? 0) + n;
  };
  for (const line of text.split('\n')) {
    const host = / (mx\d|store) /.exec(line)?.[1] ?? '';
    const id = `${host} ${/\]: ([0-9A-Za-z]{8,}): /.exec(line)?.[1]}`;
    const to = /: to=<([^>]*)>/.exec(line)?.[1];
    const status = / status=(sent|deferred|bounced) \((.*)\)$/.exec(line);
    if (to !== undefined && status !== null) {
      const reply = status[2] ?? '';
      const inner = line.includes(':10024,') || line.includes('relay=store.corp.example[');
      const key = `${id} ${to}`;
      if (inner && reply.includes('queued as')) continue;
      const mailbox = /relay=(mail\.corp\.example\[|virtual,|local,|dovecot,)/.test(line);
      last.set(
        key,
        status[1] !== 'sent'
          ? (status[1] as string)
          : reply.includes('discarded')
            ? 'discarded'
            : mailbox
              ? 'delivered'
              : 'relayed',
      );
    }
    if (line.includes('status=expired'))
      for (const [key, word] of last) if (key.startsWith(`${id} `) && word === 'deferred') last.set(key, 'expired');
    if (/reject: RCPT|milter-reject/.test(line)) add(line.includes('Greylisted') ? 'greylisted' : 'rejected');
    if (line.includes('lost connection after DATA')) add('aborted');
  }
  for (const word of last.values()) add(word);
  return words;
}

describe('the Postfix generator', () => {
  const one = written('one.log', generatePostfix, SMALL);

  it('writes the same bytes for the same seed, others for another', () => {
    expect(written('again.log', generatePostfix, SMALL).hash).toBe(one.hash);
    expect(written('other.log', generatePostfix, { ...SMALL, seed: 8 }).hash).not.toBe(one.hash);
  });

  it('has the size asked for, in time order, and ends near the last stamp', () => {
    expect(one.text.length).toBe(one.truth.bytes);
    expect(Math.abs(one.truth.bytes - SMALL.bytes)).toBeLessThan(SMALL.bytes * 0.05);
    const stamps = one.text
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(0, 15));
    expect([...stamps].sort()).toEqual(stamps);
    expect(stamps.at(-1)).toMatch(/^Nov 20 17:5/);
  });

  it('knows what a grep of the log finds', () => {
    expect(grep(one.text, /./)).toBe(one.truth.lines);
    expect(grep(one.text, /: to=</)).toBe(one.truth.toLines);
    expect(grep(one.text, /: client=|: uid=|notification: /)).toBe(one.truth.queueIds);
    expect(grep(one.text, / Passed CLEAN .*queued_as: /)).toBeGreaterThan(0);
    expect(grep(one.text, /rspamd_task_write_log/)).toBeGreaterThan(0);
  });

  it('knows the last word on every recipient', () => {
    expect(lastWords(one.text)).toEqual(one.truth.byStatus);
    const sum = Object.values(one.truth.byStatus).reduce((a, b) => a + b, 0);
    expect(one.truth.recipients).toBe(sum);
  });

  it('writes several hosts and RFC 3339 stamps', () => {
    const three = written('three.log', generatePostfix, { ...SMALL, hosts: 3, stamp: 'rfc3339' });
    expect(grep(three.text, /^2026-11-20T\d\d:\d\d:\d\d\.\d{6}\+00:00 (mx1|mx2|store) /)).toBe(three.truth.lines);
    expect(grep(three.text, / store postfix\/lmtp/)).toBeGreaterThan(0);
    expect(lastWords(three.text)).toEqual(three.truth.byStatus);
  });

  it('retries over hours', () => {
    const { text } = written('hours.log', generatePostfix, { ...SMALL, bytes: 8e6 });
    const tries = new Map<string, number[]>();
    for (const [, hour, minute, id] of text.matchAll(/ (\d\d):(\d\d):\d\d mx1 .*: (\w+): to=.* status=deferred/g))
      tries.set(id ?? '', [...(tries.get(id ?? '') ?? []), Number(hour) * 60 + Number(minute)]);
    // In one run several recipients may wait: count the minutes.
    const minutes = [...tries.values()].map((times) => [...new Set(times)]);
    const longest = Math.max(...minutes.map((times) => (times.at(-1) ?? 0) - (times[0] ?? 0)));
    expect(longest).toBeGreaterThan(70);
    expect(Math.max(...minutes.map((times) => times.length))).toBeGreaterThan(4);
  });

  it('plants a rare address, in mails that are taken at once, re-injected, deferred and sent', () => {
    const rare = 'one.of.few@corp.example';
    const { text, truth } = written('rare.log', generatePostfix, { ...SMALL, rare, rareLines: 4000 });
    const lines = text.split('\n').filter((line) => line.includes(rare));
    expect(lines.length).toBe(truth.rareLines);
    expect(Math.abs(lines.length - 40)).toBeLessThan(15);
    const to = lines.filter((line) => line.includes(`: to=<${rare}>`));
    expect(to.filter((line) => line.includes(':10024, ')).length).toBeGreaterThan(1);
    expect(to.filter((line) => line.includes('status=deferred')).length).toBeGreaterThan(1);
    expect(lines.filter((line) => line.includes(`from=<${rare}>`)).length).toBeGreaterThan(0);
    // Through the filter a mail has two ids that name it, and is one message.
    const ids = new Set(to.map((line) => /\]: (\w+): to=/.exec(line)?.[1]));
    const inner = new Set(
      to.filter((line) => line.includes(':10024, ')).map((line) => /\]: (\w+): to=/.exec(line)?.[1]),
    );
    expect(truth.rareRecipients).toBe(ids.size - inner.size);
    expect(lastWords(text)).toEqual(truth.byStatus);
  });

  it('plants a domain in one mail of twenty', () => {
    const { text, truth } = written('wide.log', generatePostfix, { ...SMALL, bytes: 4e6, wide: 'vast.example' });
    expect(truth.wideMessages / truth.messages).toBeGreaterThan(0.04);
    expect(truth.wideMessages / truth.messages).toBeLessThan(0.06);
    expect(grep(text, /@vast\.example/)).toBeGreaterThan(truth.wideMessages);
    const none = written('none.log', generatePostfix, { ...SMALL, rare: '', wide: '' });
    expect(grep(none.text, /rare\.user|bigmail/)).toBe(0);
    expect(none.truth).toMatchObject({ rareLines: 0, rareMessages: 0, wideMessages: 0 });
  });
});

describe('queue ids', () => {
  it('are unique, the long ones with their time in them', () => {
    const digits = '0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz';
    const { text, truth } = written('long.log', generatePostfix, { ...SMALL, ids: 'long', stamp: 'rfc3339' });
    const born = [...text.matchAll(/^(\S{26})\S+ mx1 [^ ]+: (\w+): (?:client|uid)=/gm)];
    expect(born.length).toBeGreaterThan(300);
    expect(new Set(born.map((match) => match[2])).size).toBe(born.length);
    for (const [, stamp = '', id = ''] of born) {
      expect(id).toMatch(/^[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10}z[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]+$/);
      const value = (part: string): number =>
        Array.from(part).reduce((sum, digit) => sum * 52 + digits.indexOf(digit), 0);
      expect(value(id.slice(0, 6))).toBe(Date.parse(`${stamp.slice(0, 19)}Z`) / 1000);
      expect(value(id.slice(6, 10))).toBe(Number(stamp.slice(20)));
    }
    expect(lastWords(text)).toEqual(truth.byStatus);
  });

  it('that are short come again, but not before hours have passed', () => {
    const prng = new Prng(1);
    const agenda = new Agenda(Infinity);
    const ledger = new Ledger({ rare: '', wide: '' });
    const host = new PostfixHost('mx1', 0, 'short', { prng, agenda, ledger });
    const given = new Map<string, number>();
    let again = 0;
    // One a minute, all at the same microsecond.
    for (let time = 0; time < 100 * 3600e6; time += 60e6) {
      const id = host.newQueueId(time);
      const before = given.get(id);
      if (before !== undefined) {
        again += 1;
        expect(time - before).toBeGreaterThan(3 * 3600e6);
      }
      given.set(id, time);
      host.free(id, time + 1000);
      agenda.pop()?.act?.(time + 2000);
    }
    expect(again).toBeGreaterThan(100);
  });
});

describe('the Exim generator', () => {
  const EXIM = { ...SMALL, bytes: 3e6, rareLines: 1500 };
  const one = written('one.mainlog', generateExim, EXIM);

  it('writes the same bytes for the same seed, and knows its rejects and bounces', () => {
    expect(written('again.mainlog', generateExim, EXIM).hash).toBe(one.hash);
    expect(grep(one.text, /rejected RCPT/)).toBe(one.truth.byStatus['rejected']);
    expect(grep(one.text, / \*\* /)).toBe((one.truth.byStatus['bounced'] ?? 0) + (one.truth.byStatus['expired'] ?? 0));
    expect(grep(one.text, / <= |rejected RCPT/)).toBe(one.truth.messages);
  });

  it('plants the rare address, in mails that are taken at once and deferred', () => {
    const lines = one.text.split('\n').filter((line) => line.includes(DEFAULTS.rare));
    expect(lines.length).toBe(one.truth.rareLines);
    expect(Math.abs(lines.length - 40)).toBeLessThan(18);
    expect(new Set(lines.map((line) => line.split(' ')[2])).size).toBe(one.truth.rareRecipients);
    expect(lines.filter((line) => line.includes(' == ')).length).toBeGreaterThan(1);
    expect(lines.filter((line) => line.includes(' => ')).length).toBeGreaterThan(1);
  });

  it('gives each mail an id of its own, of either kind', () => {
    const ids = (text: string): string[] => [...text.matchAll(/ (\S+) <= /g)].map((match) => match[1] ?? '');
    const short = ids(one.text);
    expect(new Set(short).size).toBe(short.length);
    for (const id of short) expect(id).toMatch(/^\w{6}-\w{6}-\w{2}$/);
    const long = ids(written('long.mainlog', generateExim, { ...SMALL, ids: 'long' }).text);
    expect(new Set(long).size).toBe(long.length);
    for (const id of long) expect(id).toMatch(/^\w{6}-\w{11}-\w{4}$/);
  });
});
