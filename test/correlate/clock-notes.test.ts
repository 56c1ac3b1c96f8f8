/** Clocks that differ are said once a message and pair of clocks, with the skew seen, and not for a line that only came late. */
import { describe, expect, it } from 'vitest';
import { shifted, textOf, trace } from '../pipeline/properties/harness.ts';

// recorded: Postfix 3.7.11, Rspamd 3.4
const SERVER = textOf([
  'Nov 21 22:37:53 mail postfix/smtpd[3346]: 683B52A6845: client=mx.example.net[127.0.0.21]',
  'Nov 21 22:37:53 mail postfix/cleanup[3350]: 683B52A6845: message-id=<au5r3dbIlyBkgaMRi.104@mail.example.net>',
  'Nov 21 22:37:53 mail postfix/qmgr[3342]: 683B52A6845: from=<sven.rossi@example.com>, size=998, nrcpt=1 (queue active)',
  'Nov 21 22:37:53 mail postfix/smtp[3352]: 683B52A6845: to=<olga.yilmaz@ox.example.org>, relay=mx.ox.example.org[127.0.0.61]:25, delay=0.12, delays=0.1/0.01/0/0.01, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 45693787088)',
  'Nov 21 22:37:53 mail postfix/qmgr[3342]: 683B52A6845: removed',
]);
const TAIL =
  'ip: 127.0.0.21, from: <sven.rossi@example.com>, (default: F (no action): [1.15/15.00] [MIME_GOOD(-0.10){text/plain;}]), len: 757, time: 53.199ms, dns req: 0, digest: <8689adaa>, rcpts: <olga.yilmaz@ox.example.org>, mime_rcpts: <olga.yilmaz@ox.example.org>';
const OF_MAIL = 'id: <au5r3dbIlyBkgaMRi.104@mail.example.net>, qid: <683B52A6845>, ';
const own = (text: string): Buffer =>
  textOf([`2026-11-21 22:37:53 #3203(rspamd_proxy) <8d457a>; proxy; rspamd_task_write_log: ${text}${TAIL}`]);
const syslog = (host: string): Buffer =>
  textOf([`Nov 21 22:37:53 ${host} rspamd[3203]: <8d457a>; proxy; rspamd_task_write_log: ${OF_MAIL}${TAIL}`]);

async function notes(...files: readonly Buffer[]): Promise<(string | undefined)[]> {
  const { messages } = await trace(Object.fromEntries(files.map((file, i) => [`${i}.log`, file])));
  expect(messages).toHaveLength(1);
  expect(messages[0]?.verdicts.map(({ engine }) => engine)).toEqual(['rspamd']);
  return (messages[0]?.notes ?? []).map(({ type, text }) => `${type}: ${text}`);
}

describe('the clock of a filter', () => {
  it('is not spoken of where it agrees', async () => {
    expect(await notes(SERVER, own(OF_MAIL))).toEqual([]);
    expect(await notes(SERVER, syslog('scan1'))).toEqual([]);
  });

  it('is behind, in its own log and in one that names its host', async () => {
    expect(await notes(SERVER, shifted(own(OF_MAIL), -90_000))).toEqual([
      'clock-skew: the clocks of mail and the log of rspamd differ: what rspamd says stands 90 s before the first line of the mail',
    ]);
    expect(await notes(SERVER, shifted(syslog('scan1'), -90_000))).toEqual([
      'clock-skew: the clocks of mail and scan1 differ: what rspamd says stands 90 s before the first line of the mail',
    ]);
  });

  it('is ahead: id and Message-ID both say whose word it is', async () => {
    expect(await notes(SERVER, shifted(syslog('scan1'), 90_000))).toEqual([
      'clock-skew: the clocks of mail and scan1 differ: what rspamd says stands 90 s after the line that ends the mail',
    ]);
  });

  it('is not asked for of a line of the same host that came late', async () => {
    expect(await notes(SERVER, shifted(syslog('mail'), 30_000))).toEqual([]);
  });

  it('of a mail without a Message-ID: the envelope says whose word it is', async () => {
    const without = textOf(
      SERVER.toString()
        .trimEnd()
        .split('\n')
        .filter((line) => !line.includes('message-id=')),
    );
    expect(await notes(without, shifted(own('id: <undef>, qid: <683B52A6845>, '), 90_000))).toEqual([]);
  });
});
