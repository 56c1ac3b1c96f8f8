/** The refusals of a transaction -> the JSON of their message, as src/correlate/refused.ts and src/render/json.ts would tell it. */
import { type f64, type i32, ld, ld8, ldf } from '../count/memory.ts';
import { DSN, FIRST, HELO, IP, NAME, REPLY, sameFolded } from './hop.ts';
import { addFolded, addPart, beginId, put, putByte, putField, putId, putNumber, putText, putTime } from './put.ts';
import { areWordsTaken, putPolicyWord } from './policy-word.ts';
import { putReason } from './reasons.ts';
import {
  FROM,
  GREYLISTED,
  OUTCOME,
  POLICY_WORD,
  REFUSAL_BYTES,
  REFUSED_CODE,
  refusalCount,
  refusals,
  refuserHost,
  refuserHostEnd,
  refuserProgram,
  REJECTED,
  TO,
} from './refusal.ts';
import { notePair } from './results.ts';
import { ipEnd, ipStart, nameEnd, nameStart, tlsEnd, tlsStart } from './session.ts';

/** recipients that the last message has */
export let refusedRows: i32 = 0;
/** its time, ms */
let timeOfFirst: f64 = 0;

export function refusedTime(): f64 {
  return timeOfFirst;
}

export function putRefused(): boolean {
  if (!areWordsTaken()) return false;
  const first = refusals;
  let time = ldf(first + FIRST);
  let last = time;
  let isMixed = false;
  for (let i = 0; i < refusalCount; i++) {
    const one = refusals + i * REFUSAL_BYTES;
    if (ldf(one + FIRST) < time) time = ldf(one + FIRST);
    if (ldf(one + FIRST) > last) last = ldf(one + FIRST);
    if (isTold(i) && ld(one + OUTCOME) !== ld(first + OUTCOME)) isMixed = true;
  }
  timeOfFirst = time;
  const ip = ld(first + IP) > 0 ? ld(first + IP) : ipStart;
  const ipStop = ld(first + IP) > 0 ? ld(first + IP + 4) : ipEnd;
  beginId(time);
  addPart(refuserHost, refuserHostEnd);
  let instanceEnd = refuserProgram;
  while (ld8(instanceEnd) > 0x20 && ld8(instanceEnd) !== 0x2f) instanceEnd++;
  addPart(refuserProgram, instanceEnd);
  addPart(ip, ipStop);
  addFolded(ld(first + FROM), ld(first + FROM + 4));
  addFolded(ld(first + TO), ld(first + TO + 4));
  put('{"v":1,"id":');
  putId();
  put(',"kind":"mail","time":');
  putTime(time);
  put(',"lastTime":');
  putTime(last);
  put(',"state":"complete","direction":"unknown","sender":');
  putText(ld(first + FROM), ld(first + FROM + 4));
  putClient(first, ip, ipStop);
  if (isMixed) put(',"action":"mixed"');
  else {
    put(',"action":"');
    putOutcome(ld(first + OUTCOME));
    putByte(0x22);
  }
  put(',"verdicts":[');
  for (let i = 0; i < refusalCount; i++) {
    if (i > 0) putByte(0x2c);
    const word = ld(refusals + i * REFUSAL_BYTES + POLICY_WORD);
    if (word !== 0) {
      putPolicyWord(word);
      putByte(0x2c);
    }
    putRefusedVerdict(refusals + i * REFUSAL_BYTES);
  }
  put('],"hops":[{"host":');
  putText(refuserHost, refuserHostEnd);
  put(',"system":"postfix","time":');
  putTime(time);
  put(',"lastTime":');
  putTime(last);
  put('}],"recipients":[');
  refusedRows = 0;
  for (let i = 0; i < refusalCount; i++) {
    if (!isTold(i)) continue;
    if (refusedRows > 0) putByte(0x2c);
    putRefusedRecipient(refusals + i * REFUSAL_BYTES, ld(first + FROM), ld(first + FROM + 4));
    refusedRows++;
  }
  put(']}');
  return true;
}

/** A recipient who was refused before is told once. */
function isTold(n: i32): boolean {
  const one = refusals + n * REFUSAL_BYTES;
  const a = ld(one + TO);
  if (a === 0) return true;
  for (let i = 0; i < n; i++) {
    const other = refusals + i * REFUSAL_BYTES;
    if (ld(other + TO) > 0 && sameFolded(a, ld(one + TO + 4), ld(other + TO), ld(other + TO + 4))) return false;
  }
  return true;
}

function putClient(first: i32, ip: i32, ipStop: i32): void {
  const isNamed = ld(first + NAME) > 0;
  const name = isNamed ? ld(first + NAME) : nameStart;
  const helo = ld(first + HELO);
  if (ip === 0 && name === 0 && helo === 0 && tlsStart === 0) return;
  put(',"client":{');
  let isFirst = true;
  if (ip > 0) {
    putField('"ip":', ip, ipStop);
    isFirst = false;
  }
  if (name > 0) {
    putField(isFirst ? '"name":' : ',"name":', name, isNamed ? ld(first + NAME + 4) : nameEnd);
    isFirst = false;
  }
  if (helo > 0) {
    putField(isFirst ? '"helo":' : ',"helo":', helo, ld(first + HELO + 4));
    isFirst = false;
  }
  if (tlsStart > 0) putField(isFirst ? '"tls":' : ',"tls":', tlsStart, tlsEnd);
  putByte(0x7d);
}

function putOutcome(outcome: i32): void {
  if (outcome === REJECTED) put('rejected');
  else if (outcome === GREYLISTED) put('greylisted');
  else put('tempfailed');
}

/** A refusal as the server's own verdict. */
export function putRefusedVerdict(one: i32): void {
  put('{"time":');
  putTime(ldf(one + FIRST));
  put(',"host":');
  putText(refuserHost, refuserHostEnd);
  put(',"engine":"postfix","action":"');
  putOutcome(ld(one + OUTCOME));
  put('","reason":');
  putText(ld(one + REPLY), ld(one + REPLY + 4));
  if (ld(one + TO) > 0) {
    put(',"recipients":[');
    putText(ld(one + TO), ld(one + TO + 4));
    putByte(0x5d);
  }
  putByte(0x7d);
}

/** Who was refused, of this sender. */
export function putRefusedRecipient(one: i32, sender: i32, senderEnd: i32): void {
  const to = ld(one + TO);
  const outcome = ld(one + OUTCOME);
  putByte(0x7b);
  if (to > 0) {
    put('"address":');
    putText(to, ld(one + TO + 4));
    putByte(0x2c);
    notePair(sender, senderEnd, to, ld(one + TO + 4), outcome !== REJECTED);
  }
  put(outcome === GREYLISTED ? '"status":"greylisted","action":"' : '"status":"rejected","action":"');
  putOutcome(outcome);
  put('","direction":"unknown","time":');
  putTime(ldf(one + FIRST));
  put(',"code":"');
  putNumber(ld(one + REFUSED_CODE));
  putByte(0x22);
  putField(',"dsn":', ld(one + DSN), ld(one + DSN + 4));
  putField(',"reply":', ld(one + REPLY), ld(one + REPLY + 4));
  putReason(ld(one + REPLY), ld(one + REPLY + 4), outcome);
  putByte(0x7d);
}
