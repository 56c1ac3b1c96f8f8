/** Logs of other programs: nothing in them is told as mail, and no format says that the file is its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../house/sources.ts';
import { trace } from './properties/harness.ts';

const folder = join(root, 'fixtures/foreign');
const files = readdirSync(folder);

test.each(files)('%s', async (name) => {
  const { messages, sessions, summary } = await trace({ [name]: readFileSync(join(folder, name)) });
  expect(messages).toEqual([]);
  expect(sessions).toEqual([]);
  expect(summary.sources.map(({ formats, event }) => ({ formats, event }))).toEqual([{ formats: [], event: 0 }]);
});
