/**
 * The answer in the free text of a delivery or refusal: SMTP code, enhanced code, the answer itself.
 *
 *   SMTP error from remote mail server after RCPT TO:<a@b>: 550-5.1.1 No such\n550 5.1.1 user     src/transports/smtp.c check_response()
 *   SMTP error from remote mail server after RCPT TO:<a@b>: host mx [192.0.2.25]: 450 4.2.0 Later  before 4.88
 *   LMTP error after end of data: 552 5.2.2 over quota                                             src/transports/lmtp.c
 *   Malformed SMTP reply in response to end of data: 250 …
 * What is kept is the answer from its code on; a text without one is kept whole.
 */
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import { findRemoteId, remoteId } from '../../model/remote-id.ts';
import { decodeText } from '../../model/frame.ts';
import { host, parseHost, setRelay } from './host.ts';
import { BACKSLASH, GREATER, SPACE, closingAngle, find, findByte, hasAt, isDigit } from './scan.ts';
import { isEscaped, unescapeReply } from './unescape.ts';

/** Words after which a remote server's answer stands. */
const ANSWERED = [
  'error from remote mail server after ',
  'LMTP error after ',
  'SMTP reply in response to ',
  'was: ',
] as const;
const PHASES: readonly (readonly [string, string])[] = [
  ['initial connection', 'CONNECT'],
  ['EHLO', 'HELO'],
  ['HELO', 'HELO'],
  ['LHLO', 'HELO'],
  ['STARTTLS', 'STARTTLS'],
  ['AUTH', 'AUTH'],
  ['MAIL FROM', 'MAIL'],
  ['RCPT TO', 'RCPT'],
  ['DATA', 'DATA'],
  ['end of data', 'END-OF-MESSAGE'],
];

/** SMTP code at i: three digits, the first 2, 4 or 5, as a word of their own; 0 for none. */
export function codeAt(bytes: Uint8Array, i: number, end: number): number {
  const first = bytes[i];
  if (
    i + 3 > end ||
    (first !== 0x32 && first !== 0x34 && first !== 0x35) ||
    !isDigit(bytes[i + 1]) ||
    !isDigit(bytes[i + 2])
  )
    return 0;
  const next = i + 3 < end ? bytes[i + 3] : SPACE;
  if (next !== SPACE && next !== 0x2d && next !== BACKSLASH) return 0;
  return (first - 0x30) * 100 + ((bytes[i + 1] as number) - 0x30) * 10 + (bytes[i + 2] as number) - 0x30;
}

/** Length of the enhanced code (RFC 3463) at i, 0 for none. */
export function enhancedLength(bytes: Uint8Array, i: number, end: number): number {
  const first = bytes[i];
  if (i >= end || (first !== 0x32 && first !== 0x34 && first !== 0x35) || bytes[i + 1] !== 0x2e) return 0;
  let k = i + 2;
  for (let part = 0; part < 2; part++) {
    const from = k;
    while (k < end && k - from < 3 && isDigit(bytes[k])) k++;
    if (k === from) return 0;
    if (part === 0 && (k >= end || bytes[k++] !== 0x2e)) return 0;
  }
  return k < end && (isDigit(bytes[k]) || bytes[k] === 0x2e) ? 0 : k - i;
}

/** Sets code, dsn and reply from an answer whose code stands at a; without a code the whole text is the reply. */
export function setAnswer(event: LogEvent, a: number, b: number): void {
  const bytes = event.frame.bytes;
  event.code = codeAt(bytes, a, b);
  const escaped = isEscaped(bytes, a, b);
  let enhanced = event.code > 0 ? a + 4 : a;
  let n = enhancedLength(bytes, enhanced, b);
  // An answer of several lines may hold its enhanced code in the last one alone.
  for (let at = escaped ? find(bytes, a, b, '\\n') : -1; n === 0 && at >= 0; at = find(bytes, at + 2, b, '\\n')) {
    if (codeAt(bytes, at + 2, b) !== event.code || event.code === 0) continue;
    enhanced = at + 6;
    n = enhancedLength(bytes, enhanced, b);
  }
  if (n > 0) event.set(F.dsn, enhanced, enhanced + n);
  if (escaped) event.setText(F.reply, unescapeReply(bytes, a, b));
  else event.set(F.reply, a, b);
}

/** The answer of C="…": the span between the quotes. The id that it names is the next system's. */
export function setConfirmation(event: LogEvent, a: number, b: number): void {
  setAnswer(event, a, b);
  const bytes = event.frame.bytes;
  if (findRemoteId(bytes, a, b)) event.setText(F.remoteId, decodeText(bytes, remoteId.start, remoteId.end));
}

/** Free text of a failed, deferred or tried delivery: the answer in it, its phase in `stage`, and an old version's host. */
export function setFailureText(event: LogEvent, a: number, b: number): void {
  const bytes = event.frame.bytes;
  for (const words of ANSWERED) {
    const at = find(bytes, a, b, words);
    if (at < 0) continue;
    const from = at + words.length;
    event.stage = phaseAt(bytes, from, b);
    const answer = answerAfter(event, from, b, words === 'was: ');
    if (answer >= 0) {
      setAnswer(event, answer, b);
      return;
    }
  }
  if (isEscaped(bytes, a, b)) event.setText(F.reply, unescapeReply(bytes, a, b));
  else event.set(F.reply, a, b);
}

function phaseAt(bytes: Uint8Array, i: number, end: number): string {
  if (hasAt(bytes, i, end, 'pipelined ')) i += 10;
  if (hasAt(bytes, i, end, 'sending data block')) return 'DATA';
  for (const [words, stage] of PHASES) if (hasAt(bytes, i, end, words)) return stage;
  return '';
}

/** Place of the answer's code after the phase; the address in the phase is passed over. -1 where there is none. */
function answerAfter(event: LogEvent, i: number, end: number, here: boolean): number {
  const bytes = event.frame.bytes;
  if (here && codeAt(bytes, i, end) > 0) return i;
  const colon = find(bytes, i, end, ': ');
  const angle = findByte(bytes, i, end, 0x3c);
  if (angle >= 0 && (colon < 0 || angle < colon)) {
    const close = closingAngle(bytes, angle + 1, end);
    if (close >= 0 && bytes[close] === GREATER) i = close;
  }
  let hostSeen = event.has(F.relayIp);
  for (let at = find(bytes, i, end, ': '); at >= 0; at = find(bytes, at + 2, end, ': ')) {
    if (codeAt(bytes, at + 2, end) > 0) return at + 2;
    if (!hostSeen && hasAt(bytes, at + 2, end, 'host ')) {
      hostSeen = true;
      parseHost(bytes, at + 7, end);
      if (host.ip >= 0) setRelay(event);
    }
  }
  return -1;
}
