/**
 * policyd-spf: `prepend Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip=192.0.2.7; helo=h; envelope-from=a@b; receiver=<UNKNOWN>`,
 * `Pass; identity=…`, `550 5.7.23 Message rejected due to: SPF fail … Why?s=mfrom;id=a@b;ip=192.0.2.7;r=…`, and the Perl one's
 * `Policy action=PREPEND Received-SPF: none (…) receiver=…; identity=mailfrom; envelope-from="a@b"; helo=h; client-ip=192.0.2.7`.
 */
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import { indexOf, indexOfByte, isDigit, lastIndexOf, lit, startsAt } from '../postfix/bytes.ts';

const SEMICOLON = 0x3b;
const QUOTE = 0x22;
const SPACE = 0x20;
const FOUR = 0x34;
const FIVE = 0x35;

const RECEIVED = lit('Received-SPF: ');
const IDENTITY = lit('identity=');
const CLIENT = lit('client-ip=');
const SENDER = lit('envelope-from=');
const RECEIVER = lit('; receiver=');
const PASS = [lit('Pass'), lit('pass')];
const WHY_ID = lit(';id=');
const WHY_IP = lit(';ip=');
const DEFER = lit('defer');
const ACTION = lit('Policy action=');

/** False where the line tells nothing of a mail. */
export function readSpf(event: LogEvent, a: number, b: number): boolean {
  const { bytes } = event.frame;
  event.engine = 'policyd-spf';
  event.what = 'auth';
  const text = startsAt(bytes, a, b, ACTION) ? a + ACTION.length : a;
  const isRefusal =
    (bytes[text] === FIVE || bytes[text] === FOUR) && isDigit(bytes[text + 1]) && isDigit(bytes[text + 2]);
  if (isRefusal || startsAt(bytes, text, b, DEFER)) return readRefusal(event, text, b);
  const ip = lastIndexOf(bytes, text, b, CLIENT);
  if (ip < 0) return false;
  const received = indexOf(bytes, text, b, RECEIVED);
  const result = received < 0 ? text : received + RECEIVED.length;
  const identity = indexOf(bytes, result, b, IDENTITY);
  let stop = identity < 0 ? ip : identity;
  while (stop > result && (bytes[stop - 1] === SPACE || bytes[stop - 1] === SEMICOLON)) stop--;
  if (stop > result) event.set(F.reason, result, stop);
  if (PASS.some((word) => startsAt(bytes, result, b, word))) event.action = 'accepted';
  setIp(event, ip + CLIENT.length, b);
  setSender(event, result, b);
  return true;
}

function readRefusal(event: LogEvent, a: number, b: number): boolean {
  const { bytes } = event.frame;
  event.action = bytes[a] === FIVE ? 'rejected' : 'tempfailed';
  event.set(F.reason, a, b);
  const id = indexOf(bytes, a, b, WHY_ID);
  const ip = id < 0 ? -1 : lastIndexOf(bytes, id, b, WHY_IP);
  if (ip < 0) return false;
  event.set(F.sender, id + WHY_ID.length, ip);
  setIp(event, ip + WHY_IP.length, b);
  return true;
}

function setIp(event: LogEvent, a: number, b: number): void {
  const stop = indexOfByte(event.frame.bytes, a, b, SEMICOLON);
  const end = stop < 0 ? b : stop;
  if (end > a) event.set(F.clientIp, a, end);
}

/** The sender may hold anything: it ends at our `; receiver=`, or at its quote. */
function setSender(event: LogEvent, a: number, b: number): void {
  const { bytes } = event.frame;
  const at = indexOf(bytes, a, b, SENDER);
  if (at < 0) return;
  const from = at + SENDER.length;
  if (bytes[from] === QUOTE) {
    const close = indexOfByte(bytes, from + 1, b, QUOTE);
    if (close > 0) event.set(F.sender, from + 1, close);
    return;
  }
  const receiver = lastIndexOf(bytes, from, b, RECEIVER);
  const semicolon = indexOfByte(bytes, from, b, SEMICOLON);
  const stop = receiver >= 0 ? receiver : semicolon < 0 ? b : semicolon;
  event.set(F.sender, from, Math.max(stop, from));
}
