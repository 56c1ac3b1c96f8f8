/**
 * An event as a plain object: its kind, the scalars that differ from those of an empty event, and its fields by name.
 */
import { Frame } from '../../src/model/frame.ts';
import { F, LogEvent } from '../../src/model/log-event.ts';

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
  'score',
  'threshold',
  'mailOk',
  'mailAll',
  'rcptOk',
  'rcptAll',
  'dataOk',
  'dataAll',
] as const satisfies readonly (keyof LogEvent)[];

const EMPTY = new LogEvent();
EMPTY.reset('mention', new Frame());

export type EventObject = Record<string, string | number | boolean>;

export function eventObject(event: LogEvent): EventObject {
  const object: EventObject = { kind: event.kind };
  for (const name of SCALARS) if (!Object.is(event[name], EMPTY[name])) object[name] = event[name];
  for (const [name, field] of Object.entries(F)) {
    const text = event.text(field);
    if (text !== undefined) object[name] = text;
  }
  return object;
}
