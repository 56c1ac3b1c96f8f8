/**
 * bounce(8): notices that it wrote about a mail, each a mail of its own.
 *   `QID: sender non-delivery notification: 8A9B0C1D2E`   bounce_notify_service.c, bounce_one_service.c
 *   `QID: sender delay notification: …`                   bounce_warn_service.c
 *   `QID: sender delivery status notification: …`         bounce_trace_service.c
 *   `QID: postmaster non-delivery|delay notification: …`
 */
import { F } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { indexOf, lit } from './bytes.ts';
import type { Line } from './line.ts';
import { looseIdEnd } from './queue-id.ts';

const NOTICES = [
  { what: 'bounce', bytes: lit('sender non-delivery notification') },
  { what: 'delay', bytes: lit('sender delay notification') },
  { what: 'success', bytes: lit('sender delivery status notification') },
  { what: 'postmaster', bytes: lit('postmaster non-delivery notification') },
  { what: 'postmaster', bytes: lit('postmaster delay notification') },
];

const COLON = lit(': ');

/** Reads a notification; undefined where the line is none. */
export function readNotice(line: Line): ParseResult | undefined {
  for (const notice of NOTICES) {
    if (!line.at(notice.bytes)) continue;
    const colon = indexOf(line.bytes, line.a + notice.bytes.length, line.b, COLON);
    const a = colon < 0 ? line.b : colon + COLON.length;
    const end = looseIdEnd(line.bytes, a, line.b);
    if (end < 0) return line.unknown();
    const event = line.start('notify');
    event.what = notice.what;
    event.set(F.otherId, a, end);
    return line.done();
  }
  return undefined;
}
