/**
 * JSON of everything: what is written from the lines of plain mails, and what a run over every line tells, are the same bytes,
 * in the same order, over recordings and scenarios, many copies of them, parts of them and damaged ones.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { type Engine, loadEngine } from '../../src/commands/engine.ts';
import { searchOptionsOf } from '../../src/commands/search-options.ts';
import { searchRun } from '../../src/commands/search.ts';
import { plainRun } from '../../src/plain/plain-run.ts';
import type { PlainTaker } from '../../src/plain/reader.ts';
import { RECORDED } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';
import { root } from '../house/sources.ts';
import {
  central,
  dice,
  generated,
  interleave,
  linesOf,
  recording,
  runs,
  textOf,
} from '../pipeline/properties/harness.ts';
import { copies, damaged } from '../weigh/logs.ts';
import { HOSTILE } from './hostile.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailtrace-plain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const engine = await loadEngine();
const whole: Engine = { ...engine };
delete whole.plain;
/** how many messages were written from lines in the last search, all runs that became void left out */
let together = 0;
const counted = (plain: PlainTaker): PlainTaker => ({
  ...plain,
  add: (...one) => {
    together++;
    return plain.add(...one);
  },
  drop: (number) => {
    together--;
    plain.drop(number);
  },
});
const plainly: Engine = {
  ...engine,
  plain: (request, io, handlers, options) => {
    together = 0;
    const { plain } = handlers;
    return plainRun(
      request,
      io,
      {
        ...handlers,
        ...(plain === undefined ? {} : { plain: counted(plain) }),
        onRestart: () => {
          together = 0;
          handlers.onRestart?.();
        },
      },
      options,
      0,
    );
  },
};

async function search(by: Engine, paths: readonly string[], sort: string, format = 'ndjson'): Promise<object> {
  const io = fakeIo({ now: () => RECORDED.getTime(), timeZone: 'UTC' });
  const options = await searchOptionsOf([...paths], { format, sort }, io);
  const status = await searchRun(options, io, by);
  // of lines that were not read nobody counts what was assumed
  const err = io.stderr.text.replaceAll(/ taken for .*/g, '');
  return { status, out: io.stdout.text, err };
}

let nextFolder = 0;

/** Returns how many messages were written from lines. */
async function expectEqual(logs: Readonly<Record<string, string | Buffer>>, sorts = ['oldest']): Promise<number> {
  const own = join(folder, `${nextFolder++}`);
  mkdirSync(own);
  const paths = Object.keys(logs).map((name) => join(own, name));
  for (const [name, content] of Object.entries(logs)) {
    writeFileSync(join(own, name), content);
    utimesSync(join(own, name), RECORDED, RECORDED);
  }
  for (const sort of sorts) expect(await search(plainly, paths, sort)).toEqual(await search(whole, paths, sort));
  rmSync(own, { recursive: true });
  return together;
}

const single = recording('single')['mail.log'] as Buffer;
const store = recording('hosts')['store.mail.log'] as Buffer;
const SCENARIOS = join(root, 'fixtures', 'scenarios');
const scenarios = readdirSync(SCENARIOS).flatMap((name) => {
  try {
    return [[name, readFileSync(join(SCENARIOS, name, 'mail.log'))] as const];
  } catch {
    return [];
  }
});

/** The same log in stamps of microseconds. */
function precise(content: Buffer, random: () => number): Buffer {
  let before = '';
  let micros = 0;
  const lines = linesOf(content).map((line) => {
    const stamp = line.slice(0, 15);
    micros = stamp === before ? Math.min(999_999, micros + Math.floor(random() * 3) * 700) : Math.floor(random() * 9e5);
    before = stamp;
    const at = new Date(`${stamp.slice(0, 6)} 2026 ${stamp.slice(7)} UTC`);
    if (Number.isNaN(at.getTime())) return line;
    return `${at.toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}+00:00${line.slice(15)}`;
  });
  return textOf(lines);
}

/** ms: each is many searches, and each of them twice */
const SLOW = 300_000;

describe.each(['wasm', 'twin'])('JSON, by the %s', (kernel) => {
  const using = (): void => void vi.stubEnv('MAILTRACE_KERNEL', kernel);

  it(
    'of a recording, and of many of it',
    async () => {
      using();
      await expectEqual({ 'mail.log': single }, ['oldest', 'newest']);
      await expectEqual({ 'mail.log': copies(single, 7) }, ['newest']);
      expect(await expectEqual({ 'mail.log': copies(store, 7) }, ['oldest', 'newest'])).toBeGreaterThan(500);
    },
    SLOW,
  );

  it(
    'of mail that filters and delivery programs saw',
    async () => {
      using();
      const amavis = recording('amavis')['mail.log'] as Buffer;
      await expectEqual({ 'mail.log': amavis });
      await expectEqual({ 'mail.log': copies(amavis, 5) });
      await expectEqual(recording('dovecot'));
      const { 'mail.log': mail } = recording('rspamd') as Record<string, Buffer>;
      await expectEqual({ 'mail.log': mail as Buffer });
    },
    SLOW,
  );

  it(
    'of every scenario, and of five of each',
    async () => {
      using();
      for (const [, content] of scenarios) {
        await expectEqual({ 'mail.log': content });
        await expectEqual({ 'mail.log': copies(content, 5) });
      }
    },
    SLOW,
  );

  it(
    'of a busy site, in stamps of seconds and finer ones',
    async () => {
      using();
      const log = generated(11, 1_500_000, 1);
      const lines = linesOf(log);
      expect(await expectEqual({ 'mail.log': log }, ['oldest', 'newest'])).toBeGreaterThan(lines.length / 20);
      expect(await expectEqual({ 'mail.log': precise(log, dice(1)) }, ['oldest', 'newest'])).toBeGreaterThan(
        lines.length / 20,
      );
    },
    SLOW,
  );
});

it('reads all where the configuration says what is ours: whom it knows, the log does not show', async () => {
  const path = join(folder, 'configured.log');
  writeFileSync(path, generated(21, 400_000, 1));
  utimesSync(path, RECORDED, RECORDED);
  const configured: Engine = {
    ...plainly,
    plain: (request, ...rest) =>
      (plainly.plain as NonNullable<Engine['plain']>)({ ...request, own: { isDomain: () => true } }, ...rest),
  };
  await search(plainly, [path], 'oldest');
  expect(together).toBeGreaterThan(0);
  await search(configured, [path], 'oldest');
  expect(together).toBe(0);
});

it('as one list', async () => {
  const path = join(folder, 'list.log');
  writeFileSync(path, generated(28, 400_000, 1));
  utimesSync(path, RECORDED, RECORDED);
  expect(await search(plainly, [path], 'newest', 'json')).toEqual(await search(whole, [path], 'newest', 'json'));
  expect(together).toBeGreaterThan(0);
});

/** A site's mail with nothing else: `lines` at this minute of an hour. */
const stamped = (minute: number, second: number, text: string): string =>
  `Nov 20 09:${String(minute).padStart(2, '0')}:${String(second).padStart(2, '0')} mx1 ${text}`;

/** A session in which one recipient is refused. */
const refused = (pid: number, minute: number, second: number, answer: string, to: string): string[] => {
  const client = 'mx.b.example[192.0.2.7]';
  const line = (text: string): string => stamped(minute, second, `postfix/smtpd[${pid}]: ${text}`);
  return [
    line(`connect from ${client}`),
    line(
      `NOQUEUE: reject: RCPT from ${client}: ${answer}; from=<a@b.example> to=<${to}> proto=ESMTP helo=<mx.b.example>`,
    ),
    line(`disconnect from ${client} ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4`),
  ];
};

/** A mail that is stored. */
const stored = (pid: number, minute: number, second: number, id: string, to: string): string[] => {
  const client = 'mx.b.example[192.0.2.7]';
  const line = (program: string, text: string): string => stamped(minute, second, `postfix/${program}: ${text}`);
  return [
    line(`smtpd[${pid}]`, `connect from ${client}`),
    line(`smtpd[${pid}]`, `${id}: client=${client}`),
    line('cleanup[31]', `${id}: message-id=<${id}@b.example>`),
    line('qmgr[30]', `${id}: from=<a@b.example>, size=1200, nrcpt=1 (queue active)`),
    line(
      'lmtp[32]',
      `${id}: to=<${to}>, relay=c.example[private/dovecot-lmtp], delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=sent (250 2.0.0 <${to}> x${id} Saved)`,
    ),
    line('qmgr[30]', `${id}: removed`),
    line(`smtpd[${pid}]`, `disconnect from ${client} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5`),
  ];
};

it('of refusals of one client in one second, whose ids would be one', async () => {
  const others = Array.from({ length: 40 }, (_, n) =>
    refused(1000 + n, 1, n, '550 5.1.1 <x@c.example>: No', `x${n}@c.example`),
  );
  const twins = [
    ...refused(2001, 2, 1, '550 5.1.1 <ann@c.example>: Recipient address rejected: User unknown', 'ann@c.example'),
    ...refused(2002, 2, 1, '554 5.7.1 <ann@c.example>: Relay access denied', 'ann@c.example'),
    ...refused(2003, 2, 1, '554 5.7.1 <ann@c.example>: Sender address rejected', 'ann@c.example'),
  ];
  expect(await expectEqual({ 'mail.log': textOf([...others.flat(), ...twins]) }, ['oldest', 'newest'])).toBe(40);
});

it('with links of attempts to retries, whoever reads them', async () => {
  const log = [
    ...refused(2001, 1, 1, '450 4.2.0 <ann@c.example>: Recipient address rejected: Greylisted', 'ann@c.example'),
    ...refused(2002, 1, 9, '451 4.3.0 <bob@c.example>: Temporary lookup failure', 'bob@c.example'),
    ...Array.from({ length: 30 }, (_, n) => stored(3000 + n, 5, n, `AB12CD34${10 + n}`, `u${n}@c.example`)).flat(),
    ...stored(2003, 20, 1, 'AB12CD3450', 'Ann@c.example'),
    ...stored(2004, 25, 1, 'AB12CD3451', 'bob@c.example'),
  ];
  expect(await expectEqual({ 'mail.log': textOf(log) })).toBe(34);
  const path = join(folder, 'retries.log');
  writeFileSync(path, textOf(log));
  utimesSync(path, RECORDED, RECORDED);
  const { out } = (await search(plainly, [path], 'oldest')) as { out: string };
  expect(out.match(/"retried-by"/g)).toHaveLength(2);
  expect(out.match(/"retry-of"/g)).toHaveLength(2);
});

/** A session of `refused` in which postgrey speaks of these recipients before line `at`. */
const greylisted = (pid: number, minute: number, second: number, to: string, at: number, about = [to]): string[] => {
  const lines = refused(pid, minute, second, `450 4.2.0 <${to}>: Recipient address rejected: Greylisted`, to);
  const words = about.map((whom) =>
    stamped(
      minute,
      second,
      `postgrey[55]: action=greylist, reason=new, client_name=mx.b.example, client_address=192.0.2.7, sender=a@b.example, recipient=${whom}`,
    ),
  );
  return [...lines.slice(0, at), ...words, ...lines.slice(at)];
};

it('of greylisted attempts, with what the policy service said of each', async () => {
  const usual = Array.from({ length: 30 }, (_, n) => greylisted(1000 + n, n, 1, `u${n}@c.example`, 1));
  // said before the session, behind the refusal, of somebody else, of two, and twice
  const odd = [
    greylisted(2001, 31, 1, 'ann@c.example', 0),
    greylisted(2002, 32, 1, 'ann@c.example', 2),
    greylisted(2003, 33, 1, 'ann@c.example', 1, ['bob@c.example']),
    greylisted(2004, 34, 1, 'ann@c.example', 1, ['bob@c.example', 'Ann@c.example']),
    greylisted(2005, 35, 1, 'ann@c.example', 1, ['ann@c.example', 'ann@c.example']),
  ];
  expect(await expectEqual({ 'mail.log': textOf(usual.flat()) }, ['oldest', 'newest'])).toBe(30);
  for (const one of odd)
    expect([one[1], await expectEqual({ 'mail.log': textOf([...usual.flat(), ...one]) })]).toEqual([one[1], 30]);
});

/** A notice that Postfix wrote of the mail `id`, in its words. */
const notice = (minute: number, own: string, id: string, words: string): string[] => {
  const line = (program: string, text: string): string => stamped(minute, 7, `postfix/${program}: ${text}`);
  return [
    line('cleanup[31]', `${own}: message-id=<${own}@mx1.c.example>`),
    line('bounce[33]', `${id}: sender ${words} notification: ${own}`),
    line('qmgr[30]', `${own}: from=<>, size=3000, nrcpt=1 (queue active)`),
    line(
      'lmtp[32]',
      `${own}: to=<a@b.example>, relay=c.example[private/dovecot-lmtp], delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=sent (250 2.0.0 <a@b.example> x${own} Saved)`,
    ),
    line('qmgr[30]', `${own}: removed`),
  ];
};

/** A mail of which the sender was told that it waits, and then that it has expired; some of its lines are left out. */
const expired = (id: string, to: string, isCut = false): string[] => {
  const lines = stored(4001, 1, 1, id, to);
  const tried = (minute: number): string[] => [
    stamped(minute, 5, `postfix/qmgr[30]: ${id}: from=<a@b.example>, size=1200, nrcpt=1 (queue active)`),
    stamped(
      minute,
      6,
      `postfix/smtp[34]: ${id}: to=<${to}>, relay=mx.d.example[192.0.2.9]:25, delay=${minute}, delays=1/0/0/1, dsn=4.2.0, status=deferred (host mx.d.example[192.0.2.9] said: 450 4.2.0 Busy (in reply to RCPT TO command))`,
    ),
  ];
  return [
    ...lines.slice(0, 3),
    lines[6] as string,
    ...tried(2),
    ...tried(20),
    ...notice(20, 'AB12CD3480', id, 'delay'),
    ...tried(40),
    stamped(40, 7, `postfix/qmgr[30]: ${id}: from=<a@b.example>, status=expired, returned to sender`),
    ...notice(40, 'AB12CD3481', id, 'non-delivery'),
    ...(isCut ? [] : [stamped(40, 8, `postfix/qmgr[30]: ${id}: removed`)]),
  ];
};

it('of a mail that expired, with both notices of it', async () => {
  const others = Array.from({ length: 30 }, (_, n) => stored(3000 + n, 3, n, `AB12CD34${10 + n}`, `u${n}@c.example`));
  const log = [...expired('AB12CD3479', 'x@d.example'), ...others.flat()];
  expect(await expectEqual({ 'mail.log': textOf(log) }, ['oldest', 'newest'])).toBe(33);
  for (let i = 0; i < 20; i++) await expectEqual({ 'mail.log': textOf(log.toSpliced(i, 1)) });
  await expectEqual({ 'mail.log': textOf([...expired('AB12CD3479', 'x@d.example', true), ...others.flat()]) });
});

/** A mail of which the server refused one more recipient. */
const partly = (pid: number, minute: number, id: string, ghost: string, whom = ghost): string[] => {
  const lines = stored(pid, minute, 1, id, 'ann@c.example');
  const peer = 'mx.b.example[192.0.2.7]';
  const answer = `reject: RCPT from ${peer}: 550 5.1.1 <${ghost}>: Recipient address rejected: User unknown`;
  const tail = `from=<a@b.example> to=<${whom}> proto=ESMTP helo=<mx.b.example>`;
  return lines.toSpliced(2, 0, stamped(minute, 1, `postfix/smtpd[${pid}]: ${id}: ${answer}; ${tail}`));
};

it('of mails of which some recipients were refused, and whose subject is encoded', async () => {
  const others = Array.from({ length: 20 }, (_, n) => stored(3000 + n, 3, n, `AB12CD34${10 + n}`, `u${n}@c.example`));
  const subject = (id: string, minute: number, text: string): string =>
    stamped(
      minute,
      1,
      `postfix/cleanup[31]: ${id}: warning: header Subject: ${text} from mx.b.example[192.0.2.7]; from=<a@b.example> to=<ann@c.example> proto=ESMTP helo=<mx.b.example>`,
    );
  const log = [
    ...others.flat(),
    ...partly(4001, 5, 'AB12CD3481', 'ghost@c.example'),
    ...partly(4002, 7, 'AB12CD3482', 'ghost@c.example').toSpliced(
      3,
      0,
      subject('AB12CD3482', 7, '=?UTF-8?B?ZsO8ciBNw6Ryeg==?='),
    ),
    ...stored(4003, 9, 1, 'AB12CD3483', 'ann@c.example').toSpliced(
      2,
      0,
      subject('AB12CD3483', 9, '=?UTF-8?Q?=22a=22_=5C_b?= c'),
    ),
    ...stored(4004, 11, 1, 'AB12CD3484', 'ann@c.example').toSpliced(2, 0, subject('AB12CD3484', 11, '=?UTF-8?B??=')),
  ];
  expect(await expectEqual({ 'mail.log': textOf(log) }, ['oldest', 'newest'])).toBe(24);
  // one who is a recipient all the same, and one of whom nobody knows
  const odd = [
    ...partly(4005, 13, 'AB12CD3485', 'Ann@c.example'),
    ...partly(4006, 15, 'AB12CD3486', 'ghost@c.example', ''),
  ];
  expect(await expectEqual({ 'mail.log': textOf([...log, ...odd]) })).toBe(24);
});

it('of any part of a log', async () => {
  const log = generated(21, 400_000, 1);
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), fc.constantFrom(single, store, log), async (a, b, content) => {
      const lines = linesOf(content);
      const [from = 0, to = 0] = [a % lines.length, b % lines.length].sort((x, y) => x - y);
      await expectEqual({ 'mail.log': textOf(lines.slice(from, to)) });
    }),
    runs(15),
  );
});

it('of a log with lines lost, doubled and swapped', async () => {
  const log = generated(22, 300_000, 1);
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.boolean(), async (seed, ofRecording) => {
      const random = dice(seed);
      const lines = linesOf(damaged(ofRecording ? copies(single, 3) : log, random, random() * 0.1));
      for (let n = 0; n < 20; n++) {
        const i = Math.floor(random() * (lines.length - 1));
        lines.splice(i, 2, lines[i + 1] as string, lines[i] as string);
      }
      await expectEqual({ 'mail.log': textOf(lines) }, ['oldest', 'newest']);
    }),
    runs(8),
  );
});

it('of a log in which programs that nobody knows name mails', async () => {
  const log = generated(23, 300_000, 1);
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const random = dice(seed);
      const ids: string[] = [];
      const lines = linesOf(log).flatMap((line) => {
        const id = / ([0-9A-F]{8,}): /.exec(line)?.[1];
        if (id !== undefined) ids.push(id);
        if (random() > 0.01) return [line];
        const near = ids[ids.length - 1 - Math.floor(random() * 4)] ?? 'A0B1C2D3E4';
        const head = line.slice(0, 16) + (/^.{16}(\S+) /.exec(line)?.[1] ?? 'mx1');
        const said = [`${head} archive[77]: took ${near}`, `${head} archive: took ${near} and ${ids.at(-1)}`];
        return [line, said[Math.floor(random() * 2)] as string];
      });
      await expectEqual({ 'mail.log': textOf(lines) });
    }),
    runs(4),
  );
});

it('of hostile text in each field', async () => {
  const log = linesOf(generated(29, 500_000, 1));
  let most = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const random = dice(seed);
      const lines = log.map((line) => {
        if (random() > 0.06) return line;
        // behind the head: it may stand in any field, and between any two
        const text = line.indexOf(': ', 17) + 2;
        const at = text + Math.floor(random() * (line.length - text + 1));
        const isInstead = random() < 0.3;
        const token = HOSTILE[Math.floor(random() * HOSTILE.length)] as string;
        return line.slice(0, at) + token + line.slice(isInstead ? at + 1 : at);
      });
      most = Math.max(most, await expectEqual({ 'mail.log': Buffer.from(lines.join('\n'), 'latin1') }));
    }),
    runs(10),
  );
  expect(most).toBeGreaterThan(100);
});

it('of several hosts in one log', async () => {
  await expectEqual({ 'mail.log': central() });
  await expectEqual({ 'mail.log': generated(5, 800_000, 3) });
});

it('of a filter that logs beside the server', async () => {
  const { 'mail.log': mail, 'rspamd.log': filter } = recording('rspamd') as Record<string, Buffer>;
  const own = linesOf(filter as Buffer).map((line) =>
    line.replace(/^2026-11-(\d\d) (\d\d:\d\d:\d\d) #(\d+)\(\w+\) /, 'Nov $1 $2 mail rspamd[$3]: '),
  );
  for (const seed of [3, 4])
    await expectEqual({ 'mail.log': interleave({ mail: mail as Buffer, filter: textOf(own) }, dice(seed)) });
});

it('of a rotated set, and of files side by side', async () => {
  const lines = linesOf(generated(24, 600_000, 1));
  const half = Math.floor(lines.length / 2);
  const set = { 'mail.log.1': textOf(lines.slice(0, half)), 'mail.log': textOf(lines.slice(half)) };
  expect(await expectEqual(set, ['oldest', 'newest'])).toBeGreaterThan(100);
  await expectEqual({ 'one.log': single, 'two.log': store });
});

it('of a log over New Year, whose clock steps back, and of lines said to be repeated', async () => {
  const lines = linesOf(generated(25, 300_000, 1));
  const third = Math.floor(lines.length / 3);
  const shift = (line: string, day: string): string => `${day}${line.slice(6)}`;
  await expectEqual({
    'mail.log': textOf([
      ...lines.slice(0, third).map((line) => shift(line, 'Dec 31')),
      ...lines.slice(third).map((line) => shift(line, 'Jan  1')),
    ]),
  });
  await expectEqual({ 'mail.log': textOf([...lines.slice(third), ...lines.slice(0, third)]) });
  const head = (lines[third] as string).slice(0, 16);
  const repeated = `${head}mx1 last message repeated 2 times`;
  await expectEqual({ 'mail.log': textOf([...lines.slice(0, third), repeated, ...lines.slice(third)]) });
});

it('of any bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const random = dice(seed);
      const bytes = Buffer.from(copies(single, 2).subarray(0, 200_000));
      for (let i = 0; i < 400; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      await expectEqual({ 'mail.log': bytes });
    }),
    runs(6),
  );
});
