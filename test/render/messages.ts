/** Hand-made messages for the tests of the renderers, and arbitrary ones of every kind. */
import fc from 'fast-check';
import type { Hop, Message, Recipient, Verdict } from '../../src/model/message.ts';
import { ACTIONS, DIRECTIONS, KINDS, LINK_TYPES, NOTE_TYPES, STATES, STATUSES } from '../../src/model/words.ts';

/** 2026-11-21T09:15:02.120Z */
export const AT = Date.UTC(2026, 10, 21, 9, 15, 2, 120);

export function aRecipient(over: Partial<Recipient> = {}): Recipient {
  return {
    address: 'bob@example.com',
    status: 'delivered',
    action: 'accepted',
    direction: 'inbound',
    time: AT + 1500,
    code: '250',
    dsn: '2.0.0',
    reply: '250 2.0.0 Ok: queued as 4XyZ',
    ...over,
  };
}

export function aHop(over: Partial<Hop> = {}): Hop {
  return { host: 'mx1', system: 'postfix', queueId: '4C1hTq2KxJzR', time: AT, lastTime: AT + 1500, ...over };
}

export function aMessage(over: Partial<Message> = {}): Message {
  return {
    v: 1,
    id: '20261121T091502-mx1-4C1hTq2KxJzR',
    kind: 'mail',
    time: AT,
    lastTime: AT + 1500,
    state: 'complete',
    direction: 'inbound',
    sender: 'alice@example.org',
    subject: 'Quarterly numbers',
    messageId: 'q1@example.org',
    size: 18_342,
    client: { ip: '192.0.2.10', name: 'mail.example.org', helo: 'mail.example.org', tls: 'TLSv1.3' },
    action: 'accepted',
    verdicts: [],
    hops: [aHop()],
    recipients: [aRecipient()],
    notes: [],
    links: [],
    ...over,
  };
}

/** Texts as a hostile log may hold them: controls, escape sequences, bidi, zero-width, wide, formulas, quotes. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '\u001b[31m',
          '\u001b]0;x\u0007',
          '\n',
          '\r',
          '\t',
          '\u0000',
          '\u009b2J',
          '\u202e',
          '\u2066',
          '\u200b',
          '\ufeff',
          '\u2028',
        ),
        fc.constantFrom(
          '=1+1',
          '@x',
          '+',
          '-',
          '"',
          ',',
          '\\',
          "'",
          'é',
          '日本',
          '👩‍👧',
          'e\u0301',
          '\ud800',
          'กี่',
          '\u007f',
        ),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map((parts) => parts.join('')),
);

const when = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2090, 0) });
const text = hostileText;
const count = fc.nat({ max: 1_000_000 });

/** An object whose optional members may be missing; never undefined ones, as the model has it. */
function some<T>(
  shape: { [P in keyof T]-?: fc.Arbitrary<Exclude<T[P], undefined>> },
  required: (keyof T)[],
): fc.Arbitrary<T> {
  return fc.record(shape, { requiredKeys: required });
}

/** Without what JSON does not tell. */
const verdict = some<Omit<Verdict, 'mailId'>>(
  {
    time: when,
    host: text,
    engine: text,
    action: fc.constantFrom(...ACTIONS, 'would-reject' as const),
    score: fc.double({ noNaN: true, noDefaultInfinity: true }),
    threshold: fc.double({ noNaN: true, noDefaultInfinity: true }),
    rules: fc.array(
      fc.record({ name: text, score: fc.float({ noNaN: true, noDefaultInfinity: true }) }, { requiredKeys: ['name'] }),
      { minLength: 1, maxLength: 2 },
    ),
    reason: text,
    quarantineId: text,
    recipients: fc.array(text, { minLength: 1, maxLength: 2 }),
  },
  ['time', 'engine', 'action'],
);

const recipient = some<Recipient>(
  {
    address: text,
    finalAddress: text,
    added: fc.constantFrom('bcc' as const, 'redirect' as const),
    status: fc.constantFrom(...STATUSES),
    action: fc.constantFrom(...ACTIONS),
    direction: fc.constantFrom(...DIRECTIONS),
    mailbox: text,
    time: when,
    code: fc.constantFrom('250', '450', '550'),
    dsn: fc.constantFrom('2.0.0', '4.7.1', '5.1.1'),
    reply: text,
    codeFrom: fc.constant('daemon' as const),
    reason: text,
    relay: fc.record({ name: text, ip: text, port: fc.nat(65_535) }, { requiredKeys: [] }),
    remoteId: text,
    delay: fc.double({ min: 0, max: 1e6, noNaN: true }),
    attempts: count,
    matched: fc.constant(true as const),
    via: fc.array(text, { maxLength: 2 }),
  },
  ['status', 'direction'],
);

/** Any message that the model allows, of every kind, with hostile texts. */
export const anyMessage: fc.Arbitrary<Message> = some<Omit<Message, 'lines'>>(
  {
    v: fc.constant(1 as const),
    id: text,
    order: count,
    hidden: fc.array(text, { maxLength: 2 }),
    kind: fc.constantFrom(...KINDS),
    time: when,
    lastTime: when,
    state: fc.constantFrom(...STATES),
    direction: fc.constantFrom(...DIRECTIONS),
    sender: fc.oneof(fc.constant(''), text),
    from: text,
    subject: text,
    messageId: text,
    size: count,
    client: fc.record({ ip: text, name: text, helo: text, user: text, tls: text }, { requiredKeys: [] }),
    action: fc.constantFrom(...ACTIONS, 'mixed' as const),
    verdicts: fc.array(verdict, { maxLength: 2 }),
    hops: fc.array(
      some<Hop>({ host: text, system: text, queueId: text, time: when, lastTime: when }, [
        'system',
        'time',
        'lastTime',
      ]),
      { maxLength: 3 },
    ),
    recipients: fc.array(recipient, { maxLength: 4 }),
    unnamedRecipients: count,
    notes: fc.array(fc.record({ type: fc.constantFrom(...NOTE_TYPES), text }), { maxLength: 2 }),
    links: fc.array(fc.record({ type: fc.constantFrom(...LINK_TYPES), id: text }), { maxLength: 2 }),
  },
  ['v', 'id', 'kind', 'time', 'lastTime', 'state', 'direction', 'verdicts', 'hops', 'recipients', 'notes', 'links'],
);
