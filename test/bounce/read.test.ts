/** Every recorded bounce is read as what it is; free forms, other languages, lost parts and hostile mails too. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBounce } from '../../src/bounce/read.ts';
import { explainRecipient, explainRefusal } from '../../src/explain/explain-bounce.ts';
import type { BounceReport } from '../../src/model/bounce.ts';
import { BOUNCES, pathOf } from './recorded.ts';

const read = (text: string): Promise<BounceReport> => readBounce(Buffer.from(text));

/** Reason of each recipient, by address. */
function reasonsOf(report: BounceReport): Record<string, string | undefined> {
  return Object.fromEntries(
    report.recipients.map((each) => [each.address, explainRecipient(each, false, report.subject).explanation?.reason]),
  );
}

describe('recorded bounces', () => {
  it.each(BOUNCES)('$folder/$file', async (expected) => {
    const report = await readBounce(readFileSync(pathOf(expected)));
    expect(report.kind).toBe(expected.kind);
    expect(report.original.messageId).toBe(expected.messageId);
    const told = report.recipients.map((each) => {
      const found = report.kind === 'disposition' ? explainRefusal(each) : explainRecipient(each, false);
      const reason = found.explanation?.reason;
      return { recipient: each.address, action: each.action, ...(reason === undefined ? {} : { reason }) };
    });
    expect(told).toEqual(expected.recipients);
  });
});

const HEAD = 'Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: alice@example.com\nSubject: failure notice\n\n';
const COPY =
  'Return-Path: <alice@example.com>\nReceived: from pc (unknown [192.0.2.7]) by mx.example.com with SMTP id 4AB1C2D3; 21 Nov 2026 10:00:00 +0000\nMessage-ID: <one@example.com>\nFrom: alice@example.com\nTo: bob@example.net\nSubject: x; to=<mallory@example.net> 550 5.7.1 spam\n\ntext\n';

describe('free forms', () => {
  it('qmail: an address, its words, the copy of the mail', async () => {
    // shape: cr.yp.to/proto/qsbmf.txt
    const report = await read(
      `${HEAD}Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<bob@example.net>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n<carol@example.org>:\n192.0.2.9 does not like recipient.\nRemote host said: 552 5.2.2 Mailbox full\nGiving up on 192.0.2.9.\n\n--- Below this line is a copy of the message.\n\n${COPY}`,
    );
    expect(report).toMatchObject({ kind: 'bounce', form: 'qmail', reporter: 'mx.example.net' });
    expect(report.original).toMatchObject({ messageId: 'one@example.com', sender: 'alice@example.com' });
    expect(report.original.received[0]).toMatchObject({ by: 'mx.example.com', id: '4AB1C2D3', ip: '192.0.2.7' });
    expect(reasonsOf(report)).toEqual({ 'bob@example.net': 'user-unknown', 'carol@example.org': 'mailbox-full' });
    expect(report.recipients[1]?.reply).toBe('552 5.2.2 Mailbox full');
  });

  it('Exim: X-Failed-Recipients and the answer of the remote server, over several lines', async () => {
    // shape: Exim src/src/deliver.c
    const report = await read(
      `X-Failed-Recipients: bob@example.net\n${HEAD}This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  bob@example.net\n    (generated from sales@example.com)\n    host mx.example.net [192.0.2.9]\n    SMTP error from remote mail server after RCPT TO:<bob@example.net>:\n    550-5.7.1 Client host blocked\n    550 5.7.1 using zen.spamhaus.org\n\n------ This is a copy of the message, including all the headers. ------\n\n${COPY}`,
    );
    expect(report.recipients).toMatchObject([
      {
        address: 'bob@example.net',
        original: 'sales@example.com',
        remote: 'mx.example.net',
        code: '550',
        dsn: '5.7.1',
      },
    ]);
    expect(reasonsOf(report)).toEqual({ 'bob@example.net': 'blocklist' });
  });

  it('Sendmail: the transcript belongs to the address', async () => {
    // shape: sendmail/savemail.c
    const report = await read(
      `${HEAD}The original message was received at Sat, 21 Nov 2026 22:51:27 GMT\nfrom smtp.example.com [192.0.2.7]\n\n   ----- The following addresses had permanent fatal errors -----\n<bob@example.net>\n    (reason: 550 no such user here)\n\n   ----- Transcript of session follows -----\n... while talking to mx.example.net.:\n>>> DATA\n<<< 550 no such user here\n550 5.1.1 <bob@example.net>... User unknown\n<<< 554 5.5.1 no valid recipients\n`,
    );
    expect(report).toMatchObject({ kind: 'bounce', form: 'sendmail' });
    expect(reasonsOf(report)).toEqual({ 'bob@example.net': 'user-unknown' });
  });

  it('Exchange: what stands behind the generating server', async () => {
    const report = await read(
      `${HEAD}Delivery has failed to these recipients or groups:\n\nBob (bob@example.net)\nThe email address you entered couldn't be found.\n\nDiagnostic information for administrators:\n\nGenerating server: EX1.example.net\n\nbob@example.net\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n\nOriginal message headers:\n\n${COPY}`,
    );
    expect(report).toMatchObject({ form: 'exchange', reporter: 'EX1.example.net' });
    expect(reasonsOf(report)).toEqual({ 'bob@example.net': 'user-unknown' });
  });

  it.each([
    [
      'German',
      'Die Nachricht konnte nicht zugestellt werden.\n\nbob@example.net\nDas Postfach des Empfängers ist voll.\n',
      'mailbox-full',
    ],
    ['French', "Échec de remise :\n\nbob@example.net\nL'adresse du destinataire n'existe pas.\n", 'user-unknown'],
    [
      'Japanese',
      '次の宛先へ配信できませんでした。\n\nbob@example.net\n指定されたメールアドレスは存在しません。\n',
      'user-unknown',
    ],
    ['Chinese', '您的邮件被退回。\n\nbob@example.net\n收件人空间不足。\n', 'mailbox-full'],
    ['Russian', 'Письмо не доставлено.\n\nbob@example.net\nПочтовый ящик переполнен.\n', 'mailbox-full'],
  ])('%s words', async (_, body, reason) => {
    expect(reasonsOf(await read(HEAD + body))).toEqual({ 'bob@example.net': reason });
  });

  it('a warning is no failure', async () => {
    const report = await read(
      `${HEAD}This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.example.com.\n\nThe address to which the message has not yet been delivered is:\n\n  bob@example.net\n    Delay reason: Connection timed out\n\nNo action is required on your part. Delivery attempts will continue for\nsome time, and this warning may be repeated at intervals if the message\nremains undelivered.\n`,
    );
    expect(report.kind).toBe('delay');
    expect(report.recipients).toMatchObject([{ address: 'bob@example.net', action: 'delayed' }]);
    expect(reasonsOf(report)).toEqual({ 'bob@example.net': 'network' });
  });
});

const STATUS =
  'Reporting-MTA: dns; mx.example.net\nOriginal-Envelope-Id: env-7\n\nFinal-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2\n    Mailbox full\n';

describe('RFC 3464 and its kin', () => {
  const report = (type: string, part: string): string =>
    `${HEAD.trimEnd()}\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=${type}; boundary=b\n\n--b\n\nSorry.\n\n--b\nContent-Type: message/${type}\n\n${part}\n--b\nContent-Type: text/rfc822-headers\n\n${COPY}\n--b--\n`;

  it('folded fields, envelope id', async () => {
    const told = await read(report('delivery-status', STATUS));
    expect(told).toMatchObject({ form: 'rfc3464', reporter: 'mx.example.net', envelopeId: 'env-7' });
    expect(told.recipients).toMatchObject([{ reply: '552 5.2.2 Mailbox full', code: '552', dsn: '5.2.2' }]);
  });

  it('RFC 6533: an address in Unicode', async () => {
    const status = STATUS.replace('rfc822; bob@', 'utf-8; b\\x{F6}b@');
    const told = await read(report('global-delivery-status', status));
    expect(told.recipients[0]?.address).toBe('böb@example.net');
  });

  it('the fields in the middle of a text whose boundary is lost', async () => {
    const told = await read(report('delivery-status', STATUS).replace('boundary=b', 'boundary=other'));
    expect(reasonsOf(told)).toEqual({ 'bob@example.net': 'mailbox-full' });
  });

  it('a report that somebody passed on', async () => {
    const inner = report('delivery-status', STATUS);
    const told = await read(
      `From: help@example.com\nSubject: Fwd: look at this\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\nsee below\n--o\nContent-Type: message/rfc822\n\n${inner}\n--o--\n`,
    );
    expect(reasonsOf(told)).toEqual({ 'bob@example.net': 'mailbox-full' });
  });

  it('an mbox: the first mail', async () => {
    const inner = report('delivery-status', STATUS);
    const told = await read(
      `From MAILER-DAEMON Sat Nov 21 22:00:00 2026\n${inner}\n\nFrom x Sat Nov 21 22:00:00 2026\nSubject: y\n\nz\n`,
    );
    expect(told.recipients).toHaveLength(1);
  });

  it('RFC 5965: a complaint', async () => {
    const told = await read(
      report(
        'feedback-report',
        'Feedback-Type: abuse\nUser-Agent: SomeGenerator/1.0\nVersion: 1\nOriginal-Rcpt-To: <bob@example.net>\nSource-IP: 192.0.2.7\nIncidents: 2\n',
      ),
    );
    expect(told).toMatchObject({
      kind: 'complaint',
      complaint: { type: 'abuse', recipients: ['bob@example.net'], sourceIp: '192.0.2.7', incidents: 2 },
      original: { messageId: 'one@example.com' },
    });
  });

  it('an ordinary mail is none', async () => {
    const told = await read(
      'From: carol@example.org\nTo: alice@example.com\nSubject: lunch\n\nbob@example.net will come at 5.\n',
    );
    expect(told.kind).toBe('other');
  });
});

describe('hostile mails', () => {
  it('any bytes give a report', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (bytes, isReport) => {
        const head = isReport
          ? `${HEAD.trimEnd()}\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n`
          : '';
        const report = await readBounce(Buffer.concat([Buffer.from(head), bytes]));
        for (const each of report.recipients) explainRecipient(each, false);
      }),
      { numRuns: 60 },
    );
  });

  it('deep nesting, endless headers, many recipients: bounded', async () => {
    const deep = Array.from(
      { length: 400 },
      (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`,
    ).join('');
    expect((await read(`${HEAD.trimEnd()}\n${deep}`)).isCut).toBe(true);
    const many = Array.from(
      { length: 5000 },
      (_, i) => `Final-Recipient: rfc822; u${i}@example.net\nAction: failed\nStatus: 5.1.1\n`,
    ).join('\n');
    const report = await read(`${HEAD}Reporting-MTA: dns; mx.example.net\n\n${many}`);
    expect(report.recipients.length).toBeLessThanOrEqual(500);
    await read(`${HEAD}${'<style'.repeat(50_000)}`);
    await read(`${HEAD}${'a@'.repeat(100_000)}\n${'550 '.repeat(50_000)}`);
  });

  it('a mail of 100 MB: its beginning is read', async () => {
    const bytes = Buffer.alloc(100 << 20, 'x\n');
    Buffer.from(`${HEAD}<bob@example.net>:\n550 5.1.1 User unknown\n`).copy(bytes);
    const report = await readBounce(bytes);
    expect(report.isCut).toBe(true);
    expect(reasonsOf(report)).toEqual({ 'bob@example.net': 'user-unknown' });
  });
});
