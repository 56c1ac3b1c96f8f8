/**
 * What puts a mail aside, throws it away or returns it.
 * Shapes: `MID 482 quarantined to "Policy" (message filter:x)`, `MID 484 deleted from all quarantines`;
 *         `ISQ: Quarantined MID 6`, `ISQ: Reinjected MID 6 as MID 9` (until 4.6 `EUQ: `), `RPC Message done RCID 4 MID 6`;
 *         `MID 7 was dropped by content filter 'x' in the inbound table`, `Message aborted MID 7 Dropped by antivirus`.
 * Source: README.md.
 */
import { F } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { lit } from '../postfix/bytes.ts';
import { goOn } from './another.ts';
import type { Context, Mail } from './context.ts';
import type { Line } from './line.ts';

const QUARANTINED_TO = lit('quarantined to "');
const DELETED = lit('deleted from all quarantines');
const WAS_DROPPED = lit('was dropped by ');
const WAS_BOUNCED = lit('was bounced by ');
const DROPPED_BY = lit('Dropped by ');
const BOUNCED_BY = lit('Bounced by ');
const QUARANTINED_MID = lit('Quarantined MID ');
const MID = lit('MID ');
const ABORTED = lit(' aborted');
const SPACE = lit(' ');
/** The user guide's name of the quarantine whose lines begin ISQ or EUQ. */
const SPAM_QUARANTINE = 'Spam Quarantine';

/** `quarantined to "NAME" (WHY)` */
export function readQuarantined(line: Line, id: string): ParseResult | undefined {
  if (!line.word(QUARANTINED_TO)) return undefined;
  const [, name = '', why = ''] = /^([^"]*)"?(?: \((.*)\))?/s.exec(line.rest()) ?? [];
  return quarantine(line, id, 'cisco-esa', name, why);
}

function quarantine(line: Line, id: string, engine: string, name: string, why: string): ParseResult {
  const event = line.about('verdict', id);
  event.engine = engine;
  event.what = 'policy';
  event.action = 'quarantined';
  event.outcome = 'quarantined';
  event.setText(F.quarantineId, id);
  event.setText(F.matched, name);
  if (why !== '') event.setText(F.reason, why);
  return line.done();
}

/** The whole mail is thrown away, or goes back. */
export function readStopped(line: Line, id: string): ParseResult | undefined {
  if (line.word(DELETED)) return stop(line, id, 'discarded', 'deleted from quarantine');
  if (line.word(WAS_DROPPED) || line.word(DROPPED_BY)) return stop(line, id, 'discarded', line.rest());
  if (line.word(WAS_BOUNCED) || line.word(BOUNCED_BY)) return stop(line, id, 'bounced', line.rest());
  return undefined;
}

/** Engines that act under their own names: `Dropped by antivirus`. */
const ENGINES = new Set(['antivirus', 'antispam', 'amp', 'outbreak']);

function stop(line: Line, id: string, outcome: 'discarded' | 'bounced', by: string): ParseResult {
  const event = line.about('verdict', id);
  event.engine = ENGINES.has(by) ? by : 'cisco-esa';
  event.what = 'policy';
  event.action = outcome === 'bounced' ? 'bounced-by-filter' : 'discarded';
  event.outcome = outcome;
  event.setText(F.reason, by);
  return line.done();
}

/** `ISQ: `, `EUQ: ` */
export function readSpamQuarantine(line: Line, context: Context): ParseResult {
  if (line.word(QUARANTINED_MID))
    return line.number() < 0 ? 'unknown' : quarantine(line, line.id(), 'cisco-esa', SPAM_QUARANTINE, '');
  const found = /^Reinjected MID (\d{1,15}) as MID (\d{1,15})$/.exec(line.rest());
  if (found !== null) return goOn(line, context, found[1] as string, found[2] as string, SPAM_QUARANTINE);
  return mentioned(line);
}

/** `RPC Delivery start RCID 4 MID 6 to local …`, `RPC Message done …`: the mail on its way to the spam quarantine. */
export function mentioned(line: Line): ParseResult {
  const at = line.find(MID);
  if (at < 0) return 'ignored';
  line.a = at + MID.length;
  return line.number() < 0 ? 'ignored' : line.mention(line.id());
}

/** `Message aborted MID `: the client went away, or a filter stopped it. */
export function readAborted(line: Line, context: Context): ParseResult {
  if (line.number() < 0) return 'unknown';
  const id = line.id();
  line.word(SPACE);
  const stopped = readStopped(line, id);
  if (stopped !== undefined) return stopped;
  const text = line.rest();
  if (text !== 'Receiving aborted' && text !== 'Injection aborted') {
    line.mention(id);
    return 'unknown';
  }
  return close(line, id, endOf(context.mail(id)) ?? 'canceled');
}

/** `Message finished MID `: done, or aborted. */
export function readFinished(line: Line, context: Context): ParseResult {
  if (line.number() < 0) return 'unknown';
  const id = line.id();
  const isAborted = line.word(ABORTED);
  close(line, id, isAborted ? (endOf(context.mail(id)) ?? 'completed') : 'completed');
  context.forget(id);
  return 'event';
}

/** What is left of a mail that was aborted; undefined where its beginning was not seen. */
function endOf(mail: Mail | undefined): string | undefined {
  if (mail === undefined) return undefined;
  if (mail.isReady || mail.from !== undefined) return 'completed';
  return mail.isWhole && mail.recipients.size === 0 ? 'nothing' : 'canceled';
}

function close(line: Line, id: string, what: string): ParseResult {
  line.about('closed', id).what = what;
  return line.done();
}
