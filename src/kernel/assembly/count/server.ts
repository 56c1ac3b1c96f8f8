/**
 * What lines tell of the server itself, where records are asked for (told.ts): warnings and worse, connections, TLS, acts of
 * postscreen(8), servers that were not reached, the master daemon. What is told often goes out as numbers, the rest as text.
 * Source: src/report/postfix-line.ts and server-watch.ts, which read the same lines.
 */
import { is } from './bytes.ts';
import { body, host, kind, pid, SMTPD, tag } from './head.ts';
import { end } from './line.ts';
import { type f64, find, type i32, ld, ld8, ldf, st, stf, take } from './memory.ts';
import { nameOf, ownerOf } from './names.ts';
import { peerOf } from './people.ts';
import { peerEnd } from './refuse.ts';
import { microTime } from './stamps.ts';
import { lookUp, newTable, put, remove } from './tables.ts';
import { giveUpTelling } from './told.ts';
import { tellConnection, tellScreen, tellText, tellTls, tellUnreached } from './told-out.ts';

/** In the lowest bits of a tag: which program of Postfix it is, 0 = none. */
const WRITER = 7;
const SMTP_SERVER = 2;
const SCREENER = 3;
const SMTP_CLIENT = 4;
const MASTER = 5;

/** As server-watch.ts. */
const MOST_OPEN = 20_000;
/** an act of postscreen is told by its first bytes; TLS lines of more are told as text */
const MOST_ACT = 40;
const MOST_TLS = 600;

/** connections that are open: by process and program, a place in `times` */
let open: i32 = 0;
let times: i32 = 0;
let free: i32 = 0;

export function openServer(): void {
  open = times = free = 0;
}

function wantServer(): void {
  open = newTable(1024);
}

/** The line at hand, which some format reads. */
export function readServer(): void {
  if (kind === SMTPD) connections();
  const writer = tag & WRITER;
  if (writer === 0) return;
  const c = ld8(body);
  if (isSevere(c) || writer === MASTER) {
    tellText(0);
    return;
  }
  if (writer === SCREENER) return act();
  if (writer !== SMTP_CLIENT && writer !== SMTP_SERVER) return;
  if (c === 0x41 || c === 0x54 || c === 0x55 || c === 0x56) tls();
  else if (c === 0x63 && writer === SMTP_CLIENT && is(body, 'connect to ')) tellUnreached();
}

function isSevere(c: i32): boolean {
  if (c === 0x77) return is(body, 'warning: ');
  if (c === 0x66) return is(body, 'fatal: ');
  if (c === 0x70) return is(body, 'panic: ');
  return c === 0x65 && is(body, 'error: ');
}

function connections(): void {
  const c = ld8(body);
  if (c === 0x63 && is(body, 'connect from ')) begin();
  else if (c === 0x64 && is(body, 'disconnect from ')) finish();
}

function begin(): void {
  if (open === 0) wantServer();
  const slot = lookUp(open, pid + 1, host | (tag << 8));
  if (slot !== 0) return stf(ld(slot + 8), microTime());
  let at = free;
  if (at === 0) at = take(16);
  else free = ld(at + 8);
  stf(at, microTime());
  put(open, pid + 1, host | (tag << 8), at, 0);
  if (ld(open + 8) > MOST_OPEN) giveUpTelling();
}

function finish(): void {
  if (open === 0) return;
  const slot = lookUp(open, pid + 1, host | (tag << 8));
  if (slot === 0) return;
  const at = ld(slot + 8);
  const since: f64 = ldf(at);
  remove(open, pid + 1, host | (tag << 8));
  st(at + 8, free);
  free = at;
  // a line cut in its client tells none
  const e = peerEnd(body + 16);
  const site = ownerOf(peerOf(body + 16, e < 0 ? body + 16 : e));
  if (site === 0) giveUpTelling();
  tellConnection(site, since);
}

/** `PASS NEW [ip]:port`: the words in capitals, and one byte more. */
function act(): void {
  let e = body;
  if (is(e, 'NOQUEUE: reject: ')) e += 15;
  else
    while (e < end && e - body < MOST_ACT - 1) {
      const c = ld8(e);
      if ((c < 0x41 || c > 0x5a) && c !== 0x20 && c !== 0x2d) break;
      e++;
    }
  tellScreen(nameOf(body, e < end ? e + 1 : e));
}

/** `Anonymous TLS connection established from h[ip]: TLSv1.3 with cipher …`; in another look it is told as text. */
function tls(): void {
  if (!is(find(0x20, body, end), ' TLS connection ')) return;
  const way = wayEnd();
  const colon = way < 0 ? -1 : colonAt(way);
  if (colon < 0 || end - body > MOST_TLS) {
    tellText(0);
    return;
  }
  tellTls(nameOf(body, way), nameOf(colon + 2, find(0x20, colon + 2, end)));
}

/** One past `… from ` or `… to `; -1 = there is none. */
function wayEnd(): i32 {
  const word = find(0x20, body, end);
  if (!is(word, ' TLS connection ')) return -1;
  const what = word + 16;
  const way = is(what, 'established ') ? what + 12 : is(what, 'reused ') ? what + 7 : -1;
  if (way < 0) return -1;
  return is(way, 'from ') ? way + 5 : is(way, 'to ') ? way + 3 : -1;
}

/** The colon behind the peer, where ` with cipher ` follows one word later. */
function colonAt(from: i32): i32 {
  const e = peerEnd(from);
  if (e < 0 || !is(e, ': ')) return -1;
  const word = find(0x20, e + 2, end);
  return word > e + 2 && is(word, ' with cipher ') && word + 13 < end ? e : -1;
}
