/** What stays in memory of a mail that was handed on: a few keys, however long the log. */
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { run } from '../../../src/pipeline/run.ts';

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;

/** In a heap of V8: the contract of the correlator is 64 bytes of keys; tables are at most half full and grow twofold. */
const BYTES_A_MAIL = 300;
const MAILS = 18_000;

/** `count` mails, one a second, in pieces of a thousand. */
function* lines(count: number, mail: (n: number, at: Date) => string): Generator<Buffer> {
  const begin = Date.UTC(2026, 10, 1);
  for (let n = 0; n < count; n += 1000) {
    const piece: string[] = [];
    for (let i = n; i < n + 1000; i++) piece.push(mail(i, new Date(begin + i * 1000)));
    yield Buffer.from(piece.join(''), 'latin1');
  }
}

/** Bytes of heap by which a run grows with each mail, once its tables have some size. */
async function growth(mail: (n: number, at: Date) => string, isCount: boolean): Promise<number> {
  const marks: { told: number; heap: number }[] = [];
  let told = 0;
  const onTold = (): boolean => {
    told++;
    if (told === MAILS / 3 || told === MAILS - 2000) {
      collect();
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      marks.push({ told, heap: heapUsed + arrayBuffers });
    }
    return false;
  };
  await run(
    { paths: ['-'], logZones: [], now: Date.UTC(2026, 10, 21), wantLines: false, wantSessions: false },
    { cwd: '/', timeZone: 'UTC', stdin: Readable.from(lines(MAILS, mail)) },
    { onMessage: onTold, ...(isCount ? { onCount: onTold } : {}) },
    { settle: { keepAtLeast: 100, holdMs: 60_000 } },
  );
  const [a, b] = marks as [{ told: number; heap: number }, { told: number; heap: number }];
  expect(told).toBe(MAILS);
  return (b.heap - a.heap) / (b.told - a.told);
}

const hex = (n: number): string => (0xa0000 + n).toString(16).toUpperCase().padStart(10, '3');

const postfix = (n: number, at: Date): string => {
  const head = `${at.toISOString().slice(0, 19)}.000000+00:00 mx1 postfix`;
  const pid = 1000 + Math.floor(n / 20);
  const client = `c${n}.example.net[192.0.2.${n % 250}]`;
  return [
    `${head}/smtpd[${pid}]: connect from ${client}`,
    `${head}/smtpd[${pid}]: ${hex(n)}: client=${client}`,
    `${head}/cleanup[9]: ${hex(n)}: message-id=<${n}@example.net>`,
    `${head}/qmgr[8]: ${hex(n)}: from=<a${n}@example.net>, size=900, nrcpt=1 (queue active)`,
    `${head}/smtpd[${pid}]: disconnect from ${client} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5`,
    `${head}/smtp[7]: ${hex(n)}: to=<b${n}@example.com>, relay=in.example.com[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as X${n}Y)`,
    `${head}/qmgr[8]: ${hex(n)}: removed\n`,
  ].join('\n');
};

/** The answer holds the id that the delivery program will name in its own lines. */
const stored = (n: number, at: Date): string =>
  postfix(n, at)
    .replace('postfix/smtp[', 'postfix/lmtp[')
    .replace(/\(250 .*\)/, `(250 2.0.0 <b${n}@example.com> ${base62(n, 6)}K7aQAA3tAA${base62(n, 5)} Saved)`);

/** A command takes it: one that may be a list manager's, whose distribution is awaited. */
const piped = (n: number, at: Date): string =>
  postfix(n, at)
    .replace('postfix/smtp[', 'postfix/pipe[')
    .replace('relay=in.example.com[192.0.2.9]:25', 'relay=list')
    .replace(`to=<b${n}@`, `to=<b${n % 700}@`)
    .replace(/\(250 .*\)/, '(delivered via list service)');

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base62 = (n: number, width: number): string => {
  let text = '';
  for (let rest = n; text.length < width; rest = Math.floor(rest / 62)) text = `${DIGITS[rest % 62]}${text}`;
  return text;
};

/** Without pids, as Exim logs by default. */
const exim = (n: number, at: Date): string => {
  const head = at.toISOString().slice(0, 19).replace('T', ' ');
  const id = `${base62(at.getTime() / 1000, 6)}-${base62(n, 6)}-AB`;
  return [
    `${head} ${id} <= a${n}@example.net H=(c${n}.example.net) [192.0.2.${n % 250}] P=esmtp S=900 id=${n}@example.net`,
    `${head} ${id} => b${n}@example.com R=remote T=smtp H=in.example.com [192.0.2.9] C="250 OK id=X${n}Y"`,
    `${head} ${id} Completed\n`,
  ].join('\n');
};

/** Refused at RCPT: no queue id. */
const refused = (n: number, at: Date): string => {
  const head = `${at.toISOString().slice(0, 19)}.000000+00:00 mx1 postfix`;
  const pid = 1000 + Math.floor(n / 20);
  const client = `c${n}.example.net[192.0.2.${n % 250}]`;
  return [
    `${head}/smtpd[${pid}]: connect from ${client}`,
    `${head}/smtpd[${pid}]: NOQUEUE: reject: RCPT from ${client}: 550 5.1.1 <b${n}@example.com>: Recipient address rejected: User unknown; from=<a${n}@example.net> to=<b${n}@example.com> proto=ESMTP helo=<c${n}.example.net>`,
    `${head}/smtpd[${pid}]: disconnect from ${client} ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4\n`,
  ].join('\n');
};

it.each([
  ['Postfix', postfix],
  ['stored', stored],
  ['piped', piped],
  ['Exim', exim],
  ['refused', refused],
] as const)('%s: of a mail that was told only keys stay', async (_, mail) => {
  expect(await growth(mail, false)).toBeLessThan(BYTES_A_MAIL);
});

it.each([
  ['Postfix', postfix],
  ['stored', stored],
  ['piped', piped],
  ['Exim', exim],
  ['refused', refused],
] as const)('%s: of a mail that was counted only keys stay', async (_, mail) => {
  expect(await growth(mail, true)).toBeLessThan(BYTES_A_MAIL);
});
