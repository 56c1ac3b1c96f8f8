/**
 * A reply as it stands in a log -> a text that tables can be matched against, with its codes.
 * Shape:  `550-5.1.1 The account 550-5.1.1 does not exist x1y2z3 - gsmtp` -> `the account does not exist # - gsmtp`
 * Units:  lower case; repeated codes of continued lines are dropped; every run of digits is `0`; an address is `@`;
 *         a `host[ip]` is `[]`; a token of mixed letters and digits (a queue or session id) is `#`. So replies that
 *         differ only in such detail are one text, which the memory of reason.ts lives from. The numbers that a
 *         provider gives its causes stay, in one form (numberedCause).
 * Source: continued lines: RFC 5321 section 4.2.1; `host X said: ` and `(in reply to X)`: postfix src/smtp/smtp_proto.c.
 * Errors: none; any string gives a text. Time and memory are linear, and only the first 1,000 characters count.
 */

/** A reply, ready to be matched. `code` and `dsn` are those that stand at its front, `undefined` if none does. */
export interface ReplyText {
  readonly text: string;
  readonly code: string | undefined;
  readonly dsn: string | undefined;
}

const MAX_LENGTH = 1000;
const SAID = ' said: ';
const REFUSED = ' refused to talk to me: ';
const IN_REPLY = ' (in reply to ';
/** This one stays: an answer to MAIL is about the sender (RFC 5321 section 3.3). */
const IN_REPLY_TO_MAIL = ' (in reply to MAIL FROM';
const ENHANCED = /^[245]\.\d{1,3}\.\d{1,3}$/;

const ASCII = /^[!-~]*$/;
/** Where no blanks part the words (Japanese, Chinese), an address stands in the middle of a sentence. */
const ADDRESS = /[\w.+=-]{1,64}@[\w.-]{1,255}/g;

const isDigit = (c: number): boolean => c >= 48 && c <= 57;
const isLetter = (c: number): boolean => c >= 97 && c <= 122;

/** Where in `reply` the remote's own words stand: without the words of the daemon around them, cut to the limit. */
export function replyRange(reply: string): { start: number; end: number } {
  const limit = Math.min(reply.length, MAX_LENGTH);
  let start = 0;
  if (reply.startsWith('host ')) {
    const said = reply.indexOf(SAID);
    const refused = said > 0 ? -1 : reply.indexOf(REFUSED);
    if (said > 0) start = said + SAID.length;
    else if (refused > 0) start = refused + REFUSED.length;
  }
  const end = reply.endsWith(')') ? reply.lastIndexOf(IN_REPLY) : -1;
  const isCut = end > start && !reply.startsWith(IN_REPLY_TO_MAIL, end);
  return { start: Math.min(start, limit), end: isCut ? Math.min(end, limit) : limit };
}

const TO_MAIL = IN_REPLY_TO_MAIL.toLowerCase();
const OF_SENDER = ' sender address rejected: ';

/**
 * True if the text of readReply() is an answer about the sender, as Postfix says it: src/smtp/smtp_proto.c (to MAIL),
 * src/smtpd/smtpd_check.c (`<a@b>: Sender address rejected: ` before any words of a table).
 */
export function isAboutSender(text: string): boolean {
  return (text.endsWith(')') && text.includes(TO_MAIL)) || text.includes(OF_SENDER);
}

/** Every run of digits -> `0`. `text` must be in lower case. */
export function maskDigits(text: string): string {
  return text.replace(/\d+/g, '0');
}

/** `AUP#In-1310`, `AUP#1310` (Spectrum); `OFR006_102`, `OFR_102`, `LPN007_510`, `LPNAAA_101`, `LPN416` (Orange, La Poste). */
const NUMBERED = /^\W?(?:(aup)#(?:in|i|out|o)?-?|(ofr|lpn)(?:\d{3}_|aaa_|_)?)(\d{3,4})\W*$/;

/** The number that a provider gives a cause, in one form (`aup#1310`, `ofr_102`, `lpn_510`); undefined for any other token. `token` in lower case. */
export function numberedCause(token: string): string | undefined {
  const [, spectrum, french, number] = NUMBERED.exec(token) ?? [];
  if (number === undefined) return undefined;
  return spectrum === undefined ? `${french ?? ''}_${number}` : `${spectrum}#${number}`;
}

/** A token with a digit, `@` or `[` in it -> what stands for it. */
function maskToken(token: string): string {
  const numbered = numberedCause(token);
  if (numbered !== undefined) return numbered;
  if (token.includes('@')) return ASCII.test(token) ? '@' : maskDigits(token.replace(ADDRESS, '@'));
  if (token.indexOf('[') > 0 && token.includes(']')) return '[]';
  let digitRuns = 0;
  let letters = 0;
  let longest = 0;
  for (let i = 0; i < token.length; i++) {
    const c = token.charCodeAt(i);
    if (isDigit(c)) {
      if (i === 0 || !isDigit(token.charCodeAt(i - 1))) digitRuns++;
      letters = 0;
    } else if (isLetter(c)) {
      letters++;
      if (letters > longest) longest = letters;
    } else {
      letters = 0;
    }
  }
  // `gsmtp` is the longest word that providers hang on an id; names such as `zen.spamhaus.org` have longer ones
  if (digitRuns > 2 && longest > 0 && longest <= 5) return '#';
  return digitRuns > 0 ? maskDigits(token) : token;
}

/** True for a three-digit reply code at the front of `token`, alone or before `-`. */
function hasReplyCode(token: string): boolean {
  const first = token.charCodeAt(0);
  if (first !== 50 && first !== 52 && first !== 53) return false;
  if (!isDigit(token.charCodeAt(1)) || !isDigit(token.charCodeAt(2))) return false;
  return token.length === 3 || token.charCodeAt(3) === 45;
}

/** Brings one reply into the form that the tables are written for. */
export function readReply(reply: string): ReplyText {
  // Exim writes the line ends of a reply as backslash and n: src/src/string.c, string_printing()
  const { start, end } = replyRange(reply);
  const source = reply.slice(start, end).toLowerCase().replaceAll('\\n', ' ');
  let text = '';
  let code: string | undefined;
  let dsn: string | undefined;
  for (const token of source.split(/[\s<>]+/)) {
    let rest = token;
    if (hasReplyCode(rest)) {
      if (text === '') code ??= rest.slice(0, 3);
      rest = rest.slice(4);
    }
    if (ENHANCED.test(rest)) {
      if (text === '') dsn ??= rest;
      continue;
    }
    if (rest === '') continue;
    const masked = maskToken(rest);
    text = text === '' ? masked : `${text} ${masked}`;
  }
  return { text, code, dsn };
}
