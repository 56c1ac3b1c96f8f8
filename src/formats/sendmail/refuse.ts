/**
 * What was refused, discarded or put aside during SMTP: by rulesets, by milters, and by the server itself.
 * Shapes: `ruleset=check_rcpt, arg1=<bob@x>, relay=name [ip], reject=550 5.7.1 <bob@x>... Relaying denied` | `discard` | `quarantine=why`
 *         `Milter: to=<bob@x>, reject=550 5.7.1 text`, `Milter: data, reject=…`, `Milter: data, discard`, `milter=name, quarantine=why`
 *         `<bob@x>... User unknown` (the server's answer to RCPT, without its code)
 *         `to=<bob@x>, delay=00:00:00, pri=30000, stat=text` (whom a mail that was refused after its data was for)
 * Source: sendmail parseaddr.c rscheck(); srvrsmtp.c MILTER_REPLY, smtp_data(), logundelrcpts(); milter.c; err.c usrerr().
 */
import { F } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { equals, indexOf, indexOfByte, indexOfFolded, lastIndexOf, lit, startsAt } from '../postfix/bytes.ts';
import { readCodes, saysGreylisting } from '../postfix/reply.ts';
import type { Answers } from './answers.ts';
import type { Line } from './line.ts';
import { addressEnd, readClient, setAddress, valueEnd } from './values.ts';

export const RULESET = lit('ruleset=');
const ARG1 = lit(', arg1=');
const ARG2 = lit(', arg2=');
const RELAY = lit(', relay=');
const REJECT = lit(', reject=');
const DISCARD = lit(', discard');
const QUARANTINE = lit(', quarantine=');

/** The rulesets that judge a command; others of these names are no refusal of a mail. */
const STAGES = new Map([
  ['check_rcpt', 'RCPT'],
  ['check_mail', 'MAIL'],
  ['check_relay', 'CONNECT'],
  ['check_data', 'DATA'],
  ['check_eom', 'END-OF-MESSAGE'],
  ['check_eoh', 'END-OF-MESSAGE'],
  ['tls_client', 'MAIL'],
  ['trust_auth', 'MAIL'],
]);
/** Rulesets of deliveries, of which a `to=` line tells, and of commands that carry no mail. */
const NOT_OF_MAIL =
  /^(?:check_compat|check_etrn|check_vrfy|check_expn|tls_server|tls_rcpt|try_tls|srv_|clt_|authinfo|queuegroup|greet_pause)/;

export function readRuleset(line: Line): ParseResult {
  const { bytes, b } = line;
  const nameStart = line.a + RULESET.length;
  const nameEnd = valueEnd(bytes, nameStart, b);
  if (!startsAt(bytes, nameEnd, b, ARG1)) return line.unknown();
  const name = line.frame.text(nameStart, Math.min(nameEnd, nameStart + 64)).toLowerCase();
  if (NOT_OF_MAIL.test(name)) return line.mention();
  // rulesets of other names are called on headers (H lines with $>), so while the data is read
  const stage = STAGES.get(name) ?? 'END-OF-MESSAGE';
  const arg = nameEnd + ARG1.length;
  const isAddress = stage === 'RCPT' || stage === 'MAIL';
  const argEnd = isAddress ? addressEnd(bytes, arg, b) : -1;
  const relay = isAddress ? indexOf(bytes, argEnd, b, RELAY) : lastRelay(bytes, arg, b);
  const client = relay < 0 ? (isAddress ? argEnd : arg) : relay + RELAY.length;
  const what = firstOf(bytes, client, b);
  if (what < 0) return line.unknown();
  const isRefusal = startsAt(bytes, what, b, REJECT);
  const event = line.start(isRefusal ? 'refusal' : 'act');
  event.stage = stage;
  if (relay >= 0) readClient(event, bytes, client, what);
  if (stage === 'RCPT') setAddress(event, F.recipient, bytes, arg, argEnd);
  if (stage === 'MAIL') setAddress(event, F.sender, bytes, arg, argEnd);
  if (stage === 'CONNECT') readArg2(line, arg, relay < 0 ? what : relay);
  if (isRefusal) return refuse(line, what + REJECT.length, stage !== 'RCPT');
  if (startsAt(bytes, what, b, DISCARD)) {
    // EF_DISCARD is of the envelope: one recipient's discard is that of all
    event.action = 'discarded';
    event.final = true;
    return line.done();
  }
  event.action = 'held';
  event.set(F.reason, what + QUARANTINE.length, b);
  return line.done();
}

/** check_relay without `relay=`: arg1 is the name, arg2 the address. */
function readArg2(line: Line, a: number, b: number): void {
  const { bytes, event } = line;
  if (event.has(F.clientIp)) return;
  const at = indexOf(bytes, a, b, ARG2);
  if (at < 0) return;
  event.set(F.clientIp, at + ARG2.length, valueEnd(bytes, at + ARG2.length, b));
}

/** Of a header's ruleset arg1 is text of a stranger: the daemon's values come behind it. */
function lastRelay(bytes: Uint8Array, a: number, b: number): number {
  return lastIndexOf(bytes, a, b, RELAY);
}

/** The place of the first of the three deeds. */
function firstOf(bytes: Uint8Array, a: number, b: number): number {
  for (let i = a; i < b; i++) {
    if (bytes[i] !== 0x2c) continue;
    if (startsAt(bytes, i, b, REJECT) || startsAt(bytes, i, b, QUARANTINE)) return i;
    if (startsAt(bytes, i, b, DISCARD) && i + DISCARD.length === b) return i;
  }
  return -1;
}

/** Finishes the refusal whose answer begins at `at`. */
function refuse(line: Line, at: number, final: boolean): ParseResult {
  const { bytes, b, event } = line;
  event.final = final;
  event.set(F.reply, at, b);
  readCodes(event, bytes, at, b);
  const isForNow = event.code >= 400 && event.code < 500;
  event.outcome = isForNow ? (saysGreylisting(bytes, at, b) ? 'greylisted' : 'tempfailed') : 'rejected';
  return line.done();
}

/** ` stat=` of a mail of which no mailer took notice: its recipients, with the server's last words and no code. */
export function refusedAfterData(
  line: Line,
  a: number,
  b: number,
  stat: number,
  dsn: number,
  dsnEnd: number,
): ParseResult {
  const { bytes } = line;
  const event = line.start('refusal');
  event.stage = 'END-OF-MESSAGE';
  event.final = true;
  event.what = 'whom';
  event.setText(F.recipients, recipientsOf(line, a, b));
  event.set(F.reply, stat, line.b);
  event.outcome = saysForNow(bytes, stat, line.b) ? 'tempfailed' : 'rejected';
  if (dsn >= 0) {
    event.set(F.dsn, dsn, dsnEnd);
    if (bytes[dsn] === 0x34) event.outcome = 'tempfailed';
  }
  if (startsAt(bytes, stat, line.b, TOO_BIG)) {
    event.code = 552;
    event.codeFromDaemon = true;
    if (dsn < 0) event.setText(F.dsn, '5.2.3');
  }
  return line.done();
}

/** collect.c: 552 5.2.3 */
const TOO_BIG = lit('Message exceeds maximum fixed size');

/** The addresses of a list, separated by one space; quoted parts that hold one are left as they are. */
function recipientsOf(line: Line, a: number, b: number): string {
  const { bytes } = line;
  const out: string[] = [];
  for (let from = a; from < b;) {
    const end = Math.min(addressEnd(bytes, from, b), b);
    if (end > from) out.push(line.frame.text(from, end));
    from = end + 1;
  }
  return out.join(' ');
}

const DOTS = lit('... ');
/** err.c fmtmsg(): the texts of answers that begin with 4 in srvrsmtp.c, recipient.c, collect.c, map.c */
const FOR_NOW = [
  'try again',
  'temporar',
  'too many recipients',
  'insufficient disk space',
  'transient',
  'timeout',
  'cannot open',
  'out of disk space',
  'deferred',
  'tempfail',
].map(lit);
const USER_UNKNOWN = lit('User unknown');
const OF_SENDER = lit('sender');

function saysForNow(bytes: Uint8Array, a: number, b: number): boolean {
  return FOR_NOW.some((word) => indexOfFolded(bytes, a, b, word) >= 0);
}

/** `<bob@x>... User unknown`; undefined where the line is none. LogUsrErrs is set while RCPT is answered (srvrsmtp.c). */
export function readAnswer(line: Line, answers: Answers): ParseResult | undefined {
  const { bytes, a, b } = line;
  const end = addressEnd(bytes, a, b);
  let dots = bytes[end - 1] === 0x3e && startsAt(bytes, end, b, DOTS) ? end : -1;
  // `addressEnd` takes the dots along: they follow without a space
  if (dots < 0) {
    const stop = indexOf(bytes, a, Math.min(b, end + DOTS.length), DOTS);
    if (stop < 0 || stop === a) return undefined;
    dots = stop;
  }
  if (bytes[a] !== 0x3c && indexOfByte(bytes, a, dots, 0x40) < 0) return undefined;
  const text = dots + DOTS.length;
  const event = line.start('refusal');
  // mail from: `<x>... Domain name required for sender address x`
  const isSender = indexOf(bytes, text, b, OF_SENDER) >= 0;
  event.stage = isSender ? 'MAIL' : 'RCPT';
  setAddress(event, isSender ? F.sender : F.recipient, bytes, a, dots);
  event.final = isSender;
  event.set(F.reply, text, b);
  const isKnown = answers.complete(line, event);
  const isForNow = isKnown ? event.code < 500 : saysForNow(bytes, text, b);
  event.outcome = isForNow ? (saysGreylisting(bytes, text, b) ? 'greylisted' : 'tempfailed') : 'rejected';
  if (!isKnown && equals(bytes, text, b, USER_UNKNOWN)) {
    // recipient.c: usrerrenh("5.1.1", "550 User unknown")
    event.code = 550;
    event.setText(F.dsn, '5.1.1');
    event.codeFromDaemon = true;
  }
  return line.done();
}

export const MILTER = lit('Milter');
const COLON = lit('Milter: ');
const BY_NAME = lit('Milter (');
export const MILTER_NAMED = lit('milter=');
const TO = lit('to=');
const FROM = lit('from=');
const QUARANTINED = lit('quarantine=');

/** `Milter: to=<x>, reject=…`: the answer is carried out. */
export function readMilter(line: Line): ParseResult {
  const { bytes, b } = line;
  if (line.at(BY_NAME)) return readChange(line, line.a + BY_NAME.length);
  if (!line.at(COLON)) return readChangeOf(line, line.a + MILTER.length, '');
  const a = line.a + COLON.length;
  const isTo = startsAt(bytes, a, b, TO);
  const isFrom = startsAt(bytes, a, b, FROM);
  const value = a + (isTo ? TO.length : FROM.length);
  const end = isTo || isFrom ? addressEnd(bytes, value, b) : a;
  const what = firstOf(bytes, end, b);
  if (what < 0) return line.mention();
  const isRefusal = startsAt(bytes, what, b, REJECT);
  if (!isRefusal && !startsAt(bytes, what, b, DISCARD)) return line.mention();
  const event = line.start(isRefusal ? 'refusal' : 'act');
  event.engine = 'milter';
  event.stage = isTo ? 'RCPT' : isFrom ? 'MAIL' : 'END-OF-MESSAGE';
  if (isTo) setAddress(event, F.recipient, bytes, value, end);
  if (isFrom) setAddress(event, F.sender, bytes, value, end);
  if (isRefusal) return refuse(line, what + REJECT.length, !isTo);
  event.action = 'discarded';
  event.final = true;
  return line.done();
}

/** `milter=name, quarantine=why`; the other deeds of these lines stand in `Milter: ` lines too, as they are carried out. */
export function readMilterNamed(line: Line): ParseResult {
  const { bytes, b } = line;
  const a = line.a + MILTER_NAMED.length;
  const end = valueEnd(bytes, a, b);
  if (!startsAt(bytes, end + 2, b, QUARANTINED)) return line.mention();
  const event = line.start('act');
  event.action = 'held';
  event.stage = 'milter';
  event.engine = engineName(line, a, end);
  event.set(F.reason, end + 2 + QUARANTINED.length, b);
  return line.done();
}

const NAME_END = lit(')');

function readChange(line: Line, a: number): ParseResult {
  const end = indexOf(line.bytes, a, line.b, NAME_END);
  return end < 0 ? line.mention() : readChangeOf(line, end + 1, engineName(line, a, end));
}

/** A milter's name is the operator's; an engine is one word. */
function engineName(line: Line, a: number, b: number): string {
  const name = line.frame.text(a, Math.min(b, a + 40)).toLowerCase();
  return /^[a-z][a-z0-9_.-]*$/.test(name) ? name : 'milter';
}

const ADD_RCPT = lit(' add: rcpt: ');
const DELETE_RCPT = lit(' delete: rcpt ');
const BODY = lit(' message: body replaced');
const CHANGE = lit(' change: header');
const SUBJECT = lit(' Subject: from ');

/** What a milter changed of a mail that goes on. */
function readChangeOf(line: Line, a: number, engine: string): ParseResult {
  const { bytes, b } = line;
  if (startsAt(bytes, a, b, ADD_RCPT)) {
    const event = change(line, engine, 'copied');
    setAddress(event, F.target, bytes, a + ADD_RCPT.length, b);
    return line.done();
  }
  if (startsAt(bytes, a, b, DELETE_RCPT)) {
    const event = change(line, engine, 'discarded');
    const from = a + DELETE_RCPT.length;
    const end = addressEnd(bytes, from, b);
    setAddress(event, F.recipient, bytes, from, end);
    return line.done();
  }
  if (startsAt(bytes, a, b, BODY)) {
    change(line, engine, 'modified');
    return line.done();
  }
  if (startsAt(bytes, a, b, CHANGE) && indexOf(bytes, a, Math.min(b, a + 60), SUBJECT) >= 0) {
    change(line, engine, 'subject-modified');
    return line.done();
  }
  return line.mention();
}

function change(
  line: Line,
  engine: string,
  action: 'copied' | 'discarded' | 'modified' | 'subject-modified',
): ReturnType<Line['start']> {
  const event = line.start('act');
  event.action = action;
  event.stage = 'milter';
  event.engine = engine === '' ? 'milter' : engine;
  return event;
}
