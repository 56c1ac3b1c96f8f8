/** `mailtrace explain` of an mbox: each mail in its turn, from a file or a pipe, in whatever pieces it comes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadEngine, type Engine } from '../../src/commands/engine.ts';
import { explainRun } from '../../src/commands/explain.ts';
import { mailsIn } from '../../src/commands/explain/mbox.ts';
import { Clock } from '../../src/render/times.ts';
import { BOUNCES, LOGS, pathOf } from '../bounce/recorded.ts';
import { copyFixture, temporaryFolder } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';

const folder = temporaryFolder();
let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});
afterAll(folder.remove);

const NOW = Date.UTC(2026, 10, 22, 12);

async function explain(words: readonly string[], { json = false, stdin = '' } = {}) {
  const io = fakeIo({ columns: 100, stdin, now: () => NOW });
  const screen = { tty: false, columns: 100, colour: false, clock: new Clock('UTC'), now: NOW };
  const status = await explainRun({ words, json, list: false, screen, logZones: [] }, io, async () => engine);
  return { status, text: io.stdout.text, errors: io.stderr.text };
}

/** RFC 4155: a separator line, the mail, an empty line; lines of the text that look like one are quoted. */
function mboxOf(mails: readonly string[], end = '\n'): string {
  return mails
    .map((mail, i) => {
      const text = mail.replaceAll('\r\n', '\n').replaceAll('\nFrom ', '\n>From ').trimEnd();
      return `From ${i % 2 === 0 ? '-' : 'a@example.com'} Thu Nov 19 10:0${i}:00 2026\n${text}\n\n`.replaceAll(
        '\n',
        end,
      );
    })
    .join('');
}

const LUNCH = 'From: carol@example.org\nTo: alice@example.com\nSubject: lunch\n\nHi\n\nFrom there 2024 on\nat 5';
const chosen = BOUNCES.filter(({ folder: name }) => name === 'postfix-single').slice(0, 3);
const texts = chosen.map((bounce) => readFileSync(pathOf(bounce), 'utf8'));
const [first = '', second = '', third = ''] = texts;
const SEVERAL = mboxOf([first, LUNCH, second, third]);

async function* pieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function mailsOf(text: string, size: number, most = 1 << 20): Promise<string[]> {
  const mails: string[] = [];
  for await (const mail of mailsIn(pieces(text, size), most)) mails.push(mail.toString());
  return mails;
}

describe('the mails of an mbox', () => {
  it.each(['\n', '\r\n'])('are the same in whatever pieces it comes (%j)', async (end) => {
    const text = mboxOf(['A: 1\n\nFrom here on\n\nFrom there 2024 on', 'B: 2\n\nx', 'C: 3\n\ny'], end);
    const whole = await mailsOf(text, text.length);
    expect(whole.map((mail) => mail.split(/\r?\n/)[1])).toEqual(['A: 1', 'B: 2', 'C: 3']);
    expect(whole.join('')).toBe(text);
    for (let size = 1; size < 60; size++) expect(await mailsOf(text, size)).toEqual(whole);
  });

  it('only the beginning of a large one is kept', async () => {
    const text = mboxOf([`A: 1\n\n${'long line\n'.repeat(5000)}`, 'B: 2\n\nx']);
    const [large = '', next = ''] = await mailsOf(text, 1000, 200);
    expect(large).toHaveLength(200);
    expect(next).toContain('B: 2');
  });
});

describe('explain MBOX', () => {
  it('explains each in its turn and counts the mails that report nothing', async () => {
    const path = join(folder.path, 'several.mbox');
    writeFileSync(path, SEVERAL);
    const { status, text, errors } = await explain([path]);
    expect(status).toBe(0);
    expect(text.match(/^Mail \d+$/gm)).toEqual(['Mail 1', 'Mail 3', 'Mail 4']);
    for (const { messageId } of chosen) expect(text).toContain(messageId);
    expect(errors).toContain('1 of 4 mails are no bounces');
  });

  it('--json: a line for each, from a pipe too', async () => {
    const { text, status } = await explain(['-'], { json: true, stdin: SEVERAL });
    const told = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { number?: number; report: { original: { messageId: string } } });
    expect(status).toBe(0);
    expect(told.map(({ number }) => number)).toEqual([1, 3, 4]);
    expect(told.map(({ report }) => report.original.messageId)).toEqual(chosen.map(({ messageId }) => messageId));
  });

  it('with logs, each with the mail that it is about', async () => {
    const [log = ''] = LOGS['postfix-single'] ?? [];
    copyFixture(log, folder.path);
    const logs = join(folder.path, log.split('/').at(-1) ?? '');
    const { text } = await explain(['-', logs], { json: true, stdin: SEVERAL });
    const told = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { mail?: { messageId?: string } });
    expect(told.map(({ mail }) => mail?.messageId)).toEqual(chosen.map(({ messageId }) => messageId));
  });

  it('one with one mail is that mail', async () => {
    const one = await explain(['-'], { json: true, stdin: mboxOf([first]) });
    expect(one.text).toBe((await explain(['-'], { json: true, stdin: first })).text);
  });

  it('without any report: trouble; several mails and logs from a pipe: refused', async () => {
    expect((await explain(['-'], { stdin: mboxOf([LUNCH, LUNCH]) })).status).toBe(2);
    const path = join(folder.path, 'several.mbox');
    writeFileSync(path, SEVERAL);
    await expect(explain([path, '-'])).rejects.toThrow('one mail only');
  });
});
