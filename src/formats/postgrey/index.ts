/**
 * postgrey: what it answered to a RCPT, by client, sender and recipient.
 *
 * Source: postgrey main loop and do_log(): `[QID: ]action=greylist, reason=new, client_name=h, client_address=192.0.2.7, sender=a@b, recipient=c@d`.
 */
import type { Frame } from '../../model/frame.ts';
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { indexOf, indexOfByte, lastIndexOf, lit, readSeconds, startsAt } from '../postfix/bytes.ts';
import { queueIdEnd } from '../milter-id.ts';

const COMMA = 0x2c;
const ACTION = lit('action=');
const GREYLIST = lit('greylist');
const PASS = lit('pass');
const REASON = lit(', reason=');
const DELAY = lit(', delay=');
const NAME = lit(', client_name=');
const ADDRESS = lit(', client_address=');
const SENDER = lit(', sender=');
const RECIPIENT = lit(', recipient=');

function parse(frame: Frame, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, body, end } = frame;
  const idEnd = queueIdEnd(bytes, body, end);
  const i = idEnd < 0 ? body : idEnd + 2;
  if (!startsAt(bytes, i, end, ACTION)) return 'ignored';
  const word = i + ACTION.length;
  const isGreylisted = startsAt(bytes, word, end, GREYLIST);
  if (!isGreylisted && !startsAt(bytes, word, end, PASS)) return 'unknown';
  event.reset('verdict', frame);
  event.system = 'postgrey';
  event.engine = 'postgrey';
  event.what = 'policy';
  event.stage = 'RCPT';
  event.action = isGreylisted ? 'greylisted' : 'accepted';
  if (idEnd >= 0) event.set(F.queueId, body, idEnd);
  // the sender's own text begins here: all other keys stand before it, the recipient last
  const sender = indexOf(bytes, word, end, SENDER);
  const head = sender < 0 ? end : sender;
  readValue(event, F.reason, REASON, word, head);
  readValue(event, F.clientName, NAME, word, head);
  readValue(event, F.clientIp, ADDRESS, word, head);
  const delay = indexOf(bytes, word, head, DELAY);
  if (delay >= 0) event.delayMs = readSeconds(bytes, delay + DELAY.length, head);
  const recipient = lastIndexOf(bytes, sender < 0 ? word : head, end, RECIPIENT);
  if (sender >= 0)
    event.set(F.sender, sender + SENDER.length, Math.max(sender + SENDER.length, recipient < 0 ? end : recipient));
  // an empty attribute is left out (mylog_action()): a mail from nobody
  else if (recipient >= 0) event.set(F.sender, recipient, recipient);
  if (recipient >= 0) event.set(F.recipient, recipient + RECIPIENT.length, end);
  emit(event);
  return 'event';
}

function readValue(
  event: LogEvent,
  field: typeof F.reason | typeof F.clientName | typeof F.clientIp,
  key: Uint8Array,
  a: number,
  b: number,
): void {
  const { bytes } = event.frame;
  const at = indexOf(bytes, a, b, key);
  if (at < 0) return;
  const comma = indexOfByte(bytes, at + key.length, b, COMMA);
  event.set(field, at + key.length, comma < 0 ? b : comma);
}

const postgrey: LogFormat = {
  name: 'postgrey',
  title: 'postgrey',
  docs: 'https://postgrey.schweikert.ch/',
  versions: '1.27 to 1.37',
  claims: (program) => program === 'postgrey',
  createContext: () => ({}),
  parse,
  besides: { signs: ['reylist'], byQueueId: true, envelopes: ['postgrey'] },
  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const { program } of sample) if (program === 'postgrey') ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default postgrey;
