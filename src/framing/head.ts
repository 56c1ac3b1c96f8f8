/**
 * Host and tag between stamp and body.
 * Shape:  `mx1 postfix/smtpd[812]: body`, without host (`postfix/smtpd[812]: body`), without pid, without colon
 *         (rsyslog's traditional forward format cuts the tag to 32 characters), FreeBSD's `<mail.info> ` before the host,
 *         `mx1: postfix/smtpd[812]: body`, and after the tag Solaris' `[ID 801593 mail.info] `.
 * Source: RFC 3164 4.1.3, 5.4; rsyslog doc reference/templates/templates-reserved-names (`%syslogtag:1:32%`);
 *         freebsd usr.sbin/syslogd (option -v).
 * Errors: none; what follows a stamp is split as far as it goes. Positions are indexes; a == b is an empty part.
 */

import type { Name, Names } from './names.ts';

const SPACE = 0x20;
const COLON = 0x3a;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const LESS = 0x3c;
const GREATER = 0x3e;

/** host names and tags longer than this are none */
const TOKEN_MAX = 255;

export class Head {
  /** found without a look at each byte; undefined = look at the positions */
  host: Name | undefined = undefined;
  tag: Name | undefined = undefined;
  hostA = 0;
  hostB = 0;
  tagA = 0;
  tagB = 0;
  /** -1 = none */
  pid = -1;
  /** first byte of what follows the tag */
  body = 0;
  /** the tag ended with a colon or a pid: certainly a tag */
  isSure = false;
}

/** The usual `␠host program[pid]:` at p with names seen lately: fills `head`, or returns false and nothing is said. */
export function readUsualHead(
  view: DataView,
  b: Uint8Array,
  p: number,
  end: number,
  head: Head,
  hosts: Names,
  programs: Names,
): boolean {
  const host = hosts.guess(view, b, p + 1, end, SPACE);
  if (host === undefined) return false;
  const tag = p + 2 + host.bytes.length;
  const program = programs.guess(view, b, tag, end, OPEN);
  if (program === undefined) return false;
  const open = tag + program.bytes.length;
  const after = readPid(b, open, end, head);
  if (after < 0 || !head.isSure || head.pid < 0) return false;
  head.host = host;
  head.tag = program;
  head.body = afterSpace(b, after, end);
  return true;
}

/** Splits b[p, end), which begins behind the stamp. Returns false where there is no token at all, or an endless one. */
export function readHead(b: Uint8Array, p: number, end: number, head: Head): boolean {
  head.host = undefined;
  head.tag = undefined;
  let i = skipSpaces(b, p, end);
  if (b[i] === LESS && i < end) i = skipPriorityWord(b, i, end);
  let j = i;
  while (j < end && b[j] !== SPACE) j++;
  if (j === i || j - i > TOKEN_MAX) return false;
  head.hostA = i;
  head.hostB = j;
  if (b[j - 1] === COLON || (b[j - 1] === CLOSE && b[i] !== OPEN)) {
    if (isTagAlone(b, i, j, end)) {
      head.hostB = i;
      return readTag(b, i, end, head);
    }
    if (b[j - 1] === COLON && b[j - 2] !== COLON) head.hostB = j - 1;
  }
  j = skipSpaces(b, j, end);
  if (j >= end) {
    // one word: a tag or a text, no host
    head.hostB = i;
    return readTag(b, i, end, head);
  }
  return readTag(b, j, end, head);
}

/** Reads the tag at p: up to `[pid]:`, `:` before a space, or a space. */
function readTag(b: Uint8Array, p: number, end: number, head: Head): boolean {
  head.tagA = p;
  head.pid = -1;
  head.isSure = false;
  const limit = Math.min(end, p + TOKEN_MAX);
  for (let i = p; i < limit; i++) {
    const c = b[i] as number;
    if (c === COLON) {
      if (i + 1 < end && b[i + 1] !== SPACE) continue;
      head.tagB = i;
      head.isSure = i > p;
      head.body = afterSpace(b, i + 1, end);
      return true;
    }
    if (c === OPEN && i > p) {
      const after = readPid(b, i, end, head);
      if (after < 0) continue;
      head.tagB = i;
      head.body = afterSpace(b, after, end);
      return true;
    }
    if (c === SPACE) {
      head.tagB = i;
      head.body = i + 1;
      return true;
    }
  }
  if (limit < end) return false;
  head.tagB = end;
  head.body = end;
  return true;
}

/** `[812]:`, `[812]`, `[81` at the end of a cut tag, `[auth]:`. Returns the position after it, or -1 where it is none of them. */
function readPid(b: Uint8Array, p: number, end: number, head: Head): number {
  head.pid = -1;
  head.isSure = false;
  let pid = 0;
  let i = p + 1;
  for (; i < end; i++) {
    const digit = (b[i] as number) - 0x30;
    if (digit >>> 0 > 9) break;
    pid = pid * 10 + digit;
    if (i - p > 10) return -1;
  }
  const isDigits = i > p + 1;
  if (isDigits && (i === end || b[i] === SPACE)) {
    head.pid = pid;
    return i;
  }
  if (!isDigits) {
    while (i < end && i - p < 32 && b[i] !== CLOSE && b[i] !== SPACE) i++;
    if (i + 1 >= end || b[i + 1] !== COLON) return -1;
  }
  if (i >= end || b[i] !== CLOSE) return -1;
  i++;
  if (isDigits) head.pid = pid;
  head.isSure = true;
  return i < end && b[i] === COLON ? i + 1 : i;
}

/** Whether b[a, j) is a tag without a host before it: `postfix/smtpd[812]:`, or `dovecot:` with no tag after it. */
function isTagAlone(b: Uint8Array, a: number, j: number, end: number): boolean {
  let i = j - 1;
  if (b[i] === COLON) i--;
  if (b[i] === CLOSE) {
    do i--;
    while (i > a && ((b[i] as number) - 0x30) >>> 0 <= 9);
    return i > a && b[i] === OPEN;
  }
  if (b[j - 1] !== COLON) return false;
  // an IPv6 address that ends in `::`, or `mx1:` before a tag with a pid
  if (b[j - 2] === COLON) return false;
  return !hasPidTag(b, skipSpaces(b, j, end), end);
}

/** Whether a word `name[digits]:` stands at p. */
export function hasPidTag(b: Uint8Array, p: number, end: number): boolean {
  const limit = Math.min(end, p + TOKEN_MAX);
  let i = p;
  while (i < limit && b[i] !== SPACE && b[i] !== OPEN) i++;
  if (i === p || i >= limit || b[i] !== OPEN) return false;
  const first = ++i;
  while (i < limit && ((b[i] as number) - 0x30) >>> 0 <= 9) i++;
  return i > first && i + 1 < end && b[i] === CLOSE && b[i + 1] === COLON;
}

/** `[ID 801593 mail.info] ` of Solaris' and illumos' syslogd at p: the position after it, else p. */
export function skipSolarisId(b: Uint8Array, p: number, end: number): number {
  if (end - p < 8 || b[p + 1] !== 0x49 || b[p + 2] !== 0x44 || b[p + 3] !== SPACE) return p;
  let i = p + 4;
  while (i < end && ((b[i] as number) - 0x30) >>> 0 <= 9) i++;
  if (i === p + 4 || b[i] !== SPACE) return p;
  while (i < end && i - p < 48 && b[i] !== CLOSE) i++;
  return i < end && b[i] === CLOSE ? afterSpace(b, i + 1, end) : p;
}

function skipPriorityWord(b: Uint8Array, p: number, end: number): number {
  const limit = Math.min(end, p + 24);
  for (let i = p + 1; i < limit && b[i] !== SPACE; i++) {
    if (b[i] === GREATER) return skipSpaces(b, i + 1, end);
  }
  return p;
}

function skipSpaces(b: Uint8Array, p: number, end: number): number {
  let i = p;
  while (i < end && b[i] === SPACE) i++;
  return i;
}

function afterSpace(b: Uint8Array, p: number, end: number): number {
  return p < end && b[p] === SPACE ? p + 1 : p;
}
