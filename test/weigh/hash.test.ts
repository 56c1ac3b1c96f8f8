/** Names of the machine are told apart by their hash alone: what differs little must not meet. */
import { afterEach, expect, it, vi } from 'vitest';
import { openCounter } from '../../src/weigh/counter.ts';

afterEach(() => vi.unstubAllEnvs());

it.each(['wasm', 'twin'])('addresses that differ in two digits have hashes of their own (%s)', async (kernel) => {
  vi.stubEnv('MAILTRACE_KERNEL', kernel);
  const counter = await openCounter(1000);
  const { module } = counter;
  const seen = new Set<string>();
  for (let a = 100; a < 200; a++)
    for (let b = 100; b < 200; b++) {
      const length = Buffer.from(counter.memory()).write(`10.2.${a}.${b}`, module.buffer(), 'latin1');
      seen.add(`${module.hashOf(length)} ${module.secondHash()}`);
    }
  expect(seen.size).toBe(10_000);
});
