/**
 * `report traffic` over everything: what the machine tells of plain mails and what a run over every line tells make the same
 * document, byte for byte, over recordings and scenarios, many copies of them, parts of them and damaged ones.
 */
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Engine, loadEngine } from '../../src/commands/engine.ts';
import { reportOptionsOf } from '../../src/commands/report-options.ts';
import { reportRun } from '../../src/commands/report.ts';
import { toldRun } from '../../src/weigh/told-run.ts';
import { RECORDED } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';
import { policyLog } from '../helpers/policy-log.ts';
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
import { copies, damaged, scenarios } from './logs.ts';
import { logFolder, withLogs } from '../helpers/own-logs.ts';

const folder = logFolder('told');
afterEach(() => vi.unstubAllEnvs());

const engine = await loadEngine();
const whole: Engine = { ...engine };
delete whole.told;
/** mails and refusals that the machine told in the last report; 0 where it was made of every line after all */
let told = 0;
const quick: Engine = {
  ...engine,
  told: (request, io, handlers, options) => {
    let seen = 0;
    told = 0;
    return toldRun(
      request,
      io,
      {
        ...handlers,
        newSink: () => {
          const sink = handlers.newSink();
          seen = 0;
          return {
            programs: sink.programs,
            get held() {
              return sink.held;
            },
            tagOf: (program, isClaimed) => sink.tagOf(program, isClaimed),
            onOther: (message) => sink.onOther(message),
            begin: (names) => sink.begin(names),
            onUnreached: (...each) => sink.onUnreached(...each),
            stop: () => sink.stop(),
            onConnection: (...each) => sink.onConnection(...each),
            onTls: (...each) => sink.onTls(...each),
            onScreen: (act) => sink.onScreen(act),
            onLine: (frame) => sink.onLine(frame),
            onMail: (mail) => {
              seen++;
              sink.onMail(mail);
            },
            finish: (midOf) => {
              const isGood = sink.finish(midOf);
              told = isGood ? seen : 0;
              return isGood;
            },
          };
        },
      },
      options,
      0,
    );
  },
};

async function report(by: Engine, paths: readonly string[], top = '0'): Promise<object> {
  const io = fakeIo({ now: () => RECORDED.getTime(), timeZone: 'Europe/Vienna' });
  const options = await reportOptionsOf('traffic', [...paths], { format: 'json', top }, io);
  const status = await reportRun(options, io, by);
  return { status, out: io.stdout.text, err: io.stderr.text };
}

/** Returns how many mails and refusals the machine told. */
async function expectEqual(logs: Readonly<Record<string, string | Buffer>>, top?: string): Promise<number> {
  return withLogs(folder, logs, async (paths) => {
    expect(await report(quick, paths, top)).toEqual(await report(whole, paths, top));
    return told;
  });
}

const single = recording('single')['mail.log'] as Buffer;
const store = recording('hosts')['store.mail.log'] as Buffer;

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

describe.each(['wasm', 'twin'])('traffic, told by the %s', (kernel) => {
  const using = (): void => void vi.stubEnv('MAILTRACE_KERNEL', kernel);

  it('of a recording, and of many of it', async () => {
    using();
    await expectEqual({ 'mail.log': single });
    await expectEqual({ 'mail.log': copies(single, 7) });
    expect(await expectEqual({ 'mail.log': copies(store, 7) })).toBeGreaterThan(200);
  });

  it('of mail that filters and delivery programs saw', async () => {
    using();
    const amavis = recording('amavis')['mail.log'] as Buffer;
    await expectEqual({ 'mail.log': amavis });
    await expectEqual({ 'mail.log': copies(amavis, 5) });
    const { 'mail.log': mail } = recording('rspamd') as Record<string, Buffer>;
    await expectEqual({ 'mail.log': mail as Buffer });
  });

  it('of every scenario, and of five of each', async () => {
    using();
    for (const [, content] of scenarios) {
      await expectEqual({ 'mail.log': content });
      await expectEqual({ 'mail.log': copies(content, 5) });
    }
  });

  it('of a busy site, in stamps of seconds and finer ones', async () => {
    using();
    const log = generated(11, 1_500_000, 1);
    const lines = linesOf(log);
    expect(await expectEqual({ 'mail.log': log })).toBeGreaterThan(lines.length / 20);
    expect(await expectEqual({ 'mail.log': precise(log, dice(1)) })).toBeGreaterThan(lines.length / 20);
  });
});

it.each(['1', '3', '20'])('of a busy site, %s rows of each table', async (top) => {
  const log = generated(13, 1_200_000, 1);
  expect(await expectEqual({ 'mail.log': log }, top)).toBeGreaterThan(linesOf(log).length / 20);
});

it('of addresses and clients in any letters, with and without a domain', async () => {
  const log = generated(14, 400_000, 1);
  const random = dice(14);
  const lines = linesOf(log).map((line) =>
    line.replace(/(?:to|from)=<([^@>]+)@([^>]+)>/g, (whole, local: string, domain: string) => {
      const drawn = random();
      if (drawn < 0.2) return whole.replace(domain, domain.toUpperCase());
      if (drawn < 0.25) return whole.replace(`@${domain}`, '');
      if (drawn < 0.3) return whole.replace(domain, `MÜller.${domain}`);
      return drawn < 0.35 ? whole.replace(local, 'Größe') : whole;
    }),
  );
  await expectEqual({ 'mail.log': textOf(lines) });
  await expectEqual({ 'mail.log': textOf(lines) }, '5');
});

it('of any part of a log, cut within a line too', async () => {
  const log = generated(21, 400_000, 1);
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), fc.constantFrom(single, store, log), async (a, b, content) => {
      const [from = 0, to = 0] = [a % content.length, b % content.length].sort((x, y) => x - y);
      await expectEqual({ 'mail.log': content.subarray(from, to) });
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
      await expectEqual({ 'mail.log': textOf(lines) });
    }),
    runs(8),
  );
});

it('of several hosts in one log, of a policy service, and of a filter beside the server', async () => {
  await expectEqual({ 'mail.log': central() });
  await expectEqual({ 'mail.log': generated(5, 800_000, 3) });
  for (const seed of [1, 2]) await expectEqual(policyLog(seed));
  const { 'mail.log': mail, 'rspamd.log': filter } = recording('rspamd') as Record<string, Buffer>;
  const own = linesOf(filter as Buffer).map((line) =>
    line.replace(/^2026-11-(\d\d) (\d\d:\d\d:\d\d) #(\d+)\(\w+\) /, 'Nov $1 $2 mail rspamd[$3]: '),
  );
  await expectEqual({ 'mail.log': interleave({ mail: mail as Buffer, filter: textOf(own) }, dice(3)) });
});

it('of a rotated set, of files side by side, over New Year, and where the clock steps back', async () => {
  const lines = linesOf(generated(24, 600_000, 1));
  const half = Math.floor(lines.length / 2);
  expect(
    await expectEqual({ 'mail.log.1': textOf(lines.slice(0, half)), 'mail.log': textOf(lines.slice(half)) }),
  ).toBeGreaterThan(100);
  await expectEqual({ 'one.log': single, 'two.log': store });
  const dated = (line: string, day: string): string => `${day}${line.slice(6)}`;
  await expectEqual({
    'mail.log': textOf([
      ...lines.slice(0, half).map((line) => dated(line, 'Dec 31')),
      ...lines.slice(half).map((line) => dated(line, 'Jan  1')),
    ]),
  });
  await expectEqual({ 'mail.log': textOf([...lines.slice(half), ...lines.slice(0, half)]) });
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
