/**
 * One line on its way through the parsers: the frame, the record, where to give it, and the queue id in front.
 */
import type { EventKind, LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import type { Emit } from '../../model/log-format.ts';
import { Frame } from '../../model/frame.ts';
import type { EximContext } from './context.ts';
import { createContext, isSecondCopy } from './context.ts';
import { host, parseHost, setClient } from './host.ts';
import { SPACE, hasAt } from './scan.ts';

/** Reused for every line; `id` is -1 for a line without a queue id; `body` is where the line begins, id included. */
export class Line {
  frame: Frame = new Frame();
  event!: LogEvent;
  emit: Emit = () => undefined;
  context: EximContext = createContext();
  body = 0;
  id = -1;
  idEnd = -1;
}

/** An empty event of this line with its queue id. */
export function begin(line: Line, kind: EventKind): LogEvent {
  const { event } = line;
  event.reset(kind, line.frame);
  event.system = 'exim';
  if (line.id >= 0) event.set(F.queueId, line.id, line.idEnd);
  return event;
}

/**
 * Emits the event. A line that Exim also writes to its reject log opens an entry, whose headers may follow; in syslog, the
 * second copy has `relation` '' and `what` 'copy'.
 */
export function finish(line: Line, event: LogEvent, rejectLogged: boolean): void {
  if (rejectLogged) {
    const { context, frame } = line;
    const { entry } = context;
    entry.open = true;
    entry.id = line.id >= 0 ? frame.text(line.id, line.idEnd) : '';
    entry.header = '';
    entry.text = '';
    if (isSecondCopy(context, frame, line.body)) event.what = 'copy';
  }
  line.emit(event);
}

/** Reads `H=`-less or prefixed host text (`(x) [192.0.2.9] U=…`) at i as the client; gives the place after it. */
export function clientOf(event: LogEvent, i: number, end: number): number {
  const { bytes } = event.frame;
  while (i < end && bytes[i] === SPACE) i++;
  if (hasAt(bytes, i, end, 'DS ')) i += 3;
  if (hasAt(bytes, i, end, 'H=')) i += 2;
  i = parseHost(bytes, i, end);
  if (host.ip >= 0 || host.helo >= 0) setClient(event);
  return i;
}
