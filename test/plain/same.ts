/** A search whose plain mails are written from their lines, and one that reads every line: both must print the same. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { type Engine, loadEngine } from '../../src/commands/engine.ts';
import { searchOptionsOf } from '../../src/commands/search-options.ts';
import { searchRun } from '../../src/commands/search.ts';
import { plainRun } from '../../src/plain/plain-run.ts';
import type { PlainTaker } from '../../src/plain/taker.ts';
import { RECORDED } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';

export const folder = mkdtempSync(join(tmpdir(), 'mailtrace-plain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const engine = await loadEngine();
export const whole: Engine = { ...engine };
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
export const plainly: Engine = {
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

export async function search(by: Engine, paths: readonly string[], sort: string, format = 'ndjson'): Promise<object> {
  const io = fakeIo({ now: () => RECORDED.getTime(), timeZone: 'UTC' });
  const options = await searchOptionsOf([...paths], { format, sort }, io);
  const status = await searchRun(options, io, by);
  // of lines that were not read nobody counts what was assumed
  const err = io.stderr.text.replaceAll(/ taken for .*/g, '');
  return { status, out: io.stdout.text, err };
}

let nextFolder = 0;

/** How many messages the last search wrote from lines. */
export const writtenTogether = (): number => together;

/** Returns how many messages were written from lines. */
export async function expectEqual(
  logs: Readonly<Record<string, string | Buffer>>,
  sorts = ['oldest'],
): Promise<number> {
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
