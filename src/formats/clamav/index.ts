/**
 * ClamAV beside a server: clamav-milter and clamsmtpd; clamd itself names no mail.
 *
 * Source: ClamAV clamav-milter/clamfi.c clamfi_eom() (LogInfected, LogClean: Full or Basic), makesanehdr(): quotes in headers
 * become spaces; clamsmtp src/clamsmtpd.c smtp_passthru(), clam_scan_file().
 *
 *   Message 3F1A20B77C from <a@b> to <c@d> with subject 'S' message-id '<m@x>' date 'D' infected by Eicar
 *   100004: from=a@b, to=c@d, status=VIRUS:Eicar
 */
import type { Frame } from '../../model/frame.ts';
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { indexOf, indexOfByte, lastIndexOf, lit, startsAt } from '../postfix/bytes.ts';
import { readClamsmtp } from './clamsmtp.ts';

const SPACE = 0x20;
const LESS = 0x3c;
const GREATER = 0x3e;
const QUOTE = 0x27;

const MESSAGE = lit('Message ');
const CLEAN = lit('Clean message ');
const FROM = lit('from <');
const TO = lit('> to <');
const SUBJECT = lit("> with subject '");
const MESSAGE_ID = lit(" message-id '");
const INFECTED = lit(' infected by ');

function parse(frame: Frame, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, body, end, program } = frame;
  if (program === 'clamsmtpd') return readClamsmtp(frame, event, emit);
  if (startsAt(bytes, body, end, MESSAGE)) return readMilter(frame, body + MESSAGE.length, false, event, emit);
  if (startsAt(bytes, body, end, CLEAN)) return readMilter(frame, body + CLEAN.length, true, event, emit);
  return 'ignored';
}

function readMilter(frame: Frame, a: number, isClean: boolean, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, end } = frame;
  event.reset('verdict', frame);
  event.system = 'clamav';
  event.engine = 'clamav';
  event.what = isClean ? 'clean' : 'virus';
  // what becomes of it (OnInfected) stands in the server's line alone
  event.action = isClean ? 'accepted' : 'tagged';
  let stop = end;
  if (!isClean) {
    const infected = lastIndexOf(bytes, a, end, INFECTED);
    if (infected < 0) return 'ignored';
    event.set(F.reason, infected + INFECTED.length, end);
    stop = infected;
  }
  let from = a;
  if (!startsAt(bytes, a, stop, FROM)) {
    const space = indexOfByte(bytes, a, stop, SPACE);
    if (space < 0 || !startsAt(bytes, space + 1, stop, FROM)) return 'ignored';
    // `<unavailable>`-like texts are no id
    if (bytes[a] !== LESS) event.set(F.queueId, a, space);
    from = space + 1;
  }
  // a quote in the subject was made a space: the last one that looks like it is ours
  const subject = lastIndexOf(bytes, from, stop, SUBJECT);
  const envelopeEnd = subject >= 0 ? subject : bytes[stop - 1] === GREATER ? stop - 1 : stop;
  const to = lastIndexOf(bytes, from, envelopeEnd, TO);
  if (to >= 0) {
    event.set(F.sender, from + FROM.length, Math.max(to, from + FROM.length));
    event.set(F.recipient, to + TO.length, Math.max(envelopeEnd, to + TO.length));
  }
  if (subject >= 0) readHeaders(event, subject + SUBJECT.length, stop);
  emit(event);
  return 'event';
}

function readHeaders(event: LogEvent, a: number, b: number): void {
  const { bytes } = event.frame;
  const close = indexOfByte(bytes, a, b, QUOTE);
  if (close < 0) return;
  event.set(F.subject, a, close);
  const mid = indexOf(bytes, close, b, MESSAGE_ID);
  if (mid < 0) return;
  const from = mid + MESSAGE_ID.length;
  const stop = indexOfByte(bytes, from, b, QUOTE);
  if (stop - from > 2 && bytes[from] === LESS && bytes[stop - 1] === GREATER)
    event.set(F.messageId, from + 1, stop - 1);
}

const clamav: LogFormat = {
  name: 'clamav',
  title: 'ClamAV: clamav-milter, clamsmtpd',
  docs: 'https://docs.clamav.net/manual/Usage/Services.html',
  versions: '0.95 to 1.4',
  claims: (program) => program === 'clamav-milter' || program === 'clamd' || program === 'clamsmtpd',
  createContext: () => ({}),
  parse,
  besides: { signs: ['infected by '], byQueueId: true, envelopes: ['clamav-milter', 'clamsmtpd'] },
  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const { program } of sample) if (clamav.claims(program, sample[0] as Frame)) ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default clamav;
