/** clamsmtpd's line of one mail: `100004: from=a@b, to=c@d, to=e@f, status=VIRUS:Eicar`. It is an SMTP filter and has no queue. */
import type { Frame } from '../../model/frame.ts';
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import type { Emit, ParseResult } from '../../model/log-format.ts';
import { decodeText } from '../../model/frame.ts';
import { equals, indexOf, lastIndexOf, lit, startsAt } from '../postfix/bytes.ts';

const FROM = lit(': from=');
const TO = lit(', to=');
const STATUS = lit(', status=');
const CLEAN = lit('CLEAN');
const VIRUS = lit('VIRUS');
const COLON = 0x3a;
const LESS = 0x3c;

export function readClamsmtp(frame: Frame, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, body, end } = frame;
  const from = indexOf(bytes, body, Math.min(end, body + 20), FROM);
  const status = lastIndexOf(bytes, body, end, STATUS);
  if (from < 0 || status < from) return 'ignored';
  event.reset('verdict', frame);
  event.system = 'clamav';
  event.engine = 'clamsmtpd';
  const word = status + STATUS.length;
  if (equals(bytes, word, end, CLEAN)) {
    event.what = 'clean';
    event.action = 'accepted';
  } else if (startsAt(bytes, word, end, VIRUS)) {
    event.what = 'virus';
    // what it did with it its answer to the server tells
    event.action = 'tagged';
    if (bytes[word + VIRUS.length] === COLON) event.set(F.reason, word + VIRUS.length + 1, end);
  } else event.what = 'other';
  const sender = from + FROM.length;
  let to = indexOf(bytes, sender, status, TO);
  setAddress(event, F.sender, sender, to < 0 ? status : to);
  const all: string[] = [];
  while (to >= 0 && all.length < 100) {
    const next = indexOf(bytes, to + TO.length, status, TO);
    all.push(addressAt(bytes, to + TO.length, next < 0 ? status : next));
    to = next;
  }
  if (all.length > 0) event.setText(F.recipients, all.join(','));
  emit(event);
  return 'event';
}

function setAddress(event: LogEvent, field: typeof F.sender, a: number, b: number): void {
  event.setText(field, addressAt(event.frame.bytes, a, b));
}

/** `a@b`, `<a@b>`, `<a@b> SIZE=12`: the rest of the command as the client gave it. */
function addressAt(bytes: Buffer, a: number, b: number): string {
  const text = decodeText(bytes, a, b).trim();
  if (bytes[a] !== LESS) return text;
  const close = text.indexOf('>');
  return close < 0 ? text.slice(1) : text.slice(1, close);
}
