/**
 * policyd v2 (cluebringer): `module=Greylisting, action=defer, host=192.0.2.7, helo=h, from=a@b, to=c@d, reason=greylisted`;
 * policyd v1: `rcpt=8712, greylist=new, host=192.0.2.7 (h), from=a@b, to=c@d`.
 */
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import { indexOf, indexOfByte, lastIndexOf, lit, startsAt } from '../postfix/bytes.ts';

const COMMA = 0x2c;
const SPACE = 0x20;
const ACTION = lit(', action=');
const GREYLIST = lit('greylist=');
const HOST = lit(', host=');
const FROM = lit(', from=');
const TO = lit(', to=');
const REASON = lit(', reason=');
const GREYLISTED = lit('greylist');
const PASSED = [lit('pass'), lit('accept'), lit('none'), lit('update'), lit('awl')];
const DEFERRED = [lit('defer'), lit('new'), lit('abuse')];
const REFUSED = [lit('reject'), lit('fail'), lit('abl')];

export function readModule(event: LogEvent, a: number, b: number): boolean {
  const { bytes } = event.frame;
  event.engine = 'policyd';
  const isOld = startsAt(bytes, a, b, GREYLIST);
  const action = isOld ? a + GREYLIST.length : after(bytes, a, b, ACTION);
  const host = after(bytes, a, b, HOST);
  if (host < 0) return false;
  const from = indexOf(bytes, host, b, FROM);
  const to = lastIndexOf(bytes, host, b, TO);
  const reason = after(bytes, to < 0 ? host : to, b, REASON);
  event.set(F.clientIp, host, wordEnd(bytes, host, b));
  if (from >= 0 && to > from) event.set(F.sender, from + FROM.length, to);
  if (to >= 0) event.set(F.recipient, to + TO.length, wordEnd(bytes, to + TO.length, b));
  if (reason >= 0) event.set(F.reason, reason, wordEnd(bytes, reason, b));
  if (action >= 0) {
    const isGrey = isOld || (reason >= 0 && startsAt(bytes, reason, b, GREYLISTED));
    if (PASSED.some((word) => startsAt(bytes, action, b, word))) event.action = 'accepted';
    else if (DEFERRED.some((word) => startsAt(bytes, action, b, word)))
      event.action = isGrey ? 'greylisted' : 'tempfailed';
    else if (REFUSED.some((word) => startsAt(bytes, action, b, word))) event.action = 'rejected';
  }
  return true;
}

function after(bytes: Uint8Array, a: number, b: number, key: Uint8Array): number {
  const at = indexOf(bytes, a, b, key);
  return at < 0 ? -1 : at + key.length;
}

function wordEnd(bytes: Uint8Array, a: number, b: number): number {
  const comma = indexOfByte(bytes, a, b, COMMA);
  const end = comma < 0 ? b : comma;
  const space = indexOfByte(bytes, a, end, SPACE);
  return space < 0 ? end : space;
}
