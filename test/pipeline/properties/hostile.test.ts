/** Whatever stands in a log: a run ends, and its messages are as the contract says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contractFaults } from './contract.ts';
import { central, dice, linesOf, type Logs, mapLogs, recording, runs, textOf, trace } from './harness.ts';

const LOGS: Readonly<Record<string, Logs>> = {
  single: recording('single'),
  hosts: recording('hosts'),
  'three hosts in one log': { 'mail.log': central() },
  exim: recording('exim'),
};

/** Bytes that mean something to a parser, and any. */
const SHARP = Buffer.from('\n\r\0 \t:;,=<>[]()"\'#%\\/-+.@09azAZ\x1b\x7f\x80\xc3\xe2\xff', 'latin1');

function withBytesChanged(content: string | Buffer, random: () => number, rate: number): Buffer {
  const bytes = Buffer.from(content as Buffer);
  for (let i = 0; i < bytes.length * rate; i++) {
    const at = Math.floor(random() * bytes.length);
    const sharp = SHARP[Math.floor(random() * SHARP.length)] as number;
    bytes[at] = random() < 0.5 ? sharp : Math.floor(random() * 256);
  }
  return bytes;
}

function shuffled(lines: readonly string[], random: () => number, reach: number): string[] {
  return lines
    .map((line, i) => ({ line, place: i + random() * reach }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ line }) => line);
}

/** Each line cut somewhere, or glued to a piece of another. */
function spliced(lines: readonly string[], random: () => number, rate: number): string[] {
  return lines.map((line) => {
    if (random() > rate) return line;
    const other = lines[Math.floor(random() * lines.length)] as string;
    return line.slice(0, Math.floor(random() * line.length)) + other.slice(Math.floor(random() * other.length));
  });
}

async function expectSound(logs: Logs): Promise<void> {
  expect(contractFaults(await trace(logs))).toEqual([]);
}

const seeded = (check: (random: () => number, seed: number) => Promise<void>, numRuns: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(fc.nat(), (seed) => check(dice(seed), seed)),
    runs(numRuns),
  );

describe.each(Object.entries(LOGS))('%s', (_, logs) => {
  it('with some bytes changed', async () => {
    await seeded((random) => {
      const rate = 10 ** -(1.5 + random() * 2.5);
      return expectSound(mapLogs(logs, (content) => withBytesChanged(content, random, rate)));
    }, 3);
  });

  it('with its lines in another order', async () => {
    await seeded((random) => {
      const reach = 2 ** (1 + random() * 12);
      return expectSound(mapLogs(logs, (content) => textOf(shuffled(linesOf(content), random, reach))));
    }, 3);
  });

  it('with lines left out', async () => {
    await seeded((random) => {
      const rate = random();
      return expectSound(mapLogs(logs, (content) => textOf(linesOf(content).filter(() => random() > rate))));
    }, 3);
  });

  it('with lines cut and glued', async () => {
    await seeded(
      (random) => expectSound(mapLogs(logs, (content) => textOf(spliced(linesOf(content), random, 0.2)))),
      3,
    );
  });
});

it('any bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 4000 }), (bytes) => expectSound({ 'mail.log': Buffer.from(bytes) })),
    runs(30),
  );
});

it('any bytes among the lines of a log, and all logs in one', async () => {
  await seeded((random) => {
    const all = Object.values(LOGS).flatMap((log) => Object.values(log).flatMap(linesOf));
    const lines = shuffled(all, random, 500).slice(0, 3000);
    const noise = (): string =>
      Buffer.from(Array.from({ length: 40 }, () => Math.floor(random() * 256))).toString('latin1');
    return expectSound({ 'mail.log': textOf(lines.flatMap((line) => (random() < 0.05 ? [noise(), line] : [line]))) });
  }, 3);
});
