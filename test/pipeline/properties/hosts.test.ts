/** Where the lines of several hosts lie, and in which order the files are named, changes nothing. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import {
  dice,
  expectSame,
  interleave,
  linesOf,
  type Outcome,
  recording,
  runs,
  textOf,
  trace,
  without,
} from './harness.ts';
import type { Message } from '../../../src/model/message.ts';

const logs = recording('hosts');
let apart: Outcome;
beforeAll(async () => {
  apart = await trace(logs);
});

it('the recording holds mails that go over all three hosts', () => {
  const most = Math.max(...apart.messages.map(({ hops }) => new Set(hops.map(({ host }) => host)).size));
  expect(most).toBe(3);
});

it('one log with the lines of all hosts gives the same messages as a log of each', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) =>
      expectSame(await trace({ 'mail.log': interleave(logs, dice(seed)) }), apart, 'as a set'),
    ),
    runs(4),
  );
});

it('any order of the arguments gives the same messages, down to the order of their lines', async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(Object.keys(logs), { minLength: 3 }), async (paths) =>
      expectSame(await trace(logs, { paths }), apart),
    ),
    runs(4),
  );
});

it('any order of the arguments gives the same messages where each log is cut into a rotated set', async () => {
  const sets = Object.fromEntries(
    Object.entries(logs).flatMap(([name, content]) => {
      const lines = linesOf(content);
      const [a, b] = [Math.floor(lines.length * 0.4), Math.floor(lines.length * 0.7)];
      return [
        [`${name}.2`, textOf(lines.slice(0, a))],
        [`${name}.1`, textOf(lines.slice(a, b))],
        [name, textOf(lines.slice(b))],
      ];
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(Object.keys(sets), { minLength: 9 }), async (paths) =>
      expectSame(await trace(sets, { paths }), apart),
    ),
    runs(4),
  );
});

it('names of the files change nothing', async () => {
  const [mx1, filter, store] = Object.values(logs) as [Buffer, Buffer, Buffer];
  expectSame(await trace({ z: mx1, 'a.log': store, 'm.txt': filter }), apart);
});

it('two hosts that use the same queue ids and pids at the same time give the messages that each gives alone', async () => {
  const [name, content] = Object.entries(recording('single'))[0] as [string, Buffer];
  const other = textOf(
    linesOf(content).map((line) =>
      line
        .replace(' mx.example.com ', ' mx2.example.net ')
        .replace('message-id=<', 'message-id=<2.')
        .replaceAll('@', '@2.'),
    ),
  );
  const own = ({ links: _links, notes: _notes, ...message }: Message): Message => ({
    ...message,
    links: [],
    notes: [],
  });
  const [a, b] = [await trace({ [name]: content }), await trace({ 'b.log': other })];
  const both = await trace({ [name]: content, 'b.log': other });
  const union = { ...both, messages: [...a.messages, ...b.messages], chains: new Map([...a.chains, ...b.chains]) };
  expectSame(without(both, own), without(union, own), 'not');
});
