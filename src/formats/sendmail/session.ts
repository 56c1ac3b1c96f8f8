/**
 * Lines of an SMTP session: encryption, login, and what brought no mail.
 * Shapes: `STARTTLS=server, relay=name [ip], version=TLSv1.3, verify=NO, cipher=…, bits=256/256`,
 *         `AUTH=server, relay=name [ip], authid=ann, mech=PLAIN, bits=0` (before 8.16 mech= came first),
 *         `AUTH failure (LOGIN): authentication failure (-13) …, relay=name [ip]`,
 *         `name [ip] did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA`.
 * Source: sendmail tls.c tls_get_info(); srvrsmtp.c.
 */
import { F } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { indexOf, lastIndexOf, lit } from '../postfix/bytes.ts';
import type { Line } from './line.ts';
import { readClient, valueEnd } from './values.ts';

const TLS_SERVER = lit('STARTTLS=server, relay=');
const VERSION = lit(', version=');
const CIPHER = lit(', cipher=');
const AUTH_SERVER = lit('AUTH=server, relay=');
const AUTH_FAILURE = lit('AUTH failure ');
const AUTHID = lit(', authid=');
const RELAY = lit(', relay=');
const USER = lit('user=');
const NO_MAIL = lit(' did not issue MAIL/EXPN/VRFY/ETRN during connection to ');

export function readSession(line: Line): ParseResult | undefined {
  if (line.at(TLS_SERVER)) return readTls(line);
  if (line.at(AUTH_SERVER)) return readAuth(line);
  if (line.at(AUTH_FAILURE)) return readAuthFailure(line);
  const noMail = indexOf(line.bytes, line.a, line.b, NO_MAIL);
  if (noMail < 0) return undefined;
  const event = line.start('session');
  event.what = 'other';
  readClient(event, line.bytes, line.a, noMail);
  return line.done();
}

function readTls(line: Line): ParseResult {
  const { bytes, b } = line;
  const a = line.a + TLS_SERVER.length;
  const version = indexOf(bytes, a, b, VERSION);
  if (version < 0) return 'ignored';
  const event = line.start('session');
  event.what = 'tls';
  readClient(event, bytes, a, version);
  const cipher = indexOf(bytes, version, b, CIPHER);
  const words = line.frame.text(version + VERSION.length, valueEnd(bytes, version + VERSION.length, b));
  event.setText(
    F.tls,
    cipher < 0
      ? words
      : `${words} ${line.frame.text(cipher + CIPHER.length, valueEnd(bytes, cipher + CIPHER.length, b))}`,
  );
  return line.done();
}

function readAuth(line: Line): ParseResult {
  const { bytes, b } = line;
  const a = line.a + AUTH_SERVER.length;
  const event = line.start('session');
  event.what = 'auth';
  readClient(event, bytes, a, valueEnd(bytes, a, b));
  const authid = indexOf(bytes, a, b, AUTHID);
  if (authid >= 0) event.set(F.user, authid + AUTHID.length, valueEnd(bytes, authid + AUTHID.length, b));
  return line.done();
}

function readAuthFailure(line: Line): ParseResult {
  const { bytes, a, b } = line;
  const event = line.start('session');
  event.what = 'auth-failed';
  const relay = lastIndexOf(bytes, a, b, RELAY);
  if (relay >= 0) readClient(event, bytes, relay + RELAY.length, b);
  event.set(F.reply, a, relay < 0 ? b : relay);
  const user = indexOf(bytes, a, b, USER);
  if (user >= 0) event.set(F.user, user + USER.length, valueEnd(bytes, user + USER.length, b));
  return line.done();
}
