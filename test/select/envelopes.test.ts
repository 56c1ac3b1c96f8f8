/**
 * Policy services and filters that name mails by client, sender and recipient alone: searches over chosen lines tell the same
 * of them as searches over all lines, where the same client writes to the same people again and again, at the same time.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dice, type Logs, runs, textOf } from '../pipeline/properties/harness.ts';
import { askBoth, questionsOf, withLogs } from './harness.ts';

const CLIENTS = ['192.0.2.7', '198.51.100.9'];
const SENDERS = ['ann@example.net', 'win@example.org', ''];
const RECIPIENTS = ['bob@example.com', 'carol@example.com'];
const AT = Date.UTC(2026, 10, 21, 10);

/** One attempt to hand in a mail; each of its lines some ms after the one before. */
function attempt(random: () => number, n: number): string[] {
  const of = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const ip = of(CLIENTS);
  const sender = of(SENDERS);
  const to = of(RECIPIENTS);
  const pid = 700 + (n % 40);
  const id = (0x3f1a20b77c + n * 16).toString(16).toUpperCase();
  const spf = `policyd-spf[830]: : prepend Received-SPF: ${of(['Pass', 'Softfail'])} (mailfrom) identity=mailfrom; client-ip=${ip}; helo=h; envelope-from=${sender === '' ? '<>' : sender}; receiver=example.com `;
  const isRefused = random() < 0.4;
  const grey = `postgrey[640]: action=${isRefused ? 'greylist, reason=new' : of(['pass, reason=triplet found', 'pass, reason=client AWL'])}, client_name=h, client_address=${ip}, sender=${sender}, recipient=${to}`;
  const from = `from=<${sender}> to=<${to}> proto=ESMTP helo=<h>`;
  const head = [
    `postfix/smtpd[${pid}]: connect from h[${ip}]`,
    ...(random() < 0.8 ? [spf] : []),
    ...(random() < 0.8 ? [grey] : []),
  ];
  if (isRefused)
    return [
      ...head,
      `postfix/smtpd[${pid}]: NOQUEUE: reject: RCPT from h[${ip}]: 450 4.2.0 <${to}>: Recipient address rejected: Greylisted; ${from}`,
      `postfix/smtpd[${pid}]: disconnect from h[${ip}] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4`,
    ];
  return [
    ...head,
    `postfix/smtpd[${pid}]: ${id}: client=h[${ip}]`,
    `postfix/cleanup[820]: ${id}: message-id=<m${n}@example.net>`,
    ...(random() < 0.3 ? [`clamav-milter[811]: Clean message from <${sender}> to <${to}>`] : []),
    `postfix/qmgr[800]: ${id}: from=<${sender}>, size=620, nrcpt=1 (queue active)`,
    `postfix/smtpd[${pid}]: disconnect from h[${ip}] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5`,
    `postfix/local[822]: ${id}: to=<${to}>, relay=local, delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=sent (delivered to maildir)`,
    `postfix/qmgr[800]: ${id}: removed`,
  ];
}

/** Attempts close together in time, with pauses; their lines interleaved. */
function logOf(seed: number): Logs {
  const random = dice(seed);
  const lines: { at: number; text: string }[] = [];
  let at = AT;
  for (let n = 0; n < 60; n++) {
    at += random() < 0.2 ? random() * 900_000 : random() * 6000;
    let now = at;
    for (const text of attempt(random, n)) lines.push({ at: (now += random() * 400), text });
  }
  const stamp = (ms: number): string => `Nov 21 ${new Date(ms).toISOString().slice(11, 19)} mx1 `;
  return { 'mail.log': textOf(lines.toSorted((a, b) => a.at - b.at).map((line) => stamp(line.at) + line.text)) };
}

test('words without an id', { timeout: 120_000 }, async () => {
  let chosenOnes = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const logs = logOf(seed);
      const random = dice(seed + 1);
      await withLogs(logs, async (folder) => {
        for (const question of questionsOf(logs)
          .toSorted(() => random() - 0.5)
          .slice(0, 8)) {
          const { chosen, whole, isChosen } = await askBoth(folder, question);
          const asked = JSON.stringify(question);
          expect({ asked, out: chosen.out, status: chosen.status }).toEqual({
            asked,
            out: whole.out,
            status: whole.status,
          });
          if (isChosen) chosenOnes++;
        }
      });
    }),
    runs(12),
  );
  expect(chosenOnes).toBeGreaterThan(20);
});
