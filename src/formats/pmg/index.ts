/**
 * Proxmox Mail Gateway: pmg-smtp-filter's words by its log id, which its answers to Postfix name (`250 2.5.0 OK (LOGID)`).
 *
 * Source: pmg-api src/bin/pmg-smtp-filter, src/PMG/RuleDB/*.pm, src/PMG/Utils.pm (virus scanners), src/PMG/SMTP.pm.
 *
 *   381C4E5DFA32622BFC4: accept mail to <bob@example.org> (3F1A20B77C) (rule: default-accept)
 *   381C4E5DFA32622BFC4: moved mail for <bob@example.org> to spam quarantine - 381C675DFA32622FD56 (rule: Quarantine)
 */
import type { Frame } from '../../model/frame.ts';
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { indexOf, indexOfByte, lastIndexOf, lit, startsAt } from '../postfix/bytes.ts';
import { closingAngle, decimalEnd, readDecimal } from '../values.ts';

const SPACE = 0x20;
const COLON = 0x3a;
const LESS = 0x3c;
const GREATER = 0x3e;
const RIGHT = 0x29;
const SLASH = 0x2f;
const APOSTROPHE = 0x27;

/** inode, seconds and microseconds in hex (MailQueue.pm new_fileid) */
const ID_MIN = 14;
const ID_MAX = 40;
const REJECT = lit('reject mail ');
const NEW = lit('new mail message-id=');
const ACCEPT = lit('accept mail to <');
const BLOCK = lit('block mail to <');
const MOVED = lit('moved mail for <');
const BCC = lit('bcc to <');
const SCORE = lit('SA score=');
const HITS = lit(' hits=');
const VIRUS = lit('virus detected: ');
const HEADER = lit("modified header '");
const SUBJECT = lit("subject'");
const FOR = lit("' for <");
const REMOVED = lit('removed attachment ');
const DISCLAIMER = lit('added disclaimer ');
const RULE = lit('(rule: ');
const RULE_INSIDE = lit(', rule: ');
const OPEN_QUEUE = lit(' (');
const OPEN_NAME = lit(" ('");
const TO = lit(' to ');
const QUARANTINE = lit(' quarantine - ');
const AT_END = lit(' quarantine');
const NOTIFY = lit('notify <');
const NDR = lit('sent NDR for rejecting recipients - ');
const SEPARATOR = lit(', ');
const KINDS: readonly (readonly [Uint8Array, string])[] = [
  [lit('spam'), 'spam'],
  [lit('virus'), 'virus'],
  [lit('attachment'), 'banned'],
];

/** The log id that each process spoke of last: its word on a notice names none (PMG/SMTP.pm). */
interface PmgContext {
  readonly last: Map<number, string>;
}

/** Processes remembered: the filter has 40 at most (PMG/Config.pm max_filters). */
const MAX_PIDS = 200;

function parse(frame: Frame, event: LogEvent, emit: Emit, context: PmgContext): ParseResult {
  const { bytes, body, end } = frame;
  if (startsAt(bytes, body, end, NDR)) return readNdr(frame, event, emit, context);
  if (startsAt(bytes, body, end, REJECT)) {
    const a = body + REJECT.length;
    if (logIdEnd(bytes, a, end) !== end) return 'ignored';
    start(event, frame, a, end);
    event.kind = 'verdict';
    event.outcome = event.action = 'rejected';
    event.what = 'policy';
    remember(frame, a, end, context);
    emit(event);
    return 'event';
  }
  const idEnd = logIdEnd(bytes, body, end);
  if (idEnd < 0 || bytes[idEnd] !== COLON || bytes[idEnd + 1] !== SPACE) return 'ignored';
  start(event, frame, body, idEnd);
  readText(event, idEnd + 2, end);
  remember(frame, body, idEnd, context);
  emit(event);
  return 'event';
}

function remember(frame: Frame, a: number, b: number, { last }: PmgContext): void {
  if (frame.pid < 0) return;
  const id = frame.text(a, b);
  if (last.get(frame.pid) === id) return;
  if (last.size >= MAX_PIDS) last.clear();
  last.set(frame.pid, id);
}

/** `sent NDR for rejecting recipients - QID`: a bounce of the mail that this process judged last. */
function readNdr(frame: Frame, event: LogEvent, emit: Emit, { last }: PmgContext): ParseResult {
  const id = last.get(frame.pid);
  if (id === undefined) return 'ignored';
  event.reset('mention', frame);
  event.system = 'pmg';
  event.what = 'bounce';
  event.setText(F.filterId, id);
  event.set(F.otherId, frame.body + NDR.length, frame.end);
  emit(event);
  return 'event';
}

function start(event: LogEvent, frame: Frame, a: number, b: number): void {
  event.reset('mention', frame);
  event.system = 'pmg';
  event.set(F.filterId, a, b);
}

function logIdEnd(bytes: Uint8Array, a: number, end: number): number {
  const limit = Math.min(end, a + ID_MAX);
  let i = a;
  while (i < limit) {
    const c = bytes[i] as number;
    if (!((c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x46))) break;
    i++;
  }
  return i - a >= ID_MIN ? i : -1;
}

function readText(event: LogEvent, a: number, end: number): void {
  const { bytes } = event.frame;
  const at = (word: Uint8Array): number => (startsAt(bytes, a, end, word) ? a + word.length : -1);
  let i = at(NEW);
  if (i >= 0) return readNew(event, i, end);
  if ((i = at(ACCEPT)) >= 0) return readAccept(event, i, end);
  if ((i = at(MOVED)) >= 0) return readMoved(event, i, end);
  if ((i = at(SCORE)) >= 0) return readScore(event, i, end);
  if ((i = at(BLOCK)) >= 0) {
    // what the server was told (`BLOCKED`, or 554) makes it a discard or a bounce
    judge(event, 'policy', 'discarded');
    readRule(event, readRecipient(event, i, end), end);
  } else if ((i = at(VIRUS)) >= 0) {
    judge(event, 'virus', '');
    event.set(F.reason, i, end);
  } else if ((i = at(BCC)) >= 0) {
    const close = closingAngle(bytes, i, end);
    readRuleAndId(event, close < 0 ? end : close + 1, end, F.remoteId);
    // without an id: it failed, or nobody was to get it
    if (!event.has(F.remoteId)) return;
    judge(event, 'policy', 'copied');
    event.set(F.target, i, close < 0 ? end : close);
  } else if ((i = at(NOTIFY)) >= 0) {
    const close = closingAngle(bytes, i, end);
    event.what = 'notice';
    readRuleAndId(event, close < 0 ? end : close + 1, end, F.otherId);
  } else if ((i = at(HEADER)) >= 0) {
    readHeader(event, i, end);
  } else if ((i = at(REMOVED)) >= 0) {
    readRemoved(event, i, end);
  } else if ((i = at(DISCLAIMER)) >= 0) {
    judge(event, 'policy', 'modified');
    readRule(event, i, end);
  }
}

function judge(event: LogEvent, what: string, action: LogEvent['action']): void {
  event.kind = 'verdict';
  event.what = what;
  event.action = action;
}

/** ` (rule: NAME, QID)`: the id stands behind the last comma, for a name may hold some. */
function readRuleAndId(event: LogEvent, a: number, end: number, field: typeof F.remoteId | typeof F.otherId): void {
  const { bytes } = event.frame;
  const rule = indexOf(bytes, a, end, RULE);
  const comma = lastIndexOf(bytes, a, end, SEPARATOR);
  if (rule < 0 || comma < rule || bytes[end - 1] !== RIGHT) return;
  const name = rule + RULE.length;
  event.set(F.reason, name, Math.max(name, comma));
  const id = comma + SEPARATOR.length;
  if (logQueueIdEnd(bytes, id, end) === end - 1) event.set(field, id, end - 1);
}

/** End of the letters and digits at `a`; Postfix' ids, short or long. */
function logQueueIdEnd(bytes: Uint8Array, a: number, end: number): number {
  let i = a;
  let digits = 0;
  for (; i < end; i++) {
    const c = bytes[i] as number;
    if (c >= 0x30 && c <= 0x39) digits++;
    else if (!((c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a)) break;
  }
  return digits > 0 ? i : -1;
}

/** `<m@x>`, with what was left of its line feed */
function readNew(event: LogEvent, a: number, end: number): void {
  const { bytes } = event.frame;
  event.what = 'begins';
  if (bytes[a] !== LESS) return;
  let stop = end;
  while (stop > a + 1 && bytes[stop - 1] !== GREATER) stop--;
  if (stop > a + 1) event.set(F.messageId, a + 1, stop - 1);
}

/** Returns the place behind the `>`. */
function readRecipient(event: LogEvent, a: number, end: number): number {
  const close = closingAngle(event.frame.bytes, a, end);
  event.set(F.recipient, a, close < 0 ? end : close);
  return close < 0 ? end : close + 1;
}

/** `(rule: NAME)` up to the last bracket: a name may hold some; the administrator wrote it. */
function readRule(event: LogEvent, a: number, end: number): number {
  const { bytes } = event.frame;
  const rule = indexOf(bytes, a, end, RULE);
  if (rule < 0) return end;
  event.set(F.reason, rule + RULE.length, Math.max(rule + RULE.length, bytes[end - 1] === RIGHT ? end - 1 : end));
  return rule;
}

function readAccept(event: LogEvent, a: number, end: number): void {
  const { bytes } = event.frame;
  judge(event, 'clean', 'accepted');
  const next = readRecipient(event, a, end);
  readRule(event, next, end);
  if (!startsAt(bytes, next, end, OPEN_QUEUE) || startsAt(bytes, next + 1, end, RULE)) return;
  const id = next + OPEN_QUEUE.length;
  const close = indexOfByte(bytes, id, end, RIGHT);
  if (close > id) event.set(F.remoteId, id, close);
}

/**
 * `bob@x> to spam quarantine - ID (rule: NAME)`. Of a mail in the attachment quarantine the rest goes on without its
 * attachments (RuleDB/Remove.pm).
 */
function readMoved(event: LogEvent, a: number, end: number): void {
  const { bytes } = event.frame;
  judge(event, 'policy', 'quarantined');
  const next = readRecipient(event, a, end);
  readRule(event, next, end);
  if (!startsAt(bytes, next, end, TO)) return;
  const kind = next + TO.length;
  for (const [word, what] of KINDS) if (startsAt(bytes, kind, end, word)) event.what = what;
  if (event.what !== 'banned') event.outcome = 'quarantined';
  const dash = indexOf(bytes, kind, end, QUARANTINE);
  if (dash < 0) return;
  event.set(F.matched, kind, dash + AT_END.length);
  const id = dash + QUARANTINE.length;
  const space = indexOfByte(bytes, id, end, SPACE);
  event.set(F.quarantineId, id, space < 0 ? end : space);
}

/** `5/5 time=1.2 bayes=0.99 autolearn=no hits=A(1),B(2)` */
function readScore(event: LogEvent, a: number, end: number): void {
  const { bytes } = event.frame;
  judge(event, 'clean', '');
  event.score = readDecimal(bytes, a, end);
  if (bytes[decimalEnd] === SLASH) event.threshold = readDecimal(bytes, decimalEnd + 1, end);
  if (event.score >= event.threshold) event.what = 'spam';
  const hits = indexOf(bytes, a, end, HITS);
  if (hits >= 0 && hits + HITS.length < end) event.set(F.rules, hits + HITS.length, end);
}

/** `2 ('x.exe', rule: NAME)`: the file's name is a stranger's, the rule's the administrator's */
function readRemoved(event: LogEvent, a: number, end: number): void {
  const { bytes } = event.frame;
  judge(event, 'banned', 'modified');
  const rule = lastIndexOf(bytes, a, end, RULE_INSIDE);
  const open = indexOf(bytes, a, end, OPEN_NAME);
  if (rule < 0 || open < 0) return;
  const name = open + OPEN_NAME.length;
  if (rule > name) event.set(F.matched, name, bytes[rule - 1] === APOSTROPHE ? rule - 1 : rule);
  const from = rule + RULE_INSIDE.length;
  event.set(F.reason, from, Math.max(from, bytes[end - 1] === RIGHT ? end - 1 : end));
}

/** `subject' for <a>, <b> (rule: NAME)` */
function readHeader(event: LogEvent, a: number, end: number): void {
  const { bytes } = event.frame;
  judge(event, 'policy', startsAt(bytes, a, end, SUBJECT) ? 'subject-modified' : 'tagged');
  const rule = readRule(event, a, end);
  const quote = indexOfByte(bytes, a, rule, APOSTROPHE);
  if (quote < 0 || !startsAt(bytes, quote, rule, FOR)) return;
  const list = quote + FOR.length - 1;
  event.set(F.recipients, list, Math.max(list, bytes[rule - 1] === SPACE ? rule - 1 : rule));
}

const pmg: LogFormat<PmgContext> = {
  name: 'pmg',
  title: 'Proxmox Mail Gateway',
  docs: 'https://pmg.proxmox.com/pmg-docs/pmg-admin-guide.html',
  versions: '5.0 to 9.0',
  claims: (program) => program === 'pmg-smtp-filter' || program === 'pmgpolicy',
  createContext: () => ({ last: new Map() }),
  parse,
  // what the mail is, lines far away tell that name the log id; a notice's line not even that
  isContextual: () => true,
  besides: { signs: ['mail', 'uarantine', 'block', 'reject', 'bcc'], byQueueId: false },
  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const { program } of sample) if (program === 'pmg-smtp-filter' || program === 'pmgpolicy') ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default pmg;
