/** The filter's words and the server's answer meet by the log id, whichever is logged first, and whatever is missing. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadEngine, type Engine } from '../../../src/commands/engine.ts';
import type { Message } from '../../../src/model/message.ts';
import { temporaryFolder } from '../../helpers/fixtures.ts';

const folder = temporaryFolder();
let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});
afterAll(() => folder.remove());

const ID = '1A2B0C6560DB0601001';
const stamp = '2026-11-21T10:00:02+00:00 pmg';
const filter = (text: string, id = ID): string => `${stamp} pmg-smtp-filter[910]: ${id}: ${text}`;
const arrival = [
  `${stamp} postfix/smtpd[812]: A100000001: client=mail.example.net[192.0.2.7]`,
  `${stamp} postfix/cleanup[830]: A100000001: message-id=<m1@example.net>`,
  `${stamp} postfix/qmgr[700]: A100000001: from=<ann@example.net>, size=2053, nrcpt=2 (queue active)`,
];
const removed = `${stamp} postfix/qmgr[700]: A100000001: removed`;
const answered = (address: string): string =>
  `${stamp} postfix/lmtp[840]: A100000001: to=<${address}>, relay=127.0.0.1[127.0.0.1]:10024, delay=2, delays=0.1/0/0/1.9, dsn=2.5.0, status=sent (250 2.5.0 OK (${ID}))`;

async function told(logs: Readonly<Record<string, readonly string[]>>, wantLines = true): Promise<Message[]> {
  const messages: Message[] = [];
  for (const [name, lines] of Object.entries(logs)) writeFileSync(join(folder.path, name), `${lines.join('\n')}\n`);
  await engine.run(
    {
      paths: Object.keys(logs),
      logZones: [],
      now: Date.parse('2026-11-22T12:00:00Z'),
      wantLines,
      wantSessions: false,
    },
    { cwd: folder.path, timeZone: 'UTC' },
    { onMessage: (message) => messages.push(message) > 0, onSession: () => undefined, reasonOf: engine.reasonOf },
  );
  return messages;
}

const fates = (message: Message | undefined): Record<string, string> =>
  Object.fromEntries((message?.recipients ?? []).map((r) => [r.address ?? '', r.status]));

const words = [
  filter('SA score=7/5 time=1.5 bayes=undefined autolearn=no hits=BIG(7)'),
  filter('moved mail for <bob@example.org> to spam quarantine - 1A2B1D6560DB0602FD5 (rule: Quarantine)'),
  filter('accept mail to <zoe@example.org> (B100000001) (rule: default-accept)'),
];

test('nothing came out for whom the filter accepted: it waits, and is not delivered', async () => {
  const [message, ...more] = await told({
    log: [...arrival, ...words, answered('bob@example.org'), answered('zoe@example.org'), removed],
  });
  expect(more).toEqual([]);
  expect(fates(message)).toEqual({ 'bob@example.org': 'quarantined', 'zoe@example.org': 'pending' });
  expect(message?.recipients.find((r) => r.address === 'zoe@example.org')?.reason).toBe('handed-to-filter');
});

test('the answer is logged before the words, or they stand in another file', async () => {
  const rest = [answered('bob@example.org'), answered('zoe@example.org'), removed];
  const whole = await told({ log: [...arrival, ...words, ...rest] });
  const swapped = await told({ log: [...arrival, ...rest, ...words] });
  const apart = await told({ log: [...arrival, ...rest], 'z-filter': words });
  const plain = (messages: readonly Message[]): unknown => messages.map(({ lines: _, order: __, ...m }) => m);
  expect(plain(swapped)).toEqual(plain(whole));
  expect(plain(apart)).toEqual(plain(whole));
  expect(swapped[0]?.lines).toHaveLength(whole[0]?.lines?.length ?? 0);
  expect(whole[0]?.verdicts.map((v) => [v.action, v.score, v.quarantineId])).toEqual([
    ['quarantined', 7, '1A2B1D6560DB0602FD5'],
    ['accepted', 7, undefined],
  ]);
});

test('words under another id are of another mail', async () => {
  const other = filter(
    'moved mail for <bob@example.org> to spam quarantine - 1A2B1D6560DB0602FD5 (rule: Quarantine)',
    '1A2B0C6560DB0601002',
  );
  const [message] = await told({ log: [...arrival, other, answered('bob@example.org'), removed] });
  expect(fates(message)).toEqual({ 'bob@example.org': 'relayed' });
  expect(message?.verdicts).toEqual([]);
});

test('any number of lines under one id ends', async () => {
  const many = Array.from({ length: 4000 }, (_, i) =>
    filter(
      `moved mail for <u${i}@example.org> to spam quarantine - ${(0x1a2b1d6560db06 + i).toString(16).toUpperCase()} (rule: R)`,
    ),
  );
  const [message] = await told({ log: [...arrival, ...many, answered('u5@example.org'), removed] }, false);
  expect(fates(message)).toEqual({ 'u5@example.org': 'quarantined' });
  expect(message?.verdicts.length).toBeLessThanOrEqual(1000);
});
