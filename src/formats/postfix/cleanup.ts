/**
 * cleanup(8): Message-IDs, and mail that it did not keep. Its checks are in content-check.ts.
 *
 *   `QID: message-id=<m1@a>` · `QID: resent-message-id=<…>` · `QID: message-id=<>`   cleanup_message.c
 *   `QID: removed (canceled)` · `QID: removed (discarded)`                           cleanup_api.c
 *   `warning: QID: queue file size limit exceeded`                                   cleanup_out.c, cleanup_milter.c
 *   `warning: QID: message rejected: hopcount exceeded`                              cleanup_message.c
 *   `warning: QID: BDAT request from h[ip] exceeds message size limit`               smtpd.c bdat_cmd()
 *   `warning: QID: null BDAT request from h[ip]`                                     smtpd.c bdat_cmd()
 */
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { endsWith, indexOfByte, lit } from './bytes.ts';
import type { Line } from './line.ts';

export const MESSAGE_ID = lit('message-id=');

/** Reads the line from `message-id=`. */
export function readMessageId(line: Line): ParseResult {
  const { bytes, b } = line;
  const event = line.start('facts');
  let a = line.a + MESSAGE_ID.length;
  let end = b;
  if (bytes[a] === 0x3c && a < b) {
    a++;
    // `<m1@a> (added by postmaster@b)`: the id ends at its bracket
    if (bytes[b - 1] === 0x3e) end = b - 1;
    else {
      const close = indexOfByte(bytes, a, b, 0x3e);
      // a line cut inside the id tells none: half an id is another id
      if (close < 0) return line.done();
      end = close;
    }
  }
  event.set(F.messageId, a, Math.max(a, end));
  return line.done();
}

const SIZE = lit('queue file size limit exceeded');
const HOPS = lit('message rejected: hopcount exceeded');
const CHUNK = lit('BDAT request from ');
const CHUNK_SIZE = lit(' exceeds message size limit');
const NO_CHUNK = lit('null BDAT request from ');
const WRITE = lit('write queue file: ');
const NOT_ACCEPTED = lit(' -- message not accepted, try again later');

/** Reads `warning: QID: …`: mail that was refused at its data, with the fixed code of cleanup_strerror.c or bdat_cmd(). */
export function readCleanupWarning(line: Line): ParseResult {
  if (line.at(SIZE)) return refuse(line, line.start('refusal'), 552, '5.3.4');
  if (line.at(HOPS)) return refuse(line, line.start('refusal'), 554, '5.4.0');
  if (line.at(CHUNK) && endsWith(line.bytes, line.a, line.b, CHUNK_SIZE))
    return refuse(line, line.start('refusal'), 552, '5.3.4');
  if (line.at(NO_CHUNK)) return refuse(line, line.start('refusal'), 551, '5.7.1');
  // cleanup_map1n.c, cleanup_milter.c and others: a table could not be read
  if (line.at(WRITE) || endsWith(line.bytes, line.a, line.b, NOT_ACCEPTED))
    return refuse(line, line.start('refusal'), 451, '4.3.0');
  return line.mention();
}

function refuse(line: Line, event: LogEvent, code: number, dsn: string): ParseResult {
  event.stage = 'END-OF-MESSAGE';
  event.final = true;
  event.outcome = code < 500 ? 'tempfailed' : 'rejected';
  event.code = code;
  event.codeFromDaemon = true;
  event.setText(F.dsn, dsn);
  event.set(F.reply, line.a, line.b);
  return line.done();
}
