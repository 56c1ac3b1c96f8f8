/**
 * Frames whole texts for the tests: what is kept of each line, as plain values.
 */
import { Framer } from '../../src/framing/framer.ts';
import type { FramerOptions } from '../../src/framing/options.ts';
import { Frame } from '../../src/model/frame.ts';

export interface Framed {
  result: string;
  framing: string;
  /** ISO 8601, '' where the line has no time */
  at: string;
  host: string | undefined;
  program: string;
  pid: number;
  body: string;
  repeated: number;
  guessed: boolean;
}

const BOUND = Date.UTC(2026, 10, 21, 12);

export function makeFramer(options: Partial<FramerOptions> = {}): Framer {
  return new Framer({ zone: 'UTC', bound: BOUND, ...options });
}

export function frameLines(text: string | Buffer, framer: Framer = makeFramer()): Framed[] {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const frame = new Frame();
  const out: Framed[] = [];
  let start = 0;
  while (start < bytes.length) {
    let end = bytes.indexOf(10, start);
    if (end < 0) end = bytes.length;
    out.push(frameOne(framer, bytes, start, end, frame));
    start = end + 1;
  }
  return out;
}

export function frameOne(framer: Framer, bytes: Buffer, start: number, end: number, frame = new Frame()): Framed {
  const result = framer.frame(bytes, start, end, frame);
  return {
    result,
    framing: frame.framing,
    at: Number.isNaN(frame.at) ? '' : isoMicros(frame.at),
    host: frame.host,
    program: frame.program,
    pid: frame.pid,
    body: frame.text(frame.body, frame.end),
    repeated: frame.repeated,
    guessed: frame.yearGuessed,
  };
}

/** The only line of a text. */
export function frameLine(text: string | Buffer, options: Partial<FramerOptions> = {}): Framed {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return frameOne(makeFramer(options), bytes, 0, bytes.length);
}

export function times(text: string, options: Partial<FramerOptions> = {}): string[] {
  return frameLines(text, makeFramer(options)).map((line) => line.at);
}

/** `2026-11-21T09:15:02Z`, with the digits of a fraction where there is one. */
function isoMicros(at: number): string {
  const whole = Math.floor(at / 1000);
  const micros = Math.round((at - whole * 1000) * 1000);
  const text = new Date(whole * 1000).toISOString().slice(0, 19);
  const fraction = micros === 0 ? '' : `.${String(micros).padStart(6, '0').replace(/0+$/, '')}`;
  return `${text}${fraction}Z`;
}
