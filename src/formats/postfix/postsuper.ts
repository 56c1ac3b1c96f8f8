/**
 * postsuper(1): what an administrator did to a mail in the queue.
 *   `QID: removed` · `requeued` · `placed on hold` · `released from hold` · `expired`    postsuper.c
 */
import type { ParseResult } from '../../model/log-format.ts';
import { equals, lit } from './bytes.ts';
import type { Line } from './line.ts';

const DEEDS = [
  { what: 'removed', bytes: lit('removed') },
  { what: 'requeued', bytes: lit('requeued') },
  { what: 'held', bytes: lit('placed on hold') },
  { what: 'released', bytes: lit('released from hold') },
  { what: 'expired', bytes: lit('expired') },
];

/** Reads a deed; undefined where the line is none. `from`: index of the first deed that may be meant. */
export function readDeed(line: Line, from: 0 | 1): ParseResult | undefined {
  for (let i = from; i < DEEDS.length; i++) {
    const deed = DEEDS[i] as (typeof DEEDS)[number];
    if (!equals(line.bytes, line.a, line.b, deed.bytes)) continue;
    line.start('admin').what = deed.what;
    return line.done();
  }
  return undefined;
}
