/**
 * Header and body checks: `ACTION: header|body|content MATCHED from ORIGIN; from=<> to=<> proto= helo=<>: text`.
 * MATCHED is the sender's text, cut at 200 characters; ORIGIN is `host[ip]`, `local` or `unknown`; the text is the
 * second half of the map's right-hand side. Both halves hold anything, so ORIGIN is the LAST one before a tail.
 * Source: cleanup_message.c cleanup_act(), cleanup_act_log(), 3.12
 */
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { indexOfByte, isDigit, lastIndexOf, lit, startsAt } from './bytes.ts';
import { readPeer } from './line.ts';
import type { Line } from './line.ts';
import type { PolicyWord } from './policy.ts';
import { readCodes } from './reply.ts';
import { DAEMON } from './tag.ts';
import { readTail } from './tail.ts';

const FROM = lit(' from ');
const ENDS = [lit('; from=<'), lit('; to=<'), lit('; proto='), lit('; helo=<')] as const;

/** Reads the line from its context word. */
export function readContentCheck(line: Line, meaning: PolicyWord, milter: boolean, replaces: boolean): ParseResult {
  const { bytes, b } = line;
  const space = indexOfByte(bytes, line.a, b, 0x20);
  const event = line.start('facts');
  event.stage = contextOf(bytes, line.a, space);
  if (space < 0 || event.stage === '') return line.mention();
  if (milter) event.engine = 'milter';
  const matched = space + 1;
  const origin = findOrigin(bytes, matched, b);
  const matchedEnd = origin < 0 ? b : origin;
  if (matchedEnd > matched) event.set(F.matched, matched, matchedEnd);
  let text = b;
  if (origin >= 0) {
    readPeer(line, origin + FROM.length, F.clientName, F.clientIp);
    text = readTail(line, originEnd);
  }
  if (text < b && meaning !== 'reject') event.set(F.reason, text, b);
  if (origin < 0 && isDeliveryAgent(line)) return readOutgoing(line, meaning);
  const isSubject = event.stage === 'header' && readHeader(event, bytes, matched, matchedEnd);
  act(line, meaning, isSubject && replaces, text);
  return line.done();
}

function isDeliveryAgent(line: Line): boolean {
  return line.daemon === DAEMON.delivery || line.daemon === DAEMON.lmtp;
}

/**
 * smtp_header_checks and the like: `ACTION: header MATCHED: text` with no origin, so that nothing tells MATCHED from the
 * text (smtp_proto.c smtp_hbc_logger()). They change what goes out and refuse nothing.
 */
function readOutgoing(line: Line, meaning: PolicyWord): ParseResult {
  const { event } = line;
  if (meaning !== 'modified' && meaning !== 'tagged') return line.mention();
  event.kind = 'act';
  event.action = meaning;
  return line.done();
}

const CONTEXTS = ['header', 'body', 'content', 'mime', 'nested', 'any'].map((name) => ({ name, bytes: lit(name) }));

function contextOf(bytes: Uint8Array, a: number, b: number): string {
  for (const context of CONTEXTS) {
    if (context.bytes.length === b - a && startsAt(bytes, a, b, context.bytes)) return context.name;
  }
  return '';
}

/** Where the last findOrigin's origin ended: at the `;` of the tail. */
let originEnd = 0;

/** Last ` from ORIGIN` that a tail follows; -1 where there is none (a line that its carrier cut). Linear in the line. */
function findOrigin(bytes: Uint8Array, a: number, b: number): number {
  for (const end of ENDS) {
    let semicolon = lastIndexOf(bytes, a, b, end);
    while (semicolon > a) {
      let word = semicolon;
      while (word > a && bytes[word - 1] !== 0x20) word--;
      const from = word - FROM.length;
      if (from >= a && startsAt(bytes, from, b, FROM) && isOrigin(bytes, word, semicolon)) {
        originEnd = semicolon;
        return from;
      }
      semicolon = lastIndexOf(bytes, a, semicolon, end);
    }
  }
  return -1;
}

const LOCAL = lit('local');
const UNKNOWN = lit('unknown');

function isOrigin(bytes: Uint8Array, a: number, b: number): boolean {
  // `host[ip]`, with smtpd_client_port_logging `host[ip]:port`
  let end = b;
  while (end > a && isDigit(bytes[end - 1])) end--;
  if (end === b || bytes[end - 1] !== 0x3a) end = b;
  else end--;
  if (end > a && bytes[end - 1] === 0x5d) return indexOfByte(bytes, a, end, 0x5b) >= 0;
  return (
    (b - a === LOCAL.length && startsAt(bytes, a, b, LOCAL)) ||
    (b - a === UNKNOWN.length && startsAt(bytes, a, b, UNKNOWN))
  );
}

const SUBJECT = lit('subject:');
const FROM_HEADER = lit('from:');

/** Sets subject or headerFrom from a header line; true where it is the subject. */
function readHeader(event: LogEvent, bytes: Uint8Array, a: number, b: number): boolean {
  const subject = startsFolded(bytes, a, b, SUBJECT);
  if (!subject && !startsFolded(bytes, a, b, FROM_HEADER)) return false;
  let value = a + (subject ? SUBJECT : FROM_HEADER).length;
  while (value < b && (bytes[value] === 0x20 || bytes[value] === 0x09)) value++;
  event.set(subject ? F.subject : F.headerFrom, value, b);
  return subject;
}

function startsFolded(bytes: Uint8Array, a: number, b: number, word: Uint8Array): boolean {
  if (a + word.length > b) return false;
  for (let i = 0; i < word.length; i++) {
    const c = bytes[a + i] as number;
    if ((c >= 0x41 && c <= 0x5a ? c | 0x20 : c) !== word[i]) return false;
  }
  return true;
}

function act(line: Line, meaning: PolicyWord, newSubject: boolean, text: number): void {
  const { bytes, b, event } = line;
  if (meaning === 'report') {
    if (!event.has(F.subject) && !event.has(F.headerFrom)) event.kind = 'mention';
    return;
  }
  if (meaning === 'reject' || meaning === 'hangup') {
    readRefusal(event, bytes, text, b);
    return;
  }
  event.kind = 'act';
  event.final = true;
  event.action = newSubject ? 'subject-modified' : meaning;
  if ((meaning === 'redirected' || meaning === 'copied') && text < b) event.set(F.target, text, b);
}

/**
 * REJECT in a header or body check refuses the mail after the end of data. The line holds the enhanced code; the SMTP
 * code is fixed by global/cleanup_strerror.c: CLEANUP_STAT_CONT 550, and CLEANUP_STAT_DEFER 451 for 4.x.x.
 */
function readRefusal(event: LogEvent, bytes: Uint8Array, text: number, b: number): void {
  event.kind = 'refusal';
  event.final = true;
  event.outcome = 'rejected';
  if (text < b) {
    event.set(F.reply, text, b);
    readCodes(event, bytes, text, b);
  }
  const dsn = event.start(F.dsn);
  if (dsn >= 0 && bytes[dsn] === 0x34) event.outcome = 'tempfailed';
  if (event.code === 0) {
    event.code = event.outcome === 'tempfailed' ? 451 : 550;
    event.codeFromDaemon = true;
  }
}
