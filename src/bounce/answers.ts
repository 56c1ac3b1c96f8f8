/**
 * A stretch of a report's text -> the answer that stands in it: the words of the server that refused, with its codes.
 * Shape:  `<<< 550 5.1.1 …` (Sendmail, Courier), `said: 550 …` (Postfix), `SMTP error from remote mail server … 550 …` (Exim),
 *         `#5.1.1 smtp;550 …` (Exchange 2003), `The response from the remote server was:` (Gmail), `Reported error: 550 …`.
 * Errors: none; undefined where no line has a code.
 */

const MOST_TEXT = 2000;
/** A reply code with what follows it: an enhanced code or words. Numbers of other things (`550 bytes`) have no such front. */
const REPLY =
  /(?:^|[\s:;,>("'#[=])([45][0-5]\d)(?:[- ]{1,3}\s{0,8}#?(?:[245]\.\d{1,3}\.\d{1,3}|[A-Za-z<"'[(*\u0080-\uffff])|\s*$)/;
const ENHANCED = /(?:^|[\s:;,>("'#[=])([45]\.\d{1,3}\.\d{1,3})(?![\d.])/;
/** The same, but not where a text for people speaks of it (`see error code 5.1.10 in Office 365`). */
const TOLD = /(?<!\b(?:codes?|DSN|[45]\d\d))(?:^|[\s:;,>("'#[=])([45]\.\d{1,3}\.\d{1,3})(?![\d.])(?! in )/;
/** What a client sent, and rulers: no answers. */
const NO_ANSWER = /^\s*(?:>>> |sent >>>|-{5,}|={5,}|\.\.\. while talking to)/i;
/** A line behind an answer that is no more of it. */
const NEXT =
  /^\s*(?:<?[^\s<>@]{1,64}@[^\s<>@]{1,255}>?:?\s*$|>>> |<<< [2345]|-{4,}|={4,}|\.\.\. |(?:[A-Z][A-Za-z]+-[A-Za-z-]+|Subject|Date|From|To|Reason|Action|Status):\s|final-log-id|_{5,})/;
/** Exchange puts 5.5.0 before any answer that it does not know better: `#5.5.0 smtp;554 …`. */
const MADE_BY_EXCHANGE = /#5\.5\.0 smtp;/i;
const GOOD_TALK = /^\s*<<<\s*[23]\d\d/;

/** qmail-send.c and qmail-remote.c put these behind the answer. */
const GIVEN_UP = /Giving up on [\d.a-f:]{2,45}$/;
const TOO_LONG = "I'm not going to try again; this message has been in the queue too long.";

function withoutGivenUp(reply: string): string {
  let text = reply.trimEnd();
  if (text.endsWith(TOO_LONG)) text = text.slice(0, -TOO_LONG.length).trimEnd();
  text = text.replace(GIVEN_UP, '').trimEnd();
  return (text.endsWith(')') ? text.slice(0, -1) : text).trimEnd();
}

export interface Answer {
  readonly reply: string;
  readonly code?: string;
  readonly dsn?: string;
}

interface Found {
  readonly at: number;
  readonly index: number;
}

function firstWith(pattern: RegExp, lines: readonly string[]): Found | undefined {
  for (const [at, line] of lines.entries()) {
    if (NO_ANSWER.test(line) || GOOD_TALK.test(line)) continue;
    const found = pattern.exec(line.slice(0, MOST_TEXT));
    if (found !== null) return { at, index: found.index + found[0].indexOf(found[1] ?? '') };
  }
  return undefined;
}

/** Cisco's gateways put the server's answer behind their own words: `5.1.0 - Unknown address error 550-'5.4.1 …' (delivery attempts: 0)`. */
const WRAPPED =
  /^[45]\.\d{1,3}\.\d{1,3} - [A-Za-z ]{3,60} ([45]\d\d)[- ]'(.{3,})'(?:\s*\(delivery attempts: \d+\))?\.?\s*$/s;

/** The answer in the words of the server that gave it. */
export function plainAnswer(reply: string): string {
  const [, code, words] = WRAPPED.exec(reply.trim()) ?? [];
  return code === undefined || words === undefined ? reply : `${code} ${words}`;
}

function firstCoded(lines: readonly string[]): Found | undefined {
  const found = firstWith(REPLY, lines);
  // `Status code: 550 5.1.10` and nothing more: the words may follow
  const line = found === undefined ? '' : (lines[found.at] ?? '');
  if (found === undefined || !/\bcode:?\s+[45]\d\d [245]\.\d{1,3}\.\d{1,3}\s*$/i.test(line)) return found;
  const again = firstWith(REPLY, lines.slice(found.at + 1));
  return again === undefined ? found : { at: again.at + found.at + 1, index: again.index };
}

/** The answer of the first line with a reply code, else with an enhanced code, and the lines that go on with it. */
export function answerIn(lines: readonly string[]): Answer | undefined {
  const coded = firstCoded(lines);
  const enhanced = firstWith(coded === undefined ? ENHANCED : TOLD, lines);
  // `#5.1.1 smtp;550 …` and `5.1.1 (bad mailbox)`: whichever stands first, a reply code on the same line wins
  const found = coded === undefined || (enhanced !== undefined && enhanced.at < coded.at) ? enhanced : coded;
  if (found === undefined) return undefined;
  const chosen = found === enhanced && coded !== undefined && coded.at - found.at <= 2 ? coded : found;
  // `Sorry, no mailbox here by that name. (#5.1.1)`: the words stand before an enhanced code
  const from = chosen === coded ? chosen.index : 0;
  let reply = (lines[chosen.at] ?? '')
    .slice(from, from + MOST_TEXT)
    .replace(/^[\s<>:]+/, '')
    .trim();
  for (let i = chosen.at + 1; i < lines.length && reply.length < MOST_TEXT; i++) {
    const line = lines[i] ?? '';
    if (line.trim() === '' || NEXT.test(line)) break;
    reply += ` ${line.trim().replace(/^<<<\s*/, '')}`;
  }
  reply = plainAnswer(withoutGivenUp(reply.slice(0, MOST_TEXT)));
  const code = /^([245]\d\d)(?!\d|\.)/.exec(reply)?.[1];
  const own = /(?:^|[-\s:;,>("'#[=])([45]\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(reply)?.[1];
  const other = own === undefined ? firstWith(ENHANCED, lines) : undefined;
  const line = other === undefined ? '' : (lines[other.at] ?? '');
  const dsn = own ?? (MADE_BY_EXCHANGE.test(line) ? undefined : ENHANCED.exec(line)?.[1]);
  return { reply, ...(code === undefined ? {} : { code }), ...(dsn === undefined ? {} : { dsn }) };
}
