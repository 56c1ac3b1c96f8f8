/** What `search` says below a result that was cut, and below an empty one. */
import { describe, expect, test } from 'vitest';
import type { Values } from '../../src/commands/filter-options.ts';
import { searchOptionsOf } from '../../src/commands/search-options.ts';
import { searchRun } from '../../src/commands/search.ts';
import type { Message } from '../../src/model/message.ts';
import { fakeEngine } from '../helpers/engine.ts';
import type { FakeEngine } from '../helpers/engine.ts';
import { fakeIo } from '../helpers/io.ts';
import type { FakeIo } from '../helpers/io.ts';
import { AT, aMessage } from '../render/messages.ts';

/** What stands on stderr. */
async function search(
  values: Values,
  engine: FakeEngine,
  { io = fakeIo(), paths = ['mail.log'] }: { io?: FakeIo; paths?: string[] } = {},
): Promise<{ err: string }> {
  await searchRun(await searchOptionsOf(paths, values, io), io, engine);
  return { err: io.stderr.text };
}

function series(count: number): Message[] {
  return Array.from({ length: count }, (_, i) => aMessage({ id: `m${i}`, time: AT + i, lastTime: AT + i }));
}

describe('a cut result says what narrows it', () => {
  const cut = async (values: Values, first: number, last: number, now = AT + 90 * 86_400_000): Promise<string> => {
    const engine = fakeEngine(series(20), { summary: { first, last } });
    const { err } = await search({ json: true, limit: '3', ...values }, engine, { io: fakeIo({ now: () => now }) });
    return /to narrow it: ([^;]*)/.exec(err)?.[1] ?? '';
  };

  test('a time inside the log, also where that ended long ago', async () => {
    const day = 86_400_000;
    expect(await cut({}, AT - 13 * 365 * day, AT)).toBe('--status failed or --since 2025-11-21');
    expect(await cut({}, AT - 10 * day, AT)).toBe('--status failed or --since 2026-11-20');
    expect(await cut({}, AT - day, AT)).toBe("--status failed or --since '2026-11-21 03:15'");
    expect(await cut({ sort: 'oldest' }, AT - day, AT)).toBe("--status failed or --until '2026-11-20 15:15'");
    // Still being written: a span back from now.
    expect(await cut({}, AT - day, AT, AT + 1000)).toBe('--status failed or --since 6h');
    // Too short to be cut by time, or cut already.
    expect(await cut({}, AT - 1000, AT)).toBe('--status failed or --recipient ADDR');
    expect(await cut({ since: '2026-01-01' }, AT - day, AT)).toBe('--status failed or --recipient ADDR');
  });

  test('a greater limit shows more and is told apart', async () => {
    const { err } = await search({ json: true, limit: '3' }, fakeEngine(series(20)));
    expect(err).toContain('; for more of them: a greater --limit\n');
  });
});

describe('an empty result helps', () => {
  test('with the names of the standard places, and the pipe that nobody read', async () => {
    const io = (stdinIsPipe: boolean): FakeIo => fakeIo({ stdinIsPipe });
    const asked = { recipient: ['nobody@example.com'] };
    const piped = await search(asked, fakeEngine([]), { io: io(true), paths: [] });
    expect(piped.err).toContain(' in 1 source (mail.log)');
    expect(piped.err).toContain('the standard input was not read: give - to search it (mailtrace search … -)\n');
    expect((await search(asked, fakeEngine([]), { io: io(false), paths: [] })).err).not.toContain('standard input');
    const named = await search(asked, fakeEngine([]), { io: io(true), paths: ['mail.log'] });
    expect(named.err).not.toMatch(/standard input|\(mail\.log\)/);
    expect((await search({}, fakeEngine([aMessage()]), { io: io(true), paths: [] })).err).not.toContain(
      'standard input',
    );
  });
});
