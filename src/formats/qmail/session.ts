/**
 * Lines of what stands before qmail-smtpd: tcpserver, rblsmtpd.
 * Shapes: `tcpserver: status: 1/40`, `tcpserver: pid 812 from 192.0.2.7`, `tcpserver: ok 812 mx:192.0.2.1:25 host:192.0.2.7:info:4711`,
 *         `tcpserver: deny 812 …`, `tcpserver: end 812 status 0`; `rblsmtpd: 192.0.2.7 pid 812: 451 http://…`.
 * Source: ucspi-tcp tcpserver.c, rblsmtpd.c.
 */
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { EventKind } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { indexOf, indexOfByte, isDigit, lit } from '../postfix/bytes.ts';
import { readCodes } from '../postfix/reply.ts';
import type { Line } from './line.ts';

const TCPSERVER = lit('tcpserver: ');
const RBLSMTPD = lit('rblsmtpd: ');
const SPACE = 0x20;
const COLON = 0x3a;
const PID = lit('pid ');
const FROM = lit(' from ');
const OK = lit('ok ');
const DENY = lit('deny ');
const END = lit('end ');
const PID_OF = lit(' pid ');

/** Undefined where the line is none of theirs. */
export function readSession(line: Line): ParseResult | undefined {
  if (line.word(TCPSERVER)) return readTcpserver(line);
  if (line.word(RBLSMTPD) || line.frame.program === 'rblsmtpd') return readRblsmtpd(line);
  return undefined;
}

function startOfSession(line: Line, kind: EventKind): LogEvent | undefined {
  const event = line.start(kind);
  if (line.number() < 0) return undefined;
  event.set(F.sessionId, line.from, line.to);
  return event;
}

function readTcpserver(line: Line): ParseResult {
  if (line.word(PID)) {
    const event = startOfSession(line, 'connect');
    if (event === undefined || !line.word(FROM)) return 'unknown';
    event.set(F.clientIp, line.a, line.b);
    return line.done();
  }
  if (line.word(END)) return startOfSession(line, 'disconnect') === undefined ? 'unknown' : line.done();
  const isDenied = line.word(DENY);
  if (!isDenied && !line.word(OK)) return 'ignored';
  const event = startOfSession(line, isDenied ? 'refusal' : 'session');
  if (event === undefined) return 'unknown';
  setRemote(line, event);
  if (isDenied) {
    event.stage = 'CONNECT';
    event.outcome = 'rejected';
    event.final = true;
    event.engine = 'tcpserver';
  } else event.what = 'other';
  return line.done();
}

/** ` mx:192.0.2.1:25 host:192.0.2.7:info:4711`: the host is empty where it was not looked for. */
function setRemote(line: Line, event: LogEvent): void {
  const { bytes, b } = line;
  const local = indexOfByte(bytes, line.a, b, SPACE);
  const remote = local < 0 ? -1 : indexOfByte(bytes, local + 1, b, SPACE);
  if (remote < 0) return;
  const colon = indexOfByte(bytes, remote + 1, b, COLON);
  if (colon < 0) return;
  const end = indexOfByte(bytes, colon + 1, b, COLON);
  if (end <= colon + 1 || !isDigit(bytes[colon + 1])) return;
  if (colon > remote + 1) event.set(F.clientName, remote + 1, colon);
  event.set(F.clientIp, colon + 1, end);
}

/** `192.0.2.7 pid 812: 451 text`: every mail of the session is refused with it. */
function readRblsmtpd(line: Line): ParseResult {
  const { bytes, b, a } = line;
  const at = indexOf(bytes, a, b, PID_OF);
  if (at <= a) return 'unknown';
  line.a = at + PID_OF.length;
  const event = line.start('refusal');
  event.set(F.clientIp, a, at);
  if (line.number() < 0) return 'unknown';
  event.set(F.sessionId, line.from, line.to);
  // ucspi-tcp writes `: `; a patched one leaves names of lists before the code
  const text = indexOfByte(bytes, line.a, b, COLON);
  if (text < 0 || bytes[text + 1] !== SPACE) return 'unknown';
  event.set(F.reply, Math.min(text + 2, b), b);
  readCodes(event, bytes, text + 2, b);
  event.stage = 'CONNECT';
  event.engine = 'rblsmtpd';
  event.outcome = event.code >= 500 ? 'rejected' : 'tempfailed';
  event.final = true;
  return line.done();
}
