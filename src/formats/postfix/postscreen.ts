/**
 * postscreen(8) and dnsblog(8): clients that were looked at before smtpd(8) saw them. One process serves them all, so
 * these lines belong together by the client's address and port (event.port), not by pid; `what` of a refusal and of a
 * session line says `postscreen` where no other word fits.
 *
 *   `CONNECT from [ip]:port to [ip]:port` · `DISCONNECT [ip]:port` · `PASS NEW|OLD [ip]:port`
 *   `PREGREET 14 after 0.1 from [ip]:port: EHLO x` · `DNSBL rank 5 for [ip]:port` · `HANGUP after 0.2 from [ip]:port in …`
 *   `DENYLISTED|ALLOWLISTED [ip]:port` (before 3.6 BLACKLISTED, WHITELISTED) · `COMMAND TIME LIMIT from [ip]:port after …`
 *   `NOQUEUE: reject: RCPT from [ip]:port: 550 5.7.1 …; from=<>, to=<>, proto=ESMTP, helo=<>`   (policy.ts)
 *   `addr 192.0.2.9 listed by domain zen.example.org as 127.0.0.4`                              (dnsblog.c)
 */
import { F } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { indexOfByte, lit, startsAt } from './bytes.ts';
import { readPeer } from './line.ts';
import type { Line } from './line.ts';
import { readPolicy } from './policy.ts';

const SHAPES = [
  { what: 'postscreen', bytes: lit('CONNECT from ') },
  { what: 'postscreen', bytes: lit('DISCONNECT ') },
  { what: 'pass', bytes: lit('PASS ') },
  { what: 'pass', bytes: lit('ALLOWLISTED ') },
  { what: 'pass', bytes: lit('WHITELISTED ') },
  { what: 'listed', bytes: lit('DENYLISTED ') },
  { what: 'listed', bytes: lit('BLACKLISTED ') },
  { what: 'listed', bytes: lit('DNSBL rank ') },
  { what: 'pregreet', bytes: lit('PREGREET ') },
  { what: 'lost', bytes: lit('HANGUP after ') },
  { what: 'errors', bytes: lit('COMMAND TIME LIMIT from ') },
  { what: 'errors', bytes: lit('COMMAND COUNT LIMIT from ') },
  { what: 'errors', bytes: lit('COMMAND LENGTH LIMIT from ') },
  { what: 'probe', bytes: lit('COMMAND PIPELINING from ') },
  { what: 'probe', bytes: lit('NON-SMTP COMMAND from ') },
  { what: 'probe', bytes: lit('BARE NEWLINE from ') },
  { what: 'probe', bytes: lit('DATA without valid RCPT from ') },
  { what: 'probe', bytes: lit('BDAT without valid RCPT from ') },
  { what: 'postscreen', bytes: lit('ALLOWLIST VETO ') },
  { what: 'postscreen', bytes: lit('WHITELIST VETO ') },
];

/** Reads a line of postscreen(8). */
export function readPostscreen(line: Line): ParseResult {
  return readScreening(line) ?? readPolicy(line) ?? 'ignored';
}

/** Reads what postscreen(8) saw of a client; undefined where the line does not tell. */
export function readScreening(line: Line): ParseResult | undefined {
  const { bytes, b } = line;
  for (const shape of SHAPES) {
    if (!line.at(shape.bytes)) continue;
    const event = line.start('session');
    event.what = shape.what;
    const open = indexOfByte(bytes, line.a, b, 0x5b);
    if (open < 0) return undefined;
    const end = readPeer(line, open, F.clientName, F.clientIp, true);
    if (end > 0 && end + 2 < b && bytes[end] === 0x3a) event.set(F.reply, end + 2, b);
    return line.done();
  }
  return undefined;
}

const ADDR = lit('addr ');
const LISTED = lit(' listed by domain ');

/** Reads a line of dnsblog(8). */
export function readDnsblog(line: Line): ParseResult {
  const { bytes, b } = line;
  if (!line.at(ADDR)) return 'ignored';
  const a = line.a + ADDR.length;
  const end = indexOfByte(bytes, a, b, 0x20);
  if (end < 0 || !startsAt(bytes, end, b, LISTED)) return 'ignored';
  const event = line.start('session');
  event.what = 'listed';
  event.set(F.clientIp, a, end);
  event.set(F.reason, end + LISTED.length, b);
  return line.done();
}
