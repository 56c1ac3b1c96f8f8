/**
 * Postfix 2.x to 3.12: every daemon's lines, as its source writes them. README.md tells what is read and what is not.
 *
 * A line is known by its tag (`postfix/submission/smtpd`: instance, daemon) and by the shape of its body. What follows
 * a queue id is a word of Postfix's own, so those lines are told apart by that word; the daemon decides where two
 * write the same (`removed`). RFC 5424 carriers drop the daemon: then the shape decides, and the pid.
 */
import type { Frame } from '../../model/frame.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { readNotice } from './bounce.ts';
import { lit, startsAt } from './bytes.ts';
import { MESSAGE_ID, readCleanupWarning, readMessageId } from './cleanup.ts';
import { PostfixContext } from './context.ts';
import { readDelivery, TO } from './delivery.ts';
import { mayNameFilter } from './filter-id.ts';
import { Line, QUEUED_SIGNS } from './line.ts';
import { isNoise } from './noise.ts';
import { readPolicy } from './policy.ts';
import { readDnsblog, readPostscreen, readScreening } from './postscreen.ts';
import { readDeed } from './postsuper.ts';
import { FROM, readFrom, readPickup, readRemoved, UID } from './qmgr.ts';
import { isKnownMention } from './mentions.ts';
import { readAttempt } from './smtp.ts';
import { CLIENT, readAbort, readClient, readSmtpd } from './smtpd.ts';
import { DAEMON, isPostfixTag } from './tag.ts';

const REMOVED = lit('removed');

const postfix: LogFormat<PostfixContext> = {
  name: 'postfix',
  title: 'Postfix',
  docs: 'https://www.postfix.org/postconf.5.html#maillog_file',
  versions: '2.0 to 3.12',

  claims(program: string, frame: Frame): boolean {
    return isPostfixTag(program) || (frame.framing === 'rfc5424' && !isOther(program) && looksLikePostfix(frame));
  },

  createContext(): PostfixContext {
    return new PostfixContext();
  },

  parse(frame: Frame, event: LogEvent, emit: Emit, context: PostfixContext): ParseResult {
    const tag = context.tag(frame.program);
    const line = context.line;
    line.take(frame, event, emit, tag.instance, tag.daemon);
    if (line.idEnd >= 0) return readQueued(line, context);
    return readUnqueued(line);
  },

  // the end of a line may be cut off; global/defer.c, bounce.c, verify.c
  refusedSigns: ['dsn=4.', 'dsn=5.', 'status=bo', 'status=de', 'status=un', 'status=ex', 'status=so'],

  /** RFC 5424 writers do not tell the daemon: which process is a queue manager is learnt. A filter's id is another log's. */
  isContextual(frame: Frame): boolean {
    return frame.framing === 'rfc5424' || mayNameFilter(frame);
  },

  detect(sample: readonly Frame[]): number {
    if (sample.length === 0) return 0;
    let ours = 0;
    for (const frame of sample) if (isPostfixTag(frame.program)) ours++;
    return ours / sample.length;
  },
};

export default postfix;

/** A line that begins with a queue id, told apart by the word after it. */
function readQueued(line: Line, context: PostfixContext): ParseResult {
  const { bytes, a, b } = line;
  if (line.warning) return readCleanupWarning(line);
  switch (bytes[a]) {
    case 0x66: // f
      if (startsAt(bytes, a, b, FROM)) {
        context.sawQueueManager(line);
        return readFrom(line);
      }
      break;
    case 0x74: // t
      if (startsAt(bytes, a, b, TO)) return readDelivery(line);
      break;
    case 0x72: // r
      if (startsAt(bytes, a, b, REMOVED)) {
        if (context.isAdministrator(line)) return readDeed(line, 0) ?? readRemoved(line);
        return readRemoved(line, context.isUntold(line));
      }
      break;
    case 0x6d: // m
      if (startsAt(bytes, a, b, MESSAGE_ID)) return readMessageId(line);
      break;
    case 0x63: // c
      if (startsAt(bytes, a, b, CLIENT)) return readClient(line);
      break;
    case 0x75: // u
      if (startsAt(bytes, a, b, UID)) return readPickup(line);
      break;
    default:
  }
  return readSeldom(line);
}

function readSeldom(line: Line): ParseResult {
  return (
    readPolicy(line) ??
    readNotice(line) ??
    readDeed(line, 1) ??
    readAbort(line) ??
    readAttempt(line) ??
    (isKnownMention(line) ? line.mention() : line.unknown())
  );
}

/** A line without a queue id, told apart by its daemon. */
function readUnqueued(line: Line): ParseResult {
  switch (line.daemon) {
    case DAEMON.smtpd:
      return readSmtpd(line);
    case DAEMON.postscreen:
      return readPostscreen(line);
    case DAEMON.dnsblog:
      return readDnsblog(line);
    case DAEMON.other:
      return 'ignored';
    case DAEMON.none:
      return readUntold(line);
    default:
      if (line.noQueue) return readSmtpd(line);
      return isNoise(line) ? 'ignored' : 'unknown';
  }
}

/** The daemon is not told (RFC 5424), or is none that is known. */
function readUntold(line: Line): ParseResult {
  const screening = readScreening(line);
  if (screening !== undefined) return screening;
  if (line.at(LISTED)) return readDnsblog(line);
  return readSmtpd(line);
}

/** Sendmail writes `QID: from=<…>, size=` too; these tags are its own and other servers'. */
function isOther(program: string): boolean {
  return /^(?:sm-|sendmail|smtpd$|exim|dovecot|amavis)/.test(program);
}

const LISTED = lit('addr ');
const SIGNS = ['connect from ', 'disconnect from ', 'lost connection after ', 'warning: ', 'NOQUEUE: '].map(lit);

/** Whether the body alone shows Postfix: for an RFC 5424 tag that is a syslog_name of the operator's. */
function looksLikePostfix(frame: Frame): boolean {
  const line = new Line();
  line.take(frame, line.event, () => {}, '', DAEMON.none);
  if (line.idEnd >= 0) return QUEUED_SIGNS.some((sign) => line.at(sign));
  return (line.noQueue && !line.warning) || SIGNS.some((sign) => !line.warning && line.at(sign));
}
