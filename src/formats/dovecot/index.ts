/**
 * Dovecot 2.0 to 2.4 as the last hop: LMTP, LDA (deliver) and Sieve, and the LMTP proxy. All else of Dovecot is ignored.
 *
 * Source: dovecot src/lib-lda/mail-deliver.c, src/lda/main.c, src/lmtp/lmtp-proxy.c, lmtp-client.c; pigeonhole
 *         src/lib-sieve/sieve-actions.c, cmd-redirect.c, cmd-discard.c, ext-reject.c, plugins/vacation/cmd-vacation.c,
 *         src/plugins/lda-sieve/lda-sieve-plugin.c. README.md says what is read.
 *
 *   lmtp(bob)<8124><K3a7SESSION>: sieve: msgid=<m@x>: fileinto action: stored mail into mailbox 'Junk'     2.3, 2.4
 *   lmtp(8124, bob): K3a7SESSION: msgid=<m@x>: saved mail to INBOX                                         2.0 to 2.2
 */
import type { Frame } from '../../model/frame.ts';
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { isDigit, lit, startsAt } from '../postfix/bytes.ts';
import { readMessage } from './message.ts';

const SPACE = 0x20;
const COLON = 0x3a;
const COMMA = 0x2c;
const LESS = 0x3c;
const GREATER = 0x3e;
const LEFT = 0x28;
const RIGHT = 0x29;

const AGENTS = ['lmtp(', 'lda(', 'deliver(', 'dovecot-lda('].map(lit);
/** log_level words of Dovecot's own files; syslog lines have those above Info */
const LEVELS = ['Info: ', 'Error: ', 'Fatal: ', 'Panic: '].map(lit);
const IDLE = ['Warning: ', 'Debug: '].map(lit);
const SESSIONS = ['Connect from ', 'Disconnect from ', 'Disconnected'].map(lit);
const NEXT = ['msgid=', 'sieve: '].map(lit);
const SESSION_MAX = 64;

/** What the prefix of a line names. */
const tag = { user: -1, userEnd: -1, session: -1, sessionEnd: -1, text: -1 };

function parse(frame: Frame, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, body, end } = frame;
  // its own file: the prefix is the line's tag
  if (frame.program.endsWith('>') || frame.program.endsWith(')')) return parseOwn(frame, event, emit);
  const first = bytes[body];
  // l(mtp, da), d(eliver, ovecot-lda): imap-login, auth, master and the others are not mail's
  if (first !== 0x6c && first !== 0x64) return 'ignored';
  const agent = AGENTS.find((word) => startsAt(bytes, body, end, word));
  if (agent === undefined || !readTag(bytes, body + agent.length, end)) return 'ignored';
  const text = textStart(bytes, tag.text, end);
  if (text < 0) return 'ignored';
  const i = tag.session < 0 ? readOldSession(bytes, text, end) : text;
  event.reset('mention', frame);
  event.system = 'dovecot';
  if (tag.user >= 0) event.set(F.recipient, tag.user, tag.userEnd);
  if (tag.session >= 0) event.set(F.filterId, tag.session, tag.sessionEnd);
  return tell(event, emit, i);
}

/** Dovecot's own file (log_path): the framing took `lmtp(bob)<8124><SESSION>` for the tag. */
function parseOwn(frame: Frame, event: LogEvent, emit: Emit): ParseResult {
  const prefix = Buffer.from(`${frame.program}: `);
  const agent = AGENTS.find((word) => startsAt(prefix, 0, prefix.length, word));
  if (agent === undefined || !readTag(prefix, agent.length, prefix.length)) return 'ignored';
  const text = textStart(frame.bytes, frame.body, frame.end);
  if (text < 0) return 'ignored';
  event.reset('mention', frame);
  event.system = 'dovecot';
  if (tag.user >= 0) event.setText(F.recipient, prefix.toString('utf8', tag.user, tag.userEnd));
  if (tag.session >= 0) event.setText(F.filterId, prefix.toString('utf8', tag.session, tag.sessionEnd));
  return tell(event, emit, text);
}

/** Where the text begins behind its level; -1 where it is nothing about a mail. */
function textStart(bytes: Uint8Array, a: number, end: number): number {
  if (IDLE.some((word) => startsAt(bytes, a, end, word))) return -1;
  let i = a;
  for (const word of LEVELS) if (startsAt(bytes, i, end, word)) i += word.length;
  return SESSIONS.some((word) => startsAt(bytes, i, end, word)) ? -1 : i;
}

function tell(event: LogEvent, emit: Emit, text: number): ParseResult {
  const isKnown = readMessage(event, text);
  if (event.mask === 0) return isKnown ? 'ignored' : 'unknown';
  emit(event);
  return 'event';
}

/** `bob)<8124><SESSION>: `, `8124, bob): `, `8124): ` at `a`, behind the bracket. */
function readTag(bytes: Uint8Array, a: number, end: number): boolean {
  tag.user = tag.session = -1;
  let close = a;
  // a user may hold brackets
  while (close < end && !(bytes[close] === RIGHT && (bytes[close + 1] === COLON || bytes[close + 1] === LESS))) close++;
  if (close >= end) return false;
  let user = a;
  while (user < close && isDigit(bytes[user])) user++;
  if (user > a && bytes[user] === COMMA && bytes[user + 1] === SPACE) user += 2;
  else if (user < close) user = a;
  if (user < close) {
    tag.user = user;
    tag.userEnd = close;
  }
  let i = close + 1;
  while (bytes[i] === LESS) {
    let z = i + 1;
    while (z < end && bytes[z] !== GREATER && bytes[z] !== SPACE) z++;
    if (z >= end || bytes[z] !== GREATER) return false;
    // the pid comes first
    if (!isAllDigits(bytes, i + 1, z) && z > i + 1) {
      tag.session = i + 1;
      tag.sessionEnd = z;
    }
    i = z + 1;
  }
  if (bytes[i] !== COLON) return false;
  tag.text = Math.min(end, bytes[i + 1] === SPACE ? i + 2 : i + 1);
  return true;
}

function isAllDigits(bytes: Uint8Array, a: number, b: number): boolean {
  for (let i = a; i < b; i++) if (!isDigit(bytes[i])) return false;
  return true;
}

/** 2.0 to 2.2: `SESSION: ` before `msgid=` or `sieve: `. Returns where the text goes on. */
function readOldSession(bytes: Uint8Array, a: number, end: number): number {
  if (bytes[a] === LEFT || NEXT.some((word) => startsAt(bytes, a, end, word))) return a;
  const limit = Math.min(end, a + SESSION_MAX);
  let z = a;
  while (z < limit && bytes[z] !== SPACE) z++;
  if (z >= limit || z - a < 2 || bytes[z - 1] !== COLON) return a;
  if (!NEXT.some((word) => startsAt(bytes, z + 1, end, word))) return a;
  const isAngled = bytes[a] === LESS && bytes[z - 2] === GREATER;
  tag.session = isAngled ? a + 1 : a;
  tag.sessionEnd = isAngled ? z - 2 : z - 1;
  return z + 1;
}

/** in its own file the prefix of an agent's line is its tag */
function isOurs(program: string): boolean {
  return (
    program === 'dovecot' || program === 'dovecot-lda' || /^(?:lmtp|lda|deliver|dovecot-lda)\([^)]*\)/.test(program)
  );
}

const dovecot: LogFormat = {
  name: 'dovecot',
  title: 'Dovecot LMTP, LDA and Sieve',
  docs: 'https://doc.dovecot.org/latest/core/admin/logging.html',
  versions: '2.0 to 2.4',
  claims: isOurs,
  createContext: () => ({}),
  parse,
  besides: {
    signs: ['discard', 'forward', 'reject', 'duplicate', 'Sent message'],
    byQueueId: false,
    mids: ['lda(', 'deliver('],
    traps: ['forwarded to <', 'vacation response to <', 'rejected message from <', '>: rejected: '],
  },
  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const { program } of sample) if (isOurs(program)) ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default dovecot;
