/** The lines of one chain, one after the other -> a mail of one queue or two, or the refusals of a transaction. */
import { is, isDigit } from '../count/bytes.ts';
import { countHex, type i32, ld8 } from '../count/memory.ts';
import { takeDelivery } from './delivery.ts';
import { takeAmavis, takeRspamd } from './filters.ts';
import { has, CLOSED, QUEUED, touch } from './hop.ts';
import {
  AMAVIS,
  body,
  BOUNCES,
  CLEANUP,
  DELIVERY,
  end,
  forgetAsked,
  kind,
  LMTP,
  PICKUP,
  POSTGREY,
  POSTSCREEN,
  QMGR,
  readHead,
  RSPAMD,
  SMTPD,
} from './line.ts';
import {
  forgetHops,
  hopAt,
  hops,
  takeClient,
  takeMessageId,
  takeNotice,
  takeOwn,
  takePickup,
  takeQueued,
  takeRemoved,
  takeSubject,
  tellRejected,
} from './mail-lines.ts';
import { forgetPolicyWords, takePolicyWord } from './policy-word.ts';
import { forgetRefusals, refusalCount, takeRefusal } from './refusal.ts';
import { forgetSession, hasSession, takeSessionLine } from './session.ts';

export function beginChain(): void {
  forgetAsked();
  forgetHops();
  forgetRefusals();
  forgetPolicyWords();
  forgetSession();
}

/** Takes the line [a, b); false: it is not plain, or its head is asked for. */
export function takeLine(a: i32, b: i32): boolean {
  if (!readHead(a, b)) return false;
  if (kind === AMAVIS) return hops > 0 && takeAmavis(body);
  if (kind === RSPAMD) return hops > 0 && takeRspamd(body);
  if (kind === POSTGREY) return hops === 0 && hasSession && takePolicyWord(body);
  const p = body;
  const idEnd = queueIdEnd(p);
  if (idEnd < 0 || idEnd + 2 >= end || ld8(idEnd) !== 0x3a || ld8(idEnd + 1) !== 0x20) return takeBare(p);
  // refusals without an id are no mail's
  return (refusalCount === 0 || hops > 0) && takeOfMail(p, idEnd);
}

function takeBare(p: i32): boolean {
  if (kind !== SMTPD && kind !== POSTSCREEN) return false;
  if (ld8(p) === 0x4e && is(p, 'NOQUEUE: ')) return hops === 0 && is(p, 'NOQUEUE: reject: ') && takeRefusal(p + 17);
  return takeSessionLine(p, hops > 0);
}

/** A line that begins with a queue id, which ends at `idEnd`. */
function takeOfMail(a: i32, idEnd: i32): boolean {
  const p = idEnd + 2;
  if (kind === SMTPD) return is(p, 'client=') ? takeClient(a, idEnd, p + 7) : takeRejected(a, idEnd, p);
  if (kind === PICKUP) return is(p, 'uid=') && takePickup(a, idEnd, p);
  let hop = hopAt(a, idEnd);
  if (hop === 0 && kind === CLEANUP && is(p, 'message-id=')) hop = takeOwn(a, idEnd);
  if (hop === 0 || !touch(hop)) return false;
  if (kind === DELIVERY || kind === LMTP) {
    // the next server is tried: nothing became of the mail
    if (kind === DELIVERY && is(p, 'host ')) return true;
    return is(p, 'to=<') && has(hop, QUEUED) && !has(hop, CLOSED) && takeDelivery(hop, p + 4);
  }
  if (kind === QMGR) {
    if (is(p, 'from=<')) return takeQueued(hop, p + 6);
    return is(p, 'removed') && end === p + 7 && takeRemoved(hop);
  }
  if (kind === BOUNCES) return takeNotice(hop, p);
  if (kind !== CLEANUP) return false;
  if (is(p, 'message-id=')) return takeMessageId(hop, p + 11);
  return is(p, 'warning: header Subject:') && takeSubject(hop, p + 16);
}

/** `reject: RCPT from …`: a recipient who is none of the mail's, which the first queue alone has. */
function takeRejected(a: i32, idEnd: i32, p: i32): boolean {
  const hop = hops === 1 ? hopAt(a, idEnd) : 0;
  if (hop === 0 || !is(p, 'reject: RCPT from ') || !touch(hop)) return false;
  return !has(hop, CLOSED | QUEUED) && takeRefusal(p + 8) && tellRejected(hop);
}

/** End of the queue id at p, -1 = none (src/formats/postfix/queue-id.ts). */
function queueIdEnd(p: i32): i32 {
  const hex = countHex(p);
  if (hex < 16 && !isOfLong(ld8(p + hex))) return hex < 6 ? -1 : p + hex;
  let lastZ: i32 = -1;
  let isHex = true;
  let isLong = true;
  let i = p;
  for (; i - p <= 40; i++) {
    const c = ld8(i);
    const isOfHex = isDigit(c) || (c >= 0x41 && c <= 0x46);
    if (!isOfHex && !isOfLong(c)) break;
    if (!isOfHex) isHex = false;
    if (!isOfLong(c)) isLong = false;
    if (c === 0x7a) lastZ = i;
  }
  const n = i - p;
  if (n < 6 || n > 40) return -1;
  if (isHex) return i;
  return isLong && lastZ - p >= 10 && lastZ < i - 1 ? i : -1;
}

/** Digits and consonants. */
function isOfLong(c: i32): boolean {
  if (isDigit(c)) return true;
  const low = c | 0x20;
  return low >= 0x61 && low <= 0x7a && low !== 0x61 && low !== 0x65 && low !== 0x69 && low !== 0x6f && low !== 0x75;
}
