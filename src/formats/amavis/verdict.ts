/**
 * The text behind `Passed ` or `Blocked `: category, actions, envelope, and `, key: value` in the order of the
 * administrator's template.
 *
 *   SPAMMY {RelayedTaggedInbound,Quarantined}, MYNETS LOCAL [192.0.2.7]:4711 [192.0.2.9] <a@b> -> <c@d>,<e@f>, quarantine: q, …
 *   SPAMMY, <a@b> -> <c@d>, Hits: 6.5, tag=-999, tag2=6.31, kill=12, queued_as: Q, L/Y/Y/0          ($log_recip_templ)
 */
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import { equals, indexOf, indexOfByte, lit, startsAt } from '../postfix/bytes.ts';
import { angleListEnd, closingAngle } from '../values.ts';
import { readFields } from './fields.ts';

const SPACE = 0x20;
const COMMA = 0x2c;
const LESS = 0x3c;
const LEFT = 0x28;
const RIGHT = 0x29;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BRACE = 0x7b;
const BRACE_END = 0x7d;

const CATEGORIES: readonly (readonly [Uint8Array, string])[] = (
  [
    ['CLEAN', 'clean'],
    ['SPAM', 'spam'],
    ['INFECTED', 'virus'],
    ['BANNED', 'banned'],
    ['BAD-HEADER', 'policy'],
    ['OVERSIZED', 'policy'],
  ] as const
).map(([word, what]) => [lit(word), what]);
/** the header is not written as RFC 5322 asks; its digit tells what is wrong (amavisd.conf, CC_BADH) */
const BAD_HEADER = lit('BAD-HEADER');
const SPAM = lit('SPAM');
const SPAMMY = lit('SPAMMY');
const INFECTED = lit('INFECTED');
/** the client is one of mynetworks: no policy */
const LOCAL = lit('LOCAL');
const ARROW = lit(' -> ');
/** Amavis' words for what became of a mail; the direction (Inbound, Outbound, Internal, OpenRelay) follows. */
const TAGGED = lit('RelayedTagged');
const ACCEPTED_TAGGED = lit('AcceptedTagged');
const DISCARDED = lit('Discarded');
const NO_BOUNCE = lit('NoBounce');
const BOUNCED = lit('Bounced');
const REJECTED = lit('Rejected');
const TEMPFAILED = lit('TempFail');
const QUARANTINED = lit('Quarantined');
/** `)` that are looked at to find the end of what a sender may have named */
const MAX_CANDIDATES = 64;

/** Where the parts of a line's head stand; filled by readHead. */
const head = {
  actions: -1,
  actionsEnd: -1,
  client: -1,
  clientEnd: -1,
  bank: -1,
  bankEnd: -1,
  sender: -1,
  senderEnd: -1,
  list: -1,
  end: -1,
};

/** Reads the text from `at` (behind Passed or Blocked) into the event. */
export function readVerdict(event: LogEvent, at: number, isPassed: boolean): void {
  const { bytes, end } = event.frame;
  let i = at;
  while (i < end && bytes[i] !== SPACE && bytes[i] !== COMMA) i++;
  event.what = 'other';
  for (const [word, what] of CATEGORIES) if (startsAt(bytes, at, i, word)) event.what = what;
  if (startsAt(bytes, at, i, BAD_HEADER)) event.setText(F.reason, `malformed header (${event.frame.text(at, i)})`);
  const isHead =
    bytes[i] === SPACE && bytes[i + 1] === LEFT ? readNamed(event, at, i + 2, end) : readHead(bytes, i, end);
  if (!isHead) {
    if (isPassed) event.action = event.what === 'spam' ? 'tagged' : 'accepted';
    return;
  }
  if (head.client >= 0) event.set(F.clientIp, head.client, head.clientEnd);
  if (head.bank >= 0 && !event.has(F.reason)) event.set(F.reason, head.bank, head.bankEnd);
  event.set(F.sender, head.sender, head.senderEnd);
  if (head.end > head.list) setRecipients(event, head.list, head.end);
  const isKill = startsAt(bytes, at, i, SPAM) && !startsAt(bytes, at, i, SPAMMY);
  const { actions, actionsEnd } = head;
  readFields(event, head.end, isKill);
  readActions(event, actions, actionsEnd, isPassed);
}

function setRecipients(event: LogEvent, a: number, b: number): void {
  const { bytes } = event.frame;
  const isOne = closingAngle(bytes, a + 1, b) === b - 1;
  event.set(F.recipients, isOne ? a + 1 : a, isOne ? b - 1 : b);
}

/**
 * `(Eicar-Test-Signature)`, `(application/octet-stream,.exe,setup.exe)` from `a`. A banned name is the sender's text: where the line
 * goes on as a line does behind more than one `)`, nothing of it is trusted.
 */
function readNamed(event: LogEvent, at: number, a: number, end: number): boolean {
  const { bytes } = event.frame;
  let found = -1;
  let from = a;
  for (let n = 0; n < MAX_CANDIDATES; n++) {
    const close = indexOfByte(bytes, from, end, RIGHT);
    if (close < 0) break;
    from = close + 1;
    if (!readHead(bytes, from, end)) continue;
    if (found >= 0) return false;
    found = close;
    // the names of a virus scanner hold no such text
    if (startsAt(bytes, at, end, INFECTED)) break;
  }
  if (found < 0) return false;
  event.set(F.reason, a, found);
  return readHead(bytes, found + 1, end);
}

/** `[ {ACTIONS}], [words] [[ip]:port] [[ip]] <sender> -> <recipients>` at `a`. */
function readHead(bytes: Uint8Array, a: number, end: number): boolean {
  head.actions = head.client = head.bank = -1;
  let i = a;
  if (bytes[i] === SPACE && bytes[i + 1] === BRACE) {
    const close = indexOfByte(bytes, i, end, BRACE_END);
    if (close < 0) return false;
    head.actions = i + 2;
    head.actionsEnd = close;
    i = close + 1;
  }
  if (bytes[i] !== COMMA || bytes[i + 1] !== SPACE) return false;
  i += 2;
  while (i < end && bytes[i] !== LESS) {
    const stop = nextSpace(bytes, i, end);
    if (stop >= end) return false;
    if (bytes[i] === OPEN) {
      const close = indexOfByte(bytes, i, stop, CLOSE);
      if (close > i && head.client < 0) {
        head.client = i + 1;
        head.clientEnd = close;
      }
    } else if (!isBankName(bytes, i, stop)) return false;
    else if (!equals(bytes, i, stop, LOCAL)) {
      if (head.bank < 0) head.bank = i;
      head.bankEnd = stop;
    }
    i = stop + 1;
  }
  const close = closingAngle(bytes, i + 1, end);
  if (i >= end || close < 0 || !startsAt(bytes, close + 1, end, ARROW)) return false;
  head.sender = i + 1;
  head.senderEnd = close;
  head.list = close + 1 + ARROW.length;
  const stop = angleListEnd(bytes, head.list, end);
  // nobody is left of those whom it was for
  head.end = stop < 0 ? head.list : stop;
  return true;
}

/** `MYNETS/AUTH`: names of policy banks, of letters, digits, `_`, `-`, `.`, parted by `/` */
function isBankName(bytes: Uint8Array, a: number, b: number): boolean {
  for (let i = a; i < b; i++) {
    const c = bytes[i] as number;
    const lower = c | 0x20;
    if (!(lower >= 0x61 && lower <= 0x7a) && !(c >= 0x2d && c <= 0x39) && c !== 0x5f) return false;
  }
  return b > a;
}

function nextSpace(bytes: Uint8Array, a: number, end: number): number {
  let i = a;
  while (i < end && bytes[i] !== SPACE) i++;
  return i;
}

/** What was done with the mail: the words in `{}`; without them (before 2.8, and in $log_recip_templ) what the line shows. */
function readActions(event: LogEvent, a: number, b: number, isPassed: boolean): void {
  const { bytes } = event.frame;
  const says = (word: Uint8Array): boolean => a >= 0 && indexOf(bytes, a, b, word) >= 0;
  const isKept = says(QUARANTINED) || event.has(F.quarantineId);
  if (isPassed) {
    event.action = event.what === 'spam' || says(TAGGED) || says(ACCEPTED_TAGGED) ? 'tagged' : 'accepted';
    return;
  }
  if (says(BOUNCED)) {
    event.outcome = 'bounced';
    event.action = 'bounced-by-filter';
  } else if (says(REJECTED)) {
    event.outcome = 'rejected';
    event.action = 'rejected';
  } else if (says(TEMPFAILED)) {
    event.outcome = 'tempfailed';
    event.action = 'tempfailed';
  } else if (isKept) {
    event.action = 'quarantined';
    if (a >= 0) event.outcome = 'quarantined';
  } else if (says(DISCARDED) || says(NO_BOUNCE)) {
    event.outcome = 'discarded';
    event.action = 'discarded';
  }
}
