/**
 * What a policy said and did: access maps and restrictions of smtpd(8), milters, header and body checks of cleanup(8).
 *
 *   `QID|NOQUEUE: reject: RCPT from h[ip]: 554 5.7.1 <b@c>: Relay access denied; from=<> to=<> proto= helo=<>`
 *                                                        smtpd_check.c log_whatsup(), postscreen_smtpd.c psc_rcpt_cmd()
 *   `QID: milter-reject: END-OF-MESSAGE from h[ip]: 5.7.1 Spam; from=<> to=<> proto= helo=<>`
 *                                                        smtpd.c check_milter_reply(), cleanup_milter.c cleanup_milter_apply()
 *   `QID: warning: header Subject: Hello from h[ip]; from=<> to=<> proto= helo=<>: text of the map`
 *                                                        cleanup_message.c cleanup_act_log(), cleanup_milter.c cleanup_milter_hbc_log()
 */
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import type { VerdictAction } from '../../model/words.ts';
import { readContentCheck } from './content-check.ts';
import { equals, indexOf, indexOfFolded, lit, startsAt } from './bytes.ts';
import { readPeer } from './line.ts';
import type { Line } from './line.ts';
import { readCodes, saysGreylisting, textStart } from './reply.ts';
import { DAEMON } from './tag.ts';
import { findTail, readTail } from './tail.ts';

/** What a policy word asks for. */
export type PolicyWord = 'reject' | 'hangup' | 'report' | VerdictAction;

const WORDS: readonly (readonly [Uint8Array, PolicyWord])[] = (
  [
    ['reject', 'reject'],
    ['reject_warning', 'would-reject'],
    ['hangup', 'hangup'],
    ['hold', 'held'],
    ['discard', 'discarded'],
    ['redirect', 'redirected'],
    ['bcc', 'copied'],
    ['prepend', 'tagged'],
    ['replace', 'modified'],
    ['strip', 'modified'],
    ['info', 'report'],
    ['warn', 'report'],
    ['warning', 'report'],
    ['filter', 'report'],
    ['delay', 'report'],
    ['pass', 'report'],
    ['permit', 'report'],
    ['ignore', 'report'],
  ] as const
).map(([word, meaning]) => [lit(word), meaning] as const);

const MILTER = lit('milter-');
const HEADER_OF_MILTER = [lit('header-'), lit('body-'), lit('content-'), lit('any-')];

/** What the policy word bytes[a, b) means; undefined where it is none. */
function meaningOf(bytes: Uint8Array, a: number, b: number): PolicyWord | undefined {
  for (const [word, meaning] of WORDS) if (equals(bytes, a, b, word)) return meaning;
  return undefined;
}

/** Reads the line from its policy word; undefined where it has none. */
export function readPolicy(line: Line): ParseResult | undefined {
  const { bytes, b } = line;
  let a = line.a;
  let end = a;
  while (end < b && isWordByte(bytes[end] as number)) end++;
  if (end === a || bytes[end] !== 0x3a || bytes[end + 1] !== 0x20) return undefined;
  const milter = startsAt(bytes, a, end, MILTER);
  if (milter) {
    a += MILTER.length;
    for (const word of HEADER_OF_MILTER) if (startsAt(bytes, a, end, word)) a += word.length;
  }
  const meaning = meaningOf(bytes, a, end);
  if (meaning === undefined) return undefined;
  line.a = end + 2;
  const first = bytes[line.a] as number;
  // stages are upper case; what the checks of cleanup(8) matched is lower case
  if (first >= 0x61 && first <= 0x7a) return readContentCheck(line, meaning, milter, isReplace(bytes, a));
  return readStage(line, meaning, milter);
}

/** `replace`, not `strip`: only the first rewrites what it matched */
function isReplace(bytes: Uint8Array, a: number): boolean {
  return bytes[a] === 0x72;
}

function isWordByte(c: number): boolean {
  return (c >= 0x61 && c <= 0x7a) || c === 0x2d || c === 0x5f;
}

const FROM = lit(' from ');
/** smtpd.h SMTPD_AFTER_* and SMTPD_CMD_*; a stage is a word of the program, and never the client's text */
const STAGES = [
  'RCPT',
  'END-OF-MESSAGE',
  'CONNECT',
  'MAIL',
  'DATA',
  'HELO',
  'EHLO',
  'BDAT',
  'STARTTLS',
  'AUTH',
  'VRFY',
  'ETRN',
  'RSET',
  'NOOP',
  'QUIT',
  'HELP',
  'XCLIENT',
  'XFORWARD',
  'UNKNOWN',
  'END-OF-DATA',
  'CONTENT',
].map((name) => ({ name, bytes: lit(name) }));

/** The stage whose word begins at `a`; '' where it is none that is known. */
export function stageAt(bytes: Uint8Array, a: number, b: number): string {
  for (const stage of STAGES) {
    const end = a + stage.bytes.length;
    if (startsAt(bytes, a, b, stage.bytes) && (end === b || bytes[end] === 0x20 || bytes[end] === 0x3a))
      return stage.name;
  }
  return '';
}

function hasNoSender(stage: string): boolean {
  return stage === 'CONNECT' || stage === 'HELO' || stage === 'EHLO' || stage === 'STARTTLS' || stage === 'AUTH';
}

/** `STAGE from h[ip]: text; tail`. */
function readStage(line: Line, meaning: PolicyWord, milter: boolean): ParseResult {
  const { bytes, b } = line;
  const event = line.start('session');
  event.what = 'other';
  const stage = stageAt(bytes, line.a, b);
  event.stage = stage;
  const from = indexOf(bytes, line.a, b, FROM);
  if (from < 0) return line.unknown();
  const screened = line.daemon === DAEMON.postscreen || bytes[from + FROM.length] === 0x5b;
  const peerEnd = readPeer(line, from + FROM.length, F.clientName, F.clientIp, screened);
  if (peerEnd < 0) return line.unknown();
  const text = bytes[peerEnd] === 0x3a ? Math.min(peerEnd + 2, b) : peerEnd;
  const tail = findTail(bytes, text, b, hasNoSender(stage));
  const textEnd = tail < 0 ? b : tail;
  if (tail >= 0) readTail(line, tail);
  if (milter) event.engine = 'milter';
  if (screened) event.what = 'postscreen';
  if (meaning === 'reject' || meaning === 'hangup') return readRefusal(line, meaning, text, textEnd);
  if (textEnd > text) event.set(F.reason, text, textEnd);
  if (meaning === 'report') return line.idEnd < 0 ? line.done() : report(line);
  event.kind = 'act';
  event.what = '';
  event.action = meaning;
  // access(5): HOLD, DISCARD and REDIRECT act on every recipient of the mail, whichever one the line names
  event.final = meaning === 'held' || meaning === 'discarded' || meaning === 'redirected' || isWholeMail(stage);
  if (meaning === 'would-reject') readCodes(event, bytes, text, textEnd);
  else if (meaning === 'redirected' || meaning === 'copied') readTarget(event, bytes, text, textEnd);
  return line.done();
}

/** A line that only reports, of a mail that has an id: its sender, HELO and client are facts. */
function report(line: Line): ParseResult {
  line.event.kind = 'facts';
  line.event.what = '';
  return line.done();
}

function isWholeMail(stage: string): boolean {
  return (
    stage === 'DATA' || stage === 'BDAT' || stage === 'END-OF-MESSAGE' || stage === 'END-OF-DATA' || stage === 'CONTENT'
  );
}

const TRIGGERS_REDIRECT = lit(' triggers REDIRECT ');
const TRIGGERS_BCC = lit(' triggers BCC ');

/** smtpd_check.c: `<b@c>: Recipient address triggers REDIRECT new@d` */
function readTarget(event: LogEvent, bytes: Uint8Array, a: number, b: number): void {
  for (const word of [TRIGGERS_REDIRECT, TRIGGERS_BCC]) {
    const at = indexOf(bytes, a, b, word);
    if (at < 0) continue;
    event.set(F.target, at + word.length, b);
    return;
  }
}

const TOO_MANY = lit('too many connections');
const PORTS_BUSY = lit('all server ports busy');

function readRefusal(line: Line, meaning: 'reject' | 'hangup', a: number, b: number): ParseResult {
  const { bytes, event } = line;
  event.kind = 'refusal';
  event.final = isWholeMail(event.stage);
  if (event.what !== 'postscreen') event.what = meaning === 'hangup' ? 'hangup' : '';
  event.outcome = 'rejected';
  if (b > a) event.set(F.reply, a, b);
  if (meaning === 'hangup') return line.done();
  readCodes(event, bytes, a, b);
  // postscreen.c: fixed answers that it logs without their codes
  if (event.code === 0 && (startsAt(bytes, a, b, TOO_MANY) || startsAt(bytes, a, b, PORTS_BUSY))) {
    event.code = 421;
    event.codeFromDaemon = true;
  }
  const dsn = event.start(F.dsn);
  if (event.code >= 500) return line.done();
  if (event.code >= 400 || (dsn >= 0 && bytes[dsn] === 0x34)) {
    event.outcome = isGreylisting(line, a, b) ? 'greylisted' : 'tempfailed';
  }
  return line.done();
}

/** rspamd's greylist module (lualib and src/plugins/lua/greylist.lua): the default answer of its soft reject */
const RSPAMD_GREYLIST = lit('try again later');
/**
 * postscreen_smtpd.c: the answer after the deep protocol tests, given to every new client on purpose, which passes when
 * it comes back (POSTSCREEN_README, "Tests after the 220 SMTP server greeting").
 */
const DEEP_TESTS = lit('service currently unavailable');

function isGreylisting(line: Line, a: number, b: number): boolean {
  const { bytes, event } = line;
  if (saysGreylisting(bytes, a, b)) return true;
  const text = textStart(bytes, a, b);
  if (event.what === 'postscreen') return event.code === 450 && indexOfFolded(bytes, text, b, DEEP_TESTS) === text;
  if (event.engine !== 'milter') return false;
  return b - text === RSPAMD_GREYLIST.length && indexOfFolded(bytes, text, b, RSPAMD_GREYLIST) === text;
}
