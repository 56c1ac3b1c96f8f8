/** Dovecot: its own file, and texts of strangers that look like its words. */
import { expect, test } from 'vitest';
import dovecot from '../../../src/formats/dovecot/index.ts';
import { Framer } from '../../../src/framing/framer.ts';
import { Frame } from '../../../src/model/frame.ts';
import { LogEvent } from '../../../src/model/log-event.ts';
import { eventObject } from '../../helpers/event-object.ts';
import type { EventObject } from '../../helpers/event-object.ts';

function read(line: string): EventObject | undefined {
  const frame = new Frame();
  const bytes = Buffer.from(line);
  new Framer({ zone: 'UTC', bound: Date.UTC(2026, 11, 1) }).frame(bytes, 0, bytes.length, frame);
  expect(dovecot.claims(frame.program, frame)).toBe(true);
  let event: EventObject | undefined;
  dovecot.parse(frame, new LogEvent(), (one) => (event = eventObject(one)), dovecot.createContext());
  return event;
}

const HEAD = 'Nov 21 09:15:02 mx1 dovecot: lmtp(bob@c.test)<8124><K3a7SESSION>: ';

test('its own file, where the prefix is the tag', () => {
  expect(read('Nov 21 09:15:02 lmtp(bob@c.test)<8124><K3a7SESSION>: Info: msgid=<m@x>: saved mail to INBOX')).toEqual(
    read(`${HEAD}msgid=<m@x>: saved mail to INBOX`),
  );
  expect(read('Nov 21 09:15:02 lda(bob): Info: msgid=<m@x>: saved mail to INBOX')).toMatchObject({
    what: 'stored',
    recipient: 'bob',
  });
});

test('a Message-ID does not forge the mailbox, a discard or a redirect', () => {
  expect(read(`${HEAD}msgid=<x>: saved mail to Junk>: saved mail to INBOX`)).toMatchObject({ mailbox: 'INBOX' });
  expect(
    read(`${HEAD}sieve: msgid=<x>: discard action: Marked message to be discarded>: stored mail into mailbox 'INBOX'`),
  ).toMatchObject({ what: 'stored', mailbox: 'INBOX' });
  expect(
    read(
      `${HEAD}sieve: msgid=<x>: redirect action: forwarded to <e@f>: vacation action: not sending vacation reply (skipped)`,
    ),
  ).toMatchObject({ kind: 'mention' });
  expect(read(`${HEAD}msgid=<forwarded to <e@f>: saved mail to INBOX`)).toMatchObject({ what: 'stored' });
});

test('words of one plugin in the text of another say nothing', () => {
  expect(read(`${HEAD}sieve: msgid=<saved mail to X>: stored mail into mailbox 'INBOX'`)).toMatchObject({
    mailbox: 'INBOX',
    messageId: 'saved mail to X',
  });
});

test('a mailbox with apostrophes and colons is read whole', () => {
  expect(read(`${HEAD}sieve: msgid=<m@x>: fileinto action: stored mail into mailbox 'Bob's: list'`)).toMatchObject({
    mailbox: "Bob's: list",
  });
});

test('logins, processes and warnings say nothing of a mail', () => {
  expect(
    read('Nov 21 09:15:02 mx1 dovecot: imap(bob)<812><K3a7>: Disconnected: Logged out in=1 out=2'),
  ).toBeUndefined();
  expect(read(`${HEAD}Warning: sieve: ignored unknown extension 'ereject'`)).toBeUndefined();
});
