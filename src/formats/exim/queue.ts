/**
 * Lines with a queue id that are neither an arrival nor a delivery: the queue, administrators, the system filter.
 *
 * Source: src/deliver.c, src/queue.c queue_action(), src/receive.c. What is known and says nothing more is a `mention`; so is
 * what is not understood, but that counts as unknown.
 */
import { F } from '../../model/log-event.ts';
import type { EventKind, LogEvent } from '../../model/log-event.ts';
import type { Line } from './line.ts';
import { begin, finish } from './line.ts';
import { parsePrdr, setVerdict } from './reject.ts';
import { parseHost, setRelay } from './host.ts';
import { setFailureText } from './reply.ts';
import { COLON, closingAngle, find, findByte, hasAt, isAlnum, tokenEnd } from './scan.ts';

type Take = (line: Line, i: number, words: string) => boolean;

const WORDS: readonly (readonly [string, Take])[] = [
  ['Completed', (line) => simple(line, 'closed', 'completed', -1)],
  ['Message is frozen', (line) => simple(line, 'admin', 'frozen', -1)],
  ['Frozen', (line, i) => simple(line, 'admin', 'frozen', i)],
  ['frozen by ', (line, i) => simple(line, 'admin', 'frozen', i)],
  ['Unfrozen by ', (line, i) => simple(line, 'admin', 'unfrozen', i)],
  ['unfrozen by ', (line, i) => simple(line, 'admin', 'unfrozen', i)],
  ['removed by ', (line, i) => simple(line, 'admin', 'removed', i)],
  ['cancelled by timeout_frozen_after', (line, i) => simple(line, 'admin', 'given-up', i)],
  ['cancelled by ', cancelled],
  ['Message removed because older than ', (line, i) => simple(line, 'admin', 'given-up', i)],
  ['address <', markedDelivered],
  ['recipient <', added],
  ['original recipients ignored (system filter)', ignoredByFilter],
  ['Message abandoned: ', abandoned],
  ['PRDR ', prdr],
  ['local_scan() function ', localScanFailed],
];

/** Known, and nothing to tell beyond that the line is of this mail. */
const MENTIONS: readonly string[] = [
  'no immediate delivery: ',
  'DKIM: ',
  'ARC: ',
  'DMARC ',
  'sender address changed to ',
  'Delivery deferred by system filter',
  'rescind the above message-accept',
  'Spool file is locked',
  'Spool file for ',
  'Spool error: ',
  'Format error in spool file',
  'Error reading spool file',
  'malware acl condition: ',
  'spam acl condition: ',
  'TLS session: ',
  'TLS error on ',
  'DANE error: ',
  'Warning: ',
  'Failed to expand ',
  'failed to expand ',
  'Process failed ',
  'lowest numbered MX record points to local host',
  'remote host address is the local host',
  'error in ',
  '[',
  'moved from ',
];

/** Beginnings of an attempt's text where no host stands in front: versions before 4.90, and errors of routing. */
const ATTEMPTS: readonly string[] = [
  'SMTP error from remote mail server after ',
  'SMTP timeout ',
  'Remote host ',
  'Malformed SMTP reply ',
  'LMTP error after ',
  'LMTP timeout ',
];

/** The words after `id `. False where they are not understood (a mention was emitted). */
export function parseQueueLine(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  for (const [words, take] of WORDS) if (hasAt(bytes, i, end, words)) return take(line, i + words.length, words);
  for (const words of ATTEMPTS) if (hasAt(bytes, i, end, words)) return attempt(line, i);
  if (isOldHost(bytes, i, end)) return oldAttempt(line, i);
  mention(line);
  for (const words of MENTIONS) if (hasAt(bytes, i, end, words)) return true;
  if (find(bytes, i, end, ': error ignored') >= 0) return true;
  if (find(bytes, i, end, ' router: skipped error: ') >= 0) return true;
  if (find(bytes, i, end, ' transport output: ') >= 0) return true;
  return find(bytes, i, end, 'authenticator failed H=') >= 0;
}

/** `mx.example.org [192.0.2.25] Connection refused`: before 4.90 without `H=` (transports/smtp.c write_logs()). */
function isOldHost(bytes: Uint8Array, i: number, end: number): boolean {
  const name = tokenEnd(bytes, i, end);
  if (name === i || bytes[name - 1] === COLON || !hasAt(bytes, name, end, ' [')) return false;
  if (findByte(bytes, i, name, 0x2e) < 0 && !hasAt(bytes, i, end, 'localhost ')) return false;
  const close = findByte(bytes, name + 2, end, 0x5d);
  for (let k = name + 2; k < close; k++) {
    const c = bytes[k] as number;
    if (c !== COLON && c !== 0x2e && !isAlnum(c)) return false;
  }
  return close > name + 2 && close + 1 < end;
}

function oldAttempt(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  const event = begin(line, 'attempt');
  let at = parseHost(bytes, i, end);
  setRelay(event);
  while (at < end && (bytes[at] === 0x20 || bytes[at] === COLON)) at++;
  if (at < end) setFailureText(event, at, end);
  finish(line, event, false);
  return true;
}

function attempt(line: Line, i: number): boolean {
  const event = begin(line, 'attempt');
  setFailureText(event, i, line.frame.end);
  finish(line, event, false);
  return true;
}

export function mention(line: Line): void {
  finish(line, begin(line, 'mention'), false);
}

/** An event of one kind and word; the text from `reason` on says who or why. */
function simple(line: Line, kind: EventKind, what: string, reason: number): boolean {
  const event = begin(line, kind);
  event.what = what;
  setReason(event, reason);
  finish(line, event, false);
  return true;
}

function setReason(event: LogEvent, i: number): void {
  const { bytes, end } = event.frame;
  if (i < 0) return;
  while (i < end && (bytes[i] === 0x20 || bytes[i] === 0x3a)) i++;
  if (i < end) event.set(F.reason, i, end);
}

/**
 * `cancelled by root` (exim -Mg) and `cancelled by system filter: text` fail every recipient that is left, and a bounce goes to
 * the sender; no `**` line follows (src/deliver.c, RECIP_FAIL and RECIP_FAIL_FILTER).
 */
function cancelled(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  const event = begin(line, 'delivery');
  event.outcome = 'bounced';
  event.what = 'all';
  if (hasAt(bytes, i, end, 'system filter')) event.how = 'filter';
  if (hasAt(bytes, i, end, 'system filter: ')) event.set(F.reply, i + 15, end);
  setReason(event, i);
  finish(line, event, false);
  return true;
}

/** `address <bob@example.org> marked delivered by root` (exim -Mmd): it will get nothing. */
function markedDelivered(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  const close = closingAngle(bytes, i, end);
  const event = begin(line, close < 0 ? 'mention' : 'admin');
  if (close >= 0) {
    event.what = 'removed';
    event.set(F.recipient, i, close);
    const by = find(bytes, close, end, ' by ');
    if (by >= 0) event.set(F.reason, by + 4, end);
  }
  finish(line, event, false);
  return true;
}

/** `recipient <bob@example.org> added by root` (exim -Mar) */
function added(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  const close = closingAngle(bytes, i, end);
  const event = begin(line, close < 0 ? 'mention' : 'facts');
  if (close >= 0) event.set(F.recipients, i, close);
  finish(line, event, false);
  return true;
}

/** The system filter made its own deliveries and the recipients get nothing. */
function ignoredByFilter(line: Line): boolean {
  const event = begin(line, 'delivery');
  event.outcome = 'discarded';
  event.how = 'filter';
  event.what = 'all';
  finish(line, event, false);
  return true;
}

/** The spool could not be written: the client was told 451 (receive.c). */
function abandoned(line: Line, i: number): boolean {
  const event = begin(line, 'refusal');
  event.stage = 'END-OF-MESSAGE';
  event.final = true;
  setVerdict(event, i, 451, true);
  finish(line, event, false);
  return true;
}

function prdr(line: Line, i: number): boolean {
  if (!parsePrdr(line, i)) mention(line);
  return true;
}

/** local_scan() crashed or timed out: 451, and no other line follows. */
function localScanFailed(line: Line, i: number): boolean {
  const event = begin(line, 'refusal');
  event.stage = 'END-OF-MESSAGE';
  event.final = true;
  setVerdict(event, i, 451, true);
  event.mask &= ~(1 << F.reply);
  finish(line, event, true);
  return true;
}
