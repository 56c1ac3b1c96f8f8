/**
 * Results of the programs that hand mail on: two lines, the answer and what is made of it.
 * Shapes: `id=ID,from=<a>,addr=<b>: 550 5.1.1 User unknown` and then `id=ID,from=<a>,addr=<b>,status: failure` (or `deferred`);
 *         `id=ID,from=<a>,addr=<b>,size=329,success: Message delivered.`;
 *         `…,success: delivered: mx.example.org [192.0.2.25]` and then `…,size=329,status: success`.
 * Source: Courier courier/libs/comctlfile.c ctlfile_append_reply(), module.esmtp/libesmtp.C, module.local/localmail.c.
 */
import type { Frame } from '../../model/frame.ts';
import { F, type LogEvent } from '../../model/log-event.ts';
import type { Emit, ParseResult } from '../../model/log-format.ts';
import { equals, indexOfByte, lastIndexOf, lit, readNumber, numberEnd, startsAt } from '../postfix/bytes.ts';
import { readCodes } from '../postfix/reply.ts';
import { closingAngle } from '../values.ts';
import { begin, idEnd } from './queue.ts';

export interface Answers {
  /** `ID address` -> what was said of this try; '' where a success was told */
  readonly byRecipient: Map<string, string>;
}

const MAX_ANSWERS = 10_000;
const ID = lit('id=');
const FROM = lit(',from=<');
const ADDR = lit(',addr=<');
const SIZE = lit(',size=');
const SUCCESS = lit(',success: ');
const STATUS = lit(',status: ');
const TEXT = lit(': ');
const OPEN = lit(' [');
const DELIVERED = lit('delivered: ');
const MAPPED = lit('::ffff:');
const WORDS = { success: lit('success'), deferred: lit('deferred'), failure: lit('failure') };

export function readDelivery(frame: Frame, event: LogEvent, emit: Emit, { byRecipient }: Answers): ParseResult {
  const { bytes, end: b } = frame;
  const id = frame.body + ID.length;
  const end = idEnd(bytes, id, b);
  if (end < 0 || !startsAt(bytes, end, b, FROM)) return 'unknown';
  const sender = end + FROM.length;
  const senderEnd = closingAngle(bytes, sender, b);
  if (senderEnd < 0 || !startsAt(bytes, senderEnd + 1, b, ADDR)) return 'unknown';
  const address = senderEnd + 1 + ADDR.length;
  const addressEnd = closingAngle(bytes, address, b);
  if (addressEnd < 0) return 'unknown';
  begin(event, 'delivery', frame);
  event.set(F.queueId, id, end);
  event.set(F.sender, sender, senderEnd);
  event.set(F.recipient, address, addressEnd);
  const key = `${frame.text(id, end)} ${frame.text(address, addressEnd)}`;
  let at = addressEnd + 1;
  if (startsAt(bytes, at, b, SIZE)) {
    readNumber(bytes, at + SIZE.length, b);
    at = numberEnd;
  }
  if (startsAt(bytes, at, b, TEXT)) {
    if (byRecipient.size >= MAX_ANSWERS) byRecipient.clear();
    byRecipient.set(key, frame.text(at + TEXT.length, Math.min(b, at + 2000)));
    event.kind = 'mention';
    emit(event);
    return 'event';
  }
  if (startsAt(bytes, at, b, SUCCESS)) {
    if (byRecipient.size >= MAX_ANSWERS) byRecipient.clear();
    byRecipient.set(key, '');
    sent(frame, event, at + SUCCESS.length);
    emit(event);
    return 'event';
  }
  if (!startsAt(bytes, at, b, STATUS)) return 'unknown';
  return readStatus(frame, event, emit, at + STATUS.length, byRecipient, key);
}

function readStatus(
  frame: Frame,
  event: LogEvent,
  emit: Emit,
  at: number,
  answers: Map<string, string>,
  key: string,
): ParseResult {
  const { bytes, end: b } = frame;
  const answer = answers.get(key);
  answers.delete(key);
  if (equals(bytes, at, b, WORDS.success)) {
    if (answer === '') event.kind = 'mention';
    else sent(frame, event, b);
  } else if (equals(bytes, at, b, WORDS.deferred)) event.outcome = 'deferred';
  else if (equals(bytes, at, b, WORDS.failure)) event.outcome = 'bounced';
  else return 'unknown';
  if (answer !== undefined && answer !== '' && event.outcome !== 'sent') {
    event.setText(F.reply, answer);
    const text = Buffer.from(answer);
    event.code = codeOf(event, text);
  }
  emit(event);
  return 'event';
}

/** The code of an answer that does not stand on this line; the enhanced one goes into the event. */
function codeOf(event: LogEvent, text: Buffer): number {
  const found = /^([245]\d\d)(?:[ -]|$)(?:([245]\.\d{1,3}\.\d{1,3})\b)?/.exec(text.toString('latin1', 0, 32));
  if (found?.[2] !== undefined) event.setText(F.dsn, found[2]);
  return found === null ? 0 : Number(found[1]);
}

function sent(frame: Frame, event: LogEvent, at: number): void {
  const { bytes, end: b, program } = frame;
  event.outcome = 'sent';
  event.how = program === 'courierlocal' ? 'mailbox' : program === 'courieresmtp' ? 'remote' : 'unknown';
  if (at >= b) return;
  event.set(F.reply, at, b);
  readCodes(event, bytes, at, b);
  if (!startsAt(bytes, at, b, DELIVERED)) return;
  const host = at + DELIVERED.length;
  const open = lastIndexOf(bytes, host, b, OPEN);
  const close = open < 0 ? -1 : indexOfByte(bytes, open, b, 0x5d);
  if (close < 0) return;
  if (open > host) event.set(F.relayName, host, open);
  const ip = open + OPEN.length;
  event.set(F.relayIp, startsAt(bytes, ip, close, MAPPED) ? ip + MAPPED.length : ip, close);
}
