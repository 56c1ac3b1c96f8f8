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
import { DEFAULTS, type LogOptions } from './generator/options.ts';

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
    const id = `${host} ${/\]: ([0-9A-F]{8,}): /.exec(line)?.[1]}`;
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
});

describe('the Exim generator', () => {
  it('writes the same bytes for the same seed, and knows its rejects and bounces', () => {
    const one = written('one.mainlog', generateExim, SMALL);
    expect(written('again.mainlog', generateExim, SMALL).hash).toBe(one.hash);
    expect(grep(one.text, /rejected RCPT/)).toBe(one.truth.byStatus['rejected']);
    expect(grep(one.text, / \*\* /)).toBe((one.truth.byStatus['bounced'] ?? 0) + (one.truth.byStatus['expired'] ?? 0));
    expect(grep(one.text, / <= |rejected RCPT/)).toBe(one.truth.messages);
  });
});
