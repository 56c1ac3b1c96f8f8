import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hop, Instant, Link, Message, Note, Recipient, Verdict } from '../../src/model/message.ts';
import { MESSAGE_FIELDS } from '../../src/render/contract.ts';
import { messageWriter } from '../../src/render/json.ts';
import { jsonSchema, messageSchema } from '../../src/render/schema.ts';
import type { PrintedMessage } from '../../src/render/schema.ts';
import { Clock } from '../../src/render/times.ts';
import { aMessage, anyMessage } from './messages.ts';

/** A model type as it is printed: instants are text, internal fields are gone. */
type Printed<T> = { [K in keyof T as K extends 'via' | 'order' | 'hidden' ? never : K]: PrintedValue<K, T[K]> };
type PrintedValue<K, V> = K extends 'time' | 'lastTime' ? (V extends Instant ? string : V) : V;

interface Expected extends Omit<Printed<Message>, 'verdicts' | 'hops' | 'recipients' | 'notes' | 'links' | 'lines'> {
  hops: Printed<Hop>[];
  recipients: Printed<Recipient>[];
  verdicts?: Printed<Verdict>[] | undefined;
  notes?: Note[] | undefined;
  links?: Link[] | undefined;
  lines?: { file: string; line: number; host?: string | undefined; text: string }[] | undefined;
}

/** zod's optional fields may be undefined too; JSON has no undefined, so that difference is none. */
type Loose<T> = T extends readonly (infer E)[]
  ? Loose<E>[]
  : T extends object
    ? { [K in keyof T]: Loose<T[K]> | (undefined extends T[K] ? undefined : never) }
    : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

describe('the published schema', () => {
  it('is the same as the types of the model', () => {
    // Fails to compile, not to run, where the two differ.
    const same: Same<Required<Loose<PrintedMessage>>, Required<Loose<Expected>>> = true;
    const fields: Same<keyof PrintedMessage, keyof typeof MESSAGE_FIELDS> = true;
    expect([same, fields]).toEqual([true, true]);
  });

  it('has every field that is printed, in the same order', () => {
    expect(Object.keys(messageSchema.shape)).toEqual(Object.keys(MESSAGE_FIELDS));
    expect(Object.keys(messageSchema.shape.recipients.element.shape)).toEqual(
      Object.keys(MESSAGE_FIELDS.recipients[0]),
    );
  });

  it('takes every message that we print, of every kind, in any zone', () => {
    const writers = ['UTC', 'America/St_Johns', 'Asia/Kathmandu'].map((zone) => messageWriter(new Clock(zone)));
    fc.assert(
      fc.property(anyMessage, fc.nat(2), (message, i) => {
        const result = messageSchema.safeParse(JSON.parse(writers[i]?.(message) ?? ''));
        expect(result.error?.issues ?? []).toEqual([]);
      }),
    );
  });

  it('refuses what is not the contract', () => {
    const good = JSON.parse(
      messageWriter(new Clock('UTC'))(aMessage(), [{ file: 'f', line: 1, bytes: Buffer.from('') }]),
    ) as Record<string, unknown>;
    expect(messageSchema.safeParse(good).success).toBe(true);
    for (const fault of [
      { v: 2 },
      { subject: '' },
      { kind: 'spam' },
      { time: '2026-11-21T09:15:02Z' },
      { extra: 1 },
      { recipients: undefined },
      { verdicts: [] },
    ]) {
      expect(messageSchema.safeParse({ ...good, ...fault }).success, JSON.stringify(fault)).toBe(false);
    }
  });

  it('is JSON Schema, closed and with the fields that must be there', () => {
    expect(jsonSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: false,
      required: ['v', 'id', 'kind', 'time', 'lastTime', 'state', 'direction', 'hops', 'recipients'],
    });
  });
});
