/**
 * The benchmark's checks of content must be able to fail.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkNdjson } from './checks/count.ts';
import { checkEveryChain } from './checks/every-chain.ts';
import { checkAllIn, checkSame } from './checks/same-lines.ts';
import { checkTraffic } from './checks/traffic.ts';
import { checkTwoPass } from './checks/two-pass.ts';
import type { Truth } from './generator/ledger.ts';
import { judge } from './row.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'mailtrace-checks-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(...lines: string[]): string {
  const name = path.join(folder, `${(files += 1)}.log`);
  writeFileSync(name, lines.map((line) => `${line}\n`).join(''));
  return name;
}

const NEEDLE = 'few@corp.example';

function mail(id: string, hour: string, to: string): string[] {
  const head = `Nov 20 ${hour}:00:00 mx1`;
  return [
    `${head} postfix/smtpd[7]: ${id}: client=a.example[192.0.2.1]`,
    `${head} amavis[9]: (9-1) Passed CLEAN, Queue-ID: ${id}, size: 900`,
    `${head} postfix/lmtp[8]: ${id}: to=<${to}>, relay=local, status=sent (ok)`,
    `${head} postfix/qmgr[5]: ${id}: removed`,
  ];
}

describe('two passes', () => {
  const asked = mail('4F2D31A0C7', '10', NEEDLE);
  const reused = mail('4F2D31A0C7', '17', 'other@corp.example');
  const wanted = (line: string): boolean => line.includes(NEEDLE);
  const check = (ours: string[]) =>
    checkTwoPass({ theirs: file(...asked, ...reused), ours: file(...ours), needle: NEEDLE, wanted });

  it('may find another mail under a reused id, which is counted', () => {
    expect(check([...asked, ''])).toEqual({ note: '8 lines, 4 of other mails left out, 0 more' });
    expect(check([...asked, ...reused, 'one more'])).toEqual({ note: '8 lines, 0 of other mails left out, 1 more' });
  });

  it('must find no line that we do not, those that only name the id among them', () => {
    for (const without of asked)
      expect(check(asked.filter((line) => line !== without)).wrong).toContain(`1 of 8 lines`);
    expect(check(reused).wrong).toContain('4 of 8 lines');
  });
});

describe('traffic', () => {
  const truth = { messages: 5, recipients: 6, byStatus: { delivered: 3, rejected: 1, greylisted: 1, discarded: 1 } };
  const check = (over: Record<string, number>) => {
    const figures = { mails: 3, recipients: 4, rejected: 1, greylisted: 0, came_back: 1, discarded: 1, ...over };
    const beyond = [
      { kind: 'attempt', messages: 1, recipients: 1 },
      { kind: 'bounce', messages: 1, recipients: 1 },
      { kind: 'session', messages: 9, recipients: 0 },
    ];
    return checkTraffic(file(JSON.stringify({ figures, tables: { beyond } })), truth as unknown as Truth);
  };

  it('asks for all messages and recipients, those beside the mails among them', () => {
    expect(check({})).toEqual({});
    expect(check({ mails: 4 }).wrong).toBe('wrong content: messages 6 for 5');
    expect(check({ recipients: 3 }).wrong).toContain('recipients 5 for 6');
  });

  it('asks for what was refused and dropped', () => {
    expect(check({ came_back: 0 }).wrong).toContain('refused 1 for 2');
    expect(check({ discarded: 0 }).wrong).toContain('discarded 0 for 1');
    expect(checkTraffic(file('no JSON'), truth as unknown as Truth).wrong).toContain('not one JSON');
  });
});

describe('every chain', () => {
  const log = [...mail('4F2D31A0C7', '10', NEEDLE), ...mail('4F2D31A0C8', '11', NEEDLE)];
  const noise = 'Nov 20 11:00:00 mx1 postfix/smtpd[7]: connect from a.example[192.0.2.1]';

  it('asks for each line of a queue id, in any order, and no other', () => {
    expect(checkEveryChain(file(...log.toReversed()), file(...log, noise))).toEqual({});
    expect(checkEveryChain(file(...log.slice(1)), file(...log)).wrong).toContain('1 are missing');
    expect(checkEveryChain(file(...log, ...mail('4F2D31A0C9', '12', NEEDLE)), file(...log)).wrong).toContain(
      '0 are missing, 3 are not in the log',
    );
  });
});

describe('other outputs', () => {
  const truth = { messages: 2, recipients: 2, byStatus: { delivered: 1, bounced: 1 } } as unknown as Truth;
  const message = (time: string, status: string): string => JSON.stringify({ time, recipients: [{ status }] });

  it('NDJSON has the numbers of the truth, oldest first', () => {
    expect(checkNdjson(file(message('10', 'delivered'), message('11', 'bounced')), truth)).toEqual({});
    expect(checkNdjson(file(message('10', 'delivered')), truth).wrong).toContain('messages 1 for 2');
    expect(checkNdjson(file(message('11', 'delivered'), message('10', 'bounced')), truth).wrong).toContain('order');
    expect(checkNdjson(file('{'), truth).wrong).toContain('not JSON');
  });

  it('lines are compared, and empty answers are none', () => {
    const skip = (line: string): boolean => line.startsWith('+++');
    expect(checkAllIn(file('+++ x', 'a', '', 'b'), file('b', 'a', 'c'), skip)).toEqual({ note: '2 lines, 1 more' });
    expect(checkAllIn(file('a', 'b'), file('a'), skip).wrong).toContain('1 of 2 lines');
    expect(checkAllIn(file('+++ x'), file('a'), skip).wrong).toBeDefined();
    expect(checkSame(file('a'), file('a'))).toEqual({});
    expect(checkSame(file('a'), file('b')).wrong).toBeDefined();
    expect(checkSame(file(), file()).wrong).toBeDefined();
  });
});

describe('a figure', () => {
  it('reaches the aim, the least, or neither; less is better of memory and time', () => {
    const ratio = { least: 4, aim: 8 };
    expect([8, 4, 3.9].map((value) => judge('x', value, ratio))).toEqual(['aim', 'least', 'missed']);
    const memory = { least: 90, aim: 60 };
    expect([60, 90, 91].map((value) => judge('B', value, memory))).toEqual(['aim', 'least', 'missed']);
    expect(judge('ms', 5, undefined)).toBeUndefined();
  });
});
