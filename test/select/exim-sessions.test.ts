/**
 * Sessions in Exim's logs: with `+pid` and `+incoming_port` the lines of a process and a port, without them those of one client,
 * HELO and sender. Searches over chosen lines tell the same of them as over all.
 * Source: Exim src/smtp_in.c, src/acl.c, src/receive.c (the lines); the specification's chapter "Log files", log_selector.
 */
import { expect, test } from 'vitest';
import { dice, type Logs, textOf } from '../pipeline/properties/harness.ts';
import { askBoth, type Question, questionsOf, withLogs } from './harness.ts';

const CLIENTS = ['192.0.2.7', '2001:db8::7'];
/** of senders that are not looked for as they stand, which lead to all lines of their client */
const OTHERS = ['198.51.100.9'];
const SENDERS = ['ann@example.net', 'Win@example.org', "o'neil@example.net", ''];
const RECIPIENTS = ['bob@example.com', 'carol@example.com'];
/** of each log, and the lines of sessions are in its mails' chains */
const QUESTIONS = 12;
const RAW: readonly Question[] = [
  ...SENDERS.slice(0, 3).map((sender) => ({ sender: [sender], format: 'raw' })),
  ...RECIPIENTS.map((recipient) => ({ recipient: [recipient], format: 'raw' })),
  { messageId: ['m7@example.net'], format: 'raw' },
  { messageId: ['m8@example.net'], format: 'raw' },
];
const AT = Date.UTC(2026, 10, 21, 10);

/** One session: refusals, perhaps a mail. */
function session(random: () => number, n: number, isPid: boolean, isPort: boolean): string[] {
  const of = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const pid = isPid ? `[${800 + (n % 5)}] ` : '';
  const sender = of(SENDERS);
  const client = of(/^\w+@/.test(sender) ? CLIENTS : OTHERS);
  const host = `(h${n % 2}) [${client}]${isPort ? `:${4000 + (n % 7)}` : ''}`;
  const id = `1xU6Q${'ABCDEFGHIJ'[n % 10]}-00${String(n).padStart(4, '0')}-3C`;
  const refusal = `${pid}H=${host} F=<${sender}> rejected RCPT <${of(RECIPIENTS)}>: Unknown user`;
  const mail = [
    `${pid}${id} <= ${sender === '' ? '<>' : sender} H=${host} P=esmtp S=600 id=m${n}@example.net`,
    `${pid}${id} => ${of(RECIPIENTS)} R=local_user T=maildir`,
    `${pid}${id} Completed`,
  ];
  return [
    ...(isPort ? [`${pid}SMTP connection from ${host.replace(/^\S+ /, '')} (TCP/IP connection count = 1)`] : []),
    ...(random() < 0.5 ? [refusal] : []),
    ...(random() < 0.7 ? mail : []),
    ...(isPort ? [`${pid}SMTP connection from ${host} D=1s closed by QUIT`] : []),
  ];
}

/** Sessions with pauses, their lines interleaved. */
function logOf(seed: number, isPid: boolean, isPort: boolean): Logs {
  const random = dice(seed);
  const lines: { at: number; text: string }[] = [];
  let at = AT;
  for (let n = 0; n < 40; n++) {
    at += random() < 0.2 ? random() * 900_000 : random() * 6000;
    let now = at;
    for (const text of session(random, n, isPid, isPort)) lines.push({ at: (now += random() * 400), text });
  }
  const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
  return { mainlog: textOf(lines.toSorted((a, b) => a.at - b.at).map((line) => `${stamp(line.at)} ${line.text}`)) };
}

/** Some of the questions, the same each time. */
function some(questions: readonly Question[], random: () => number): Question[] {
  return questions
    .map((question) => ({ question, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, QUESTIONS)
    .map(({ question }) => question);
}

test.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])('+pid %s, +incoming_port %s', { timeout: 120_000 }, async (isPid, isPort) => {
  const logs = logOf(Number(isPid) + 2 * Number(isPort), isPid, isPort);
  await withLogs(logs, async (folder) => {
    let count = 0;
    for (const question of [...RAW, ...some(questionsOf(logs), dice(7))]) {
      const { chosen, whole, isChosen } = await askBoth(folder, question);
      expect({ question, out: chosen.out }).toEqual({ question, out: whole.out });
      if (isChosen) count++;
    }
    expect(count).toBeGreaterThan(3);
  });
});
