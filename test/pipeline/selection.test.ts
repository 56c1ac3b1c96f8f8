/** A run that reads chosen lines of a file: their places are those of the whole file, and the others are not read. */
import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Message } from '../../src/model/message.ts';
import { readLines, run, type RunResult } from '../../src/pipeline/run.ts';
import { identityOf } from '../../src/sources/identity.ts';
import { SelectionBuilder } from '../../src/sources/line-selection.ts';
import { RECORDED } from '../helpers/fixtures.ts';
import { dice, linesOf, recording, textOf } from './properties/harness.ts';

interface Read {
  messages: Message[];
  chains: string[][];
  result: RunResult;
}

/** Runs over one file; `pick` says of each line (from 0) whether it is taken, or only framed. Without it the file is read whole. */
async function read(content: Buffer, pick?: (line: number) => 'taken' | 'silent' | 'left'): Promise<Read> {
  const folder = mkdtempSync(join(tmpdir(), 'mailtrace-selection-'));
  try {
    const path = join(folder, 'mail.log');
    writeFileSync(path, content);
    utimesSync(path, RECORDED, RECORDED);
    const builder = new SelectionBuilder();
    const lines = linesOf(content);
    let offset = 0;
    lines.forEach((line, i) => {
      const chosen = pick?.(i) ?? 'left';
      if (chosen !== 'left') builder.add(offset, line.length, i + 1, chosen === 'silent');
      offset += line.length + 1;
    });
    const selections = new Map([[identityOf(statSync(path)), builder.done(lines.length, content.length)]]);
    const messages: Message[] = [];
    const result = await run(
      { paths: [path], logZones: [], now: RECORDED.getTime(), wantLines: true, wantSessions: false },
      { cwd: folder, timeZone: 'UTC' },
      { onMessage: (message) => messages.push(message) > 0 },
      pick === undefined ? {} : { selections },
    );
    const texts = readLines(
      messages.flatMap((message) => message.lines ?? []),
      result.files,
    );
    const chains = messages.map((message) =>
      (message.lines ?? []).map((line) => `${line.line} ${Buffer.from(texts.get(line) ?? []).toString('latin1')}`),
    );
    return { messages, chains, result };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const single = recording('single')['mail.log'] as Buffer;

test('a selection of every line is the whole file', async () => {
  const whole = await read(single);
  const chosen = await read(single, () => 'taken');
  expect(chosen.messages).toEqual(whole.messages);
  expect(chosen.chains).toEqual(whole.chains);
  expect(chosen.result.summary.sources[0]?.lines).toBe(whole.result.summary.sources[0]?.lines);
});

test('some lines tell what a file of them alone tells, at their places in the whole file', async () => {
  const random = dice(7);
  const all = linesOf(single);
  const taken = all.map((_, i) => i === 0 || random() < 0.5);
  const chosen = await read(single, (i) => (taken[i] === true ? 'taken' : 'left'));
  const alone = await read(textOf(all.filter((_, i) => taken[i])));
  expect(chosen.messages.map(({ id }) => id)).toEqual(alone.messages.map(({ id }) => id));
  const numberOf = all.flatMap((_, i) => (taken[i] === true ? [i + 1] : []));
  expect(chosen.chains).toEqual(
    alone.chains.map((chain) => chain.map((line) => line.replace(/^\d+/, (n) => String(numberOf[Number(n) - 1])))),
  );
  expect(chosen.result.summary.sources[0]).toMatchObject({ lines: all.length, bytes: single.length });
});

test('a silent line is framed, and tells nothing', async () => {
  const log = textOf([
    'Dec 31 23:59:50 mx1 postfix/qmgr[9]: 4A1B2C3D4E: removed',
    'Jan  1 00:00:10 mx1 postfix/qmgr[9]: 5A1B2C3D4E: removed',
    'Dec 31 23:00:00 mx1 postfix/smtpd[8]: 6A1B2C3D4E: client=a.example.net[192.0.2.1]',
  ]);
  const { messages, result } = await read(log, (i) => (i < 2 ? 'silent' : 'taken'));
  expect(messages.map((message) => message.hops[0]?.queueId)).toEqual(['6A1B2C3D4E']);
  // the new year that passed in the silent lines
  expect(new Date(messages[0]?.time as number).getUTCFullYear()).toBe(2025);
  expect(result.summary.sources[0]).toMatchObject({ event: 1, lines: 3 });
});

test('long lines, empty lines, CR and no line end at the end of the file', async () => {
  const long = `Nov 21 22:31:13 mx1 postfix/smtpd[8]: 4A1B2C3D4E: client=a.example.net[192.0.2.1], x=${'y'.repeat(600_000)}`;
  const log = Buffer.from(
    `\n${long}\r\n\nNov 21 22:31:14 mx1 postfix/qmgr[9]: 4A1B2C3D4E: from=<a@example.net>, size=1, nrcpt=1 (queue active)`,
  );
  const whole = await read(log);
  const chosen = await read(log, () => 'taken');
  expect(whole.messages).toHaveLength(1);
  expect(chosen.messages).toEqual(whole.messages);
  expect(chosen.chains).toEqual(whole.chains);
});
