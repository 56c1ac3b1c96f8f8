/** A search whose plain mails are written from their lines, and one that reads every line: both must print the same. */
import { expect } from 'vitest';
import { type Engine, loadEngine } from '../../src/commands/engine.ts';
import { plainRun } from '../../src/plain/plain-run.ts';
import type { PlainTaker } from '../../src/plain/taker.ts';
import { logFolder, searched, withLogs } from '../helpers/own-logs.ts';

export const folder = logFolder('plain');

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

export function search(by: Engine, paths: readonly string[], sort: string, format = 'ndjson'): Promise<object> {
  return searched(by, paths, { format, sort });
}

/** How many messages the last search wrote from lines. */
export const writtenTogether = (): number => together;

/** Returns how many messages were written from lines. */
export async function expectEqual(
  logs: Readonly<Record<string, string | Buffer>>,
  sorts = ['oldest'],
): Promise<number> {
  return withLogs(folder, logs, async (paths) => {
    for (const sort of sorts) expect(await search(plainly, paths, sort)).toEqual(await search(whole, paths, sort));
    return together;
  });
}
