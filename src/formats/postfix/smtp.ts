/**
 * smtp(8) on its way to a result: one server of several did not take the mail, another follows.
 *   `QID: host mx1.b[192.0.2.25] said: 450 4.2.0 Greylisted (in reply to RCPT TO command)`   smtp_trouble.c
 *   `QID: host mx1.b[192.0.2.25] refused to talk to me: 421 …`                               smtp_proto.c
 *   `QID: lost connection with mx1.b[192.0.2.25] while receiving the initial server greeting`
 *   `QID: conversation with mx1.b[192.0.2.25] timed out while …`
 */
import { F } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { lit } from './bytes.ts';
import { readPeer } from './line.ts';
import type { Line } from './line.ts';
import { codeOfText, enhancedEnd } from './reply.ts';

const HEADS = [
  lit('host '),
  lit('lost connection with '),
  lit('conversation with '),
  lit('connect to '),
  lit('Cannot start TLS: '),
  lit('TLS is required, but '),
  lit('timed out '),
];
const SAID = lit(' said: ');
const REFUSED = lit(' refused to talk to me: ');

/** Reads an attempt; undefined where the line is none. */
export function readAttempt(line: Line): ParseResult | undefined {
  const { bytes, a, b } = line;
  for (const head of HEADS) {
    if (!line.at(head)) continue;
    const event = line.start('attempt');
    event.set(F.reply, a, b);
    const end = readPeer(line, a + head.length, F.relayName, F.relayIp, true);
    event.code = codeOfText(bytes, a, b);
    if (end > 0 && event.code > 0) {
      const answer = end + (bytes[end + 1] === 0x73 ? SAID.length : REFUSED.length);
      const dsn = answer + 4;
      const dsnEnd = enhancedEnd(bytes, dsn, b);
      if (dsnEnd > 0) event.set(F.dsn, dsn, dsnEnd);
    }
    return line.done();
  }
  return undefined;
}
