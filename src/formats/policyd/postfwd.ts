/** postfwd: `[RULES] rule=17, id=R1, client=h[192.0.2.7], sender=<a@b>, recipient=<c@d>, helo=<h>, proto=ESMTP, state=RCPT, …, action=REJECT text`. */
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import type { VerdictAction } from '../../model/words.ts';
import { indexOf, indexOfByte, lastIndexOf, lit, startsAt } from '../postfix/bytes.ts';

const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const ID = lit(', id=');
const CLIENT = lit(', client=');
const SENDER = lit(', sender=<');
const RECIPIENT = lit('>, recipient=<');
const HELO = lit('>, helo=<');
const ACTION = lit(', action=');

/** access(5): the first word of the answer. Those that change nothing have no word here. */
const ACTIONS: readonly { word: Uint8Array; action: VerdictAction }[] = [
  { word: lit('REJECT'), action: 'rejected' },
  { word: lit('5'), action: 'rejected' },
  { word: lit('DEFER'), action: 'tempfailed' },
  { word: lit('4'), action: 'tempfailed' },
  { word: lit('DISCARD'), action: 'discarded' },
  { word: lit('HOLD'), action: 'held' },
  { word: lit('REDIRECT'), action: 'redirected' },
  { word: lit('BCC'), action: 'copied' },
  { word: lit('PREPEND'), action: 'modified' },
  { word: lit('DUNNO'), action: 'accepted' },
  { word: lit('OK'), action: 'accepted' },
  { word: lit('PERMIT'), action: 'accepted' },
];

export function readPostfwd(event: LogEvent, a: number, b: number): boolean {
  const { bytes } = event.frame;
  event.engine = 'postfwd';
  const client = indexOf(bytes, a, b, CLIENT);
  const sender = indexOf(bytes, a, b, SENDER);
  if (client < 0 || sender < client) return false;
  const open = lastByte(bytes, client, sender, OPEN);
  const close = open < 0 ? -1 : indexOfByte(bytes, open, sender, CLOSE);
  if (close > open + 1) event.set(F.clientIp, open + 1, close);
  const recipient = indexOf(bytes, sender, b, RECIPIENT);
  if (recipient >= 0) {
    event.set(F.sender, sender + SENDER.length, Math.max(recipient, sender + SENDER.length));
    const helo = indexOf(bytes, recipient, b, HELO);
    if (helo >= 0) event.set(F.recipient, recipient + RECIPIENT.length, Math.max(helo, recipient + RECIPIENT.length));
  }
  const rule = indexOf(bytes, a, client, ID);
  if (rule >= 0) {
    const comma = indexOfByte(bytes, rule + ID.length, client + 1, COMMA);
    if (comma > 0) event.set(F.reason, rule + ID.length, comma);
  }
  const action = lastIndexOf(bytes, sender, b, ACTION);
  if (action >= 0)
    event.action = ACTIONS.find(({ word }) => startsAt(bytes, action + ACTION.length, b, word))?.action ?? '';
  return true;
}

function lastByte(bytes: Uint8Array, a: number, b: number, byte: number): number {
  for (let i = b - 1; i >= a; i--) if (bytes[i] === byte) return i;
  return -1;
}
