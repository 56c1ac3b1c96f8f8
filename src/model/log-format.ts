/**
 * What a log format is: one folder under src/formats with a default export of this shape, and one line in src/formats/index.ts.
 */
import type { Frame } from './frame.ts';
import type { LogEvent } from './log-event.ts';

/** `event`: said something, emitted · `ignored`: known and uninteresting · `unknown`: not understood, counted and shown by `mailtrace formats FILE`. */
export type ParseResult = 'event' | 'ignored' | 'unknown';

/** Takes one event; the record is reused as soon as it returns. */
export type Emit = (event: LogEvent) => void;

/** State of a parser, one for each stream (a file or rotated set), made by `createContext`. */
export type FormatContext = object;

export interface LogFormat<C extends FormatContext = FormatContext> {
  /** word of `formats` and of hops[].system */
  name: string;
  title: string;
  /** URL of the format's own documentation */
  docs: string;
  /** versions whose shapes were read */
  versions: string;
  /**
   * Whether this format owns lines with this program tag (`postfix/smtpd`, `exim`); called once for each distinct tag.
   * '' = a line without host and program (framing 'exim' or 'none').
   */
  claims(program: string, frame: Frame): boolean;
  createContext(): C;
  /** Never throws. Emits nothing for a line it does not understand, but a `mention` where that line names a queue id. */
  parse(frame: Frame, event: LogEvent, emit: Emit, context: C): ParseResult;
  /** The stream has ended: what the context still holds of a line in pieces is told now. */
  finish?(event: LogEvent, emit: Emit, context: C): void;
  /** Every line of a delivery that the next server refused, for now or for good, holds one of these. */
  refusedSigns?: readonly string[];
  /**
   * Of a format beside the servers (`verdict`, `stored`): every line that may change a recipient's status, or tells of one whom
   * no server's line names, holds one of the signs (more lines may). `byQueueId`: it names the server's queue id.
   */
  besides?: {
    readonly signs: readonly string[];
    readonly byQueueId: boolean;
    /** in lines of which only a whole log tells whose mail they are about (a new mail that was written, a Message-ID alone) */
    readonly traps?: readonly string[];
    /** in lines that may name a mail by its Message-ID alone */
    readonly mids?: readonly string[];
    /** in lines that may name a mail by its client, sender and recipients alone: they change no recipient's status */
    readonly envelopes?: readonly string[];
  };
  /**
   * Whether what is said of such a line may hang on lines far before it (by the context): a search that reads chosen lines
   * alone then reads all of them. Lines without a stamp always come with the line that they follow.
   */
  isContextual?(frame: Frame): boolean;
  /** Evidence, 0..1, that these lines are of this format; pure. */
  detect(sample: readonly Frame[]): number;
}
