/** A plain mail -> its JSON, as src/correlate/assemble.ts and src/render/json.ts would tell it. */
import { indexOf, is, isDigit } from '../count/bytes.ts';
import { type f64, type i32, ld, ld8, ldf } from '../count/memory.ts';
import { directionFor, isFinalOther, overall, putDirection, tellOurs } from './direction.ts';
import { GIVEN_BACK, isTold, putWord, WORD_AT } from './filters.ts';
import {
  ADDRESS,
  AT,
  ATTEMPTS,
  BOUNCED,
  CLOSED,
  CODE,
  COUNT,
  DEFERRED,
  DELAY,
  DSN,
  END_BYTES,
  ENDS,
  EXPIRED,
  finalOf,
  FIRST,
  has,
  HELO,
  HOST,
  ID,
  INSTANCE,
  IP,
  IS_STORED,
  isSame,
  isWhole,
  LAST,
  MESSAGE_ID,
  NAME,
  next,
  NOTICE_KIND,
  NRCPT,
  OUTCOME,
  OWN,
  PORT,
  RELAY_IP,
  RELAY_NAME,
  REMOTE_ID,
  REPLY,
  root,
  sameFolded,
  SENDER,
  SENT,
  SIZE,
  SUBJECT,
  TLS,
  typedEndOf,
  typedOf,
  USER,
  WORD_BYTES,
  WORD_COUNT,
  WORDS,
} from './hop.ts';
import { hops } from './mail-lines.ts';
import { addPart, beginId, put, putByte, putField, putId, putNumber, putSeconds, putText, putTime } from './put.ts';
import { putFailure, putHeader } from './reasons.ts';
import { putRefusedRecipient, putRefusedVerdict } from './refused-json.ts';
import { isRefused, refusalAt, refusalCount, refusalTime, refuses } from './refusal.ts';
import { lastOf, noteLast, notePair } from './results.ts';

/** Recipients of the mail that was put last. */
export let mailRows: i32 = 0;

/** Puts it; false: it is not plain. */
export function putMail(): boolean {
  const last = hops > 1 ? next : root;
  if (!isWhole(root, last === root) || ld(root + NRCPT) > ld(root + COUNT) || isTold(root)) return false;
  if (last !== root && (!isWhole(last, true) || isTold(last) || ld(root + NOTICE_KIND) > 0)) return false;
  const isOwn = has(root, OWN);
  if (isOwn && (last !== root || !isNoticeWhole())) return false;
  if (!areWordsPlain(last) || isNotice() || !meet(last) || !areOthersRefused()) return false;
  tellOurs();
  const time = ldf(root + FIRST);
  beginId(time);
  addPart(ld(root + HOST), ld(root + HOST + 4));
  const instance = ld(root + INSTANCE);
  const isUsual = ld(root + INSTANCE + 4) - instance === 7 && is(instance, 'postfix');
  addPart(isUsual ? 0 : instance, isUsual ? 0 : ld(root + INSTANCE + 4));
  addPart(ld(root + ID), ld(root + ID + 4));
  put('{"v":1,"id":');
  putId();
  // what it is a notice of tells which
  put(isOwn ? ',"kind":"bounce","time":' : ',"kind":"mail","time":');
  putTime(time);
  put(',"lastTime":');
  const late = ldf(last + LAST);
  putTime(late > ldf(root + LAST) ? late : ldf(root + LAST));
  put(has(last, CLOSED) ? ',"state":"complete","direction":"' : ',"state":"open","direction":"');
  putDirection(overall());
  put('","sender":');
  putText(ld(root + SENDER), ld(root + SENDER + 4));
  const told = ld(root + SUBJECT) > 0 ? root : last;
  putSubject(ld(told + SUBJECT), ld(told + SUBJECT + 4));
  put(',"messageId":');
  putText(ld(root + MESSAGE_ID), ld(root + MESSAGE_ID + 4));
  put(',"size":');
  putNumber(ld(root + SIZE));
  putClient();
  put(refusalCount > 0 ? ',"action":"mixed"' : ',"action":"accepted"');
  putWords(last);
  put(',"hops":[');
  putHop(root);
  if (last !== root) {
    putByte(0x2c);
    putHop(last);
  }
  put('],"recipients":[');
  for (let i = 0; i < ld(root + COUNT); i++) {
    if (i > 0) putByte(0x2c);
    putRecipient(ld(root + ENDS) + i * END_BYTES, lastOf(i));
  }
  for (let i = 0; i < refusalCount; i++) {
    putByte(0x2c);
    putRefusedRecipient(refusalAt(i), ld(root + SENDER), ld(root + SENDER + 4));
  }
  mailRows = ld(root + COUNT) + refusalCount;
  put(']}');
  return true;
}

/** Whom the server refused while it took the mail is none of its recipients, and was refused once. */
function areOthersRefused(): boolean {
  for (let i = 0; i < refusalCount; i++) {
    for (let k = 0; k < i; k++) if (refuses(refusalAt(k), refusalAt(i))) return false;
    for (let k = 0; k < ld(root + COUNT); k++) {
      const end = ld(root + ENDS) + k * END_BYTES;
      if (isRefused(refusalAt(i), typedOf(end), typedEndOf(end))) return false;
    }
  }
  return true;
}

/** `,"subject":…`; of one that is encoded the text. */
function putSubject(a: i32, b: i32): void {
  if (a > 0 && indexOf(a, b, '=?') >= 0) putHeader(a, b);
  else putField(',"subject":', a, b);
}

/** Of a notice: nobody sent it, and everybody got it. */
function isNoticeWhole(): boolean {
  if (ld(root + SENDER) !== ld(root + SENDER + 4) || ld(root + WORD_COUNT) > 0 || ld(root + NOTICE_KIND) > 0)
    return false;
  if (!has(root, CLOSED)) return false;
  for (let i = 0; i < ld(root + COUNT); i++) {
    const end = ld(root + ENDS) + i * END_BYTES;
    if (ld(end + OUTCOME) !== SENT || ld(end + DELAY) < 0) return false;
  }
  return true;
}

/** Finds where the mail ended for each recipient; false: that is not plain. */
function meet(last: i32): boolean {
  const count = ld(root + COUNT);
  const ends = ld(root + ENDS);
  if (last === root) {
    for (let i = 0; i < count; i++) noteLast(i, ends + i * END_BYTES);
    return true;
  }
  if (count !== ld(last + COUNT)) return false;
  for (let i = 0; i < count; i++) {
    const end = ends + i * END_BYTES;
    if (ld(end + OUTCOME) !== SENT || ld(end + IS_STORED) !== 0 || !isSame(end, REMOTE_ID, last, 0)) return false;
    let found: i32 = 0;
    for (let k = 0; k < count; k++) {
      const one = ld(last + ENDS) + k * END_BYTES;
      if (!sameFolded(typedOf(one), typedEndOf(one), ld(end + ADDRESS), ld(end + ADDRESS + 4))) continue;
      if (found !== 0 || isNoted(one, i)) return false;
      found = one;
    }
    if (found === 0 || isSame(found, REMOTE_ID, root, 0)) return false;
    noteLast(i, found);
  }
  return true;
}

function isNoted(end: i32, count: i32): boolean {
  for (let i = 0; i < count; i++) if (lastOf(i) === end) return true;
  return false;
}

/** A filter that gave a mail back to its server says under which id: where the server's lines tell of that too. */
function areWordsPlain(last: i32): boolean {
  for (let i = 0; i < ld(last + WORD_COUNT); i++)
    if (ld(ld(last + WORDS) + i * WORD_BYTES + GIVEN_BACK) > 0) return false;
  return true;
}

/** As a notice of a filter's begins (src/model/filter-notice.ts): `V` and `A`, `R` or `S`, or `S` and `A` or `S`. */
function isNotice(): boolean {
  const a = ld(root + MESSAGE_ID);
  const c = ld8(a);
  const kind = ld8(a + 1);
  if (c === 0x56) {
    if (kind !== 0x41 && kind !== 0x52 && kind !== 0x53) return false;
  } else if (c !== 0x53 || (kind !== 0x41 && kind !== 0x53)) return false;
  let i = a + 2;
  const b = ld(root + MESSAGE_ID + 4);
  while (i < b && isNameByte(ld8(i))) i++;
  return i - a - 2 >= 8 && i - a - 2 <= 32 && i < b && ld8(i) === 0x40;
}

function isNameByte(c: i32): boolean {
  const low = c | 0x20;
  return isDigit(c) || (low >= 0x61 && low <= 0x7a) || c === 0x5f || c === 0x2b || c === 0x2d;
}

// --- its parts

function putClient(): void {
  const ip = ld(root + IP);
  const name = ld(root + NAME);
  const helo = ld(root + HELO);
  const user = ld(root + USER);
  const tls = ld(root + TLS);
  if (ip === 0 && name === 0 && helo === 0 && user === 0 && tls === 0) return;
  put(',"client":{');
  let isFirst = true;
  if (ip > 0) {
    putField('"ip":', ip, ld(root + IP + 4));
    isFirst = false;
  }
  if (name > 0) {
    putField(isFirst ? '"name":' : ',"name":', name, ld(root + NAME + 4));
    isFirst = false;
  }
  if (helo > 0) {
    putField(isFirst ? '"helo":' : ',"helo":', helo, ld(root + HELO + 4));
    isFirst = false;
  }
  if (user > 0) {
    putField(isFirst ? '"user":' : ',"user":', user, ld(root + USER + 4));
    isFirst = false;
  }
  if (tls > 0) putField(isFirst ? '"tls":' : ',"tls":', tls, ld(root + TLS + 4));
  putByte(0x7d);
}

/** The verdicts of both, by their time; those of one time as they come: words of the first queue, its refusals, words of the other. */
function putWords(last: i32): void {
  const count = ld(root + WORD_COUNT) + refusalCount + (last === root ? 0 : ld(last + WORD_COUNT));
  if (count === 0) return;
  put(',"verdicts":[');
  let before: f64 = -1;
  let done: i32 = 0;
  while (done < count) {
    // the least time behind that of the last round
    let least: f64 = -1;
    for (let i = 0; i < count; i++) {
      const at = verdictTime(last, i);
      if (at > before && (least < 0 || at < least)) least = at;
    }
    for (let i = 0; i < count; i++) {
      if (verdictTime(last, i) !== least) continue;
      if (done > 0) putByte(0x2c);
      const refusal = i - ld(root + WORD_COUNT);
      if (refusal >= 0 && refusal < refusalCount) putRefusedVerdict(refusalAt(refusal));
      else putWord(wordAt(last, i), ld(root + HOST), ld(root + HOST + 4));
      done++;
    }
    before = least;
  }
  putByte(0x5d);
}

function verdictTime(last: i32, i: i32): f64 {
  const refusal = i - ld(root + WORD_COUNT);
  return refusal >= 0 && refusal < refusalCount ? refusalTime(refusal) : ldf(wordAt(last, i) + WORD_AT);
}

function wordAt(last: i32, i: i32): i32 {
  const mine = ld(root + WORD_COUNT);
  return i < mine ? ld(root + WORDS) + i * WORD_BYTES : ld(last + WORDS) + (i - mine - refusalCount) * WORD_BYTES;
}

function putHop(hop: i32): void {
  put('{"host":');
  putText(ld(hop + HOST), ld(hop + HOST + 4));
  put(',"system":"postfix","queueId":');
  putText(ld(hop + ID), ld(hop + ID + 4));
  put(',"time":');
  putTime(ldf(hop + FIRST));
  put(',"lastTime":');
  putTime(ldf(hop + LAST));
  putByte(0x7d);
}

function putRecipient(typed: i32, end: i32): void {
  const a = typedOf(typed);
  const b = typedEndOf(typed);
  put('{"address":');
  putText(a, b);
  if (isFinalOther(typed, end)) {
    const final = finalOf(end);
    put(',"finalAddress":');
    if (final > 0) putText(final, ld(end + ADDRESS + 4));
    else putText(typedOf(end), typedEndOf(end));
  }
  const outcome = ld(end + OUTCOME);
  if (outcome === BOUNCED) put(',"status":"bounced"');
  else if (outcome === DEFERRED) put(',"status":"deferred"');
  else if (outcome === EXPIRED) put(',"status":"expired"');
  else put(ld(end + IS_STORED) !== 0 ? ',"status":"delivered"' : ',"status":"relayed"');
  put(',"action":"accepted","direction":"');
  putDirection(directionFor(typed, end));
  put('","time":');
  putTime(ldf(end + AT));
  if (ld(end + CODE) > 0) {
    put(',"code":"');
    putNumber(ld(end + CODE));
    putByte(0x22);
  }
  putField(',"dsn":', ld(end + DSN), ld(end + DSN + 4));
  putField(',"reply":', ld(end + REPLY), ld(end + REPLY + 4));
  if (outcome !== SENT) putFailure(ld(end + REPLY), ld(end + REPLY + 4), ld(end + DSN), ld(end + DSN + 4), outcome);
  putRelay(end);
  putField(',"remoteId":', ld(end + REMOTE_ID), ld(end + REMOTE_ID + 4));
  let ms = Math.floor(ldf(end + AT) - ldf(root + FIRST) + 0.5);
  // of what nobody handed in the server's own figure
  if (has(root, OWN)) ms = ld(end + DELAY);
  put(',"delay":');
  putSeconds(ms > 0 ? ms : 0);
  put(',"attempts":');
  putNumber(ld(end + ATTEMPTS));
  putByte(0x7d);
  notePair(ld(root + SENDER), ld(root + SENDER + 4), a, b, false);
}

function putRelay(end: i32): void {
  const name = ld(end + RELAY_NAME);
  const ip = ld(end + RELAY_IP);
  const port = ld(end + PORT);
  if (name === 0 && ip === 0 && port < 0) return;
  put(',"relay":{');
  let isFirst = true;
  if (name > 0) {
    putField('"name":', name, ld(end + RELAY_NAME + 4));
    isFirst = false;
  }
  if (ip > 0) {
    putField(isFirst ? '"ip":' : ',"ip":', ip, ld(end + RELAY_IP + 4));
    isFirst = false;
  }
  if (port >= 0) {
    put(isFirst ? '"port":' : ',"port":');
    putNumber(port);
  }
  putByte(0x7d);
}
