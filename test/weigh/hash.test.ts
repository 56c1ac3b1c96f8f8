/** Names of the machine are told apart by their hash alone: what differs little must not meet. */
import { afterEach, expect, it, vi } from 'vitest';
import { openCounter } from '../../src/weigh/counter.ts';

afterEach(() => vi.unstubAllEnvs());

it.each(['wasm', 'twin'])('addresses that differ in two digits have hashes of their own (%s)', async (kernel) => {
  vi.stubEnv('MAILTRACE_KERNEL', kernel);
  const counter = await openCounter(1000);
  const { module } = counter;
  const seen = new Map<string, string>();
  for (let a = 0; a < 256; a++)
    for (let b = 0; b < 256; b++) {
      const text = `10.2.${a}.${b}`;
      const length = Buffer.from(counter.memory()).write(text, module.buffer(), 'latin1');
      const first = module.hashOf(length);
      const key = `${first} ${module.secondHash()}`;
      expect(`${text} ${seen.get(key) ?? ''}`).toBe(`${text} `);
      seen.set(key, text);
    }
});
