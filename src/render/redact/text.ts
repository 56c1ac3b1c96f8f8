/**
 * Any text of a log to the same text with pseudonyms: addresses, hosts and IP addresses by their shape, people, hosts and
 * subjects by the word before them (keyed.ts) and by what the message tells of itself (known.ts).
 * Shape:  in order: phrases of the message, subjects, addresses, host names, IP addresses, names by key, words of the message.
 * Limits: each pattern is linear; what is replaced once is not looked at again.
 */
import { isIP, isIPv4, isIPv6 } from 'node:net';
import { headerText } from '../../util/encoded-words.ts';
import { addressToken, domainToken, localToken } from './address.ts';
import { encodedTexts } from './encoded.ts';
import type { KeyedKind } from './keyed.ts';
import { NAME_SHAPES, STAMPED_HOST, SUBJECT_SHAPES } from './keyed.ts';
import type { Known } from './known.ts';
import { NOTHING_KNOWN } from './known.ts';
import type { Cut, Match, Piece } from './pieces.ts';
import { joined, sweep, value, whole } from './pieces.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { isFileEnding, isLogWord } from './vocabulary.ts';

const LOCAL = String.raw`[^\s<>()\[\],;:"\\@\p{Cc}]`;
const DOMAIN = String.raw`(?:\[[^\]\s]{1,80}\]|[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)*)`;
export const IN_BRACKETS = /<(?<local>[^<>]{1,500})@(?<domain>[^<>@\s]{1,255})>/dgu;
export const QUOTED = new RegExp(String.raw`(?<local>"(?:[^"\\]|\\.){1,200}")@(?<domain>${DOMAIN})`, 'dgu');
export const ADDRESS = new RegExp(String.raw`(?<!${LOCAL})(?<local>${LOCAL}+)@(?<domain>${DOMAIN})`, 'dgu');
/** RFC 3461 xtext, percent and quoted-printable forms, and what Python, C and HTML write for `@`. */
export const CODED_AT = new RegExp(
  String.raw`(?<![\p{L}\p{N}._=+-])(?<local>[\p{L}\p{N}._=+-]+?)(?:%40|\+40|=40|&#(?:64|x40);|\\x40|\\100|\\u0040)(?<domain>[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*)`,
  'dgiu',
);
export const CODED_SIGN = /%40|\+40|=40|&#(?:64|x40);|\\(?:x40|100|u0040)/i;
/** Not multilog's stamps (TAI64N). */
const AT_DOMAIN = new RegExp(String.raw`@(?!4[\da-f]{23}\b)(?<v>${DOMAIN})`, 'dgu');
/** From the first part on: a name that ends nowhere is not tried again from each of its parts. */
const HOST =
  /(?<![\p{L}\p{M}\p{N}_-])(?<![\p{L}\p{M}\p{N}_-]\.)(?:[\p{L}\p{M}\p{N}_-]+\.)+(?:xn--[\p{N}\p{L}-]+|\p{L}[\p{L}\p{M}-]+)(?![\p{L}\p{M}\p{N}_])/gu;
const IPV4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)/gu;
const IPV6 = /(?<![\p{L}\p{N}:.])(?:IPv6:)?(?=[\da-f]*:[\da-f]*:)[\da-f:]+(?:[\d.]+)?(?:%\w+)?/giu;
export const WORD = /[\p{L}\p{M}\p{N}_](?:[\p{L}\p{M}\p{N}_.'+=-]*[\p{L}\p{M}\p{N}_])?/gu;
const PART = /[\p{L}\p{M}\p{N}]+/gu;

/** Sender and recipient names that are no hosts: Postfix' transports and `unknown`. */
const NO_HOST = /^(?:unknown|none|local|virtual|discard|error|undefined|null|-)$/i;

export interface TextContext {
  readonly known?: Known | undefined;
  /** the host that a raw line is of */
  readonly host?: string | undefined;
}

/** Longer texts are redacted in parts, so that no pattern has more to look at. */
const LONGEST = 4096;
/** No name is longer: what has no blank or bracket for so long is one token. */
const LONGEST_RUN = 1024;
const RUN = /[^\s<>()[\],;:"]+/g;
const PART_OF_LONG = new RegExp(String.raw`[^]{1,${LONGEST - LONGEST_RUN}}[^\s<>()\[\],;:"]{0,${LONGEST_RUN}}`, 'g');

/** One text. */
export function redactText(names: Pseudonyms, text: string, context: TextContext = {}): string {
  if (text.length <= LONGEST) return text === '' ? text : redactShort(names, text, context);
  const runs = text.replace(RUN, (run) => (run.length < LONGEST_RUN ? run : names.token('text', run)));
  return (runs.match(PART_OF_LONG) ?? []).map((part) => redactShort(names, part, context)).join('');
}

function redactShort(names: Pseudonyms, text: string, { known = NOTHING_KNOWN, host }: TextContext): string {
  let pieces: Piece[] = [text];
  if (host !== undefined && !names.keepsHosts)
    pieces = sweep(pieces, STAMPED_HOST, (match) =>
      match.groups?.['v'] === host ? value(match, (v) => names.host(v)) : undefined,
    );
  const lower = text.toLowerCase();
  const hasAny = (hints: readonly string[]): boolean => hints.some((hint) => lower.includes(hint));
  pieces = sweepPhrases(names, pieces, known, lower);
  for (const { kind, hints, pattern } of SUBJECT_SHAPES) {
    if (!hasAny(hints)) continue;
    pieces = sweep(pieces, pattern, (match) => value(match, (v) => keyedToken(names, kind, v, known)));
  }
  pieces = sweepAddresses(names, pieces, text);
  pieces = sweepHosts(names, pieces, known);
  for (const { kind, hints, pattern } of NAME_SHAPES)
    if (hasAny(hints)) pieces = sweep(pieces, pattern, (match) => nameCut(names, kind, match, known));
  pieces = encodedTexts(names, pieces, (inner) => redactText(names, inner, { known }));
  return joined(sweepWords(names, pieces, known));
}

function sweepPhrases(names: Pseudonyms, before: Piece[], { phrases }: Known, lower: string): Piece[] {
  let pieces = before;
  for (const phrase of phrases) {
    const { text, kind } = phrase;
    // quotes may be doubled or escaped
    const head = text.toLowerCase().split('"', 1)[0] ?? '';
    if ((kind === 'host' && names.keepsHosts) || !lower.includes(head)) continue;
    phrase.pattern ??= patternOf(phrase);
    const token = kind === 'address' ? addressToken(names, text) : names.token(kind, text.trim());
    pieces = sweep(pieces, phrase.pattern, (match) => whole(match, token));
  }
  return pieces;
}

/** Its quotes all doubled (CSV), all escaped, or as they are: each in its own way would be more ways than a text has letters. */
function patternOf({ text, isCell }: Known['phrases'][number]): RegExp {
  const escaped = text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  const ways = new Set(['""', String.raw`\\"`, '"'].map((quote) => escaped.replaceAll('"', quote)));
  const any = `(?:${[...ways].join('|')})`;
  return new RegExp(isCell === true ? `(?<=[,"'\\t])${any}(?=[,"'\\t]|$)` : any, 'giu');
}

function sweepAddresses(names: Pseudonyms, before: Piece[], text: string): Piece[] {
  const cut = (match: Match): Cut | undefined => {
    const { local = '', domain = '' } = match.groups ?? {};
    const [start] = match.indices?.groups?.['local'] ?? [match.index];
    const [, end] = match.indices?.groups?.['domain'] ?? [0, match.index + match[0].length];
    const between = match[0].slice(
      start - match.index + local.length,
      match[0].length - (match.index + match[0].length - end) - domain.length,
    );
    return { start, end, text: `${localToken(names, local)}${between}${domainToken(names, domain)}` };
  };
  let pieces = before;
  if (text.includes('@')) for (const pattern of [IN_BRACKETS, QUOTED, ADDRESS]) pieces = sweep(pieces, pattern, cut);
  if (CODED_SIGN.test(text)) pieces = sweep(pieces, CODED_AT, cut);
  return names.keepsHosts || !text.includes('@')
    ? pieces
    : sweep(pieces, AT_DOMAIN, (match) => value(match, (v) => domainToken(names, v)));
}

function sweepHosts(names: Pseudonyms, before: Piece[], { ids, words }: Known): Piece[] {
  let pieces = before;
  pieces = sweep(pieces, HOST, (match) => {
    const name = match[0];
    if (ids.has(name)) return undefined;
    if (words.get(name.toLowerCase())?.kind === 'user') return whole(match, localToken(names, name));
    const dot = name.lastIndexOf('.');
    if (!isFileEnding(name.slice(dot + 1))) return whole(match, names.host(name));
    // help/example.net.html: a host before the ending of a file
    const host = name.slice(0, dot);
    return host.includes('.') ? { start: match.index, end: match.index + dot, text: names.host(host) } : undefined;
  });
  pieces = sweep(pieces, IPV4, (match) => (isIPv4(match[0]) ? whole(match, names.ip(match[0])) : undefined));
  return sweep(pieces, IPV6, (match) => {
    const all = match[0];
    const [prefix = ''] = /^ipv6:/i.exec(all) ?? [];
    for (let end = all.length; end > prefix.length + 1; end--) {
      const address = all.slice(prefix.length, end);
      if (!isIPv6(address)) continue;
      // `:25` behind an address is a port, and belongs to none
      return { start: match.index, end: match.index + end, text: prefix + names.ip(address) };
    }
    return undefined;
  });
}

function nameCut(names: Pseudonyms, kind: KeyedKind, match: Match, known: Known): Cut | undefined {
  const text = match.groups?.['v'] ?? '';
  if (known.ids.has(text) || isToken(text)) return undefined;
  if (kind === 'host' && (names.keepsHosts || NO_HOST.test(text) || !/[\p{L}\p{N}]/u.test(text))) return undefined;
  if (kind === 'host' && /^(?:from|to|by|with|host|client|smtp|smtpd|postscreen|private|IPv6)$/i.test(text))
    return undefined;
  if (kind === 'user' && (/^(?:\d{1,6}|<>|-|unknown|none|null|any|[|/:].*)$/i.test(text) || isDaemonUser(match, text)))
    return undefined;
  return value(match, (v) => keyedToken(names, kind, v, known));
}

/** `user not specified`, `for user`: words, no names; the key is a word of prose there. */
function isDaemonUser(match: Match, text: string): boolean {
  return (
    match[0].slice(0, match[0].indexOf(text)).endsWith(' ') &&
    isLogWord(text) &&
    !/^(?:<=|[=-]>|>>|\*\*|==)/.test(match[0]) &&
    !/[<(]/.test(match[0])
  );
}

/** What was put there already: a pattern saw its neighbours only. */
function isToken(text: string): boolean {
  return /^(?:user|host|dom|subject|name|text|file)-[a-z2-9]{7}$/.test(text);
}

/** The value behind a key. */
function keyedToken(names: Pseudonyms, kind: KeyedKind, text: string, known: Known): string {
  switch (kind) {
    case 'subject':
      return subjectToken(names, text);
    case 'people':
      return peopleToken(names, text);
    case 'host':
      return isIP(text) === 0 ? names.host(text) : names.ip(text);
    case 'user':
    case 'id':
      return addressToken(names, text);
    case 'paths':
      return pathToken(names, text);
    case 'text':
      return names.token('text', text);
    default:
      return redactText(names, text, { known });
  }
}

/** As it reads, so that the raw and the decoded form of a subject have one token. */
export function subjectToken(names: Pseudonyms, raw: string): string {
  const text = headerText(raw).trim();
  return text === '' ? raw : names.token('subject', text);
}

/** `"Bob Smith" <bob@example.com>`: addresses, and one name for the words before each. */
export function peopleToken(names: Pseudonyms, text: string): string {
  const decoded = headerText(text);
  const addresses = sweepAddresses(names, [decoded], decoded);
  const pieces = sweep(addresses, /[^<>,"\s][^<>,"]*[^<>,"\s]|[^<>,"\s]/gu, (match) =>
    whole(match, names.token('name', match[0])),
  );
  return joined(pieces);
}

/** Mailbox paths below /home and the like: each part but those that any mailbox has. */
function pathToken(names: Pseudonyms, text: string): string {
  return text
    .split('/')
    .map((part) =>
      part === '' || /^\.|^(?:Maildir|maildir|new|cur|tmp|mail|INBOX|mailbox|mbox|sieve|home|local)$/.test(part)
        ? part
        : names.token('user', part),
    )
    .join('/');
}

function sweepWords(names: Pseudonyms, pieces: Piece[], { words, ids }: Known): Piece[] {
  if (words.size === 0) return pieces;
  const tokenOf = (word: string): string | undefined => {
    const found = words.get(word.toLowerCase());
    if (found === undefined || (found.kind === 'host' && names.keepsHosts)) return undefined;
    return found.kind === 'host' ? names.host(found.text) : localToken(names, found.text);
  };
  const long = sweep(pieces, WORD, (match) => {
    if (ids.has(match[0])) return whole(match, match[0]);
    const token = tokenOf(match[0]);
    return token === undefined ? undefined : whole(match, token);
  });
  return sweep(long, PART, (match) => {
    const token = tokenOf(match[0]);
    return token === undefined ? undefined : whole(match, token);
  });
}
