/**
 * A mail that goes on under another MID: the system made a new mail object of it, of a part of its recipients, or a copy.
 * Shapes: `MID 2 rewritten to MID 3 by antispam`; `MID 58 was split creating MID 60 due to a per-recipient policy x`;
 *         `MID 14 [was ]generated based on MID 13 by bcc filter 'x'`, `MID 11 [was ]generated for bounce of MID 8`.
 * Source: README.md.
 */
import { F } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { lit } from '../postfix/bytes.ts';
import type { Context } from './context.ts';
import type { Line } from './line.ts';
import { tellOrigin } from './receiving.ts';

const REWRITTEN = lit('rewritten to ');
const SPLIT = lit('was split creating MID ');
const WAS_GENERATED = lit('was generated ');
const GENERATED = lit('generated ');
const MID = lit('MID ');
const BY = lit(' by ');

/** Lines that name another mail too: the system made it of this one, or this of it. */
export function readAnother(line: Line, context: Context, id: string): ParseResult | undefined {
  if (line.word(REWRITTEN)) {
    line.word(MID);
    return line.number() < 0 ? undefined : goOn(line, context, id, line.id(), afterBy(line));
  }
  if (line.word(SPLIT)) return line.number() < 0 ? undefined : goOn(line, context, id, line.id(), 'split');
  if (!line.word(WAS_GENERATED) && !line.word(GENERATED)) return undefined;
  const at = line.find(MID);
  if (at < 0) return undefined;
  const isBounce = line.text(line.a, at) === 'for bounce of ';
  line.a = at + MID.length;
  if (line.number() < 0) return undefined;
  const other = line.id();
  const by = afterBy(line);
  if (by.startsWith('bcc')) return goOn(line, context, other, id, by);
  const isNotice = isBounce || by.startsWith('notify');
  if (isNotice) {
    const event = line.about('notify', other);
    event.setText(F.otherId, id);
    event.what = isBounce ? 'bounce' : 'notice';
    return line.done();
  }
  line.mention(other);
  return line.mention(id);
}

/** `by antispam (alt-rcpt-to) filter 'unknown'` behind an id */
function afterBy(line: Line): string {
  return line.word(BY) ? line.rest() : '';
}

/** The mail `id` goes on under `next` too. Lines of `next` may stand before this one. */
export function goOn(line: Line, context: Context, id: string, next: string, by: string): ParseResult {
  line.mention(id);
  const mail = context.mail(id) ?? context.open(id, false);
  const known = context.mail(next);
  const child = known ?? context.open(next, true);
  child.from = { mail, by };
  const event = line.about(known === undefined ? 'arrival' : 'facts', next);
  if (known === undefined) event.origin = 'internal';
  // to another address: all recipients end there
  const isMoved = by.includes('alt-rcpt') && mail.recipients.size > 0;
  if (!isMoved) {
    event.relation = 'split-of';
    event.setText(F.otherId, id);
  }
  line.done();
  if (isMoved) for (const address of mail.recipients.values()) forward(line, id, address, next);
  for (const address of child.recipients.values()) tellOrigin(line, child, address);
  return 'event';
}

function forward(line: Line, id: string, address: string, next: string): void {
  const event = line.about('delivery', id);
  event.setText(F.recipient, address);
  event.outcome = 'sent';
  event.how = 'forwarded';
  event.setText(F.otherId, next);
  line.done();
}
