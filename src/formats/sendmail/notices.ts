/**
 * Other lines of a queued mail: notices written about it, mails split off from it, and its end.
 * Shapes: `6ALMpPM4017303: DSN: User unknown`, `…: sender notify: Warning: could not send message for past 4 hours`,
 *         `…: postmaster notify: …`, `…: return to sender: …` (the id is the notice's, which has no `from=` line);
 *         `…: clone: owner=owner-list`, `split: maxrcpts=1, rcpts=2, count=1, id=…`, `discarded`, `done; delay=…, ntries=1`,
 *         `lost input channel from host [ip] to MTA after rcpt`, `collect: premature EOM: …`, `message size (N) exceeds maximum (N)`.
 * Source: sendmail savemail.c returntosender(); deliver.c sendall(); queue.c split_within_queue(); envelope.c dropenvelope()
 *         (the words of a mail that is given up); srvrsmtp.c; collect.c.
 */
import { F } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { equals, indexOf, indexOfByte, lit, startsAt } from '../postfix/bytes.ts';
import { queueIdEnd, type Line } from './line.ts';
import { canceled } from './sender.ts';
import { addressEnd, setAddress } from './values.ts';

const WORDS: readonly { word: Uint8Array; what: 'bounce' | 'postmaster' }[] = [
  { word: lit('DSN: '), what: 'bounce' },
  { word: lit('sender notify: '), what: 'bounce' },
  { word: lit('return to sender: '), what: 'bounce' },
  { word: lit('postmaster notify: '), what: 'postmaster' },
];
const WARNING = lit('Warning: ');
const RECEIPT = lit('Return receipt');
/** envelope.c: what a mail is given up with; `within` before 8.9 */
const GIVEN_UP = [lit('Cannot send message '), lit('delivery time expired'), lit('Message could not be delivered')];
const CLONE = lit('clone: owner=');

/** `CHILD: DSN: text`, `CHILD: clone: owner=x`: undefined where no id follows the line's own. */
export function readChild(line: Line): ParseResult | undefined {
  const { bytes, a, b } = line;
  if (line.idEnd < 0) return undefined;
  const end = queueIdEnd(bytes, a, b);
  if (end < 0) return undefined;
  const text = end + 2;
  if (startsAt(bytes, text, b, CLONE)) return readClone(line, a, end, text + CLONE.length);
  for (const { word, what } of WORDS)
    if (startsAt(bytes, text, b, word)) return readNotice(line, end, what, text + word.length);
  return line.mention();
}

function readNotice(line: Line, end: number, what: 'bounce' | 'postmaster', text: number): ParseResult {
  const { bytes, a, b } = line;
  if (GIVEN_UP.some((word) => startsAt(bytes, text, b, word))) {
    line.start('expired');
    line.done();
  }
  const event = line.start('notify');
  event.set(F.otherId, a, end);
  event.what = startsAt(bytes, text, b, WARNING) ? 'delay' : startsAt(bytes, text, b, RECEIPT) ? 'success' : what;
  line.done();
  // returntosender(): from the null sender, and never logged as a sender
  const child = line.startOf('arrival', a, end);
  child.origin = 'internal';
  child.active = true;
  child.setText(F.sender, '');
  return line.done();
}

/** The members of a list with an owner go on under an id of their own, with the owner as the sender. */
function readClone(line: Line, a: number, end: number, owner: number): ParseResult {
  const child = line.startOf('arrival', a, end);
  child.origin = 'internal';
  child.active = true;
  child.relation = 'parent';
  child.set(F.otherId, line.idStart, line.idEnd);
  setAddress(child, F.sender, line.bytes, owner, addressEnd(line.bytes, owner, line.b));
  line.done();
  return line.mention();
}

export const SYSERR = lit('SYSERR(');
const TOO_MANY_HOPS = lit('): Too many hops ');
const TO = lit(', to <');

/**
 * `SYSERR(root): Too many hops 31 (25 max): from <a@x> via relay, to <b@y>`: every recipient fails, and no `to=` line follows
 * (deliver.c sendall()). The first is named; undefined where the line is another error, or names him so that others could.
 */
export function readTooManyHops(line: Line): ParseResult | undefined {
  const { bytes, a, b } = line;
  const close = indexOfByte(bytes, a, b, 0x29);
  if (line.idEnd < 0 || close < 0 || !startsAt(bytes, close, b, TOO_MANY_HOPS)) return undefined;
  const to = indexOf(bytes, close, b, TO);
  if (to < 0 || bytes[b - 1] !== 0x3e || indexOfByte(bytes, close, b, 0x22) >= 0) return undefined;
  const event = line.start('delivery');
  event.outcome = 'bounced';
  event.code = 554;
  event.setText(F.dsn, '5.4.6');
  event.codeFromDaemon = true;
  event.set(F.reply, close + 3, b);
  event.set(F.recipient, to + TO.length, b - 1);
  return line.done();
}

const SPLIT = lit('split: ');
const IDS = [lit(', id='), lit(', ids=')];

function readSplit(line: Line): ParseResult {
  const { bytes, b } = line;
  for (const word of IDS) {
    let at = indexOf(bytes, line.a, b, word);
    if (at < 0) continue;
    at += word.length;
    while (at < b) {
      let end = at;
      while (end < b && bytes[end] !== 0x2c && bytes[end] !== 0x3b && bytes[end] !== 0x20) end++;
      if (end - at >= 8) {
        const child = line.startOf('arrival', at, end);
        child.origin = 'internal';
        child.active = true;
        child.relation = 'parent';
        child.set(F.otherId, line.idStart, line.idEnd);
        line.done();
      }
      at = end + 1;
      while (bytes[at] === 0x20 && at < b) at++;
    }
  }
  return line.mention();
}

const DISCARDED = lit('discarded');
const DONE = lit('done; delay=');
const LOST = lit('lost input channel from ');
const COLLECT = [
  lit('collect: premature EOM'),
  lit('collect: unexpected close'),
  lit('collect: relay='),
  lit('collect: read timeout'),
  lit('collect: I/O error'),
];
const TOO_BIG = lit('message size (');

/** undefined where the line is none of these. */
export function readEnd(line: Line): ParseResult | undefined {
  const { bytes, a, b } = line;
  switch (bytes[a]) {
    case 0x64: // d
      if (equals(bytes, a, b, DISCARDED)) return closed(line, 'discarded');
      return line.at(DONE) ? closed(line, 'completed') : undefined;
    case 0x6c: // l
      return line.at(LOST) && line.idEnd >= 0 ? canceled(line) : undefined;
    case 0x63: // c
      return COLLECT.some((word) => line.at(word)) && line.idEnd >= 0 ? canceled(line) : undefined;
    case 0x6d: // m
      return line.at(TOO_BIG) ? line.mention() : undefined;
    case 0x73: // s
      return line.at(SPLIT) && line.idEnd >= 0 ? readSplit(line) : undefined;
    default:
      return undefined;
  }
}

function closed(line: Line, what: 'discarded' | 'completed'): ParseResult {
  if (line.idEnd < 0) return 'ignored';
  line.start('closed').what = what;
  return line.done();
}
