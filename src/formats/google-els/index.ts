/**
 * Google Workspace's Email Log Search export. README.md tells what is read.
 */
import type { Frame } from '../../model/frame.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { Rows } from './rows.ts';

const PROGRAM = 'google-els';

const googleEls: LogFormat<Rows> = {
  name: 'google-els',
  title: 'Google Workspace Email Log Search',
  docs: 'https://support.google.com/a/answer/13828463',
  versions: 'columns of 2025',

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

export default googleEls;
