/** Real replies get the right word, and explanations say what a help desk relies on. */
import { describe, expect, it } from 'vitest';
import { explainReply, fillDomain } from '../../src/explain/explain.ts';
import { classify } from '../../src/explain/reason.ts';
import { DOCUMENTED, RECORDED } from './reply-cases.ts';
import { ABOUT_SENDERS } from './sender-cases.ts';

describe('classify', () => {
  it.each([...RECORDED, ...DOCUMENTED, ...ABOUT_SENDERS])('%s: %s %s %s %s', (reason, status, code, dsn, reply) => {
    const facts = { status, code, dsn, reply };
    expect(classify(facts)).toBe(reason);
    // from memory, and from the explanation, the same
    expect(classify(facts)).toBe(reason);
    expect(explainReply(facts)?.reason).toBe(reason);
  });

  it.each(['spam', 'virus', 'greylist', 'dmarc'])('takes no reason from an address or host called %s', (word) => {
    const reply = `host ${word}.example.org[192.0.2.1] said: 550 5.1.1 <${word}@${word}.example.org> invalid mailbox`;
    expect(classify({ status: 'bounced', code: '550', dsn: '5.1.1', reply })).toBe('user-unknown');
  });

  it.each(['spam', 'virus', 'dkim', 'uce'])('takes no reason from %s inside a name in the text', (word) => {
    const reply = `550 anti-${word}.example.org says no to ${word}ming at https://example.org/${word}`;
    expect(classify({ status: 'bounced', code: '550', reply })).toBe('refused');
  });

  it('says of an expired mail why its last answer failed, if that says anything', () => {
    expect(classify({ status: 'expired', code: '450', reply: '450 zzz' })).toBe('expired');
    expect(classify({ status: 'expired', code: '450', dsn: '4.2.2', reply: '450 zzz' })).toBe('mailbox-full');
  });

  it('finds the codes in the reply where none is given', () => {
    expect(classify({ status: 'bounced', reply: '550 5.2.1 zzz' })).toBe('mailbox-disabled');
    expect(classify({ status: 'bounced', reply: '550 5.2.2 zzz' })).toBe('mailbox-full');
    expect(classify({ status: 'bounced', reply: '535 zzz' })).toBe('login-failed');
  });
});

describe('words in an order that nobody documents', () => {
  it.each([
    ['too-big', '552 the body you sent is far too large'],
    ['rate-limited', '450 your hourly amount of mail is reached'],
    ['relay-denied', '553 this host denies any relay'],
    ['bad-sender', '550 the sender you gave is not valid'],
    ['policy', '550 your domain is sadly not welcome'],
    ['mailbox-disabled', '550 this user was locked by us'],
    ['mailbox-full', '550 the space of this inbox is used up'],
    ['network', '451 unable for now to connect'],
  ])('%s: %s', (reason, reply) => {
    expect(classify({ status: 'bounced', reply })).toBe(reason);
  });

  it('belong together only in one sentence, and near each other', () => {
    const apart = '550 the sender is somebody we know and the whole of this answer is not valid for anything';
    expect(classify({ status: 'bounced', reply: apart })).toBe('refused');
    expect(classify({ status: 'bounced', reply: '550 thanks to the sender. Not valid today' })).toBe('refused');
    expect(classify({ status: 'bounced', reply: '550 the sender is not valid' })).toBe('bad-sender');
  });

  it('give way to a code that names a cause', () => {
    expect(classify({ status: 'bounced', reply: '550 5.2.2 the sender is not valid' })).toBe('mailbox-full');
  });
});

describe('explainReply', () => {
  it('explains an unknown detail by its subject and an unknown subject by its class', () => {
    const detail = explainReply({ status: 'bounced', code: '550', dsn: '5.1.99', reply: 'zzz' });
    expect(detail).toMatchObject({ reason: 'bad-address', matchedBy: 'enhanced', rule: '5.1.99' });
    const subject = explainReply({ status: 'bounced', dsn: '5.9.9', reply: 'zzz' });
    expect(subject).toMatchObject({ reason: 'refused', permanence: 'permanent' });
    expect(explainReply({ status: 'deferred', code: '499', reply: 'zzz' })).toMatchObject({ permanence: 'temporary' });
  });

  it('takes the permanence from the SMTP code, unless the mail waits', () => {
    expect(explainReply({ status: 'bounced', code: '550', dsn: '4.4.7' })?.permanence).toBe('permanent');
    expect(explainReply({ code: '550', dsn: '4.4.7' })?.permanence).toBe('permanent');
    expect(explainReply({ status: 'deferred', code: '550', dsn: '5.1.1' })?.permanence).toBe('temporary');
    expect(explainReply({ status: 'expired', code: '450', dsn: '4.2.0' })?.permanence).toBe('permanent');
  });

  it('puts the text before an exact code, and an exact code before general words', () => {
    const text = explainReply({ status: 'bounced', code: '550', dsn: '5.4.1', reply: 'Relay access denied' });
    expect(text).toMatchObject({ matchedBy: 'provider', reason: 'relay-denied' });
    const code = explainReply({
      status: 'bounced',
      code: '550',
      dsn: '5.1.1',
      reply: 'rejected, ask the administrator',
    });
    expect(code).toMatchObject({ matchedBy: 'enhanced', reason: 'user-unknown' });
  });

  it('says whose side must act from where the answer came', () => {
    const reply = 'cannot find your reverse hostname';
    expect(explainReply({ status: 'bounced', code: '550', reply, relay: 'mx.example.org' })?.side).toBe('us');
    expect(explainReply({ status: 'rejected', code: '550', reply })?.side).toBe('remote');
    expect(explainReply({ status: 'deferred', reply: 'Command died with status 1', relay: 'local' })?.side).toBe('us');
    expect(explainReply({ status: 'bounced', code: '451', reply: 'internal error', local: true })?.side).toBe('us');
  });

  it('sends nobody to wait for an attempt that does not come, nor to send again what is still tried', () => {
    const todo = (status: string, reply: string, dsn: string): string | undefined =>
      explainReply({ status, reply, dsn, relay: 'mx.example.org' })?.todo;
    const broken = '451 4.3.0 internal error';
    expect(todo('deferred', broken, '4.3.0')).toMatch(/^Wait for the next attempt/);
    expect(todo('expired', broken, '4.3.0')).toMatch(/^Send the mail again later/);
    expect(todo('bounced', broken, '4.3.0')).toMatch(/^Send the mail again later/);
    expect(todo('expired', 'connect to mx.example.org[192.0.2.1]:25: Connection refused', '4.4.1')).toMatch(
      /answers, |answers; when it does, send the mail again/,
    );
    expect(todo('deferred', '452 4.2.2 mailbox full', '4.2.2')).toBe(
      'Ask the recipient by other means to make room; the server tries again by itself.',
    );
    expect(todo('bounced', '552 5.2.2 mailbox full', '5.2.2')).toMatch(/then send the mail again\.$/);
  });

  it('explains nothing of a success or of nothing', () => {
    expect(explainReply({ status: 'delivered', code: '250', dsn: '2.0.0', reply: '250 spam' })).toBeUndefined();
    expect(explainReply({ status: 'deferred' })).toBeUndefined();
    expect(explainReply({})).toBeUndefined();
  });

  it('explains a bare code', () => {
    expect(explainReply({ dsn: '5.1.1' })?.meaning).toBe('The address does not exist at {domain}.');
    expect(explainReply({ code: '354' })).toMatchObject({ reason: undefined, side: 'nobody', matchedBy: 'smtp' });
    expect(explainReply({ reply: '2.1.5' })).toMatchObject({ reason: undefined, rule: '2.1.5' });
  });
});

describe('fillDomain', () => {
  it('names the domain, whatever it holds, or speaks without it', () => {
    expect(fillDomain('The address does not exist at {domain}.', 'example.org')).toBe(
      'The address does not exist at example.org.',
    );
    expect(fillDomain('At {domain}.', '$&{domain}')).toBe('At $&{domain}.');
    expect(fillDomain('{domain} refused the mail.', undefined)).toBe('The receiving side refused the mail.');
  });
});
