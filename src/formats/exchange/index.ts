/**
 * Exchange Server's message tracking logs (MSGTRK*.LOG). README.md tells what is read.
 */
import type { Frame } from '../../model/frame.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { Tracking } from './tracking.ts';

const PROGRAM = 'exchange-tracking';

const exchange: LogFormat<Tracking> = {
  name: 'exchange',
  title: 'Exchange message tracking',
  docs: 'https://learn.microsoft.com/exchange/mail-flow/transport-logs/message-tracking',
  versions: '2007 to 2019, SE',

  claims(program: string, frame: Frame): boolean {
    return program === PROGRAM && frame.framing === 'csv';
  },

  createContext(): Tracking {
    return new Tracking('exchange');
  },

  parse(frame: Frame, event: LogEvent, emit: Emit, context: Tracking): ParseResult {
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

export default exchange;
