/**
 * qmgr(8), and the first and last lines of a mail that other programs write in the same shape.
 *
 *   `QID: from=<ann@a>, size=2048, nrcpt=2 (queue active)`          global/opened.c
 *   `QID: from=<ann@a>, status=expired, returned to sender`         qmgr_active.c; `force-expired` since 3.5
 *   `QID: removed` · `QID: removed (canceled)`                      qmgr_active.c, cleanup_api.c
 *   `QID: status=deferred (bounce failed)`                          global/bounce.c, abounce.c
 *   `QID: uid=33 from=<www-data> orig_id=2B0…`                      pickup.c
 */
import { F } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { addressEnd, addressEndOrLast } from './address.ts';
import { endsWith, indexOf, lit, numberEnd, readNumber, startsAt } from './bytes.ts';
import type { Line } from './line.ts';
import { looseIdEnd } from './queue-id.ts';

export const FROM = lit('from=<');
const AFTER_FROM = [lit('>, size='), lit('>, status=')];
const SIZE = lit('>, size=');
const NRCPT = lit(', nrcpt=');
const ACTIVE = lit('(queue active)');
const EXPIRED = lit('expired');
/** global/mail_addr.c mail_addr_double_bounce(), with the default of double_bounce_sender. */
const REPORTER = lit('double-bounce@');

/** Reads the line from `from=<`. */
export function readFrom(line: Line): ParseResult {
  const { bytes, b } = line;
  const event = line.start('facts');
  const from = line.a + FROM.length;
  const end = addressEnd(bytes, from, b, AFTER_FROM);
  if (end < 0) return line.unknown();
  event.set(F.sender, from, end);
  // what the servers and clients of SMTP write to the postmaster (smtpd_chat.c, smtp_chat.c), bounce(8)'s copies, and probes
  if (startsAt(bytes, from, end, REPORTER)) event.what = 'report';
  if (startsAt(bytes, end, b, SIZE)) {
    event.size = readNumber(bytes, end + SIZE.length, b);
    if (startsAt(bytes, numberEnd, b, NRCPT)) event.nrcpt = readNumber(bytes, numberEnd + NRCPT.length, b);
    event.active = endsWith(bytes, end, b, ACTIVE);
    return line.done();
  }
  if (indexOf(bytes, end, b, EXPIRED) < 0) return line.mention();
  event.kind = 'expired';
  return line.done();
}

const CANCELED = lit('removed (canceled)');
const DISCARDED = lit('removed (discarded)');

/** Reads `removed …`. `active`: nothing tells whether the queue manager wrote it or postsuper(1). */
export function readRemoved(line: Line, untold = false): ParseResult {
  const event = line.start('closed');
  event.what = line.at(CANCELED) ? 'canceled' : line.at(DISCARDED) ? 'discarded' : 'removed';
  event.active = untold && event.what === 'removed';
  return line.done();
}

export const UID = lit('uid=');
const FROM_USER = lit(' from=<');
const AFTER_USER = [lit('> orig_id=')];
const ORIG_ID = lit('> orig_id=');

/** Reads pickup(8)'s line from `uid=`: a mail handed in on this host, or requeued by `postsuper -r` (orig_id=). */
export function readPickup(line: Line): ParseResult {
  const { bytes, b } = line;
  const event = line.start('arrival');
  event.origin = 'local';
  const from = indexOf(bytes, line.a, b, FROM_USER);
  if (from < 0) return line.done();
  const a = from + FROM_USER.length;
  const end = addressEndOrLast(bytes, a, b, AFTER_USER);
  event.set(F.sender, a, end);
  if (startsAt(bytes, end, b, ORIG_ID)) {
    const id = end + ORIG_ID.length;
    const idEnd = looseIdEnd(bytes, id, b);
    if (idEnd > 0) {
      event.set(F.otherId, id, idEnd);
      event.relation = 'requeue-of';
    }
  }
  return line.done();
}
