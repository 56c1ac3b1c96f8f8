/**
 * What of a Postfix line tells of the server and of no mail: severity, connection failures, TLS, postscreen, master.
 * Shape:  `warning: …`, `fatal: …`, `panic: …`, `error: …` (util/msg_output.c); `connect to h[ip]:25: Connection refused`
 *         (smtp/smtp_connect.c); `Anonymous TLS connection established from h[ip]: TLSv1.3 with cipher …`
 *         (tls/tls_misc.c); `PASS NEW [ip]:port`, `PREGREET 14 after …` (postscreen/postscreen.c).
 * Units:  offsets of the frame's bytes; nothing is made of a line that is none of these.
 */
import type { Frame } from '../model/frame.ts';

/** Which program of Postfix wrote the line, where that matters. */
type Writer = 'smtpd' | 'postscreen' | 'cleanup' | 'smtp' | 'master' | 'other';

const WRITERS: Readonly<Record<string, Writer>> = {
  smtpd: 'smtpd',
  postscreen: 'postscreen',
  cleanup: 'cleanup',
  smtp: 'smtp',
  lmtp: 'smtp',
  master: 'master',
};
/** A hostile log may have any number of tags. */
const MOST_TAGS = 1000;

interface Tag {
  readonly writer: Writer;
  /** `smtpd` of `postfix/submission/smtpd` */
  readonly daemon: string;
}

/** Tags of Postfix, each looked at once. */
export class PostfixTags {
  readonly #tags = new Map<string, Tag | undefined>();
  #last: string | undefined;
  #found: Tag | undefined;

  /** undefined where the line is none of Postfix. */
  of(program: string): Tag | undefined {
    if (program === this.#last) return this.#found;
    this.#last = program;
    this.#found = this.#tags.get(program);
    if (this.#found === undefined && !this.#tags.has(program)) {
      this.#found = tagOf(program);
      if (this.#tags.size < MOST_TAGS) this.#tags.set(program, this.#found);
    }
    return this.#found;
  }
}

function tagOf(program: string): Tag | undefined {
  const daemon = program.slice(program.lastIndexOf('/') + 1);
  const isPostfix = program.startsWith('postfix') || (program.includes('/') && Object.hasOwn(WRITERS, daemon));
  if (!isPostfix) return undefined;
  return { writer: Object.hasOwn(WRITERS, daemon) ? (WRITERS[daemon] ?? 'other') : 'other', daemon };
}

function startsWith({ bytes, end }: Frame, at: number, word: string): boolean {
  if (at + word.length > end) return false;
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word.charCodeAt(i)) return false;
  return true;
}

export const SEVERITIES = ['panic', 'fatal', 'error', 'warning'] as const;
export type Severity = (typeof SEVERITIES)[number];

const MOST_TEXT = 120;

/** The words of a line from `at` on, cut. */
export function wordsFrom(frame: Frame, at: number, most = MOST_TEXT): string {
  return frame.text(at, Math.min(frame.end, at + most)).trimEnd();
}

/** The severity that a line begins with. */
export function severityOf(frame: Frame): Severity | undefined {
  switch (frame.bytes[frame.body]) {
    case 0x77: // w
      return startsWith(frame, frame.body, 'warning: ') ? 'warning' : undefined;
    case 0x66: // f
      return startsWith(frame, frame.body, 'fatal: ') ? 'fatal' : undefined;
    case 0x70: // p
      return startsWith(frame, frame.body, 'panic: ') ? 'panic' : undefined;
    case 0x65: // e
      return startsWith(frame, frame.body, 'error: ') ? 'error' : undefined;
    default:
      return undefined;
  }
}

const CONNECT = /^connect to ([^[:]+)(?:\[[^\]]*\])?(?::\d+)?: (.+)$/;

/** `connect to mx.example.org[192.0.2.1]:25: Connection refused` of smtp(8): which server, and why. */
export function connectFailureOf(frame: Frame): { server: string; why: string } | undefined {
  if (frame.bytes[frame.body] !== 0x63 || !startsWith(frame, frame.body, 'connect to ')) return undefined;
  const match = CONNECT.exec(wordsFrom(frame, frame.body, 300));
  if (match === null) return undefined;
  return { server: match[1] ?? '', why: match[2] ?? '' };
}

const TLS = /^(\w+) TLS connection (established|reused) (from|to) .*?: (\S+) with cipher (\S+)/;

/** `Anonymous TLS connection established from h[ip]: TLSv1.3 with cipher X`: how far the other side was proved, which way, what. */
export function tlsOf(frame: Frame): { trust: string; way: 'in' | 'out'; protocol: string } | undefined {
  const first = frame.bytes[frame.body];
  // Anonymous, Trusted, Untrusted, Verified
  if (first !== 0x41 && first !== 0x54 && first !== 0x55 && first !== 0x56) return undefined;
  return tlsOfText(wordsFrom(frame, frame.body, 600));
}

/** As tlsOf, of the text. */
export function tlsOfText(text: string): ReturnType<typeof tlsOf> {
  const match = TLS.exec(text);
  if (match === null) return undefined;
  return { trust: (match[1] ?? '').toLowerCase(), way: match[3] === 'from' ? 'in' : 'out', protocol: match[4] ?? '' };
}

const SCREEN = /^(NOQUEUE: reject|(?:[A-Z][A-Z-]+)(?: [A-Z][A-Z-]+)*)(?= |:|$)/;

/** What postscreen(8) did: `CONNECT`, `PASS NEW`, `PREGREET`, `reject`. */
export function screenOf(frame: Frame): string | undefined {
  return screenOfText(wordsFrom(frame, frame.body, 40));
}

export function screenOfText(text: string): string | undefined {
  const match = SCREEN.exec(text);
  return match?.[1]?.replace('NOQUEUE: ', '');
}

/** Acts of access maps and header checks as their lines begin behind the id; `warning` of cleanup(8) is a WARN or a mail's own. */
const ACTS = [
  'reject: ',
  'reject_warning: ',
  'hold: ',
  'discard: ',
  'warning: ',
  'milter-reject: ',
  'milter-hold: ',
  'milter-discard: ',
] as const;

/** `reject`, `hold`, … of a line `ID: reject: …`, with the stage behind it. */
export function actOf(frame: Frame): { act: string; stage: string } | undefined {
  const { bytes, body, end } = frame;
  let at = body;
  const limit = Math.min(end, body + 24);
  while (at < limit && bytes[at] !== 0x3a) at++;
  if (bytes[at] !== 0x3a || bytes[at + 1] !== 0x20) return undefined;
  at += 2;
  for (const act of ACTS) {
    if (bytes[at] !== act.charCodeAt(0) || !startsWith(frame, at, act)) continue;
    const stage = /^[\w-]+/.exec(wordsFrom(frame, at + act.length, 24))?.[0] ?? '';
    return { act: act.slice(0, -2), stage };
  }
  return undefined;
}
