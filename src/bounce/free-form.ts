/**
 * A report that only people can read -> the recipients it names, each with the answer or the words beside its address.
 * The same is done for every server's wording and every language: addresses and reply codes are the same in all of them.
 * Shape:  an address that begins a line, alone or before `:`; `RCPT TO:<…>`; `Recipient: …`; else any address that is not
 *         the sender's nor the reporter's. What stands from there to the next such address is said of it.
 * Errors: none; no recipient where none is named.
 */
import type { BounceAction, BounceRecipient } from '../model/bounce.ts';
import { withoutEnd } from '../util/trim.ts';
import { answerIn } from './answers.ts';
import { type Fields, readBlock } from './fields.ts';
import { ORIGINAL_MARKS } from './wordings.ts';

const MOST_LINES = 3000;
const MOST_LINE = 2000;
const MOST_RECIPIENTS = 200;
/** Lines behind an address that may be about it. */
const MOST_SAID = 60;
const MOST_WORDS = 1500;
/** Addresses one below the other that are told together. */
const MOST_TOGETHER = 20;

const ADDRESS = String.raw`[^\s<>()[\]:;,"'@\\\u3000-\u303f]{1,64}@(?:[\p{L}\p{N}_-]{1,63}\.){1,10}(?:[A-Za-z][A-Za-z0-9-]{1,62}|[^\x00-\x7f\P{L}]{1,63})`;
/** An address that begins a line, and what stands behind it. */
const AT_FRONT = new RegExp(
  String.raw`^\s{0,20}(?:>>> |[-*•>]\s{0,4}|\d{1,3}[.)]\s{1,4}|to:\s{1,4}|smtp:|unknown user:\s{1,4}|invalid address - )?[<'"(]?(${ADDRESS})[>'")]?(?=$|[\s:;,(<\[]|\.(?:\s|$))`,
  'iu',
);
/** `Recipient: <a@b>`, `RCPT TO:<a@b>`, and its like. */
const LABELLED = new RegExp(
  String.raw`(?:rcpt to|(?:failed |final |original )?recipient(?: address|\(s\)|s)?|e?-?mail address|deliver(?:y)? to|message (?:for|to)|receiver|empfänger|destinataire|destinatario|宛先|收件人|could not be delivered to|unable to deliver (?:message )?to)\s{0,3}[:：]?\s{0,3}[<'"(]?(${ADDRESS})[>'")]?`,
  'iu',
);
/** `550 <a@b>... User unknown`: old Sendmails name recipients nowhere else. */
const CODED = new RegExp(String.raw`^(?:<<< )?[45]\d\d (?:[45]\.\d\.\d{1,3} )?<?(${ADDRESS})>?\.\.\.`, 'iu');
const ANYWHERE = new RegExp(ADDRESS, 'gu');
/** `A message sent by <a@b> could not be delivered`, over two lines: Exim src/src/deliver.c, of a mail that it passes on. */
const SENT_BY = new RegExp(String.raw`\b(?:sent by|message from|mail from)\s{1,40}<?(${ADDRESS})>?`, 'giu');
const NO_PERSON = /^(?:mailer-daemon|postmaster|abuse|support|helpdesk|noreply|no-reply|root|bounce)@/i;
/** A header of a quoted mail: without one of these a run of `Word: text` is no header. */
const SURE_HEADER =
  /^(?:received|return-path|message-id|mime-version|delivered-to|x-originating-ip|dkim-signature)\s*:/i;
const HEADER = /^[!-9;-~]{2,40}:(?:\s|$)/;

export interface FreeForm {
  /** the report's own lines, without what it quotes */
  readonly lines: readonly string[];
  readonly quoted?: Fields;
}

/** Parts the report from the mail that it quotes. */
export function splitReport(text: string): FreeForm {
  const lines = text.split(/\r\n|\r|\n/, MOST_LINES).map((line) => line.slice(0, MOST_LINE).replace(/\u00a0/g, ' '));
  const start = quoteStart(lines);
  if (start === undefined) return { lines };
  let first = start;
  while (first < lines.length && !HEADER.test(plain(lines[first]))) first++;
  const { fields } = readBlock(lines.slice(first).map(plain));
  return { lines: lines.slice(0, start), ...(fields.size > 0 ? { quoted: fields } : {}) };
}

/** Without the marks of a quotation, or the blanks that some put before each quoted line. */
function plain(line: string | undefined): string {
  return (line ?? '').replace(/^(?:[>|] ?| {1,8}(?=\S+:))/, '');
}

function quoteStart(lines: readonly string[]): number | undefined {
  for (const [i, line] of lines.entries()) {
    if (line.length < 200 && ORIGINAL_MARKS.some((mark) => mark.test(line))) return i;
    if (!SURE_HEADER.test(plain(line))) continue;
    // one or more fields in a row, and another one beside the sure one
    let from = i;
    while (from > 0 && HEADER.test(plain(lines[from - 1]))) from--;
    const next = plain(lines[i + 1]);
    const isRun = from < i || HEADER.test(next) || /^\s/.test(lines[i + 1] ?? '');
    if (isRun && !isSummary(lines, from)) return from;
  }
  return undefined;
}

const SUMMARY = /^(?:message-id|date|from|to|cc|subject|sent)\s*:/i;
const GOES_ON = /(?:recipients?|address(?:es|ees)?)\b[^]{0,40}:/i;

/** `This report relates to a message you sent with the following header fields:`, then who failed (PMDF, SIMS, Sun and Oracle Messaging Server). */
function isSummary(lines: readonly string[], from: number): boolean {
  let i = from;
  for (; i < lines.length && (lines[i] ?? '').trim() !== ''; i++)
    if (!SUMMARY.test(plain(lines[i])) && !/^\s/.test(lines[i] ?? '')) return false;
  return i - from < 12 && lines.slice(i, i + 6).some((line) => GOES_ON.test(line));
}

export interface FreeContext {
  /** addresses that are no recipients: who gets the report, who sends it */
  readonly others: readonly string[];
  /** X-Failed-Recipients and the like: whom the report is about, for sure */
  readonly named: readonly string[];
  readonly action: BounceAction;
}

interface Mention {
  readonly address: string;
  readonly line: number;
  /** behind the address on its line */
  readonly rest: string;
}

const fold = (address: string): string => address.toLowerCase();

function mentionsBy(pattern: RegExp, lines: readonly string[], isWanted: (address: string) => boolean): Mention[] {
  const found: Mention[] = [];
  for (const [line, text] of lines.entries()) {
    const match = pattern.exec(text);
    const address = match?.[1] === undefined ? undefined : withoutEnd(match[1], '.');
    if (match === null || address === undefined || !isWanted(address)) continue;
    found.push({ address, line, rest: text.slice(match.index + match[0].length) });
    if (found.length >= MOST_RECIPIENTS) break;
  }
  return found;
}

function anyMentions(lines: readonly string[], isWanted: (address: string) => boolean): Mention[] {
  const found: Mention[] = [];
  for (const [line, text] of lines.entries()) {
    for (const match of text.matchAll(ANYWHERE)) {
      if (!isWanted(match[0])) continue;
      found.push({ address: withoutEnd(match[0], '.'), line, rest: text.slice(match.index + match[0].length) });
      if (found.length >= MOST_RECIPIENTS) return found;
    }
  }
  return found;
}

/** Where addresses that are known stand, whatever their form (`user@host`, X.400). */
function namedMentions(lines: readonly string[], named: readonly string[]): Mention[] {
  const found: Mention[] = [];
  const wanted = [...new Set(named.map(fold))].filter((address) => address !== '');
  for (const [line, text] of lines.entries()) {
    const lower = text.toLowerCase();
    for (const address of wanted) {
      const at = lower.indexOf(address);
      // not as the end or beginning of a longer address
      if (at < 0 || /[\w.+-]/.test(lower[at - 1] ?? '') || /^[\w-]|^\.\w/.test(lower.slice(at + address.length)))
        continue;
      found.push({ address: text.slice(at, at + address.length), line, rest: text.slice(at + address.length) });
      if (found.length >= MOST_RECIPIENTS) return found;
    }
  }
  return found;
}

function mentionsIn(lines: readonly string[], context: FreeContext): Mention[] {
  const others = new Set(context.others.map(fold));
  for (const [, address = ''] of lines.slice(0, 40).join('\n').matchAll(SENT_BY)) others.add(fold(address));
  if (context.named.length > 0) {
    const found = namedMentions(lines, context.named);
    if (found.length > 0) return found;
  }
  const isWanted = (address: string): boolean => !others.has(fold(address)) && !NO_PERSON.test(address);
  for (const pattern of [AT_FRONT, CODED, LABELLED]) {
    const found = mentionsBy(pattern, lines, isWanted);
    if (found.length > 0) return found;
  }
  const any = anyMentions(lines, isWanted);
  // an address in the middle of a sentence: only the first is surely the one it is about
  if (any.length > 0) return any.slice(0, 1);
  if (context.named.length > 0) return [];
  // mail to oneself, or to a postmaster
  return mentionsBy(AT_FRONT, lines, (address) => !/^mailer-daemon@/i.test(address)).slice(0, 1);
}

/** What stands on an address's line: behind it, and before it where that is a sentence (`User's mailbox is full: <a@b>`). */
function beside(line: string, { address, rest }: Mention): string {
  const before = line.slice(0, Math.max(0, line.length - rest.length - address.length)).trim();
  return isSentence(before) && !/^[\s>:;,.)'"\]]*$/u.test(before) ? `${before} ${rest}` : rest;
}

/** Three words of letters, one after the other. */
function isSentence(text: string): boolean {
  const words = text.split(/\s+/);
  return words.some(
    (word, i) =>
      /^[\p{L}']{2,}$/u.test(word) &&
      /[\p{L}']{2}$/u.test(words[i - 1] ?? '') &&
      /^[\p{L}']{2}/u.test(words[i + 1] ?? ''),
  );
}

/** `554 <a@b>... Remote protocol error` keeps to itself what the server said: that is the `<<<` line before (Sendmail 5 and 8). */
function codedLines(lines: readonly string[], at: number): readonly string[] {
  const line = lines[at] ?? '';
  if (!/remote protocol error|service unavailable/i.test(line)) return [line];
  for (let i = at - 1; i >= 0 && i > at - 6; i--) {
    const before = lines[i] ?? '';
    if (/^\s*<<< [45]\d\d/.test(before)) return [before.replace(/^\s*<<< /, '')];
    if (/while talking to/i.test(before) || CODED.test(before)) break;
  }
  return [line];
}

const REASON_ABOVE = /\breason\(?s?\)?:\s*$/i;
const OWN_REASON = /^\s*reason\s*:\s*\S/i;
const LINES_ABOVE = 20;

/** `This Message was undeliverable due to the following reason:`, the reason, then whom it is of (InterMail, Openwave). */
function reasonAbove(lines: readonly string[], at: number): readonly string[] {
  for (let i = at - 1; i >= 0 && i > at - LINES_ABOVE; i--) {
    if (!REASON_ABOVE.test(lines[i] ?? '')) continue;
    const told = lines.slice(i + 1, at);
    const end = told.findIndex((line) => AT_FRONT.test(line) || LABELLED.test(line));
    const words = end < 0 ? told : told.slice(0, end);
    return words.some((line) => line.trim() !== '') ? words : [];
  }
  return [];
}

/** What stands from a mention to the next address. Of addresses one below the other all that stands behind the last. */
function wordsBehind(lines: readonly string[], mentions: readonly Mention[], from: number): string[] {
  for (const [i, mention] of mentions.entries()) {
    if (i < from) continue;
    const next = mentions.slice(i + 1).find(({ address }) => fold(address) !== fold(mention.address))?.line;
    const end = Math.min(Math.max(next ?? lines.length, mention.line + 1), mention.line + MOST_SAID);
    const behind = [beside(lines[mention.line] ?? '', mention), ...lines.slice(mention.line + 1, end)];
    if (next === undefined || i - from >= MOST_TOGETHER || behind.some((line) => /[\p{L}\p{N}]/u.test(line)))
      return behind;
  }
  return [];
}

/** Each address once: where it stands with an answer, else where it stands first. */
export function recipientsIn(lines: readonly string[], context: FreeContext): BounceRecipient[] {
  const mentions = mentionsIn(lines, context);
  const recipients = new Map<string, BounceRecipient>();
  for (const [i, mention] of mentions.entries()) {
    const key = fold(mention.address);
    const line = lines[mention.line] ?? '';
    const behind = wordsBehind(lines, mentions, i);
    const said = behind.some((each) => OWN_REASON.test(each))
      ? behind
      : [...reasonAbove(lines, mention.line), ...behind];
    const recipient = saidOf(
      mention.address,
      CODED.test(line) ? codedLines(lines, mention.line) : said,
      context.action,
    );
    const before = recipients.get(key);
    if (before === undefined || (before.reply === undefined && recipient.reply !== undefined))
      recipients.set(key, recipient);
  }
  for (const address of context.named)
    if (!recipients.has(fold(address))) recipients.set(fold(address), saidOf(address, lines, context.action));
  const [only] = recipients.values();
  // the answer may stand before the address: `host said: 550 …; recipient: <a@b>`
  if (recipients.size === 1 && only !== undefined && only.reply === undefined && only.address !== undefined) {
    const whole = saidOf(only.address, lines, context.action);
    if (whole.reply !== undefined) return [{ ...whole, ...(only.said === undefined ? {} : { said: only.said }) }];
    // no answer anywhere: the words beside the address, or all of them where there are none
    if (only.said === undefined && whole.said !== undefined) return [{ ...only, said: whole.said }];
  }
  return [...recipients.values()];
}

/** `(expanded from <a@b>)`, `(generated from a@b)`, `(expanded from: <a@b>)`: Postfix, Exim, Sendmail. */
const TYPED = /\((?:expanded from:?|generated from) <?([^\s<>()]{1,320})>?\)/;
/** `host mx.example.net[192.0.2.1] said:`, `host mx.example.net [192.0.2.1]`, `... while talking to mx.example.net.:` */
const SPEAKER =
  /(?:\bhost |while talking to |server for the recipient domain \S{1,255} by )([A-Za-z0-9][\w.-]{1,254}[A-Za-z0-9])/;

/** A Cisco gateway's own words before the answer of the server (see answers.ts): `Unknown address error` is said of all. */
const GATEWAY_WORDS = /(?<=\s)[45]\.\d\.\d{1,3} - [A-Za-z ]{3,40} error (?=[45]\d\d[- ]')/g;

/** What Sendmail makes of any 550, 551 or 553 to RCPT, and of any 554 (usersmtp.c smtprcpt(), sysexits.c): not the server's words. */
const MADE_OF_IT = /^\s*55\d (?:5\.\d\.\d )?[^]*\.\.\. (?:User unknown|Service unavailable)\s*$/;
const SERVER_SAID = /^\s*<<< [45]\d\d/;

function saidOf(address: string, all: readonly string[], action: BounceAction): BounceRecipient {
  const lines = all.some((line) => SERVER_SAID.test(line)) ? all.filter((line) => !MADE_OF_IT.test(line)) : all;
  const answer = answerIn(lines);
  const words = lines
    .join(' ')
    .replace(/\s+/g, ' ')
    .replace(GATEWAY_WORDS, '')
    .replace(/^[\s:;,.)>\]]+/, '')
    .trim()
    .slice(0, MOST_WORDS);
  const original = TYPED.exec(words)?.[1];
  const remote = SPEAKER.exec(words)?.[1];
  return {
    address,
    ...(original === undefined || original === address ? {} : { original }),
    action,
    ...answer,
    ...(words === '' ? {} : { said: words }),
    ...(remote === undefined || !remote.includes('.') ? {} : { remote }),
  };
}
