/**
 * An alias was followed: `alias <staff@example.com> => ann, bob, carl@example.net` (log levels above 9). The result of each
 * member comes in a line of its own, which names the alias only where somebody's rights hang on it (`ctladdr=`).
 * Source: sendmail alias.c alias(); util.c shortenstring() (a longer list than 203 bytes has `...` in its middle).
 */
import { F } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { lit, startsAt } from '../postfix/bytes.ts';
import type { Line } from './line.ts';
import { addressEnd, setAddress } from './values.ts';

export const ALIAS = lit('alias ');
const LEADS_TO = lit(' => ');

/** Undefined where the line tells of the alias database. */
export function readAlias(line: Line): ParseResult | undefined {
  const { bytes, b } = line;
  const a = line.a + ALIAS.length;
  const end = addressEnd(bytes, a, b);
  const members = end + LEADS_TO.length;
  if (line.idEnd < 0 || end === a || members >= b || !startsAt(bytes, end, b, LEADS_TO)) return undefined;
  const event = line.start('facts');
  event.what = 'alias';
  setAddress(event, F.origRecipient, bytes, a, end);
  event.set(F.recipients, members, b);
  return line.done();
}
