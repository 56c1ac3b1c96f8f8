/**
 * What the lines of a log set show of the logging itself, line by line: which daemons wrote, which lines were repeated, cut or
 * stand in several files.
 * Memory: at most MOST_DAEMONS pairs of host and daemon, a few numbers a file.
 */
import type { Frame } from '../model/frame.ts';
import { Copies } from './copies.ts';
import { Gaps } from './gaps.ts';

const MOST_DAEMONS = 4000;
/** Shorter lines end by chance at the same length (RFC 3164 section 4.1 allows 1024 bytes). */
const LEAST_CUT = 960;

/** What is known of one input. */
export interface FileHealth {
  /** lines with a stamp */
  stamped: number;
  /** stamps without a year */
  yearless: number;
  /** bytes of the longest line, and how many lines have just that many */
  longest: number;
  longestLines: number;
}

/** A line, to be looked up: index of its source, 1-based. */
export interface Place {
  readonly source: number;
  readonly line: number;
}

/** Deliveries of Postfix end in the answer in brackets: a line that does not was cut on its way. */
const STATUS = Buffer.from(' status=');
const CLOSE = 0x29;
const DELIVERS = /^(?:smtp|lmtp|local|virtual|pipe|error|discard)$/;

export class LogHealth {
  readonly gaps = new Gaps();
  readonly copies = new Copies();
  readonly files: FileHealth[] = [];
  /** lines by host and program, as `host\nprogram`; host `''` where there is none */
  readonly daemons = new Map<string, number>();
  /** lines that say how often another came, and how many they stand for */
  repeats = { lines: 0, times: 0, first: undefined as Place | undefined };
  /** lines that end in the middle */
  cut = { lines: 0, first: undefined as Place | undefined };
  #lastKey = '';
  #lastHost: string | undefined;
  #lastProgram = '';

  see(frame: Frame): void {
    this.gaps.see(frame);
    const file = (this.files[frame.source] ??= { stamped: 0, yearless: 0, longest: 0, longestLines: 0 });
    if (!Number.isNaN(frame.at)) {
      file.stamped++;
      if (frame.yearGuessed) file.yearless++;
    }
    if (frame.length > file.longest) {
      file.longest = frame.length;
      file.longestLines = 1;
    } else if (frame.length === file.longest) file.longestLines++;
    if (frame.repeated > 1) {
      this.repeats.lines++;
      this.repeats.times += frame.repeated;
      this.repeats.first ??= placeOf(frame);
    }
    this.copies.see(frame);
    if (frame.duplicate) return;
    if (frame.program === '' || frame.framing === 'csv') return;
    this.#count(frame);
    if (isCut(frame)) {
      this.cut.lines++;
      this.cut.first ??= placeOf(frame);
    }
  }

  /** Files in which many lines have the length of the longest: somebody cuts them there. */
  cutAt(): { source: number; bytes: number; lines: number }[] {
    return this.files.flatMap(({ longest, longestLines }, source) =>
      longest >= LEAST_CUT && longestLines >= 3 ? [{ source, bytes: longest, lines: longestLines }] : [],
    );
  }

  #count(frame: Frame): void {
    const { host, program } = frame;
    if (host !== this.#lastHost || program !== this.#lastProgram) {
      this.#lastKey = `${host ?? ''}\n${program}`;
      this.#lastHost = host;
      this.#lastProgram = program;
    }
    const known = this.daemons.get(this.#lastKey);
    if (known !== undefined || this.daemons.size < MOST_DAEMONS) this.daemons.set(this.#lastKey, (known ?? 0) + 1);
  }
}

function placeOf({ source, line }: Frame): Place {
  return { source, line };
}

function isCut({ program, bytes, body, end }: Frame): boolean {
  if (end <= body || bytes[end - 1] === CLOSE) return false;
  if (!DELIVERS.test(program.slice(program.lastIndexOf('/') + 1)) || !program.includes('/')) return false;
  const text = bytes.subarray(body, end);
  const status = text.indexOf(STATUS);
  // `status=sent (…`: of other lines nobody knows how they end
  return status > 0 && text.indexOf('(', status) > 0;
}
