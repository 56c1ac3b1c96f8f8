/**
 * Which server wrote a tracking row: no column says it; the row's event tells which side of the connection it is.
 * Source: learn.microsoft.com/exchange/mail-flow/transport-logs/message-tracking, client-hostname ("that submitted the message"),
 *         server-hostname ("the destination server").
 */
import { internAscii } from '../../model/intern.ts';
import type { CsvRow } from '../../model/csv-row.ts';
import type { Columns } from './columns.ts';

/** Events of the server that hands a mail on: it is the client. */
const HANDS_ON = new Set(['SEND', 'SENDEXTERNAL', 'DELIVER', 'DUPLICATEDELIVER', 'DELIVERFAIL', 'SUBMIT']);
/** Of these the row of SMTP is the client's. */
const TRIES = new Set(['FAIL', 'DEFER']);
const DOT = 0x2e;

/** First label of its name: rows name one server with and without the domain. undefined where the row names none. */
export function serverOf(row: CsvRow, c: Columns, event: string, source: string): string | undefined {
  const isClient = HANDS_ON.has(event) || (TRIES.has(event) && source === 'SMTP');
  return label(row, isClient ? c.clientName : c.serverName) ?? label(row, isClient ? c.serverName : c.clientName);
}

function label(row: CsvRow, i: number): string | undefined {
  const a = row.start(i);
  let b = row.stop(i);
  if (a < 0 || b <= a) return undefined;
  const { bytes } = row;
  const first = bytes[a] as number;
  // an address in place of a name
  const isName = (first | 0x20) >= 0x61 && (first | 0x20) <= 0x7a && !bytes.subarray(a, b).includes(0x3a);
  if (isName) {
    const dot = bytes.indexOf(DOT, a);
    if (dot > a && dot < b) b = dot;
  }
  return internAscii(bytes, a, b) ?? bytes.toString('utf8', a, b);
}
