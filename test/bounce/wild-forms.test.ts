/**
 * Forms that reports take on their way: passed on in a text, wrapped by a filter, in words before an address; and mails that
 * look like reports and are none. Shapes: the source named beside each; addresses and words are made up.
 */
import { describe, expect, it } from 'vitest';
import { readBounce } from '../../src/bounce/read.ts';
import { explainAutomatic, explainRecipient, explainRefusal } from '../../src/explain/explain-bounce.ts';
import type { BounceReport } from '../../src/model/bounce.ts';

const read = (text: string): Promise<BounceReport> => readBounce(Buffer.from(text));
const HEAD = 'Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: alice@example.com\nSubject: failure notice\n\n';

function reasonsOf(report: BounceReport): Record<string, string | undefined> {
  return Object.fromEntries(
    report.recipients.map((each) => [each.address, explainRecipient(each, false, report.subject).explanation?.reason]),
  );
}

const STATUS =
  'Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: RFC822; bob@example.net\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: SMTP; 552 5.2.2 Mailbox full\n';
const reportOf = (status: string): string =>
  `${HEAD.trimEnd()}\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n${status}\n--b--\n`;

describe('reports on a detour', () => {
  it.each([
    [
      'Apple Mail',
      `Begin forwarded message:\n\n${`From: Mail Delivery Subsystem <MAILER-DAEMON>\nDate: Sat, 21 Nov 2026 10:00:00 +0000\nSubject: Returned mail\nTo: <alice@example.com>\n\n${STATUS}`.replace(/^/gm, '> ')}`,
    ],
    [
      'Gmail',
      `---------- Forwarded message ---------\nFrom: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nDate: Sat, Nov 21, 2026\nSubject: Delivery Status Notification (Failure)\nTo: <alice@example.com>\n\n** Message not delivered **\n\nThe response from the remote server was:\n\nbob@example.net\n552 5.2.2 Mailbox full\n`,
    ],
    [
      'Outlook, in German',
      `Hallo, was heißt das?\n\n-----Ursprüngliche Nachricht-----\nVon: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nGesendet: Samstag, 21. November 2026 10:00\nAn: alice@example.com\nBetreff: Undelivered Mail Returned to Sender\n\n<bob@example.net>: host mx.example.net[192.0.2.9] said: 552 5.2.2 Mailbox full\n`,
    ],
  ])('%s', async (_, body) => {
    const told = await read(
      `From: Alice <alice@example.com>\nTo: help@example.com\nSubject: what is this\nContent-Type: text/plain; charset=utf-8\n\n${body}`,
    );
    expect(told.kind).toBe('bounce');
    expect(reasonsOf(told)).toEqual({ 'bob@example.net': 'mailbox-full' });
  });

  it('a filter that wraps the report and says nothing itself', async () => {
    const told = await read(
      `${HEAD.trimEnd()}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\n----- The following addresses had permanent delivery errors -----\n\n--o\nContent-Type: message/rfc822\n\n${reportOf(STATUS)}\n--o--\n`,
    );
    expect(told.form).toBe('rfc3464');
    expect(reasonsOf(told)).toEqual({ 'bob@example.net': 'mailbox-full' });
  });

  it('two parts called delivery-status: the first is for people (InterMail)', async () => {
    const told = await read(
      reportOf(STATUS).replace(
        '--b\n\nSorry.\n',
        '--b\nContent-Type: message/delivery-status\n\nThis Message was undeliverable due to the following reason:\n',
      ),
    );
    expect(reasonsOf(told)).toEqual({ 'bob@example.net': 'mailbox-full' });
  });
});

describe('where the words stand', () => {
  it('before the address', async () => {
    const told = await read(`${HEAD}User's mailbox is full: <bob@example.net>\nUnable to deliver mail.\n`);
    expect(reasonsOf(told)).toEqual({ 'bob@example.net': 'mailbox-full' });
  });

  it('behind a summary of the mail (PMDF, Sun Messaging Server)', async () => {
    const told = await read(
      `${HEAD}This report relates to a message you sent with the following header fields:\n\n  Message-id: <one@example.com>\n  Date: Sat, 21 Nov 2026 10:00:00 +0000\n  From: alice@example.com\n  Subject: x\n\nYour message cannot be delivered to the following recipients:\n\n  Recipient address: bob@store-daemon.example.net\n  Reason: recipient reached disk quota\n`,
    );
    expect(reasonsOf(told)).toEqual({ 'bob@store-daemon.example.net': 'mailbox-full' });
  });

  it('in the comment of Status, of a recipient whose domain has no dot', async () => {
    const told = await read(
      reportOf(
        'Reporting-MTA: dns;mx.example.net\n\nAction: failed\nStatus: 5.0.0 (recipient reached disk quota)\nFinal-recipient: rfc822;bob@ims-daemon\n',
      ),
    );
    expect(reasonsOf(told)).toEqual({ 'bob@ims-daemon': 'mailbox-full' });
  });

  it("in the quotes of a Cisco gateway: the server's own answer counts", async () => {
    const told = await read(
      reportOf(
        "Reporting-MTA: dns; esa.example.com\n\nFinal-Recipient: rfc822;bob@example.net\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 5.1.0 - Unknown address error 550-'5.2.2 Mailbox full' (delivery attempts: 0)\n",
      ),
    );
    expect(told.recipients[0]?.reply).toBe('550 5.2.2 Mailbox full');
    expect(reasonsOf(told)).toEqual({ 'bob@example.net': 'mailbox-full' });
  });

  it('in X-Supplementary-Info, where no Diagnostic-Code is', async () => {
    const of = (extra: string): string =>
      `From: postmaster@example.org\nTo: alice@example.com\nSubject: Undeliverable\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\nFinal-recipient: RFC822; bob@example.net\nAction: failed\nStatus: 5.0.0\n${extra}X-Supplementary-Info: <mx.example.net #5.0.0 smtp; 550 5.4.1\n [bob@example.net]: mailbox is disabled>\n\n--b--\n`;
    const told = await read(of(''));
    expect(told.recipients[0]).toMatchObject({
      code: '550',
      reply: '550 5.4.1 [bob@example.net]: mailbox is disabled',
    });
    expect(reasonsOf(told)).toEqual({ 'bob@example.net': 'mailbox-disabled' });
    const both = await read(of('Diagnostic-Code: smtp; 552 mailbox full\n'));
    expect(reasonsOf(both)).toEqual({ 'bob@example.net': 'mailbox-full' });
  });

  it('in the transcript of Sendmail 5, before the line with the address', async () => {
    const told = await read(
      `${HEAD}   ----- Transcript of session follows -----\nWhile talking to mx.example.net:\n>>> DATA\n<<< 552 Mailbox full\n554 <bob@example.net>... Remote protocol error\n\n   ----- Unsent message follows -----\n`,
    );
    expect(reasonsOf(told)).toEqual({ 'bob@example.net': 'mailbox-full' });
  });

  it('beside the sender, who is no recipient (Exim, of a mail passed on)', async () => {
    const told = await read(
      `${HEAD}This message was created automatically by mail delivery software.\nA message sent by\n\n  <news-7@lists.example.com>\n\ncould not be delivered to one or more of its recipients.\n\n  bob@example.net\n    mailbox is full\n`,
    );
    expect(Object.keys(reasonsOf(told))).toEqual(['bob@example.net']);
  });

  it('a loop of aliases, reported once a turn, is one recipient', async () => {
    const one = 'Final-Recipient: RFC822; bob@example.net\nAction: failed\nStatus: 5.4.6\n';
    expect((await read(reportOf(`Reporting-MTA: dns; mx\n\n${one}\n${one}\n${one}`))).recipients).toHaveLength(1);
  });
});

describe('what is no bounce', () => {
  it.each([
    ['RFC 3834', 'Auto-Submitted: auto-replied\nSubject: Away', 'I am away until 5 May.'],
    ['a subject alone', 'Subject: Automatic reply: your offer', "I'm out of the office."],
    ['in German, with an empty return path', 'Return-Path: <>\nSubject: Abwesenheitsnotiz', 'Ich bin im Urlaub.'],
    ['vacation(1)', 'Precedence: auto_reply\nSubject: Re: hello', 'Gone fishing; write to carol@example.net.'],
  ])('an automatic answer: %s', async (_, fields, body) => {
    const told = await read(`From: Bob <bob@example.net>\nTo: alice@example.com\n${fields}\n\n${body}\n`);
    expect(told).toMatchObject({
      kind: 'auto-reply',
      recipients: [{ address: 'bob@example.net', action: 'delivered' }],
    });
    expect(told.recipients.map((each) => explainAutomatic(each).explanation)).toEqual([undefined]);
  });

  it('an automatic answer that gives the address up says so', async () => {
    const told = await read(
      'From: bob@example.net\nAuto-Submitted: auto-replied\nSubject: x\n\nThis address is no longer in use.\n',
    );
    expect(told.recipients.map((each) => explainAutomatic(each).explanation?.reason)).toEqual(['mailbox-disabled']);
  });

  it('an automatic answer of a server is a bounce', async () => {
    const told = await read(`Auto-Submitted: auto-replied\n${HEAD}<bob@example.net>:\n550 5.1.1 User unknown\n`);
    expect(told.kind).toBe('bounce');
  });

  it('an empty return path alone does not make a report of a mail', async () => {
    expect(await read('Return-Path: <>\nFrom: shop@example.net\nSubject: thanks\n\nWe got it.\n')).toMatchObject({
      isGuess: true,
    });
  });

  it('"failure" in the subject of a warning: tries go on', async () => {
    const told = await read(
      `${HEAD.replace('failure notice', 'Delivery failure notification')}Your message could not be delivered to the following recipients:\n\nbob@example.net\n\nPlease do not resend it. Delivery attempts will continue to be made for 5 day(s).\n`,
    );
    expect(told).toMatchObject({ kind: 'delay', recipients: [{ action: 'delayed' }] });
  });
});

describe('refused by the mailbox (RFC 8098)', () => {
  it.each([
    ['Quota exceeded (mailbox for user is full)', 'mailbox-full'],
    ['I do not want this', 'policy'],
  ])('%s', (words, reason) => {
    const recipient = { action: 'failed' as const, said: `Your message to <bob@example.net> was rejected: ${words}` };
    expect(explainRefusal(recipient).explanation?.reason).toBe(reason);
  });
});

describe('whose words they are', () => {
  // sendmail usersmtp.c smtprcpt(): any 550, 551, 553 to RCPT is EX_NOUSER, `User unknown`, Status 5.1.1
  const sendmail = (answer: string): string =>
    reportOf(
      `Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: RFC822; bob@example.net\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: SMTP; ${answer}\n`,
    ).replace(
      'Sorry.',
      `   ----- The following addresses had permanent fatal errors -----\n<bob@example.net>\n    (reason: ${answer})\n\n   ----- Transcript of session follows -----\n... while talking to mx.example.net.:\n>>> RCPT To:<bob@example.net>\n<<< ${answer}\n550 5.1.1 <bob@example.net>... User unknown`,
    );

  it('a refusal that Sendmail calls an unknown user', async () => {
    const listed = await read(sendmail('550 mail from 192.0.2.1 is blocked using bl.example.org'));
    expect(reasonsOf(listed)).toEqual({ 'bob@example.net': 'blocklist' });
    const unwelcome = await read(sendmail('550 mail of that domain is not welcome here'));
    expect(reasonsOf(unwelcome)).toEqual({ 'bob@example.net': 'policy' });
  });

  it('and one that says so itself, or nothing at all', async () => {
    expect(reasonsOf(await read(sendmail('550 no such person')))).toEqual({ 'bob@example.net': 'user-unknown' });
    expect(reasonsOf(await read(sendmail('550 sorry')))).toEqual({ 'bob@example.net': 'user-unknown' });
  });

  it('a reason above those it is of (InterMail)', async () => {
    const told = await read(
      `${HEAD}This Message was undeliverable due to the following reason:\n\nThe user(s) account is temporarily over quota.\n\n<bob@example.net>\n\nPlease reply to <postmaster@example.org>\nif you feel this message to be in error.\n`,
    );
    expect(reasonsOf(told)).toEqual({ 'bob@example.net': 'mailbox-full' });
  });

  it('an answer of Sieve vacation, by its subject alone (RFC 5230)', async () => {
    const told = await read(
      'Return-Path: <>\nFrom: bob@example.net\nTo: alice@example.com\nSubject: Auto: offer\n\nI have left the company.\n',
    );
    expect(told.kind).toBe('auto-reply');
  });
});

describe('who is meant', () => {
  it.each([
    [
      'Exim',
      'after MAIL FROM:<alice@example.com> SIZE=1384:\n    host mx.example.net [192.0.2.9]: 550 Unroutable address',
    ],
    [
      'qmail',
      'Connected to 192.0.2.9 but sender was rejected.\nRemote host said: 553 alice@example.com does not exist',
    ],
    [
      'Sendmail',
      '... while talking to mx.example.net.:\n>>> MAIL From:<alice@example.com> SIZE=12\n<<< 553 alice@example.com does not exist\n554 <bob@example.net>... Service unavailable',
    ],
  ])('an answer to MAIL is about the sender (%s)', async (_, words) => {
    const told = await read(`${HEAD}<bob@example.net>:\n${words}\n`);
    expect(reasonsOf(told)).toEqual({ 'bob@example.net': 'bad-sender' });
  });

  it('one to RCPT is about the recipient', async () => {
    const told = await read(
      `${HEAD}<bob@example.net>:\n>>> MAIL From:<alice@example.com>\n<<< 250 ok\n>>> RCPT To:<bob@example.net>\n<<< 553 bob@example.net does not exist\n`,
    );
    expect(reasonsOf(told)).toEqual({ 'bob@example.net': 'user-unknown' });
  });

  it('addresses one below the other have the words below them', async () => {
    const told = await read(
      `${HEAD}The following addresses failed:\n\n<bob@example.net>\n<carol@example.net>\n\nReason:\ndelivery retry timeout exceeded\n`,
    );
    expect(reasonsOf(told)).toEqual({ 'bob@example.net': 'expired', 'carol@example.net': 'expired' });
  });

  it('the fields for programs are no words about the recipient', async () => {
    const told = await read(
      `${HEAD}<bob@example.net>: host mx.example.net[192.0.2.9] said: 550 mail of this kind is not taken\n\nReporting-MTA: dns; virus.example.org\nFinal-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 mail of this kind is not taken\n`,
    );
    expect(reasonsOf(told)['bob@example.net']).not.toBe('virus');
    expect(told.recipients[0]?.said).not.toContain('virus');
  });
});

describe('a list that asks its moderator', () => {
  it('has the mail: no bounce, and what it waits for', async () => {
    const told = await read(
      "From: users-bounces@lists.example.org\nTo: alice@example.com\nSubject: Your message to Users awaits moderator approval\nPrecedence: bulk\n\nYour mail to 'Users' with the subject\n\n    Hello\n\nIs being held until the list moderator can review it for approval.\n\nThe reason it is being held:\n\n    Post by non-member to a members-only list\n",
    );
    expect(told.kind).toBe('auto-reply');
    const [held] = told.recipients;
    expect(held?.action).toBe('delivered');
    const { explanation } = explainAutomatic(held ?? { action: 'failed' });
    expect(explanation?.rule).toBe('list-held');
    expect(explanation?.meaning).toContain('moderator');
  });

  it('and one that refused it is a bounce', async () => {
    const told = await read(
      `${HEAD}You are not allowed to post to this mailing list, and your message has been automatically rejected.\n`,
    );
    expect(told.kind).toBe('bounce');
  });
});
