/**
 * Who looks at lines and events beside the correlator, where a command asks for it: numbers of a server that are of no mail
 * (warnings, connections, TLS). Called for every line: it must be quick and keep nothing of what it is given.
 */
import type { Frame } from './frame.ts';
import type { LogEvent } from './log-event.ts';

export interface LineWatch {
  /** A line that some format claims, before its events. */
  line(frame: Frame): void;
  /** An event of that line; it is filled anew for the next. */
  event(event: LogEvent): void;
}
