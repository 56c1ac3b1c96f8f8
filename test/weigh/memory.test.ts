/** What the counting machine takes of memory is bounded: a log that needs more is given up, and read the ordinary way. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { discover } from '../../src/sources/discover.ts';
import { type Counter, openCounter } from '../../src/weigh/counter.ts';
import { planCount } from '../../src/weigh/plan.ts';
import { generated } from '../pipeline/properties/harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailtrace-memory-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const MOST = 8 * 1024 * 1024;
const LINES_AT_ONCE = 1000;
const MOST_LINES = 100_000;

/** Lines of queue ids of which nothing more comes. */
function unfinished(from: number): Buffer {
  const lines = Array.from({ length: LINES_AT_ONCE }, (_, i) => {
    const id = (0x1000_0000 + from + i).toString(16).toUpperCase();
    return `Nov 21 10:00:00 mx1 postfix/qmgr[7]: ${id}: from=<a${from + i}@example.net>, size=1, nrcpt=1 (queue active)\n`;
  });
  return Buffer.from(lines.join(''));
}

describe.each(['wasm', 'twin'])('the machine, by the %s', (kernel) => {
  /** Lines that the machine reads until it has no room. */
  const readBy = (counter: Counter): number => {
    const { module } = counter;
    let lines = 0;
    for (; lines < MOST_LINES && !module.isCrowded(); lines += LINES_AT_ONCE) {
      const block = unfinished(lines);
      const at = module.buffer();
      block.copy(Buffer.from(counter.memory()), at);
      for (let to = at; to < at + block.length;) {
        to = module.scan(to, at + block.length);
        if (to < at + block.length) module.program(4, 0);
      }
      module.outTaken();
    }
    return lines;
  };

  it('says where it has no room, and takes no more than it may', async () => {
    vi.stubEnv('MAILTRACE_KERNEL', kernel);
    const counter = await openCounter(0, MOST);
    const { module } = counter;
    const lines = readBy(counter);
    expect(lines).toBeGreaterThan(LINES_AT_ONCE);
    expect(lines).toBeLessThan(MOST_LINES);
    expect(module.bytesTaken()).toBeLessThan(MOST * 1.2);
    // used again, it knows nothing of the log before
    await openCounter(0, MOST, counter);
    expect(module.bytesTaken()).toBeLessThan(MOST / 2);
    expect(module.linesSeen()).toBe(0);
    expect(readBy(counter)).toBe(lines);
    await openCounter(0, 0, counter);
    expect(readBy(counter)).toBe(MOST_LINES);
  });
});

it('what is kept of what the machine tells counts too', async () => {
  writeFileSync(join(folder, 'mail.log'), generated(41, 1_000_000, 1));
  const { files } = await discover(['mail.log'], { cwd: folder, standardPlaces: [] });
  const chains = { onPass: (): void => undefined, take: (): void => undefined };
  expect(await planCount(files, { chains })).toBeDefined();
  expect(await planCount(files, { chains: { ...chains, held: () => 2 ** 31 } })).toBeUndefined();
  expect(await planCount(files, { chains: { ...chains, held: () => 2 ** 31 }, memory: 2 ** 33 })).toBeDefined();
});
