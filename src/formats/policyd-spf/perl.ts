/**
 * postfix-policyd-spf-perl: `Policy action=…`, with what it answered.
 *
 * Source: postfix-policyd-spf-perl 2.011, main loop, sender_policy_framework(); Mail::SPF::Result received_spf_header().
 *
 *   PREPEND Received-SPF: pass (…) receiver=mx; identity=mailfrom; envelope-from="a@b"; helo=h; client-ip=192.0.2.20
 *   550 the sender's domain's own words
 *   DEFER_IF_PERMIT SPF-Result=…
 *   DUNNO · PREPEND Authentication-Results: mx; none (SPF not checked for localhost)
 */
import type { Frame } from '../../model/frame.ts';
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, ParseResult } from '../../model/log-format.ts';
import { indexOf, indexOfByte, lastIndexOf, lit, startsAt } from '../postfix/bytes.ts';

const QUOTE = 0x22;
const RECEIVED = lit('PREPEND Received-SPF: ');
const REFUSED = lit('550 ');
const DEFERRED = lit('DEFER_IF_PERMIT ');
const RECEIVER = lit(' receiver=');
const SENDER = lit('; envelope-from=');
const CLIENT = lit('; client-ip=');

/** `a`: behind `Policy action=`. */
export function readPerl(frame: Frame, a: number, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, end } = frame;
  const isHeader = startsAt(bytes, a, end, RECEIVED);
  const isRefusal = startsAt(bytes, a, end, REFUSED);
  if (!isHeader && !isRefusal && !startsAt(bytes, a, end, DEFERRED)) return 'ignored';
  event.reset('verdict', frame);
  event.system = 'policyd-spf';
  event.engine = 'policyd-spf';
  event.what = 'auth';
  event.stage = 'RCPT';
  event.action = isHeader ? 'accepted' : isRefusal ? 'rejected' : 'tempfailed';
  if (isRefusal) event.code = 550;
  const text = a + (isHeader ? RECEIVED.length : isRefusal ? REFUSED.length : DEFERRED.length);
  const receiver = isHeader ? indexOf(bytes, text, end, RECEIVER) : -1;
  event.set(F.reason, text, receiver < 0 ? end : receiver);
  if (isHeader) readKeys(event, text, end);
  emit(event);
  return 'event';
}

/** The client's HELO stands between the sender and its address, which comes last. */
function readKeys(event: LogEvent, a: number, end: number): void {
  const { bytes } = event.frame;
  const client = lastIndexOf(bytes, a, end, CLIENT);
  const sender = client < 0 ? -1 : indexOf(bytes, a, client, SENDER);
  if (sender < 0) return;
  // what is no plain word stands in quotes: addresses, IPv6
  const ip = client + CLIENT.length;
  const isQuoted = bytes[ip] === QUOTE && end - ip > 2 && bytes[end - 1] === QUOTE;
  event.set(F.clientIp, isQuoted ? ip + 1 : ip, isQuoted ? end - 1 : end);
  const from = sender + SENDER.length;
  const close = bytes[from] === QUOTE ? indexOfByte(bytes, from + 1, client, QUOTE) : -1;
  if (close > 0) event.set(F.sender, from + 1, close);
}
