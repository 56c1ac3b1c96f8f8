/**
 * PowerMTA's accounting files. README.md tells what is read.
 */
import type { Frame } from '../../model/frame.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { Rows } from './rows.ts';

const PROGRAM = 'powermta';

const powermta: LogFormat<Rows> = {
  name: 'powermta',
  title: 'PowerMTA accounting',
  docs: 'https://hackmd.io/@z3d3m0n/Pmta_records',
  versions: '4.0 to 5.5',

  claims(program: string, frame: Frame): boolean {
    return program === PROGRAM && frame.framing === 'csv';
  },

  createContext(): Rows {
    return new Rows();
  },

  parse(frame: Frame, event: LogEvent, emit: Emit, context: Rows): ParseResult {
    return frame.row === undefined ? 'unknown' : context.parse(frame, frame.row, event, emit);
  },

  /** A row is read with the header far above it. */
  isContextual(): boolean {
    return true;
  },

  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const frame of sample) if (frame.program === PROGRAM && frame.framing === 'csv') ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default powermta;
