/**
 * simscan's verdict on a mail of one SMTP session, before qmail-queue gets it.
 * Shapes: `simscan:[812]:CLEAN (1.20/5.00/5.00):0.4512s:Subject:192.0.2.7:ann@example.net:bob@example.org,joe@example.org`,
 *         `simscan:[812]:VIRUS:0.1s:Name:192.0.2.7:…`; also `SPAM REJECT` `SPAM DROPPED` `SPAM PASS` `PASSTHRU` `VIRUS DROPPED`
 *         `ATTACH` `REGEX` `RELAYCLIENT`. The number is that of the process which runs the session (getppid()).
 * Source: simscan 1.4 simscan.c log_message(); the subject may hold colons, so it is read from both sides.
 */
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { indexOf, indexOfByte, lit, startsAt } from '../postfix/bytes.ts';
import { decimalEnd, readDecimal } from '../values.ts';
import type { Line } from './line.ts';
import type { Queue } from './queue.ts';

const SIMSCAN = lit('simscan:[');
const COLON = 0x3a;
const LEFT = 0x28;
const SLASH = 0x2f;
const SPACE = 0x20;
const DOT = 0x2e;
const SECONDS = lit('s:');
const SPAM = lit('SPAM');
const VIRUS = lit('VIRUS');
const ATTACH = lit('ATTACH');
const REGEX = lit('REGEX');
const CLEAN = lit('CLEAN');
const PASSTHRU = lit('PASSTHRU');
const DROPPED = lit(' DROPPED');
const REJECT = lit(' REJECT');
const RELAYCLIENT = lit('RELAYCLIENT');

/** Undefined where the line is none of simscan's. */
export function readSimscan(line: Line, queue: Queue): ParseResult | undefined {
  if (!line.word(SIMSCAN)) return undefined;
  const { bytes, b } = line;
  if (line.number() < 0 || bytes[line.a] !== 0x5d || bytes[line.a + 1] !== COLON) return 'ignored';
  const pid = line.from;
  const pidEnd = line.to;
  const state = line.a + 2;
  const stateEnd = indexOfByte(bytes, state, b, COLON);
  const time = stateEnd < 0 ? -1 : indexOf(bytes, stateEnd + 1, b, SECONDS);
  // what it writes with SIMSCAN_DEBUG begins with a space
  if (bytes[state] === SPACE || time < 0) return 'ignored';
  if (startsAt(bytes, state, b, RELAYCLIENT)) return 'ignored';
  const event = line.start('verdict');
  event.engine = 'simscan';
  event.set(F.sessionId, pid, pidEnd);
  const subject = time + SECONDS.length;
  const from = setEnvelope(event, bytes, subject, b);
  if (from < 0) return 'unknown';
  setScore(event, bytes, state, stateEnd);
  return judge(line, event, queue, state, subject, from);
}

/** `…:192.0.2.7:ann@example.net:bob@example.org,…` at the end; returns where the text before ends, or -1. */
function setEnvelope(event: LogEvent, bytes: Uint8Array, a: number, b: number): number {
  const to = lastColon(bytes, a, b);
  const from = to < 0 ? -1 : lastColon(bytes, a, to);
  if (from < 0) return -1;
  const ip = lastColon(bytes, a, from);
  if (to + 1 < b) event.set(F.recipients, to + 1, b);
  event.set(F.sender, from + 1, to);
  // an address with colons cannot be told from the subject before it
  if (ip < 0 || indexOfByte(bytes, ip + 1, from, DOT) < 0) return a;
  event.set(F.clientIp, ip + 1, from);
  return ip;
}

function lastColon(bytes: Uint8Array, a: number, b: number): number {
  for (let i = b - 1; i >= a; i--) if (bytes[i] === COLON) return i;
  return -1;
}

/** `(1.20/5.00/5.00)`: the score, SpamAssassin's limit, and simscan's own limit for a refusal. */
function setScore(event: LogEvent, bytes: Uint8Array, a: number, b: number): void {
  const open = indexOfByte(bytes, a, b, LEFT);
  if (open < 0) return;
  const score = readDecimal(bytes, open + 1, b);
  if (Number.isNaN(score) || bytes[decimalEnd] !== SLASH) return;
  event.score = score;
  event.threshold = readDecimal(bytes, decimalEnd + 1, b);
}

/** `a` to `b`: the subject, or the name of what was found. */
function judge(line: Line, event: LogEvent, queue: Queue, state: number, a: number, b: number): ParseResult {
  const { bytes } = line;
  const is = (word: Uint8Array): boolean => startsAt(bytes, state, a, word);
  const isVirus = is(VIRUS);
  const isSpam = is(SPAM) || is(PASSTHRU);
  const isFound = isVirus || is(ATTACH) || is(REGEX);
  if (!isSpam && !isFound && !is(CLEAN)) return 'unknown';
  event.what = isVirus ? 'virus' : isSpam ? 'spam' : is(ATTACH) ? 'banned' : is(REGEX) ? 'policy' : 'clean';
  if (b > a) event.set(isFound ? F.reason : F.subject, a, b);
  const isDropped = indexOf(bytes, state, a, DROPPED) >= 0;
  if (isDropped) {
    event.kind = 'act';
    event.action = 'discarded';
    event.stage = 'END-OF-MESSAGE';
    event.final = true;
  } else if (isFound || indexOf(bytes, state, a, REJECT) >= 0) {
    event.kind = 'refusal';
    event.outcome = 'rejected';
    event.stage = 'END-OF-MESSAGE';
    event.final = true;
  } else {
    event.action = isSpam ? 'tagged' : 'accepted';
    // the mail is told of by its sender alone, once qmail-queue has it
    const id = queue.judged((event.text(F.sender) ?? '').toLowerCase(), line.frame.at);
    event.setText(F.filterId, id);
  }
  return line.done();
}
