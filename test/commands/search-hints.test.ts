/** What `search` says below a result that was cut, and below an empty one. */
import { describe, expect, test } from 'vitest';
import type { Values } from '../../src/commands/filter-options.ts';
import { searchOptionsOf } from '../../src/commands/search-options.ts';
import { searchRun } from '../../src/commands/search.ts';
import type { Message } from '../../src/model/message.ts';
import { fakeEngine } from '../helpers/engine.ts';
import type { FakeEngine } from '../helpers/engine.ts';
import { fakeIo } from '../helpers/io.ts';
import type { FakeIo } from '../helpers/io.ts';
import { AT, aMessage, aRecipient } from '../render/messages.ts';

/** What stands on stderr. */
async function search(
  values: Values,
  engine: FakeEngine,
  { io = fakeIo(), paths = ['mail.log'] }: { io?: FakeIo; paths?: string[] } = {},
): Promise<{ err: string }> {
  await searchRun(await searchOptionsOf(paths, values, io), io, engine);
  return { err: io.stderr.text };
}

function series(count: number): Message[] {
  return Array.from({ length: count }, (_, i) => aMessage({ id: `m${i}`, time: AT + i, lastTime: AT + i }));
}

describe('a cut result says what narrows it', () => {
  const cut = async (values: Values, first: number, last: number, now = AT + 90 * 86_400_000): Promise<string> => {
    const engine = fakeEngine(series(20), { summary: { first, last } });
    const { err } = await search({ json: true, limit: '3', ...values }, engine, { io: fakeIo({ now: () => now }) });
    return /to narrow it: ([^;]*)/.exec(err)?.[1] ?? '';
  };

  test('a time inside the log, also where that ended long ago', async () => {
    const day = 86_400_000;
    expect(await cut({}, AT - 13 * 365 * day, AT)).toBe('--status failed or --since 2025-11-21');
    expect(await cut({}, AT - 10 * day, AT)).toBe('--status failed or --since 2026-11-20');
    expect(await cut({}, AT - day, AT)).toBe("--status failed or --since '2026-11-21 03:15'");
    expect(await cut({ sort: 'oldest' }, AT - day, AT)).toBe("--status failed or --until '2026-11-20 15:15'");
    // Still being written: a span back from now.
    expect(await cut({}, AT - day, AT, AT + 1000)).toBe('--status failed or --since 6h');
    // Too short to be cut by time, or cut already.
    expect(await cut({}, AT - 1000, AT)).toBe('--status failed or --recipient ADDR');
    expect(await cut({ since: '2026-01-01' }, AT - day, AT)).toBe('--status failed or --recipient ADDR');
  });

  test('a greater limit shows more and is told apart', async () => {
    const { err } = await search({ json: true, limit: '3' }, fakeEngine(series(20)));
    expect(err).toContain('; for more of them: a greater --limit\n');
  });
});

describe('an empty result helps', () => {
  test('with the names of the standard places, and the pipe that nobody read', async () => {
    const io = (stdinIsPipe: boolean): FakeIo => fakeIo({ stdinIsPipe });
    const asked = { recipient: ['nobody@example.com'] };
    const piped = await search(asked, fakeEngine([]), { io: io(true), paths: [] });
    expect(piped.err).toContain(' in 1 source (mail.log)');
    expect(piped.err).toContain('the standard input was not read: give - to search it (mailtrace search … -)\n');
    expect((await search(asked, fakeEngine([]), { io: io(false), paths: [] })).err).not.toContain('standard input');
    const named = await search(asked, fakeEngine([]), { io: io(true), paths: ['mail.log'] });
    expect(named.err).not.toMatch(/standard input|\(mail\.log\)/);
    expect((await search({}, fakeEngine([aMessage()]), { io: io(true), paths: [] })).err).not.toContain(
      'standard input',
    );
  });

  test('with addresses one or two edits away, the nearest first', async () => {
    const messages = ['bobb@example.com', 'bibb@example.com', 'someone@example.com'].map((address) =>
      aMessage({ recipients: [aRecipient({ address })] }),
    );
    const { err } = await search({ recipient: ['bob@example.com'] }, fakeEngine(messages));
    expect(err).toContain('the logs hold what comes near: bobb@example.com and bibb@example.com\n');
  });

  test('with what would match but for its action or status, and which these are', async () => {
    const messages = [
      aMessage({ recipients: [aRecipient({ status: 'bounced', action: 'accepted' })] }),
      aMessage({ recipients: [aRecipient({ status: 'deferred', action: 'accepted' })] }),
    ];
    const asked = { recipient: ['bob@example.com'] };
    const byStatus = await search({ ...asked, status: ['quarantined'] }, fakeEngine(messages));
    expect(byStatus.err).toContain(
      '2 messages would match with another status (bounced and deferred): leave out --status\n',
    );
    const byAction = await search({ ...asked, action: ['rejected'] }, fakeEngine(messages));
    expect(byAction.err).toContain('2 messages would match with another action (accepted): leave out --action\n');
  });

  test('with refusals of the same domain or client that never named a recipient', async () => {
    const refused = (over: Partial<Message>): Message => {
      const { address: _, ...nameless } = aRecipient({ status: 'rejected', code: '554' });
      return aMessage({ recipients: [nameless], client: { ip: '192.0.2.7', helo: 'mail.other.example' }, ...over });
    };
    const asked = { sender: ['ann@example.net'] };
    const ofDomain = fakeEngine([refused({ sender: 'eve@example.net' }), refused({ sender: 'x@y.example' })]);
    expect((await search(asked, ofDomain)).err).toContain(
      '1 refusal of example.net never named a recipient, the last at 2026-11-21 09:15:02: search with --status rejected --ip 192.0.2.7\n',
    );
    const ofHelo = fakeEngine([refused({ client: { helo: 'mx.EXAMPLE.net' } })]);
    expect((await search(asked, ofHelo)).err).toContain('1 refusal of example.net never named a recipient');
    const ofClient = fakeEngine([refused({ sender: 'x@y.example' })]);
    expect((await search({ recipient: ['bob@example.com'], ip: ['192.0.2.0/24'] }, ofClient)).err).toContain(
      '1 refusal of example.com never named a recipient',
    );
    const ofNobody = await search({ recipient: ['bob@example.com'] }, fakeEngine([refused({ sender: 'x@y.example' })]));
    expect(ofNobody.err).toContain('1 refusal in these logs never named a recipient: the mail may be among them');
    // one that names somebody else is no such refusal
    const named = fakeEngine([
      aMessage({ sender: 'eve@example.net', recipients: [aRecipient({ status: 'rejected' })] }),
    ]);
    expect((await search(asked, named)).err).not.toContain('never named');
  });

  test('with what the logs never tell, and the setting that changes it', async () => {
    const silent = aMessage();
    delete silent.subject;
    const subject = await search({ subject: ['invoice'] }, fakeEngine([silent]));
    expect(subject.err).toContain('these logs hold no subjects\nPostfix logs them with header_checks');
    expect((await search({ subject: ['invoice'] }, fakeEngine([aMessage({ subject: 'x' })]))).err).not.toContain(
      'no subjects',
    );
    expect((await search({ user: ['bob'] }, fakeEngine([silent]))).err).toContain('these logs hold no logins');
    const mailbox = await search({ mailbox: ['Junk'] }, fakeEngine([silent]));
    expect(mailbox.err).toContain('these logs name no folders that mail was stored in\nDovecot logs the folder');
  });
});
