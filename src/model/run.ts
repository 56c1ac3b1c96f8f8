/**
 * What a run over the inputs is asked for, and what it tells beside the messages.
 */
import type { Instant } from './message.ts';
import type { Own } from './own.ts';

/** Something wrong with one input: told as `mailtrace: where: what`, the rest goes on, exit status 2. */
export interface InputProblem {
  /** path or option as the user gave it */
  where: string;
  what: string;
  help?: string;
}

/** A file (or standard input, or the journal) as it was read. */
export interface SourceSummary {
  /** path as the user gave it or as it was found; `-` for standard input, `journal` */
  path: string;
  /** plain bytes that can be read again at an offset */
  seekable: boolean;
  lines: number;
  bytes: number;
  /** first and last stamp seen */
  first?: Instant;
  last?: Instant;
  /** names of the formats that claimed lines, most lines first */
  formats: string[];
  event: number;
  ignored: number;
  unknown: number;
  /** lines without a stamp that no format wanted */
  unframed: number;
  /** lines that no format claims (other programs) */
  foreign: number;
  /** reason -> count, for lines that were not understood */
  reasons: Record<string, number>;
  /** first line not understood: 1-based line and its text, cut to 200 characters */
  sample?: { line: number; text: string };
  /** a line that a known format's program wrote and the parser did not know, if any */
}

/** Two hosts whose clocks differ, as the mails show it that went from one to the other. `''`: lines that name no host. */
export interface HostSkew {
  from: string;
  to: string;
  /** ms that the clock of `to` is ahead: least and most that was seen */
  min: number;
  max: number;
}

/** What was let go as memory was short (`--memory`). */
export interface LetGo {
  /** mails that were told before their end: `partial`, and lines of theirs that came later stand as another message */
  mails: number;
  /** sessions that were told before their end */
  sessions: number;
  /** attempts refused for now that were not tied to their retries */
  attempts: number;
}

export interface RunSummary {
  sources: SourceSummary[];
  problems: InputProblem[];
  /** plain sentences: years, zones and overrules assumed */
  assumptions: string[];
  /** all messages joined, before any filter */
  messages: number;
  /** chosen lines alone were parsed: `messages`, and what counts lines by what they say, hold of them */
  isPart?: boolean;
  first?: Instant;
  last?: Instant;
  /** lines that cannot matter to the window asked for were not read: stamps before `before` or after `after`; bytes on disk */
  skipped?: { bytes: number; before?: Instant; after?: Instant };
  /** sessions that brought no mail, by kind */
  sessions: Record<string, number>;
  interrupted: boolean;
  letGo?: LetGo;
  /** what is told is of mail to and from these domains alone: of all others there are no messages, lines or numbers in it */
  scope?: string;
  skews?: HostSkew[];
}

/** A zone for stamps without one: for every source, or for those whose path or host matches. */
export interface LogZone {
  /** host name or path glob; undefined = all */
  match?: string;
  zone: string;
}

/** Where objects of a collector have the parts of a line: paths of keys, parted by dots. */
export interface JsonFields {
  /** the line, or what the daemon wrote */
  text: string;
  time?: string;
  host?: string;
  program?: string;
  pid?: string;
}

/** For every source, or for those whose path matches. */
export interface JsonSource {
  /** path glob; undefined = all */
  match?: string;
  fields: JsonFields;
}

/**
 * One reading of the inputs, for who shows how far it is. Whoever reads hands one on as it begins (RunOptions.onPhase) and
 * is asked from a timer, a few times a second: it answers from counters that it has anyway.
 */
export interface Phase {
  /** for people: `reading` */
  readonly what: string;
  /** bytes there are to read, on disk; undefined where nobody knows (a pipe) */
  readonly total: number | undefined;
  /** bytes read of them */
  done(): number;
}

export interface RunRequest {
  /** as typed; empty = the standard places, else the journal */
  paths: readonly string[];
  /** printed zone is no business of a run; this is the zone of stamps that have none (IANA name); undefined = the machine's */
  logZones: readonly LogZone[];
  now: Instant;
  /** keep the raw chain of every message handed on */
  wantLines: boolean;
  /** keep sessions that brought no mail */
  wantSessions: boolean;
  /** what is configured as ours */
  own?: Own;
  /** bytes that the run may take; not given: util/memory.ts DEFAULT_MEMORY */
  memory?: number | undefined;
  /** what is configured of collectors' JSON; the last that matches a source holds */
  json?: readonly JsonSource[];
}
