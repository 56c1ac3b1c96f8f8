/**
 * What else smtpd(8) says of a session: TLS, logins that failed, limits, clients that do not speak SMTP.
 * Sources: tls/tls_misc.c tls_log_summary(), smtpd/smtpd_sasl_glue.c, smtpd/smtpd.c, 3.12
 */
import { F } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { indexOf, indexOfByte, lastIndexOf, lit } from './bytes.ts';
import { readPeer } from './line.ts';
import type { Line } from './line.ts';
import { isNoise } from './noise.ts';

const TLS = lit('TLS connection ');
const SASL = lit(': SASL ');
const FAILED = lit(' authentication failed');
const SASL_USER = lit(', sasl_username=');
const FROM = lit(' from ');
const CIPHER_END = lit(' (');

/** Heads of lines that tell something of a session, with its `what`; each goes on with ` from h[ip]`. */
const HEADS = [
  { what: 'probe', bytes: lit('improper command pipelining after ') },
  { what: 'probe', bytes: lit('non-SMTP command from ') },
  { what: 'probe', bytes: lit('Illegal address syntax from ') },
  { what: 'errors', bytes: lit('Connection rate limit exceeded: ') },
  { what: 'errors', bytes: lit('Connection concurrency limit exceeded: ') },
  { what: 'errors', bytes: lit('Message delivery request rate limit exceeded: ') },
  { what: 'errors', bytes: lit('Recipient address rate limit exceeded: ') },
  { what: 'errors', bytes: lit('New TLS session rate limit exceeded: ') },
  { what: 'errors', bytes: lit('SMTP AUTH rate limit exceeded: ') },
  { what: 'errors', bytes: lit('AUTH command rate limit exceeded: ') },
  { what: 'errors', bytes: lit('abort: TLS from ') },
  { what: 'other', bytes: lit('SSL_accept error from ') },
  { what: 'other', bytes: lit('message length exceeds limit from ') },
];

/** Reads a line of smtpd(8) that has no id, is no refusal and no beginning or end of a session. */
export function readSmtpdNotice(line: Line): ParseResult {
  const { bytes, a, b } = line;
  for (const head of HEADS) {
    if (line.at(head.bytes)) return readHead(line, head.what, indexOf(bytes, a, b, FROM));
  }
  if (line.warning) {
    const sasl = indexOf(bytes, a, b, SASL);
    if (sasl >= 0) return readLogin(line, sasl);
    return 'ignored';
  }
  const tls = indexOf(bytes, a, Math.min(b, a + 40), TLS);
  if (tls >= 0) return readTls(line, tls + TLS.length);
  return isNoise(line) ? 'ignored' : 'unknown';
}

function readHead(line: Line, what: string, from: number): ParseResult {
  const event = line.start('session');
  event.what = what;
  if (from >= 0) {
    const end = readPeer(line, from + FROM.length, F.clientName, F.clientIp);
    if (end > 0 && line.bytes[end] === 0x3a && end + 2 < line.b) event.set(F.reply, end + 2, line.b);
  }
  return line.done();
}

/** `h[ip]: SASL LOGIN authentication failed: reason, sasl_username=ann` (the name since 3.5) */
function readLogin(line: Line, sasl: number): ParseResult {
  const { bytes, a, b } = line;
  const failed = indexOf(bytes, sasl, b, FAILED);
  if (failed < 0) return 'ignored';
  const event = line.start('session');
  event.what = 'auth-failed';
  if (readPeer(line, a, F.clientName, F.clientIp) < 0) return 'ignored';
  let text = failed + FAILED.length;
  if (bytes[text] === 0x3a) text = Math.min(text + 2, b);
  const user = lastIndexOf(bytes, text, b, SASL_USER);
  const textEnd = user < 0 ? b : user;
  if (user >= 0) event.set(F.user, user + SASL_USER.length, b);
  if (textEnd > text) event.set(F.reply, text, textEnd);
  return line.done();
}

/** `Anonymous TLS connection established from h[ip]: TLSv1.3 with cipher X (256/256 bits) …`; `reused` since 3.4. */
function readTls(line: Line, at: number): ParseResult {
  const { bytes, b } = line;
  const event = line.start('session');
  event.what = 'tls';
  const from = indexOf(bytes, at, b, FROM);
  if (from < 0) return 'ignored';
  const end = readPeer(line, from + FROM.length, F.clientName, F.clientIp);
  if (end < 0) return 'ignored';
  // `h[ip] to server.name: TLSv1.3 …` where the client sent a server name (3.5)
  const colon = bytes[end] === 0x3a ? end : indexOfByte(bytes, end, b, 0x3a);
  if (colon < 0) return line.done();
  const text = Math.min(colon + 2, b);
  const bits = indexOf(bytes, text, b, CIPHER_END);
  const textEnd = bits < 0 ? b : bits;
  if (textEnd > text) event.set(F.tls, text, textEnd);
  return line.done();
}
