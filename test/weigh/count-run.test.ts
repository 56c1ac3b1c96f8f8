/**
 * Counting by the plan gives what counting by every line gives: over recordings and scenarios, many copies of them, parts of
 * them and damaged ones, by the machine's two builds.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { Status } from '../../src/model/words.ts';
import { run, type RunResult } from '../../src/pipeline/run.ts';
import { discover } from '../../src/sources/discover.ts';
import { type CountHandlers, countRun } from '../../src/weigh/count-run.ts';
import { planCount } from '../../src/weigh/plan.ts';
import { RECORDED } from '../helpers/fixtures.ts';
import { policyLog } from '../helpers/policy-log.ts';
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
import { abandonedLog, copies, damaged } from './logs.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailtrace-weigh-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

type Go = (...args: Parameters<typeof run>) => Promise<RunResult>;
const weighed: Go = (request, io, handlers, options) => countRun(request, io, handlers, options, 0);

/** Everything that counting tells. */
async function numbers(go: Go, names: readonly string[]): Promise<unknown> {
  let told = { messages: 0, refusedForNow: 0, byStatus: {} as Record<string, number> };
  const handlers: CountHandlers = {
    onMessage: () => false,
    onCount: (statuses: readonly Status[], refusedForNow, times) => {
      told.messages += times;
      told.refusedForNow += refusedForNow * times;
      for (const status of statuses) told.byStatus[status] = (told.byStatus[status] ?? 0) + times;
    },
    onTally: (messages, byStatus) => {
      told.messages += messages;
      for (const [status, n] of byStatus) if (n > 0) told.byStatus[status] = (told.byStatus[status] ?? 0) + n;
    },
    onRestart: () => {
      told = { messages: 0, refusedForNow: 0, byStatus: {} };
    },
  };
  const request = { paths: [...names], logZones: [], now: RECORDED.getTime(), wantLines: false, wantSessions: false };
  const { summary } = await go(request, { cwd: folder, timeZone: 'UTC' }, handlers, { standardPlaces: [] });
  const { messages, sessions, first, last, problems } = summary;
  const sources = summary.sources.map(({ path, lines, bytes }) => ({ path, lines, bytes }));
  return { told, messages, sessions, first, last, problems, sources };
}

/** Rspamd's own file as syslog has it: `2026-11-21 22:37:53 #3203(rspamd_proxy) <tag>; …`. */
function asSyslog(own: Buffer): Buffer {
  return textOf(
    linesOf(own).map((line) =>
      line.replace(/^2026-11-(\d\d) (\d\d:\d\d:\d\d) #(\d+)\(\w+\) /, 'Nov $1 $2 mail rspamd[$3]: '),
    ),
  );
}

let nextFolder = 0;

async function expectEqual(logs: Readonly<Record<string, string | Buffer>>): Promise<void> {
  const own = `${nextFolder++}`;
  mkdirSync(join(folder, own));
  const names = Object.keys(logs).map((name) => join(own, name));
  for (const [name, content] of Object.entries(logs)) {
    writeFileSync(join(folder, own, name), content);
    utimesSync(join(folder, own, name), RECORDED, RECORDED);
  }
  expect(await numbers(weighed, names)).toEqual(await numbers(run, names));
  rmSync(join(folder, own), { recursive: true });
}

/** How many of the lines are read. */
async function linesRead(content: Buffer): Promise<number> {
  writeFileSync(join(folder, 'mail.log'), content);
  const { files } = await discover(['mail.log'], { cwd: folder, standardPlaces: [] });
  const plan = await planCount(files);
  return [...(plan?.selections?.values() ?? [])][0]?.count ?? Number.POSITIVE_INFINITY;
}

const single = recording('single')['mail.log'] as Buffer;
const store = recording('hosts')['store.mail.log'] as Buffer;
const SCENARIOS = join(root, 'fixtures', 'scenarios');
const scenarios = readdirSync(SCENARIOS)
  .map((name) => join(SCENARIOS, name, 'mail.log'))
  .flatMap((path) => {
    try {
      return [[path.slice(SCENARIOS.length + 1), readFileSync(path)] as const];
    } catch {
      return [];
    }
  });

describe.each(['wasm', 'twin'])('the plan, by the %s', (kernel) => {
  const using = (): void => void vi.stubEnv('MAILTRACE_KERNEL', kernel);

  it('counts a recording, and many of it', async () => {
    using();
    await expectEqual({ 'mail.log': single });
    await expectEqual({ 'mail.log': copies(single, 7) });
    await expectEqual({ 'mail.log': copies(store, 7) });
  });

  it('counts mail that filters and delivery programs decide on', async () => {
    using();
    const amavis = recording('amavis')['mail.log'] as Buffer;
    await expectEqual({ 'mail.log': amavis });
    await expectEqual({ 'mail.log': copies(amavis, 5) });
    await expectEqual(recording('dovecot'));
    await expectEqual({ 'mail.log': copies(recording('dovecot')['mail.log'] as Buffer, 3) });
    // one log of both, and of the filter's own lines where the server's host writes them
    const { 'mail.log': mail, 'rspamd.log': filter } = recording('rspamd') as Record<string, Buffer>;
    await expectEqual({
      'mail.log': interleave({ mail: mail as Buffer, filter: asSyslog(filter as Buffer) }, dice(3)),
    });
  });

  it('counts mails of which a filter alone tells: before the server wrote, after it, between, and without one', async () => {
    using();
    const amavis = linesOf(recording('amavis')['mail.log'] as Buffer);
    const ofFilter = amavis.filter((line) => line.includes(' amavis['));
    await expectEqual({ 'mail.log': textOf(ofFilter) });
    const at = (time: string): string[] => ofFilter.map((line) => line.replace(/\d\d:\d\d:\d\d/, time));
    const server = amavis.filter((line) => !line.includes(' amavis['));
    const later = server.map((line) => line.replace(/ 22:/, ' 23:').replace(/: ([0-9A-F]{8,}):/, ': F$1:'));
    await expectEqual({ 'mail.log': textOf([...at('21:00:00'), ...amavis]) });
    await expectEqual({ 'mail.log': textOf([...amavis, ...at('22:59:59')]) });
    await expectEqual({ 'mail.log': textOf([...amavis, ...at('23:10:00'), ...later]) });
    await expectEqual({ 'mail.log': textOf([...at('22:40:00'), ...server]) });
  });

  it('counts every scenario, and five of each', async () => {
    using();
    for (const [, content] of scenarios) {
      await expectEqual({ 'mail.log': content });
      await expectEqual({ 'mail.log': copies(content, 5) });
    }
  });

  it('counts a busy site in every stamp', async () => {
    using();
    await expectEqual({ 'mail.log': generated(11, 1_500_000, 1) });
  });
});

it('counts recipients of refused mails whom a policy service alone names', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      await expectEqual(policyLog(seed));
    }),
    runs(20),
  );
});

it('counts mails that were given up, by their sessions', async () => {
  await expectEqual({ 'mail.log': abandonedLog() });
  expect(await linesRead(abandonedLog())).toBeLessThan(200);
});

it('counts any part of a log', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), fc.boolean(), async (a, b, ofStore) => {
      const lines = linesOf(ofStore ? store : single);
      const [from = 0, to = 0] = [a % lines.length, b % lines.length].sort((x, y) => x - y);
      await expectEqual({ 'mail.log': textOf(lines.slice(from, to)) });
    }),
    runs(10),
  );
});

it('counts a log with lines lost and doubled', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const random = dice(seed);
      await expectEqual({ 'mail.log': damaged(copies(single, 3), random, random() * 0.1) });
    }),
    runs(4),
  );
});

it('counts several hosts in one log', async () => {
  await expectEqual({ 'mail.log': central() });
  await expectEqual({ 'mail.log': generated(5, 800_000, 3) });
});

it('counts a rotated set as one log, and files side by side', async () => {
  const lines = linesOf(copies(single, 3));
  const half = Math.floor(lines.length / 2);
  await expectEqual({ 'mail.log.1': textOf(lines.slice(0, half)), 'mail.log': textOf(lines.slice(half)) });
  await expectEqual({ 'one.log': single, 'two.log': store });
});

it('counts the file that has the name now, where it was rotated away meanwhile', async () => {
  writeFileSync(join(folder, 'turned.log'), single);
  const turn = { ...(await numbersOfTurned()) };
  expect(turn).toEqual(await numbers(run, ['turned.log']));
});

/** The log is replaced between the look over it and the reading of what was chosen. */
async function numbersOfTurned(): Promise<object> {
  const turning: Go = (request, io, handlers, options) =>
    countRun(
      request,
      io,
      handlers,
      {
        ...options,
        onStreams: () => {
          rmSync(join(folder, 'turned.log'));
          writeFileSync(join(folder, 'turned.log'), store);
          utimesSync(join(folder, 'turned.log'), RECORDED, RECORDED);
        },
      },
      0,
    );
  return (await numbers(turning, ['turned.log'])) as object;
}

it('reads few lines of many mails alike, whatever the size of a block', async () => {
  const log = generated(3, 4_000_000, 1);
  expect(await linesRead(log)).toBeLessThan(linesOf(log).length / 20);
});

it('tells what it counted so far, where it is stopped', async () => {
  writeFileSync(join(folder, 'stopped.log'), generated(3, 1_500_000, 1));
  // stopped in the middle of the file, whatever the machine's speed
  let asked = 0;
  const signal = Object.defineProperty(new AbortController().signal, 'aborted', { get: () => ++asked > 4 });
  const stopped: Go = (request, io, handlers, options) => weighed(request, io, handlers, { ...options, signal });
  const all = (await numbers(run, ['stopped.log'])) as { messages: number };
  const some = (await numbers(stopped, ['stopped.log'])) as { messages: number; told: { messages: number } };
  expect(some.messages).toBeGreaterThan(0);
  expect(some.messages).toBeLessThan(all.messages);
  expect(some.told.messages).toBe(some.messages);
});

/** Lines of one host and second, as src/formats/postfix/README.md cites their shapes. */
const at = (second: number, text: string, host = 'mx1'): string =>
  `Nov 21 10:00:${String(second).padStart(2, '0')} ${host} postfix/${text}`;

const session = (second: number, pid: number, refusal: string, host = 'mx1'): string[] => [
  at(second, `smtpd[${pid}]: connect from c.example[192.0.2.9]`, host),
  at(second, `smtpd[${pid}]: NOQUEUE: reject: RCPT from c.example[192.0.2.9]: ${refusal}`, host),
  at(second, `smtpd[${pid}]: disconnect from c.example[192.0.2.9] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4`, host),
];

const mail = (id: string, results: readonly string[], pid = 812): string[] => [
  at(0, `smtpd[${pid}]: connect from c.example[192.0.2.9]`),
  at(0, `smtpd[${pid}]: ${id}: client=c.example[192.0.2.9]`),
  at(0, `cleanup[900]: ${id}: message-id=<m@c.example>`),
  at(0, `qmgr[700]: ${id}: from=<ann@c.example>, size=500, nrcpt=${results.length} (queue active)`),
  at(0, `smtpd[${pid}]: disconnect from c.example[192.0.2.9] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5`),
  ...results.map((result) => at(1, `smtp[901]: ${id}: ${result}`)),
  at(2, `qmgr[700]: ${id}: removed`),
];

const to = (name: string, relay: string, status: string): string =>
  `to=<${name}@d.example>, relay=${relay}, delay=1, delays=1/0/0/0, dsn=2.0.0, status=${status}`;

describe('what touches', () => {
  it('the same answer twice in a second to one client is one refusal', async () => {
    const client = (second: number, port: number): string[] => [
      at(second, `postscreen[800]: CONNECT from [192.0.2.1]:${port} to [203.0.113.1]:25`),
      at(
        second,
        `postscreen[800]: NOQUEUE: reject: RCPT from [192.0.2.1]:${port}: 550 5.7.1 Service unavailable; client [192.0.2.1] blocked using zen.example; from=<a@b.example>, to=<c@d.example>, proto=ESMTP, helo=<x>`,
      ),
      at(second, `postscreen[800]: DISCONNECT [192.0.2.1]:${port}`),
    ];
    await expectEqual({ 'mail.log': textOf([...client(1, 1001), ...client(1, 1002), ...client(5, 1003)]) });
  });

  it('a line of an older try that comes late changes nothing', async () => {
    const relay = 'mx.d.example[198.51.100.1]:25';
    const sent = to('bob', relay, 'sent (250 2.0.0 Ok)');
    const deferred = to('bob', relay, 'deferred (connect to mx.d.example[198.51.100.1]:25: Connection timed out)');
    await expectEqual({ 'mail.log': textOf(mail('A100000001', [sent, deferred])) });
  });

  it('a mail that says twice that it goes on from another, and mails that each go on from the other', async () => {
    const named = (id: string, from: string): string =>
      at(0, `smtpd[815]: ${id}: client=localhost[127.0.0.1], orig_queue_id=${from}, orig_client=c.example[192.0.2.9]`);
    const sent = to('bob', 'mx.d.example[198.51.100.1]:25', 'sent (250 2.0.0 Ok)');
    const first = mail('A100000001', [sent]);
    const again = ['B100000001', 'B100000001'].map((id) => named(id, 'A100000001'));
    await expectEqual({ 'mail.log': textOf([...first.slice(0, 3), ...again, ...first.slice(3)]) });
    const round = [named('B100000001', 'A100000001'), named('A100000001', 'B100000001')];
    await expectEqual({ 'mail.log': textOf([...first.slice(0, 3), ...round, ...first.slice(3)]) });
  });

  it('a recipient whom the next hop does not name', async () => {
    const filter = '127.0.0.1[127.0.0.1]:10024';
    const joined = (id: string, next: string): string[] => [
      ...mail(next, [to('bob', 'mx.d.example[198.51.100.1]:25', 'sent (250 2.0.0 Ok)')], 813),
      ...mail(id, [
        to('bob', filter, `sent (250 2.0.0 Ok: queued as ${next})`),
        to('eve', filter, `sent (250 2.0.0 Ok: queued as ${next})`),
      ]),
    ];
    const both = [...joined('A100000001', 'B100000001'), ...joined('A200000002', 'B200000002')];
    const ordered = both.toSorted((x, y) => x.slice(0, 15).localeCompare(y.slice(0, 15)));
    await expectEqual({ 'mail.log': textOf(ordered) });
  });

  it('a recipient whom the mail before does not name', async () => {
    const out = 'mx.d.example[198.51.100.1]:25';
    const joined = (id: string, next: string): string[] => [
      ...mail(next, [to('bob', out, 'sent (250 2.0.0 Ok)'), to('eve', out, 'sent (250 2.0.0 Ok)')], 813),
      ...mail(id, [to('bob', '127.0.0.1[127.0.0.1]:10024', `sent (250 2.0.0 Ok: queued as ${next})`)]),
    ];
    const both = [...joined('A100000001', 'B100000001'), ...joined('A200000002', 'B200000002')];
    const ordered = both.toSorted((x, y) => x.slice(0, 15).localeCompare(y.slice(0, 15)));
    await expectEqual({ 'mail.log': textOf(ordered) });
  });

  it('lookups of one process are one session, but for an hour of silence between them', async () => {
    const listed = (time: string, pid: number): string =>
      `Nov 21 ${time} mx1 postfix/dnsblog[${pid}]: addr 192.0.2.9 listed by domain zen.example as 127.0.0.4`;
    const calm = ['10:00:00', '10:30:00', '11:30:00', '13:00:00', '13:00:01'];
    await expectEqual({ 'mail.log': textOf([600, 601, 602].flatMap((pid) => calm.map((time) => listed(time, pid)))) });
    const byTime = calm.flatMap((time) => [600, 601, 602].map((pid) => listed(time, pid)));
    // the mark of time alone: so many lines that what is over is weighed in between
    const filler = (time: string): string[] =>
      Array.from({ length: 6_000 }, () => `Nov 21 ${time} mx1 postfix/anvil[99]: statistics: max cache size 1 at`);
    const busy = [...byTime.slice(0, 9), ...filler('12:50:00'), ...byTime.slice(9)];
    await expectEqual({ 'mail.log': textOf(busy) });
    // the clock goes back
    await expectEqual({ 'mail.log': textOf([...busy, listed('12:40:00', 601), listed('12:10:00', 602)]) });
    const late = [listed('12:40:00', 601), ...filler('13:45:00'), listed('13:59:00', 601)];
    await expectEqual({ 'mail.log': textOf([...busy, ...late]) });
    const early = [...filler('14:30:00'), listed('13:59:00', 602)];
    await expectEqual({ 'mail.log': textOf([...busy, ...early]) });
    // the process id serves another daemon
    const reused = session(0, 601, 'x').map((line) => line.replace('10:00', '13:01'));
    await expectEqual({ 'mail.log': textOf([...busy, ...reused, listed('13:02:00', 601)]) });
    await expectEqual({ 'mail.log': textOf([...busy, ...reused.slice(2), listed('13:02:00', 601)]) });
  });

  it('a refusal of one host that repeats the refusal of another', async () => {
    const tail = '; from=<a@b.example> to=<ghost@d.example> proto=ESMTP helo=<c.example>';
    const inner = '550 5.1.1 <ghost@d.example>: Recipient address rejected: User unknown in virtual mailbox table';
    const outer = `550 5.1.1 <ghost@d.example>: Recipient address rejected: undeliverable address: host store[10.0.0.2] said: ${inner} (in reply to RCPT TO command)`;
    await expectEqual({
      'mail.log': textOf([
        ...session(1, 500, `${inner}${tail}`, 'store'),
        ...session(2, 812, `${outer}${tail}`),
        ...session(9, 501, `${inner}${tail}`, 'store'),
      ]),
    });
    // both hosts were seen before any refused
    const seen = ['mx1', 'store'].map((host) => at(0, 'smtpd[400]: connect from c.example[192.0.2.9]', host));
    await expectEqual({
      'mail.log': textOf([
        ...seen,
        ...session(1, 500, `${inner}${tail}`, 'store'),
        ...session(2, 812, `${outer}${tail}`),
        ...session(9, 501, `${inner}${tail}`, 'store'),
      ]),
    });
  });
});

it('survives any bytes', async () => {
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
