/**
 * One mail as its sender and recipients know it: the object that every command prints.
 * Shape: the output contract, version 1. `undefined` = the log does not say; never null, never ''
 *   (the one exception: `sender: ''` is the null sender `<>`).
 * Units: every time is an Instant (ms since 1970-01-01T00:00Z), made ISO 8601 only when printed.
 */
import type {
  Action,
  Direction,
  LinkType,
  MessageKind,
  MessageState,
  NoteType,
  Status,
  VerdictAction,
} from './words.ts';

/** Milliseconds since 1970-01-01T00:00Z. Not a Date, not a DateTime. */
export type Instant = number;

export interface Client {
  ip?: string;
  name?: string;
  helo?: string;
  /** authenticated login */
  user?: string;
  tls?: string;
}

export interface RuleHit {
  name: string;
  score?: number;
}

export interface Verdict {
  time: Instant;
  host?: string;
  /** `postfix`, `exim`, `rspamd`, … */
  engine: string;
  action: VerdictAction;
  score?: number;
  threshold?: number;
  rules?: RuleHit[];
  reason?: string;
  quarantineId?: string;
  recipients?: string[];
  /**
   * The filter's own lasting name of the mail, for searching alone (`--quarantine-id`): what is released is named so.
   * Not part of the contract: the renderers leave it out.
   */
  mailId?: string;
}

export interface Hop {
  host?: string;
  /** `postfix`, `exim`, … */
  system: string;
  queueId?: string;
  time: Instant;
  lastTime: Instant;
}

export interface Relay {
  name?: string;
  ip?: string;
  port?: number;
}

export interface Recipient {
  address?: string;
  finalAddress?: string;
  added?: 'bcc' | 'redirect';
  status: Status;
  action?: Action;
  direction: Direction;
  mailbox?: string;
  time?: Instant;
  code?: string;
  dsn?: string;
  reply?: string;
  codeFrom?: 'daemon';
  reason?: string;
  relay?: Relay;
  remoteId?: string;
  /** seconds from arrival at the first hop to `time` */
  delay?: number;
  attempts?: number;
  matched?: true;
  /**
   * Further addresses on the way (between typed and final), for searching alone.
   * Not part of the contract: the renderers leave it out.
   */
  via?: string[];
}

export interface Note {
  type: NoteType;
  text: string;
}

export interface Link {
  type: LinkType;
  id: string;
}

/** Where a raw line lies. `line` is 1-based; offset and length are bytes of the (decompressed) input, without the line end. */
export interface LineLocation {
  /** index into the run's list of sources */
  source: number;
  line: number;
  offset: number;
  length: number;
}

/** A line of a message's raw chain. */
export interface ChainLine extends LineLocation {
  at: Instant;
  host?: string;
  /** place in the merged order of all input lines */
  order: number;
  /** lines that say that this one was repeated */
  repeats?: ChainLine[];
  /** the exact bytes, where the source cannot be read again (a pipe); else re-read by location */
  bytes?: Uint8Array;
}

export interface Message {
  v: 1;
  id: string;
  /** place of its first line in the merged order of all input: equal times are printed in it. Not part of the contract. */
  order?: number;
  kind: MessageKind;
  time: Instant;
  lastTime: Instant;
  state: MessageState;
  direction: Direction;
  sender?: string;
  from?: string;
  subject?: string;
  messageId?: string;
  size?: number;
  client?: Client;
  action?: Action | 'mixed';
  verdicts: Verdict[];
  hops: Hop[];
  recipients: Recipient[];
  unnamedRecipients?: number;
  notes: Note[];
  links: Link[];
  /** present only where the run was asked for raw lines */
  lines?: ChainLine[];
  /**
   * What a scope left out of it, for its raw lines alone: other recipients' addresses; empty where nobody knows whom, or there
   * are too many. Not part of the contract: the renderers leave it out.
   */
  hidden?: string[];
}

/** An SMTP session that brought no mail. */
export interface Session {
  time: Instant;
  lastTime: Instant;
  host?: string;
  client?: Client;
  /** `scan` `auth-failed` `probe` `dropped` `quit` … */
  kind: string;
  text?: string;
  lines?: ChainLine[];
}
