/** JSON of small logs of one kind of mail each: written from its lines as the formats tell it, and how many are. */
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RECORDED } from '../helpers/fixtures.ts';
import { textOf } from '../pipeline/properties/harness.ts';
import { expectEqual, folder, plainly, search } from './same.ts';

/** A site's mail with nothing else: `lines` at this minute of an hour. */
const stamped = (minute: number, second: number, text: string): string =>
  `Nov 20 09:${String(minute).padStart(2, '0')}:${String(second).padStart(2, '0')} mx1 ${text}`;

/** A session in which one recipient is refused. */
const refused = (pid: number, minute: number, second: number, answer: string, to: string): string[] => {
  const client = 'mx.b.example[192.0.2.7]';
  const line = (text: string): string => stamped(minute, second, `postfix/smtpd[${pid}]: ${text}`);
  return [
    line(`connect from ${client}`),
    line(
      `NOQUEUE: reject: RCPT from ${client}: ${answer}; from=<a@b.example> to=<${to}> proto=ESMTP helo=<mx.b.example>`,
    ),
    line(`disconnect from ${client} ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4`),
  ];
};

/** A mail that is stored. */
const stored = (pid: number, minute: number, second: number, id: string, to: string): string[] => {
  const client = 'mx.b.example[192.0.2.7]';
  const line = (program: string, text: string): string => stamped(minute, second, `postfix/${program}: ${text}`);
  return [
    line(`smtpd[${pid}]`, `connect from ${client}`),
    line(`smtpd[${pid}]`, `${id}: client=${client}`),
    line('cleanup[31]', `${id}: message-id=<${id}@b.example>`),
    line('qmgr[30]', `${id}: from=<a@b.example>, size=1200, nrcpt=1 (queue active)`),
    line(
      'lmtp[32]',
      `${id}: to=<${to}>, relay=c.example[private/dovecot-lmtp], delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=sent (250 2.0.0 <${to}> x${id} Saved)`,
    ),
    line('qmgr[30]', `${id}: removed`),
    line(`smtpd[${pid}]`, `disconnect from ${client} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5`),
  ];
};

it('of refusals of one client in one second, whose ids would be one', async () => {
  const others = Array.from({ length: 40 }, (_, n) =>
    refused(1000 + n, 1, n, '550 5.1.1 <x@c.example>: No', `x${n}@c.example`),
  );
  const twins = [
    ...refused(2001, 2, 1, '550 5.1.1 <ann@c.example>: Recipient address rejected: User unknown', 'ann@c.example'),
    ...refused(2002, 2, 1, '554 5.7.1 <ann@c.example>: Relay access denied', 'ann@c.example'),
    ...refused(2003, 2, 1, '554 5.7.1 <ann@c.example>: Sender address rejected', 'ann@c.example'),
  ];
  expect(await expectEqual({ 'mail.log': textOf([...others.flat(), ...twins]) }, ['oldest', 'newest'])).toBe(40);
});

it('with links of attempts to retries, whoever reads them', async () => {
  const log = [
    ...refused(2001, 1, 1, '450 4.2.0 <ann@c.example>: Recipient address rejected: Greylisted', 'ann@c.example'),
    ...refused(2002, 1, 9, '451 4.3.0 <bob@c.example>: Temporary lookup failure', 'bob@c.example'),
    ...Array.from({ length: 30 }, (_, n) => stored(3000 + n, 5, n, `AB12CD34${10 + n}`, `u${n}@c.example`)).flat(),
    ...stored(2003, 20, 1, 'AB12CD3450', 'Ann@c.example'),
    ...stored(2004, 25, 1, 'AB12CD3451', 'bob@c.example'),
  ];
  expect(await expectEqual({ 'mail.log': textOf(log) })).toBe(34);
  const path = join(folder, 'retries.log');
  writeFileSync(path, textOf(log));
  utimesSync(path, RECORDED, RECORDED);
  const { out } = (await search(plainly, [path], 'oldest')) as { out: string };
  expect(out.match(/"retried-by"/g)).toHaveLength(2);
  expect(out.match(/"retry-of"/g)).toHaveLength(2);
});

/** A session of `refused` in which postgrey speaks of these recipients before line `at`. */
const greylisted = (pid: number, minute: number, second: number, to: string, at: number, about = [to]): string[] => {
  const lines = refused(pid, minute, second, `450 4.2.0 <${to}>: Recipient address rejected: Greylisted`, to);
  const words = about.map((whom) =>
    stamped(
      minute,
      second,
      `postgrey[55]: action=greylist, reason=new, client_name=mx.b.example, client_address=192.0.2.7, sender=a@b.example, recipient=${whom}`,
    ),
  );
  return [...lines.slice(0, at), ...words, ...lines.slice(at)];
};

it('of greylisted attempts, with what the policy service said of each', async () => {
  const usual = Array.from({ length: 30 }, (_, n) => greylisted(1000 + n, n, 1, `u${n}@c.example`, 1));
  // said before the session, behind the refusal, of somebody else, of two, and twice
  const odd = [
    greylisted(2001, 31, 1, 'ann@c.example', 0),
    greylisted(2002, 32, 1, 'ann@c.example', 2),
    greylisted(2003, 33, 1, 'ann@c.example', 1, ['bob@c.example']),
    greylisted(2004, 34, 1, 'ann@c.example', 1, ['bob@c.example', 'Ann@c.example']),
    greylisted(2005, 35, 1, 'ann@c.example', 1, ['ann@c.example', 'ann@c.example']),
  ];
  expect(await expectEqual({ 'mail.log': textOf(usual.flat()) }, ['oldest', 'newest'])).toBe(30);
  for (const one of odd)
    expect([one[1], await expectEqual({ 'mail.log': textOf([...usual.flat(), ...one]) })]).toEqual([one[1], 30]);
});

/** A notice that Postfix wrote of the mail `id`, in its words. */
const notice = (minute: number, own: string, id: string, words: string): string[] => {
  const line = (program: string, text: string): string => stamped(minute, 7, `postfix/${program}: ${text}`);
  return [
    line('cleanup[31]', `${own}: message-id=<${own}@mx1.c.example>`),
    line('bounce[33]', `${id}: sender ${words} notification: ${own}`),
    line('qmgr[30]', `${own}: from=<>, size=3000, nrcpt=1 (queue active)`),
    line(
      'lmtp[32]',
      `${own}: to=<a@b.example>, relay=c.example[private/dovecot-lmtp], delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=sent (250 2.0.0 <a@b.example> x${own} Saved)`,
    ),
    line('qmgr[30]', `${own}: removed`),
  ];
};

/** A mail of which the sender was told that it waits, and then that it has expired; some of its lines are left out. */
const expired = (id: string, to: string, isCut = false): string[] => {
  const lines = stored(4001, 1, 1, id, to);
  const tried = (minute: number): string[] => [
    stamped(minute, 5, `postfix/qmgr[30]: ${id}: from=<a@b.example>, size=1200, nrcpt=1 (queue active)`),
    stamped(
      minute,
      6,
      `postfix/smtp[34]: ${id}: to=<${to}>, relay=mx.d.example[192.0.2.9]:25, delay=${minute}, delays=1/0/0/1, dsn=4.2.0, status=deferred (host mx.d.example[192.0.2.9] said: 450 4.2.0 Busy (in reply to RCPT TO command))`,
    ),
  ];
  return [
    ...lines.slice(0, 3),
    lines[6] as string,
    ...tried(2),
    ...tried(20),
    ...notice(20, 'AB12CD3480', id, 'delay'),
    ...tried(40),
    stamped(40, 7, `postfix/qmgr[30]: ${id}: from=<a@b.example>, status=expired, returned to sender`),
    ...notice(40, 'AB12CD3481', id, 'non-delivery'),
    ...(isCut ? [] : [stamped(40, 8, `postfix/qmgr[30]: ${id}: removed`)]),
  ];
};

it('of a mail that expired, with both notices of it', async () => {
  const others = Array.from({ length: 30 }, (_, n) => stored(3000 + n, 3, n, `AB12CD34${10 + n}`, `u${n}@c.example`));
  const log = [...expired('AB12CD3479', 'x@d.example'), ...others.flat()];
  expect(await expectEqual({ 'mail.log': textOf(log) }, ['oldest', 'newest'])).toBe(33);
  for (let i = 0; i < 20; i++) await expectEqual({ 'mail.log': textOf(log.toSpliced(i, 1)) });
  await expectEqual({ 'mail.log': textOf([...expired('AB12CD3479', 'x@d.example', true), ...others.flat()]) });
});

/** A mail of which the server refused one more recipient. */
const partly = (pid: number, minute: number, id: string, ghost: string, whom = ghost): string[] => {
  const lines = stored(pid, minute, 1, id, 'ann@c.example');
  const peer = 'mx.b.example[192.0.2.7]';
  const answer = `reject: RCPT from ${peer}: 550 5.1.1 <${ghost}>: Recipient address rejected: User unknown`;
  const tail = `from=<a@b.example> to=<${whom}> proto=ESMTP helo=<mx.b.example>`;
  return lines.toSpliced(2, 0, stamped(minute, 1, `postfix/smtpd[${pid}]: ${id}: ${answer}; ${tail}`));
};

it('of mails of which some recipients were refused, and whose subject is encoded', async () => {
  const others = Array.from({ length: 20 }, (_, n) => stored(3000 + n, 3, n, `AB12CD34${10 + n}`, `u${n}@c.example`));
  const subject = (id: string, minute: number, text: string): string =>
    stamped(
      minute,
      1,
      `postfix/cleanup[31]: ${id}: warning: header Subject: ${text} from mx.b.example[192.0.2.7]; from=<a@b.example> to=<ann@c.example> proto=ESMTP helo=<mx.b.example>`,
    );
  const log = [
    ...others.flat(),
    ...partly(4001, 5, 'AB12CD3481', 'ghost@c.example'),
    ...partly(4002, 7, 'AB12CD3482', 'ghost@c.example').toSpliced(
      3,
      0,
      subject('AB12CD3482', 7, '=?UTF-8?B?ZsO8ciBNw6Ryeg==?='),
    ),
    ...stored(4003, 9, 1, 'AB12CD3483', 'ann@c.example').toSpliced(
      2,
      0,
      subject('AB12CD3483', 9, '=?UTF-8?Q?=22a=22_=5C_b?= c'),
    ),
    ...stored(4004, 11, 1, 'AB12CD3484', 'ann@c.example').toSpliced(2, 0, subject('AB12CD3484', 11, '=?UTF-8?B??=')),
  ];
  expect(await expectEqual({ 'mail.log': textOf(log) }, ['oldest', 'newest'])).toBe(24);
  // one who is a recipient all the same, and one of whom nobody knows
  const odd = [
    ...partly(4005, 13, 'AB12CD3485', 'Ann@c.example'),
    ...partly(4006, 15, 'AB12CD3486', 'ghost@c.example', ''),
  ];
  expect(await expectEqual({ 'mail.log': textOf([...log, ...odd]) })).toBe(24);
});
