/**
 * A session that brought no mail, in the shape that the filters ask: a message without recipients.
 */
import type { Message, Session } from '../model/message.ts';

export function sessionAsMessage(session: Session): Message {
  const { time, lastTime, host } = session;
  return {
    v: 1,
    id: '',
    kind: 'mail',
    time,
    lastTime,
    state: 'complete',
    direction: 'unknown',
    ...(session.client === undefined ? {} : { client: session.client }),
    verdicts: [],
    hops: host === undefined ? [] : [{ host, system: '', time, lastTime }],
    recipients: [],
    notes: [],
    links: [],
    ...(session.lines === undefined ? {} : { lines: session.lines }),
  };
}
