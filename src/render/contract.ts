/**
 * The output contract as data: every field of a printed message in its printed order, with what it holds.
 * JSON, --fields and the columns of tables and CSV are all made from it, so that they cannot differ.
 * A type says that no field of src/model is missing here; internal ones (`via`) are left out on purpose.
 */
import type { Client, Hop, Link, Message, Note, Recipient, Relay, RuleHit, Verdict } from '../model/message.ts';

/**
 * What a field holds: a text of the log, a word of src/model/words.ts (nothing in it needs escaping), a time (ISO 8601), a number, `true`, a list of texts, an object, a list of objects.
 * A list of objects is left out where it is empty, but for `hops` and `recipients` (see ALWAYS).
 */
export type FieldKind = 'text' | 'word' | 'time' | 'number' | 'flag' | 'texts' | Fields | readonly [Fields];
export interface Fields {
  readonly [name: string]: FieldKind;
}

type FieldsFor<T, Without extends string = never> = { readonly [K in Exclude<keyof T, Without>]-?: FieldKind };

const CLIENT = {
  ip: 'text',
  name: 'text',
  helo: 'text',
  user: 'text',
  tls: 'text',
} as const satisfies FieldsFor<Client>;

const RULE = { name: 'text', score: 'number' } as const satisfies FieldsFor<RuleHit>;

const VERDICT = {
  time: 'time',
  host: 'text',
  engine: 'text',
  action: 'word',
  score: 'number',
  threshold: 'number',
  rules: [RULE],
  reason: 'text',
  quarantineId: 'text',
  recipients: 'texts',
} as const satisfies FieldsFor<Verdict, 'mailId'>;

const HOP = {
  host: 'text',
  system: 'text',
  queueId: 'text',
  time: 'time',
  lastTime: 'time',
} as const satisfies FieldsFor<Hop>;

const RELAY = { name: 'text', ip: 'text', port: 'number' } as const satisfies FieldsFor<Relay>;

const RECIPIENT = {
  address: 'text',
  finalAddress: 'text',
  added: 'word',
  status: 'word',
  action: 'word',
  direction: 'word',
  mailbox: 'text',
  time: 'time',
  code: 'text',
  dsn: 'text',
  reply: 'text',
  codeFrom: 'word',
  reason: 'text',
  relay: RELAY,
  remoteId: 'text',
  delay: 'number',
  attempts: 'number',
  matched: 'flag',
} as const satisfies FieldsFor<Recipient, 'via'>;

const NOTE = { type: 'word', text: 'text' } as const satisfies FieldsFor<Note>;
const LINK = { type: 'word', id: 'text' } as const satisfies FieldsFor<Link>;

/** A line of the raw chain, as it is printed. */
export interface RawLine {
  /** path of the source, as the user gave it or as it was found */
  file: string;
  /** 1-based */
  line: number;
  host?: string;
  /** the exact bytes, without the line end */
  bytes: Uint8Array;
}

/** What is printed of a raw line: its bytes as text. */
export interface PrintedLine extends Omit<RawLine, 'bytes'> {
  text: string;
}

const LINE = { file: 'text', line: 'number', host: 'text', text: 'text' } as const satisfies FieldsFor<PrintedLine>;

export const MESSAGE_FIELDS = {
  v: 'number',
  id: 'text',
  kind: 'word',
  time: 'time',
  lastTime: 'time',
  state: 'word',
  direction: 'word',
  sender: 'text',
  from: 'text',
  subject: 'text',
  messageId: 'text',
  size: 'number',
  client: CLIENT,
  action: 'word',
  verdicts: [VERDICT],
  hops: [HOP],
  recipients: [RECIPIENT],
  unnamedRecipients: 'number',
  notes: [NOTE],
  links: [LINK],
  lines: [LINE],
} as const satisfies FieldsFor<Message, 'order' | 'hidden'>;

/** Lists that are printed even where they are empty, so that a filter over them (`.recipients[]`) always works. */
export const ALWAYS: ReadonlySet<string> = new Set(['hops', 'recipients']);
