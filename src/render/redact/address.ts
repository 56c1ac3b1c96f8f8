/**
 * Addresses to pseudonyms, part by part, so that what belongs together stays so: `bob+news@` keeps the token of `bob@`, the
 * person in `SRS0=hash=tt=example.net=bob@relay` and in `bounce-bob=example.net@list` is the one of `bob@example.net`.
 * Source: RFC 5321 section 4.1.2 (local parts, quoted or not; address literals); for the rewritten forms filter/unwrap.ts.
 */
import type { Pseudonyms } from './pseudonyms.ts';

/** What parts the pieces of a local part: all but letters, digits, `.`, `_` and `-`. */
const SEPARATOR = /([^\p{L}\p{M}\p{N}._-]+)/u;

/** Schemes that put another address into a local part; their tags are hashes and dates. */
const SCHEME = /^(?:srs[01]|prvs|btv1|msprvs1)$/i;

/** Words before `=` or `:` that are no part of an address: `rcpt=bob@example.com`. */
const KEYS =
  /^(?:to|from|rcpt|rcpts|rcptto|mailfrom|sender|recipient|recipients|user|username|login|addr|address|orig_to|ctladdr|sasl_username|sasl_sender|helo|ehlo|client|id|msgid|mid|message-id|mail|smtp|auth|header|d|i|a|u|f|p|x|s|for|mailto|rfc822|email|identity|postmaster|spf|reason|arg\d|env_from|env_to|envfrom|envto|sendermail|return-path)$/i;

function isDomain(text: string): boolean {
  return /\.[\p{L}][\p{L}\p{N}-]+$/u.test(text);
}

function withoutQuotes(local: string): string {
  const inner = /^"(.*)"$/s.exec(local)?.[1];
  return inner === undefined ? local : inner.replace(/\\(.)/gs, '$1');
}

/** What stands before the `@`. */
export function localToken(names: Pseudonyms, local: string): string {
  const bare = withoutQuotes(local);
  if (bare === '') return local;
  if (/[\s@<>"\\,;]/.test(bare)) return names.token('user', bare);
  const pieces = bare.split(SEPARATOR);
  if (pieces.length === 1) return names.token('user', bare);
  const [first = '', sign = ''] = pieces;
  if (/^[=:]/.test(sign) && KEYS.test(first))
    return first + sign + localToken(names, bare.slice(first.length + sign.length));
  const isScheme = SCHEME.test(first.split('-', 1)[0] ?? '');
  return pieces
    .map((piece, i) => {
      if (piece === '' || i % 2 === 1) return piece;
      const isLast = i === pieces.length - 1;
      const next = pieces[i + 1] ?? '';
      if (isScheme) return schemePiece(names, piece, i === 0, isLast);
      if ((i > 0 || next.startsWith('!')) && isDomain(piece)) return names.host(piece);
      return names.token('user', piece);
    })
    .join('');
}

function schemePiece(names: Pseudonyms, piece: string, isFirst: boolean, isLast: boolean): string {
  if (isFirst)
    return SCHEME.test(piece)
      ? piece
      : piece.replace(/^([^-]+-)(.*)$/s, (_, scheme: string, tag: string) => scheme + names.token('tag', tag));
  if (isLast) return names.token('user', piece);
  return isDomain(piece) ? names.host(piece) : names.token('tag', piece);
}

/** What stands after the `@`: a name, or a literal in brackets. */
export function domainToken(names: Pseudonyms, domain: string): string {
  const literal = /^\[(IPv6:)?([^\]]*)\]?$/i.exec(domain);
  if (literal === null) return names.host(domain);
  return `[${literal[1] ?? ''}${names.ip(literal[2] ?? '')}]`;
}

/** A whole address, or what stands in place of one: a login, a local part alone. `''` (the null sender) stays. */
export function addressToken(names: Pseudonyms, address: string): string {
  const at = address.lastIndexOf('@');
  if (at < 0) return localToken(names, address);
  return `${localToken(names, address.slice(0, at))}@${domainToken(names, address.slice(at + 1))}`;
}
