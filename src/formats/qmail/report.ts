/**
 * The report of a delivery, as qmail-send logs it: space and control characters became `_`, line feeds `/`.
 * Shape:  `192.0.2.25_accepted_message./Remote_host_said:_250_2.0.0_Ok:_queued_as_7C1D/`
 *         `192.0.2.25_does_not_like_recipient./Remote_host_said:_550-5.1.1_No/550_5.1.1_such_user/Giving_up_on_192.0.2.25./`
 *         `Connected_to_192.0.2.25_but_sender_was_rejected./Remote_host_said:_…/`, `Sorry,_no_mailbox_here_by_that_name._(#5.1.1)/`,
 *         `did_1+0+0/`, `did_0+1+0/qp_8155/`; of a mail given up `…I'm_not_going_to_try_again;_this_message_has_been_in_the_queue_too_long./`
 * Source: notqmail qsutil.c logsafe(), qmail-remote.c quit() outsmtptext(), qmail-rspawn.c report(), qmail-local.c count_print(),
 *         qmail-send.c del_dochan().
 * A `_` or `/` of the text itself cannot be told from one that logsafe() put there: within `<a_b@c>` and in paths they stay.
 */
import { findRemoteId, remoteId } from '../../model/remote-id.ts';
import { endsWith, indexOf, isDigit, lastIndexOf, lit, startsAt } from '../postfix/bytes.ts';
import { enhancedEnd } from '../postfix/reply.ts';

const SAID = lit('Remote_host_said:_');
const GIVING_UP = lit('/Giving_up_on_');
const TOO_LONG = lit("I'm_not_going_to_try_again;_this_message_has_been_in_the_queue_too_long./");
const CONNECTED = lit('Connected_to_');
const GIVING = lit('Giving_up_on_');
const DID = lit('did_');
const QP = lit('qp_');
const HASH_CODE = lit('(#');
const AFTER_IP = ['_accepted_message.', '_does_not_like_recipient.', '_failed_'].map((text) => lit(text));
/** longest address of a host */
const IP_MAX = 45;

const SPACE = 0x20;
const SLASH = 0x2f;
const UNDER = 0x5f;
const DASH = 0x2d;
const LESS = 0x3c;
const GREATER = 0x3e;

export class Report {
  /** what the other side, or else qmail, said */
  reply = '';
  code = 0;
  dsn: string | undefined = undefined;
  remoteId: string | undefined = undefined;
  /** span of the other side's address; empty where none is told */
  ipA = 0;
  ipB = 0;
  /** the queue gave the recipient up with this report */
  isTooLate = false;
  /** files, forwards and programs of a local delivery; -1 where they are not told */
  files = -1;
  forwards = -1;
  programs = -1;
  /** process that queued the forward; -1 where there is none */
  process = -1;
  private text = Buffer.alloc(1024);

  /** Reads bytes[a, end). */
  read(bytes: Uint8Array, a: number, end: number, isLocal: boolean): void {
    let b = end;
    this.isTooLate = endsWith(bytes, a, b, TOO_LONG);
    if (this.isTooLate) b -= TOO_LONG.length;
    this.files = this.forwards = this.programs = this.process = -1;
    this.ipA = this.ipB = 0;
    this.remoteId = this.dsn = undefined;
    this.code = 0;
    if (isLocal) this.readCounts(bytes, a, b);
    else this.readIp(bytes, a, b);
    const said = isLocal ? -1 : indexOf(bytes, a, b, SAID);
    if (said < 0) {
      const n = this.decode(bytes, a, b);
      this.ownCode(n);
      this.reply = this.text.toString('latin1', 0, n);
      return;
    }
    const from = said + SAID.length;
    const last = lastIndexOf(bytes, from, b, GIVING_UP);
    const n = this.decode(bytes, from, last < 0 ? b : last);
    this.remoteCode(n);
    this.reply = this.text.toString('latin1', 0, n);
    if (findRemoteId(this.text, 0, n)) this.remoteId = this.text.toString('latin1', remoteId.start, remoteId.end);
  }

  /** Undoes what logsafe() did, as far as that can be known. */
  private decode(bytes: Uint8Array, a: number, end: number): number {
    let b = end;
    while (b > a && bytes[b - 1] === SLASH) b--;
    if (this.text.length < b - a) this.text = Buffer.alloc((b - a) * 2);
    const { text } = this;
    let angle = -1;
    let n = 0;
    for (let i = a; i < b; i++) {
      let c = bytes[i] as number;
      if (c === LESS) angle = addressEnd(bytes, i, b);
      if (c === UNDER && i > angle) c = SPACE;
      else if (c === SLASH && isReplyLine(bytes, i + 1, b)) c = SPACE;
      text[n++] = c;
    }
    return n;
  }

  /** `550 5.1.1 …` of the other side. */
  private remoteCode(n: number): void {
    const { text } = this;
    if (n < 3 || !isDigit(text[0]) || !isDigit(text[1]) || !isDigit(text[2])) return;
    const code = Number(text.toString('latin1', 0, 3));
    if (code < 200 || code > 599) return;
    this.code = code;
    const end = enhancedEnd(text, 4, n);
    if (end > 0) this.dsn = text.toString('latin1', 4, end);
  }

  /** `(#5.1.1)` of qmail itself. */
  private ownCode(n: number): void {
    const at = lastIndexOf(this.text, 0, n, HASH_CODE);
    if (at < 0) return;
    const end = enhancedEnd(this.text, at + 2, n);
    if (end > 0 && this.text[end] === 0x29 && end < n) this.dsn = this.text.toString('latin1', at + 2, end);
  }

  /** The address before `_accepted_message.` and its like, or behind `Connected_to_` and `Giving_up_on_`. */
  private readIp(bytes: Uint8Array, a: number, b: number): void {
    for (const word of AFTER_IP) {
      const at = indexOf(bytes, a, b, word);
      if (at <= a) continue;
      let from = at;
      while (from > a && at - from < IP_MAX && isIpByte(bytes[from - 1] as number)) from--;
      if (this.isIp(bytes, from, at)) return;
    }
    for (const word of [CONNECTED, GIVING]) {
      const at = word === GIVING ? lastIndexOf(bytes, a, b, word) : startsAt(bytes, a, b, word) ? a : -1;
      if (at < 0) continue;
      const from = at + word.length;
      let to = from;
      while (to < b && to - from < IP_MAX && isIpByte(bytes[to] as number)) to++;
      while (to > from && bytes[to - 1] === 0x2e) to--;
      if (this.isIp(bytes, from, to)) return;
    }
  }

  private isIp(bytes: Uint8Array, a: number, b: number): boolean {
    let marks = 0;
    for (let i = a; i < b; i++) if (bytes[i] === 0x2e || bytes[i] === 0x3a) marks++;
    if (marks < 2) return false;
    this.ipA = a;
    this.ipB = b;
    return true;
  }

  /** `did_1+0+0/` and `qp_8155/` are the last lines; what programs wrote stands before. */
  private readCounts(bytes: Uint8Array, a: number, b: number): void {
    const at = lastIndexOf(bytes, a, b, DID);
    if (at < 0 || (at > a && bytes[at - 1] !== SLASH)) return;
    const counts: number[] = [];
    let i = at + DID.length;
    while (counts.length < 3 && i < b && isDigit(bytes[i])) {
      let n = 0;
      while (i < b && isDigit(bytes[i])) n = Math.min(n * 10 + (bytes[i++] as number) - 0x30, 1e9);
      counts.push(n);
      if (bytes[i] === 0x2b) i++;
    }
    const [files, forwards, programs] = counts;
    if (files === undefined || forwards === undefined || programs === undefined) return;
    this.files = files;
    this.forwards = forwards;
    this.programs = programs;
    if (!startsAt(bytes, i + 1, b, QP)) return;
    let n = 0;
    for (i += 1 + QP.length; i < b && isDigit(bytes[i]); i++) n = Math.min(n * 10 + (bytes[i] as number) - 0x30, 1e12);
    if (n > 0) this.process = n;
  }
}

/** Place of the `>` that closes an address which begins at `<`; -1 where it is none. */
function addressEnd(bytes: Uint8Array, at: number, b: number): number {
  const most = Math.min(b, at + 320);
  let hasAt = false;
  for (let i = at + 1; i < most; i++) {
    const c = bytes[i];
    if (c === GREATER) return hasAt ? i : -1;
    if (c === LESS || c === SLASH) return -1;
    if (c === 0x40) hasAt = true;
  }
  return -1;
}

/** Whether a line of an SMTP answer begins here: three digits and a `-` or what was a space. */
function isReplyLine(bytes: Uint8Array, at: number, b: number): boolean {
  const mark = bytes[at + 3];
  return (
    at + 3 < b &&
    isDigit(bytes[at]) &&
    isDigit(bytes[at + 1]) &&
    isDigit(bytes[at + 2]) &&
    (mark === DASH || mark === UNDER)
  );
}

function isIpByte(c: number): boolean {
  const lower = c | 0x20;
  return (c >= 0x30 && c <= 0x3a) || c === 0x2e || (lower >= 0x61 && lower <= 0x66);
}
