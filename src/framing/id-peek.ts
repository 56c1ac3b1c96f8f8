/**
 * The time in the queue id of a line that tells a mail's arrival: such a line is written within seconds of the id.
 * Shape:  Postfix `4jWmkZ2yfxz2xnY: client=…`, `…: uid=…`, `…: message-id=<…`; Exim `1xUhBW-000CXd-DU <= …`;
 *         Sendmail `6ALA000w001200: from=…`, where the id is made as the client's command comes.
 * Source: postfix src/smtpd/smtpd.c, src/pickup/pickup.c, src/cleanup/cleanup_message.c; Exim src/receive.c;
 *         sendmail/headers.c logsender().
 * Units:  ms since 1970; NaN where the line is no such line.
 */
import { eximIdTime, postfixLongIdTime, sendmailIdTime } from '../model/id-time.ts';
import { startsWith } from './body.ts';

const COLON = 0x3a;
const SPACE = 0x20;
const CLIENT = Buffer.from(' client=');
const UID = Buffer.from(' uid=');
const MESSAGE_ID = Buffer.from(' message-id=<');
const FROM = Buffer.from(' from=');
const ARRIVED = Buffer.from(' <= ');

export function arrivalInId(b: Uint8Array, p: number, end: number): number {
  const limit = Math.min(end, p + 40);
  let i = p;
  while (i < limit && isIdByte(b[i] as number)) i++;
  if (i >= limit || i - p < 12) return Number.NaN;
  if (b[i] === COLON) {
    const a = i + 1;
    if (startsWith(b, a, end, FROM)) return sendmailIdTime(b, p, i) * 1000;
    const isArrival = startsWith(b, a, end, CLIENT) || startsWith(b, a, end, UID) || startsWith(b, a, end, MESSAGE_ID);
    return isArrival ? postfixLongIdTime(b, p, i) * 1000 : Number.NaN;
  }
  if (b[i] === SPACE && startsWith(b, i, end, ARRIVED)) return eximIdTime(b, p, i) * 1000;
  return Number.NaN;
}

function isIdByte(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || c === 0x2d;
}
