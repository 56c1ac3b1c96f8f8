/**
 * `Spam Actions: message ID actions are store,deliver`: what is done with a mail that is spam.
 *
 * Source: MailScanner Message.pm HandleHamAndSpam(): the words are the keys of a hash, in any order. A mail goes on only
 * with `deliver` (to its recipients) or `forward` (to others alone).
 */
import type { LogEvent } from '../../model/log-event.ts';
import { equals, indexOfByte, lit, startsAt } from '../postfix/bytes.ts';

const COMMA = 0x2c;
const DELIVER = lit('deliver');
const FORWARD = lit('forward');
const STORE = lit('store');
const BOUNCE = lit('bounce');

export function readActions(event: LogEvent, a: number, b: number): void {
  const { bytes } = event.frame;
  let delivers = false;
  let forwards = false;
  let stores = false;
  let bounces = false;
  for (let i = a; i < b;) {
    const comma = indexOfByte(bytes, i, b, COMMA);
    const stop = comma < 0 ? b : comma;
    if (equals(bytes, i, stop, DELIVER)) delivers = true;
    else if (startsAt(bytes, i, stop, FORWARD)) forwards = true;
    // `store`, `store-spam`, `store-/path`
    else if (startsAt(bytes, i, stop, STORE)) stores = true;
    else if (equals(bytes, i, stop, BOUNCE)) bounces = true;
    i = stop + 1;
  }
  if (delivers) event.action = 'tagged';
  else if (forwards) event.action = 'redirected';
  else {
    event.outcome = stores ? 'quarantined' : bounces ? 'bounced' : 'discarded';
    event.action = event.outcome === 'bounced' ? 'bounced-by-filter' : event.outcome;
    event.final = true;
  }
}
