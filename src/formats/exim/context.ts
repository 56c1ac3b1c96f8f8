/**
 * What the parser remembers of one stream: the entry whose header lines may follow, entries in syslog pieces, and refusals
 * whose second copy may follow. All of it is bounded.
 */
import { Frame } from '../../model/frame.ts';
import { hashBytes } from '../../model/hash.ts';

/** Headers of a refusal follow its line (rejectlog). */
export interface Entry {
  /** whether lines may follow */
  open: boolean;
  /** queue id, '' for a refusal without one */
  id: string;
  header: '' | 'sender' | 'subject' | 'from' | 'recipients' | 'other';
  /** what the header holds so far */
  text: string;
}

/** One log entry that syslog got in pieces: src/log.c write_syslog(). */
export interface Pieces {
  /** number of the next piece */
  next: number;
  total: number;
  /** bytes of the line so far */
  bytes: Buffer;
  length: number;
  /** whether the first line of the entry is complete: what follows are header lines */
  headers: boolean;
  /** the frame of the first piece: where an unfinished entry is told */
  frame: Frame;
  entry: Entry;
  /** text of the piece before: loggers double lines */
  lastText: string;
}

interface LastRefusal {
  hash: number;
  /** of the line that told it last; ms */
  at: number;
  /** its copy has come */
  isPaired: boolean;
}

export interface EximContext {
  entry: Entry;
  pieces: Map<string, Pieces>;
  /** the last refusal of a process that syslog may show twice, by host and pid */
  refusals: Map<string, LastRefusal>;
  /** refusals that were followed by their copy, and that were not */
  paired: number;
  unpaired: number;
  scratch: Frame;
}

const MAX_OPEN_PIECES = 128;
const MAX_REFUSALS = 512;
/** LOG_BUFFER_SIZE is 8192 (src/config.h.defaults); twice that is room for every entry. */
export const MAX_ENTRY_BYTES = 16384;

function newEntry(): Entry {
  return { open: false, id: '', header: '', text: '' };
}

export function createContext(): EximContext {
  return { entry: newEntry(), pieces: new Map(), refusals: new Map(), paired: 0, unpaired: 0, scratch: new Frame() };
}

/** Key of a process in a stream that may hold several hosts. */
export function processKey(frame: Frame): string {
  return `${frame.pid}@${frame.host ?? ''}`;
}

/** The pieces of a new entry; the oldest unfinished one gives way where there are too many. */
export function openPieces(context: EximContext, key: string, frame: Frame, total: number): Pieces {
  if (context.pieces.size >= MAX_OPEN_PIECES) {
    const oldest = context.pieces.keys().next();
    if (oldest.done !== true) context.pieces.delete(oldest.value);
  }
  const pieces: Pieces = {
    next: 1,
    total,
    bytes: Buffer.allocUnsafe(1024),
    length: 0,
    headers: false,
    lastText: '',
    frame: copyPlace(new Frame(), frame),
    entry: newEntry(),
  };
  context.pieces.set(key, pieces);
  return pieces;
}

/** The place, time and process of a frame, without its bytes. */
export function copyPlace(to: Frame, from: Frame): Frame {
  to.at = from.at;
  to.host = from.host;
  to.program = from.program;
  to.pid = from.pid;
  to.framing = from.framing;
  to.yearGuessed = from.yearGuessed;
  to.repeated = from.repeated;
  to.duplicate = from.duplicate;
  to.source = from.source;
  to.stream = from.stream;
  to.line = from.line;
  to.offset = from.offset;
  to.length = from.length;
  return to;
}

/**
 * Whether this refusal in syslog is the second copy of the line before it of its process: Exim writes it once for the main
 * log and once for the reject log (src/log.c log_vwrite(), option syslog_duplication). In a log that shows no such pairs
 * two equal lines are two refusals. A line that was logged twice has one stamp: where stamps tell microseconds it is
 * neither the copy of its like nor another refusal.
 */
export function isSecondCopy(context: EximContext, frame: Frame, a: number): boolean {
  if (frame.program === '' || frame.pid < 0) return false;
  if (context.paired === 0 && context.unpaired >= 8) return false;
  const { at } = frame;
  const key = processKey(frame);
  const hash = hashBytes(frame.bytes, a, frame.end);
  const before = context.refusals.get(key);
  if (before?.hash === hash) {
    if (before.at === at && !Number.isInteger(at)) return true;
    if (!before.isPaired) {
      before.isPaired = true;
      before.at = at;
      context.paired++;
      return true;
    }
  }
  if (before !== undefined) {
    if (!before.isPaired) context.unpaired++;
  } else if (context.refusals.size >= MAX_REFUSALS) dropOldest(context);
  context.refusals.set(key, { hash, at, isPaired: false });
  return false;
}

function dropOldest(context: EximContext): void {
  const oldest = context.refusals.entries().next();
  if (oldest.done === true) return;
  const [key, { isPaired }] = oldest.value;
  context.refusals.delete(key);
  if (!isPaired) context.unpaired++;
}

/** Any other line of a process ends the wait for a copy. */
export function endWait(context: EximContext, frame: Frame): void {
  if (context.refusals.size === 0 || frame.program === '') return;
  const key = processKey(frame);
  const before = context.refusals.get(key);
  if (before === undefined) return;
  context.refusals.delete(key);
  if (!before.isPaired) context.unpaired++;
}
