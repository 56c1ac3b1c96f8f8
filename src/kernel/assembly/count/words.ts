/** Lines that only the formats can read: whoever they may name is read too. */
import { indexOf, indexOfByte, isAlnum, isDigit } from './bytes.ts';
import { hosts, id1, id2, queueIdEnd } from './head.ts';
import { holdsWords, letWordsOut } from './held-words.ts';
import { pastSlot } from './ids.ts';
import { clash, force, isForced, other, READ, sawFailed, sawRefused } from './keys.ts';
import { emit, end, start } from './line.ts';
import { read, readRecord, readSession } from './reading.ts';
import { hash, hash2, hashLow, type i32, ld8 } from './memory.ts';
import { mailOf, screenKey, screenOf, sessionOf } from './records.ts';
import { codeOfRefusal, peerEnd, signOfRefusal } from './refuse.ts';
import { now } from './stamps.ts';
import { awaitSender, isTelling } from './told.ts';

/** the process that the line at hand names, -1 = none */
let process: i32 = -1;

/** A line that only the formats can read, of nobody that is known: whoever it may name is read too. */
export function odd(): void {
  emit(0);
  words();
}

/** What looks like a queue id in the line at hand must be read; so must sessions of a process it names. */
export function words(): void {
  if (holdsWords() && indexOf(start, end, 'eject') >= 0) letWordsOut(true);
  process = -1;
  let i = start;
  while (i < end) {
    const c = ld8(i);
    if (!isAlnum(c)) {
      if (c === 0x5b && process >= 0) client(i);
      i++;
      if (c === 0x3c && ld8(i - 2) === 0x3d && ld8(i - 3) === 0x6f && ld8(i - 4) === 0x74) recipientAt(i);
      continue;
    }
    let e = i;
    while (isAlnum(ld8(e))) e++;
    if (ld8(i - 1) === 0x5b && ld8(e) === 0x5d && isDigit(c)) namesProcess(i, e);
    if (e - i >= 6 && e - i <= 40 && queueIdEnd(i) === e) nameOf(id1, id2);
    i = e;
  }
}

/** An address that a line names which is read anyway: as one that was refused, and as one whose delivery failed. */
function recipientAt(p: i32): void {
  const e = indexOfByte(p, end, 0x3e);
  if (e < 0) return;
  const low = hashLow(p, e);
  if (isTelling) awaitSender();
  if (indexOf(start, end, 'reject') >= 0 || indexOf(start, end, 'hangup') >= 0)
    if (sawRefused(low, now, READ, signOfRefusal(), codeOfRefusal()) && other !== 0) readRecord(other);
  if (indexOf(start, end, 'status=') >= 0 && indexOf(start, end, 'status=sent') < 0)
    if (sawFailed(low, now, READ, 0, 0) && other !== 0) readRecord(other);
}

function nameOf(a: i32, b: i32): void {
  const mail = mailOf(a, b);
  if (mail !== 0) read(mail);
  else if (!isForced(a, b)) {
    if (pastSlot(a, b) !== 0) clash(a, b);
    force(a, b);
  }
}

function namesProcess(a: i32, b: i32): void {
  let n: i32 = 0;
  for (let i = a; i < b; i++) {
    if (!isDigit(ld8(i)) || b - a > 9) return;
    n = n * 10 + ld8(i) - 0x30;
  }
  process = n;
  for (let h = 1; h <= hosts; h++) {
    const session = sessionOf(h, n);
    if (session !== 0) readSession(session);
  }
}

/** `[address]:port` behind a process: a session of postscreen, perhaps, now or later. */
function client(p: i32): void {
  const e = peerEnd(p);
  if (e < 0 || ld8(e - 1) === 0x5d) return;
  const a = hash(p, e);
  const b = hash2;
  for (let h = 1; h <= hosts; h++) {
    const key = screenKey(b, process, h);
    const session = screenOf(a, key);
    if (session !== 0) readSession(session);
    else force(a, key);
  }
}
