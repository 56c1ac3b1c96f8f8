/**
 * The output contract as a zod schema, and the JSON Schema that `mailtrace schema` prints, made from it.
 * Never imported on the way of a search: zod costs 50 ms to load.
 */
import { z } from 'zod';
import { ACTIONS, DIRECTIONS, KINDS, LINK_TYPES, NOTE_TYPES, STATES, STATUSES } from '../model/words.ts';

/** A field that the log does not tell is left out: there is no empty text. */
const text = z.string().min(1);
const time = z
  .string()
  .regex(/^-?\d{4,6}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}[+-]\d{2}:\d{2}$/)
  .meta({ format: 'date-time', description: 'ISO 8601 with milliseconds and an offset, in the zone of --tz' });
const count = z.int().min(0);
const direction = z.enum(DIRECTIONS);

const client = z
  .strictObject({
    ip: text.optional(),
    name: text.optional(),
    helo: text.optional(),
    user: text.optional().describe('authenticated login'),
    tls: text.optional(),
  })
  .describe('who handed it in');

const verdict = z
  .strictObject({
    time,
    host: text.optional(),
    engine: text.describe('postfix, exim, rspamd, …'),
    action: z.enum([...ACTIONS, 'would-reject']).describe('would-reject: a dry run'),
    score: z.number().optional(),
    threshold: z.number().optional(),
    rules: z
      .array(z.strictObject({ name: text, score: z.number().optional() }))
      .min(1)
      .optional(),
    reason: text.optional(),
    quarantineId: text.optional(),
    recipients: z.array(text).min(1).optional().describe('those it is about; left out: all'),
  })
  .describe("a filter's decision; the server's own line is the act");

const hop = z.strictObject({ host: text.optional(), system: text, queueId: text.optional(), time, lastTime: time });

const recipient = z
  .strictObject({
    address: text.optional().describe('as the sender addressed it; left out where the log names nobody'),
    finalAddress: text.optional().describe('where it went after aliases, lists and redirects, if different'),
    added: z.enum(['bcc', 'redirect']).optional().describe('an address that our server added'),
    status: z.enum(STATUSES).describe('the last word over all hops in the logs given'),
    action: z.enum(ACTIONS).optional().describe('what the filters did for this recipient'),
    direction,
    mailbox: text.optional().describe('the folder it was stored in'),
    time: time.optional().describe('when the status came about'),
    code: text.optional().describe('SMTP code of the answer: 550'),
    dsn: text.optional().describe('enhanced status code: 5.1.1'),
    reply: text.optional().describe('text of the answer'),
    codeFrom: z.literal('daemon').optional().describe("the line holds no code; this is the daemon's documented one"),
    reason: text.optional().describe('one stable word for why: user-unknown, mailbox-full, …'),
    relay: z
      .strictObject({ name: text.optional(), ip: text.optional(), port: count.optional() })
      .optional()
      .describe('who gave the answer'),
    remoteId: text.optional().describe('the id under which the next system took it'),
    delay: z.number().min(0).optional().describe('seconds from arrival at the first hop to time'),
    attempts: count.optional().describe('tries at the last hop'),
    matched: z
      .literal(true)
      .optional()
      .describe("the search's recipient filters matched this entry, and not all of them"),
  })
  .describe('one entry an end');

const line = z.strictObject({
  file: text,
  line: z.int().min(1),
  host: text.optional(),
  text: z.string().describe('the exact input line: UTF-8, or Latin-1 where it is not valid UTF-8'),
});

/** One printed message. Unknown fields are faults: a new field is a change of the contract. */
export const messageSchema = z
  .strictObject({
    v: z.literal(1).describe('contract version'),
    id: text.describe('stable id; begins with the time'),
    kind: z.enum(KINDS),
    time: time.describe('first line of its own transaction and hops'),
    lastTime: time.describe('last line of its own transaction and hops'),
    state: z
      .enum(STATES)
      .describe('all of it is in the logs; still in a queue where the logs end; lines of it are missing'),
    direction,
    sender: z.string().optional().describe('envelope sender; empty: the null sender <>'),
    from: text.optional().describe('header From'),
    subject: text.optional().describe('decoded'),
    messageId: text.optional().describe('without < >'),
    size: count.optional().describe('bytes, as the first system that says it'),
    client: client.optional(),
    action: z
      .enum([...ACTIONS, 'mixed'])
      .optional()
      .describe('that of its recipients if all are equal, else mixed'),
    verdicts: z.array(verdict).min(1).optional().describe('left out where there is none'),
    hops: z.array(hop).describe('in the order travelled; may be empty'),
    recipients: z.array(recipient).describe('may be empty'),
    unnamedRecipients: count.optional().describe('recipients that only counters tell of'),
    notes: z
      .array(z.strictObject({ type: z.enum(NOTE_TYPES), text }))
      .min(1)
      .optional()
      .describe('what could not be decided or was assumed; left out where there is none'),
    links: z
      .array(z.strictObject({ type: z.enum(LINK_TYPES), id: text }))
      .min(1)
      .optional()
      .describe('left out where there is none'),
    lines: z.array(line).min(1).optional().describe('the raw chain in time order, with --raw and in show'),
  })
  .meta({ title: 'mailtrace message, version 1' });

/** A printed message, as its reader gets it. */
export type PrintedMessage = z.output<typeof messageSchema>;

/** JSON Schema (draft 2020-12) of one message. */
export function jsonSchema(): unknown {
  return z.toJSONSchema(messageSchema);
}
