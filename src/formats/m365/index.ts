/**
 * Microsoft 365 message traces: summary, enhanced summary and extended report. README.md tells what is read.
 */
import type { Frame } from '../../model/frame.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { Tracking } from '../exchange/tracking.ts';
import { Summary } from './summary.ts';

const EXTENDED = 'm365-extended';
const PROGRAMS = new Set(['m365-summary', 'm365-enhanced', EXTENDED]);

class Context {
  readonly summary = new Summary();
  readonly tracking = new Tracking('m365', false);
}

const m365: LogFormat<Context> = {
  name: 'm365',
  title: 'Microsoft 365 message trace',
  docs: 'https://learn.microsoft.com/exchange/monitoring/trace-an-email-message/message-trace-modern-eac',
  versions: 'summary, enhanced summary, extended; Get-MessageTrace and V2',

  claims(program: string, frame: Frame): boolean {
    return PROGRAMS.has(program) && frame.framing === 'csv';
  },

  createContext(): Context {
    return new Context();
  },

  parse(frame: Frame, event: LogEvent, emit: Emit, { summary, tracking }: Context): ParseResult {
    const { row } = frame;
    if (row === undefined) return 'unknown';
    return (frame.program === EXTENDED ? tracking : summary).parse(frame, row, event, emit);
  },

  /** A row is read with the header far above it. */
  isContextual(): boolean {
    return true;
  },

  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const frame of sample) if (PROGRAMS.has(frame.program) && frame.framing === 'csv') ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default m365;
