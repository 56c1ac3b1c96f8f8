/**
 * MailScanner: takes mails out of the server's queue (Postfix's hold, Sendmail's mqueue.in), judges them in batches and puts
 * those that go on into the queue again: under a new id of Postfix, the same id of Sendmail.
 *
 * Source: MailScanner v5 Message.pm, MessageBatch.pm, SweepViruses.pm, SweepOther.pm, PFDiskStore.pm.
 *
 *   Message 3F1A20B77C.AB12C from 192.0.2.7 (a@b) to example.org is spam, SpamAssassin (not cached, score=25.5, required 6, …)
 *   Spam Actions: message 3F1A20B77C.AB12C actions are store,deliver
 *   Requeue: 3F1A20B77C.AB12C to 7C1D20B77D
 */
import type { Frame } from '../../model/frame.ts';
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { indexOf, indexOfByte, lastIndexOf, lit, startsAt } from '../postfix/bytes.ts';
import { readActions } from './actions.ts';
import { idStop, readId } from './ids.ts';
import { readReport } from './report.ts';

const OPEN = 0x28;
const CLOSE = 0x29;
const SPACE = 0x20;
const SLASH = 0x2f;

const MESSAGE = lit('Message ');
const FROM = lit(' from ');
const TO_BEHIND = lit(') to ');
const IS = lit(' is ');
const TO = lit(' to ');
const WITH_SUBJECT = lit(' with subject ');
const WITH_REPORT = lit(' with report ');
const DELETED = lit('sender address, deleted');
const REQUEUE = lit('Requeue: ');
const INFECTED = lit('Infected message ');
const REJECT = lit('Reject message ');
const QUARANTINING = lit('Quarantining modified message for ');
const DELIVERY = lit('Delivery of ');
const NO_DELIVERY = lit('Non-delivery of ');
const ACTIONS = [lit('Spam Actions: message '), lit('MCP Actions: message ')];
const ACTIONS_ARE = lit(' actions are ');
const CHECKS = [lit('Filename Checks: '), lit('Filetype Checks: ')];
const ALLOWING = lit('Allowing ');
const SCANNED = lit('::INFECTED:: ');
const PATH = lit(':: ./');
/** a line that names a mail somewhere: the words before its name */
const NAMING = [lit('message '), lit('Message ')];

function parse(frame: Frame, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, body, end } = frame;
  switch (bytes[body]) {
    case 0x4d: // M
      if (startsAt(bytes, body, end, MESSAGE)) return readMessage(frame, body + MESSAGE.length, event, emit);
      break;
    case 0x52: // R
      if (startsAt(bytes, body, end, REQUEUE)) return readRequeue(frame, body + REQUEUE.length, event, emit);
      if (startsAt(bytes, body, end, REJECT)) return readReject(frame, body + REJECT.length, event, emit);
      break;
    case 0x49: // I
      if (startsAt(bytes, body, end, INFECTED)) return readInfected(frame, body + INFECTED.length, event, emit);
      break;
    case 0x44: // D
      if (startsAt(bytes, body, end, DELIVERY)) return readDelivery(frame, true, event, emit);
      break;
    case 0x4e: // N
      if (startsAt(bytes, body, end, NO_DELIVERY)) return readDelivery(frame, false, event, emit);
      break;
    case 0x51: // Q
      if (startsAt(bytes, body, end, QUARANTINING)) return plain(frame, body + QUARANTINING.length, event, emit);
      break;
    default:
  }
  return readOther(frame, event, emit);
}

function readOther(frame: Frame, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, body, end } = frame;
  for (const word of ACTIONS) if (startsAt(bytes, body, end, word)) return readSpamActions(frame, word, event, emit);
  for (const word of CHECKS) if (startsAt(bytes, body, end, word)) return readCheck(frame, word, event, emit);
  const scanned = indexOf(bytes, body, Math.min(end, body + 60), SCANNED);
  if (scanned >= 0) return readVirus(frame, scanned + SCANNED.length, event, emit);
  for (const word of NAMING) {
    const at = indexOf(bytes, body, end, word);
    if (at >= 0 && plain(frame, at + word.length, event, emit) === 'event') return 'event';
  }
  return 'ignored';
}

/** Begins the record of the mail that is named at `a`; false where no name stands there. `idStop` is behind it. */
function begin(frame: Frame, a: number, event: LogEvent): boolean {
  const stop = readId(frame.bytes, a, frame.end);
  if (stop < 0) return false;
  event.reset('verdict', frame);
  event.system = 'mailscanner';
  event.engine = 'mailscanner';
  event.active = true;
  event.set(F.queueId, a, stop);
  return true;
}

/** A line that names a mail and decides nothing. */
function plain(frame: Frame, a: number, event: LogEvent, emit: Emit): ParseResult {
  if (!begin(frame, a, event)) return 'ignored';
  emit(event);
  return 'event';
}

/** `Message ID from IP (SENDER) to DOMAIN is REPORT`; the report is the administrator's, the sender a stranger's. */
function readMessage(frame: Frame, a: number, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, end } = frame;
  if (!begin(frame, a, event)) return 'unknown';
  const i = idStop;
  if (startsAt(bytes, i, end, FROM)) {
    const ip = i + FROM.length;
    const space = indexOfByte(bytes, ip, end, SPACE);
    if (space > ip) event.set(F.clientIp, ip, space);
    const to = lastIndexOf(bytes, ip, end, TO_BEHIND);
    if (space >= 0 && bytes[space + 1] === OPEN && to > space) {
      event.set(F.sender, space + 2, to);
      const is = indexOf(bytes, to + TO_BEHIND.length, end, IS);
      if (is >= 0) readReport(event, is + IS.length, end);
    } else if (indexOf(bytes, ip, end, DELETED) >= 0) {
      event.what = 'policy';
      event.action = 'discarded';
      event.outcome = 'discarded';
      event.final = true;
    }
  }
  emit(event);
  return 'event';
}

function readRequeue(frame: Frame, a: number, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, end } = frame;
  if (!begin(frame, a, event)) return 'unknown';
  if (!startsAt(bytes, idStop, end, TO)) return 'unknown';
  const next = idStop + TO.length;
  const stop = readId(bytes, next, end);
  if (stop < 0) return 'unknown';
  event.set(F.otherId, next, stop);
  event.relation = 'requeue-of';
  emit(event);
  return 'event';
}

/** A mail with a virus goes on only where a cleaned one is put into the queue (`Requeue`, or the server's next line). */
function readInfected(frame: Frame, a: number, event: LogEvent, emit: Emit): ParseResult {
  if (!begin(frame, a, event)) return 'unknown';
  event.what = 'virus';
  event.action = 'modified';
  event.outcome = 'discarded';
  emit(event);
  return 'event';
}

/** `Reject message ID from SENDER with report R`: thrown away, and the sender is told by a mail. */
function readReject(frame: Frame, a: number, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, end } = frame;
  if (!begin(frame, a, event)) return 'unknown';
  event.what = 'policy';
  event.action = 'bounced-by-filter';
  event.outcome = 'bounced';
  event.final = true;
  if (startsAt(bytes, idStop, end, FROM)) {
    const report = lastIndexOf(bytes, idStop, end, WITH_REPORT);
    if (report > 0) event.set(F.sender, idStop + FROM.length, Math.max(idStop + FROM.length, report));
  }
  emit(event);
  return 'event';
}

/** `Delivery of Nonspam: message ID from SENDER to A,B with subject S`. */
function readDelivery(frame: Frame, goesOn: boolean, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, body, end } = frame;
  const word = NAMING[0] as Uint8Array;
  const at = indexOf(bytes, body, Math.min(end, body + 60), word);
  if (at < 0 || !begin(frame, at + word.length, event)) return 'ignored';
  if (!goesOn) {
    event.outcome = 'discarded';
    event.final = true;
  }
  if (startsAt(bytes, idStop, end, FROM)) {
    const from = idStop + FROM.length;
    const to = indexOf(bytes, from, end, TO);
    const subject = to < 0 ? -1 : indexOf(bytes, to, end, WITH_SUBJECT);
    if (to >= 0) event.set(F.sender, from, to);
    if (subject >= 0) event.set(F.recipients, to + TO.length, Math.max(to + TO.length, subject));
  }
  emit(event);
  return 'event';
}

function readSpamActions(frame: Frame, word: Uint8Array, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, body, end } = frame;
  if (!begin(frame, body + word.length, event)) return 'unknown';
  event.what = word === ACTIONS[0] ? 'spam' : 'policy';
  if (startsAt(bytes, idStop, end, ACTIONS_ARE)) readActions(event, idStop + ACTIONS_ARE.length, end);
  emit(event);
  return 'event';
}

/** `Filename Checks: Windows/DOS Executable (ID setup.exe)`, `Filename Checks: Allowing ID notes.txt`. */
function readCheck(frame: Frame, word: Uint8Array, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, body, end } = frame;
  const text = body + word.length;
  if (startsAt(bytes, text, end, ALLOWING)) return plain(frame, text + ALLOWING.length, event, emit);
  // the reason is the administrator's text, the file's name the sender's: the first bracket before a mail's name is ours
  for (let open = indexOfByte(bytes, text, end, OPEN); open >= 0; open = indexOfByte(bytes, open + 1, end, OPEN)) {
    if (!begin(frame, open + 1, event) || bytes[idStop] !== SPACE) continue;
    event.what = 'banned';
    event.action = 'modified';
    const stop = bytes[end - 1] === CLOSE ? end - 1 : end;
    if (open - 1 > text) event.set(F.reason, text, open - 1);
    if (stop > idStop + 1) event.set(F.matched, idStop + 1, stop);
    emit(event);
    return 'event';
  }
  return 'ignored';
}

/** `Clamd::INFECTED:: Eicar-Test-Signature :: ./ID/eicar.com`: SweepViruses.pm ProcessOutput(). */
function readVirus(frame: Frame, a: number, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, end } = frame;
  const path = indexOf(bytes, a, end, PATH);
  if (path < 0 || !begin(frame, path + PATH.length, event)) return 'ignored';
  event.what = 'virus';
  event.action = 'modified';
  let stop = path;
  while (stop > a && bytes[stop - 1] === SPACE) stop--;
  if (stop > a) event.set(F.reason, a, stop);
  if (bytes[idStop] === SLASH && end > idStop + 1) event.set(F.matched, idStop + 1, end);
  emit(event);
  return 'event';
}

const mailscanner: LogFormat = {
  name: 'mailscanner',
  title: 'MailScanner',
  docs: 'https://www.mailscanner.info/',
  versions: '4.79 to 5.5',
  claims: (program) => program === 'MailScanner',
  createContext: () => ({}),
  parse,
  besides: {
    signs: ['Requeue: ', 'ctions are ', 'nfected message ', 'Reject message ', 'elivery of ', ', deleted'],
    byQueueId: true,
  },
  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const { program } of sample) if (program === 'MailScanner') ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default mailscanner;
