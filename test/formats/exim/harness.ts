/** Frames Exim lines without the framing stage, and shows events as plain objects. */
import { Frame } from '../../../src/model/frame.ts';
import { F, LogEvent } from '../../../src/model/log-event.ts';
import type { ParseResult } from '../../../src/model/log-format.ts';
import exim, { finishExim } from '../../../src/formats/exim/index.ts';

type Shown = Record<string, unknown>;

const SCALARS = [
  'system',
  'instance',
  'outcome',
  'how',
  'what',
  'stage',
  'action',
  'origin',
  'relation',
  'engine',
  'codeFromDaemon',
  'final',
  'active',
  'code',
  'size',
  'nrcpt',
  'delayMs',
  'port',
] as const;
const EMPTY = new LogEvent();

function show(event: LogEvent): Shown {
  const out: Shown = { kind: event.kind };
  for (const key of SCALARS) if (event[key] !== EMPTY[key]) out[key] = event[key];
  for (const [name, index] of Object.entries(F)) if (event.has(index)) out[name] = event.text(index);
  return out;
}

/** A frame over one line: Exim's own stamp, `exim[pid]: body` for syslog, anything else has no stamp. */
export function frameOf(line: string | Buffer, lineNumber = 1): Frame {
  const frame = new Frame();
  const bytes = typeof line === 'string' ? Buffer.from(line) : line;
  // Other bytes before and after, as in a block: a parser that leaves its line reads them.
  frame.bytes = Buffer.concat([
    Buffer.from('=> before@example.org <x@y> R=r\n'),
    bytes,
    Buffer.from('\n1xUhBW-000CXd-DU => after@example.org <" R=r T=t C="250 x"'),
  ]);
  const start = 32;
  frame.end = start + bytes.length;
  frame.line = lineNumber;
  const text = bytes.toString('latin1');
  const own = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:\[(\d+)\] )?/.exec(text);
  const syslog = /^exim\[(\d+)\]: /.exec(text);
  if (own !== null) {
    frame.framing = 'exim';
    frame.at = Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`);
    if (own[1] !== undefined) frame.pid = Number(own[1]);
    frame.body = start + own[0].length;
  } else if (syslog !== null) {
    frame.framing = 'syslog';
    frame.program = 'exim';
    frame.host = 'mx1';
    frame.at = 0;
    frame.pid = Number(syslog[1]);
    frame.body = start + syslog[0].length;
  } else {
    frame.body = start;
  }
  return frame;
}

export interface Parsed {
  result: ParseResult;
  events: Shown[];
}

/** Parses lines of one stream in order. */
export function parseLines(lines: readonly (string | Buffer)[], flush = false): Parsed[] {
  const context = exim.createContext();
  const event = new LogEvent();
  const all = lines.map((line, i) => {
    const events: Shown[] = [];
    const result = exim.parse(frameOf(line, i + 1), event, (one) => events.push({ ...show(one) }), context);
    return { result, events };
  });
  if (flush) {
    const events: Shown[] = [];
    finishExim(event, (one) => events.push(show(one)), context);
    all.push({ result: 'event', events });
  }
  return all;
}
