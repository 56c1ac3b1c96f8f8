/**
 * Mail that imitates log syntax in every field that a stranger fills in, sent to real servers, and next hops that answer so:
 * the messages told are those that happened, with their own senders, recipients, statuses and clients, however they are read.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadEngine } from '../../src/commands/engine.ts';
import type { Message } from '../../src/model/message.ts';
import type { Status } from '../../src/model/words.ts';
import { countRun } from '../../src/weigh/count-run.ts';
import { root } from '../house/sources.ts';
import { askBoth, withLogs, type Question } from '../select/harness.ts';
import { differences, meaning, readTruth } from './truth.ts';

const folder = join(root, 'fixtures', 'hostile');

/** The logs of a run, and the hour after it: stamps of syslog have no year. */
interface Recording {
  name: string;
  logs: string[];
  truth: string;
  written: string;
}
const recordings = JSON.parse(readFileSync(join(folder, 'recordings.json'), 'utf8')) as Recording[];

/** Whom the payloads name: in nobody's envelope. */
const NEVER = ['victim@victim.example', 'forged@forged.example'];

describe.each(recordings)('$name', ({ logs, truth: truthName, written }) => {
  const truth = readTruth(join(folder, truthName));
  const contents = Object.fromEntries(
    logs.map((name) => [name.replaceAll('/', '-'), readFileSync(join(folder, name))]),
  );
  const with_ = <T>(use: Parameters<typeof withLogs<T>>[1]): Promise<T> =>
    withLogs(contents, use, { written: new Date(written) });
  let told: Message[] = [];

  beforeAll(async () => {
    const engine = await loadEngine();
    told = await with_(async ({ paths, now }) => {
      const messages: Message[] = [];
      await engine.run(
        { paths, logZones: [], now: now.getTime(), wantLines: false, wantSessions: false },
        { cwd: folder, timeZone: 'UTC' },
        { onMessage: (m) => messages.push(m) > 0 },
      );
      return messages;
    });
  });
  afterAll(() => {
    told = [];
  });

  test('what is told is what happened', () => {
    expect(told.length).toBeGreaterThan(50);
    expect(differences(truth, told)).toEqual([]);
  });

  test('nobody whom only a payload names is anybody’s sender, recipient or login', () => {
    const named = told.filter((m) =>
      [m.sender, m.client?.user, ...m.recipients.flatMap((r) => [r.address, r.finalAddress])].some(
        (a) => a !== undefined && NEVER.includes(meaning(a)),
      ),
    );
    expect(named).toEqual([]);
  });

  test('by the lines of what is looked for it is the same', async () => {
    const some = [0.2, 0.5, 0.8].flatMap((part) => truth[Math.floor(truth.length * part)] ?? []);
    const questions: Question[] = [
      { address: NEVER },
      { address: ['@victim.example'] },
      ...some.flatMap(({ sender, queueId, recipients: [first] }): Question[] => [
        ...(sender === undefined || sender === '' ? [] : [{ sender: [sender] }]),
        ...(first?.address === undefined ? [] : [{ recipient: [first.address] }]),
        ...(queueId === undefined ? [] : [{ queueId: [queueId] }]),
      ]),
    ];
    await with_(async (logFolder) => {
      for (const question of questions) {
        const { chosen, whole } = await askBoth(logFolder, { ...question, format: 'ndjson', limit: '0' });
        expect(chosen.out, JSON.stringify(question)).toBe(whole.out);
      }
    });
  }, 180_000);

  test('counted by the plan it is the same', async () => {
    const count = { messages: 0, byStatus: {} as Record<string, number> };
    await with_(({ paths, now }) =>
      countRun(
        { paths, logZones: [], now: now.getTime(), wantLines: false, wantSessions: false },
        { cwd: folder, timeZone: 'UTC' },
        {
          onMessage: () => false,
          onCount: (statuses: readonly Status[], _: number, times: number) => {
            count.messages += times;
            for (const status of statuses) count.byStatus[status] = (count.byStatus[status] ?? 0) + times;
          },
          onTally: (messages: number, byStatus: Iterable<readonly [Status, number]>) => {
            count.messages += messages;
            for (const [status, n] of byStatus) if (n > 0) count.byStatus[status] = (count.byStatus[status] ?? 0) + n;
          },
          onRestart: () => {
            count.messages = 0;
            count.byStatus = {};
          },
        },
        { standardPlaces: [] },
        0,
      ),
    );
    const byStatus: Record<string, number> = {};
    for (const { status } of told.flatMap((m) => m.recipients)) byStatus[status] = (byStatus[status] ?? 0) + 1;
    expect(count).toEqual({ messages: told.length, byStatus });
  });
});
