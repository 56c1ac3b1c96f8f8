import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/model/message.ts';
import { fieldTree, parseFields } from '../../src/render/fields.ts';
import { JsonStream, jsonString, messageWriter } from '../../src/render/json.ts';
import { Clock } from '../../src/render/times.ts';
import { aMessage, aRecipient, anyMessage, AT, hostileText } from './messages.ts';
import { DANGEROUS } from './screens.ts';

const utc = new Clock('UTC');
const write = messageWriter(utc);

const time = (at: number): string => new Date(at).toISOString().replace('Z', '+00:00');

/** The contract's object of a message, made the slow and plain way. */
function expected(message: Message): unknown {
  const plain = structuredClone(message) as unknown as Record<string, unknown> & Message;
  return {
    ...plain,
    order: undefined,
    hidden: undefined,
    time: time(message.time),
    lastTime: time(message.lastTime),
    hops: message.hops.map((hop) => ({ ...hop, time: time(hop.time), lastTime: time(hop.lastTime) })),
    recipients: message.recipients.map((recipient) => ({
      ...recipient,
      via: undefined,
      ...(recipient.time === undefined ? {} : { time: time(recipient.time) }),
    })),
    ...(message.verdicts.length === 0
      ? { verdicts: undefined }
      : { verdicts: message.verdicts.map((verdict) => ({ ...verdict, time: time(verdict.time) })) }),
    ...(message.notes.length === 0 ? { notes: undefined } : {}),
    ...(message.links.length === 0 ? { links: undefined } : {}),
  };
}

/** JSON has one zero. */
function sameZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

const only = (fields: string): string =>
  messageWriter(utc, fieldTree(parseFields(fields)))(aMessage(), [{ file: 'f', line: 1, bytes: Buffer.from('x') }]);

const stream = (format: 'json' | 'ndjson', count: number): string => {
  const json = new JsonStream(write, format);
  let text = '';
  for (let i = 0; i < count; i++) text += json.message(aMessage({ id: `m${i}` }));
  return text + json.end();
};

describe('messageWriter', () => {
  it('prints the contract: fields in its order, times with an offset, nothing that the log does not say', () => {
    const message = aMessage({
      sender: '',
      verdicts: [{ time: AT, engine: 'rspamd', action: 'tagged', score: 7.25, rules: [{ name: 'BAYES', score: 5 }] }],
      recipients: [
        aRecipient({
          via: ['hidden@example.com'],
          relay: { name: 'mx.example.com', port: 25 },
          delay: 1.5,
          matched: true,
        }),
      ],
    });
    expect(messageWriter(new Clock('Europe/Berlin'))(message)).toBe(
      '{"v":1,"id":"20261121T091502-mx1-4C1hTq2KxJzR","kind":"mail","time":"2026-11-21T10:15:02.120+01:00","lastTime":"2026-11-21T10:15:03.620+01:00",' +
        '"state":"complete","direction":"inbound","sender":"","subject":"Quarterly numbers","messageId":"q1@example.org","size":18342,' +
        '"client":{"ip":"192.0.2.10","name":"mail.example.org","helo":"mail.example.org","tls":"TLSv1.3"},"action":"accepted",' +
        '"verdicts":[{"time":"2026-11-21T10:15:02.120+01:00","engine":"rspamd","action":"tagged","score":7.25,"rules":[{"name":"BAYES","score":5}]}],' +
        '"hops":[{"host":"mx1","system":"postfix","queueId":"4C1hTq2KxJzR","time":"2026-11-21T10:15:02.120+01:00","lastTime":"2026-11-21T10:15:03.620+01:00"}],' +
        '"recipients":[{"address":"bob@example.com","status":"delivered","action":"accepted","direction":"inbound","time":"2026-11-21T10:15:03.620+01:00",' +
        '"code":"250","dsn":"2.0.0","reply":"250 2.0.0 Ok: queued as 4XyZ","relay":{"name":"mx.example.com","port":25},"delay":1.5,"matched":true}]}',
    );
  });

  it('always prints hops and recipients, and leaves out other empty lists', () => {
    expect(JSON.parse(write(aMessage({ hops: [], recipients: [] })))).toMatchObject({ hops: [], recipients: [] });
    const printed = JSON.parse(write(aMessage())) as Record<string, unknown>;
    for (const name of ['verdicts', 'notes', 'links', 'lines']) expect(printed).not.toHaveProperty(name);
  });

  it('reads back as the same message, on one line, whatever the log holds', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const line = write(message);
        expect(DANGEROUS.test(line)).toBe(false);
        expect(line).not.toContain('\n');
        expect(JSON.parse(line)).toEqual(sameZero(expected(message)));
      }),
    );
  });

  it('leaves out a number that is none', () => {
    const verdict = { time: AT, engine: 'x', action: 'tagged' as const, score: Number.NaN };
    expect(JSON.parse(write(aMessage({ verdicts: [verdict] })))).not.toHaveProperty('verdicts.0.score');
  });

  it('adds the raw chain where it is asked for: UTF-8, or Latin-1 where the bytes are not', () => {
    const lines = [
      { file: 'mail.log', line: 3, host: 'mx1', bytes: Buffer.from('Grüße\u001b') },
      { file: 'mail.log', line: 9, bytes: Buffer.from([0x41, 0xfc]) },
    ];
    expect(JSON.parse(write(aMessage(), lines))).toHaveProperty('lines', [
      { file: 'mail.log', line: 3, host: 'mx1', text: 'Grüße\u001b' },
      { file: 'mail.log', line: 9, text: 'Aü' },
    ]);
  });

  it('keeps the fields asked for, in the order of the contract', () => {
    expect(only('subject,id')).toBe('{"id":"20261121T091502-mx1-4C1hTq2KxJzR","subject":"Quarterly numbers"}');
    expect(only('client.ip,recipient.status,recipient.address')).toBe(
      '{"client":{"ip":"192.0.2.10"},"recipients":[{"address":"bob@example.com","status":"delivered"}]}',
    );
    expect(only('hops.queueId')).toBe('{"hops":[{"queueId":"4C1hTq2KxJzR"}]}');
    expect(only('lines.text')).toBe('{"lines":[{"text":"x"}]}');
    expect(only('recipient,recipient.code')).toBe('{"recipients":[{"address":"bob@example.com","code":"250"}]}');
    expect(JSON.parse(only('recipient.code,recipients'))).toHaveProperty('recipients.0.status', 'delivered');
    expect(only('from')).toBe('{}');
  });

  it('names the field of the recipient where one of the message was typed', () => {
    expect(() => parseFields('status')).toThrowError(
      expect.objectContaining({
        problem: expect.objectContaining({ help: ["did you mean 'recipient.status'?", expect.any(String)] }),
      }),
    );
  });

  it('refuses a field that the contract does not have, with the nearest', () => {
    expect(() => parseFields('subjet')).toThrowError(/no field 'subjet'/);
    expect(() => parseFields('recipient.via')).toThrowError(/no field/);
    expect(() => parseFields('constructor')).toThrowError(/no field/);
    expect(() => parseFields(' , ')).toThrowError(/no field named/);
    try {
      parseFields('client.ipp');
    } catch (error) {
      expect(error).toHaveProperty('problem.help.0', "did you mean 'client.ip'?");
    }
  });
});

describe('jsonString', () => {
  it('is what JSON.parse reads back, with nothing that a terminal obeys', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(JSON.parse(jsonString(text))).toBe(text);
        expect(DANGEROUS.test(jsonString(text))).toBe(false);
      }),
    );
  });
});

describe('JsonStream', () => {
  it('prints an array, an empty one where nothing matched', () => {
    expect(stream('json', 0)).toBe('[]\n');
    expect((JSON.parse(stream('json', 1)) as Message[]).map((m) => m.id)).toEqual(['m0']);
    expect((JSON.parse(stream('json', 3)) as Message[]).map((m) => m.id)).toEqual(['m0', 'm1', 'm2']);
  });

  it('prints a line a message, nothing where nothing matched', () => {
    expect(stream('ndjson', 0)).toBe('');
    expect(
      stream('ndjson', 2)
        .split('\n')
        .map((line) => line.slice(0, 17)),
    ).toEqual(['{"v":1,"id":"m0",', '{"v":1,"id":"m1",', '']);
  });
});
