/**
 * What a search looks for in raw bytes: of the filters one that some raw line of every match must show.
 * Rules:  needles are ASCII, in any case. A line that holds one may still be another's (`accepts`). Lines beyond ASCII are
 *         asked whole (`acceptsForeign`): folding may make of them what the needles say (`ß` = `ss`, a domain in Unicode).
 * Errors: none: what cannot be looked for that way is undefined, and the log is read whole.
 */
import { parseAddressPattern, type AddressPattern } from '../filter/address.ts';
import { fold } from '../filter/glob.ts';
import { isIpPattern } from '../filter/ip.ts';
import { bareId } from '../filter/names.ts';
import { BETWEEN_SEPARATOR, type FilterOptions, type ListFilter } from '../filter/options.ts';
import { foldText } from '../filter/subject.ts';
import { decodeText } from '../model/frame.ts';
import { headerText } from '../util/encoded-words.ts';
import { ipQuery } from './query-ip.ts';

export interface Query {
  readonly needles: readonly Uint8Array[];
  /** a line of ASCII with a needle shows it */
  readonly isExact?: boolean;
  /** whether a line with a needle may be of a match; no is sure */
  accepts(bytes: Buffer, start: number, end: number): boolean;
  /** the same of a line with bytes beyond ASCII, needle or not */
  acceptsForeign(bytes: Buffer, start: number, end: number): boolean;
}

/** The first that is given is looked for: those that find few lines first. */
const ORDER: readonly ListFilter[] = [
  'messageId',
  'queueId',
  'quarantineId',
  'recipient',
  'sender',
  'address',
  'between',
  'user',
  'text',
  'ip',
  'relay',
  'domain',
];

const SHORTEST = 3;
/** shorter queue ids are the beginning of many */
const SHORTEST_ID = 5;
const SAFE = /^[a-z0-9!#$%&*+/=?^_{|}~.@-]+$/;

/** The query of these filters; undefined where none of them can be looked for. */
export function queryOf(options: FilterOptions): Query | undefined {
  for (const name of ORDER) {
    const values = options[name];
    if (values === undefined || values.length === 0) continue;
    const query = queryOfFilter(name, values, options.exact === true);
    if (query !== undefined) return query;
  }
  return undefined;
}

/** The query of `show ID`; undefined for an id of ours, whose hash stands in no log. */
export function queryOfId(id: string): Query | undefined {
  return /^\d{1,8}(?:-|$)/.test(id) ? undefined : wordQuery([id], SHORTEST);
}

function queryOfFilter(name: ListFilter, values: readonly string[], exact: boolean): Query | undefined {
  switch (name) {
    case 'messageId':
    case 'quarantineId':
      return wordQuery(values.map((value) => bareId(value, name)));
    case 'queueId':
      return idQuery(values.map((value) => bareId(value, name)));
    case 'text':
      return textQuery(values.map((value) => foldText(value)));
    case 'user':
      return piecesQuery(values.map((value) => fold(value.trim())));
    case 'relay':
      return relayQuery(values.map((value) => value.trim()));
    case 'ip':
      return ipQuery(values.map((value) => value.trim()));
    case 'between':
      // one of the two is the sender or the recipient: the first must be found in any case
      return addressQuery(
        values.map((value) => parseAddressPattern(value.split(BETWEEN_SEPARATOR)[0] ?? '', name, exact)),
        true,
      );
    case 'domain':
      return addressQuery(
        values.map((value) => parseAddressPattern(`@${value.trim().replace(/^@/, '')}`, name, exact)),
        true,
      );
    default:
      return addressQuery(
        values.map((value) => parseAddressPattern(value, name, exact)),
        name !== 'recipient',
      );
  }
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const isPlain = (text: string): boolean => SAFE.test(text);

/** Ids with case, as they stand. */
function wordQuery(ids: readonly string[], shortest = SHORTEST_ID): Query | undefined {
  if (ids.some((id) => id.length < shortest || !/^[!-~]+$/.test(id) || /["\\]/.test(id))) return undefined;
  const accepts = (bytes: Buffer, start: number, end: number): boolean => {
    const text = bytes.toString('latin1', start, end);
    return ids.some((id) => text.includes(id));
  };
  return { needles: ids.map(bytesOf), accepts, acceptsForeign: accepts };
}

/** Beginnings of words. */
function idQuery(ids: readonly string[]): Query | undefined {
  if (ids.some((id) => id.length < SHORTEST_ID || !/^[0-9A-Za-z-]+$/.test(id))) return undefined;
  const accepts = (bytes: Buffer, start: number, end: number): boolean => {
    const text = bytes.toString('latin1', start, end);
    return ids.some((id) => {
      for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1))
        if (at === 0 || !/[0-9A-Za-z]/.test(text[at - 1] as string)) return true;
      return false;
    });
  };
  return { needles: ids.map(bytesOf), accepts, acceptsForeign: accepts };
}

function textQuery(phrases: readonly string[]): Query | undefined {
  const needles: Uint8Array[] = [];
  for (const phrase of phrases) {
    // between words a line may have any white space
    const piece = longest(phrase.split(' '));
    if (piece.length < SHORTEST || !/^[!-~]+$/.test(piece)) return undefined;
    needles.push(bytesOf(piece));
  }
  const acceptsForeign = (bytes: Buffer, start: number, end: number): boolean => {
    const text = foldText(decodeText(bytes, start, end));
    return phrases.some((phrase) => text.includes(phrase));
  };
  const spaced = phrases.some((phrase) => phrase.includes(' '));
  const accepts = (bytes: Buffer, start: number, end: number): boolean => {
    if (spaced) return acceptsForeign(bytes, start, end);
    const text = bytes.toString('latin1', start, end).toLowerCase();
    return phrases.some((phrase) => text.includes(phrase));
  };
  return { needles, isExact: !spaced, accepts, acceptsForeign };
}

/** Names with `*`: one piece of each. */
function piecesQuery(patterns: readonly string[]): Query | undefined {
  const pieces = patterns.map((pattern) => longest(pattern.split('*')));
  if (pieces.some((piece) => piece.length < SHORTEST || !isPlain(piece))) return undefined;
  const accepts = (bytes: Buffer, start: number, end: number): boolean => {
    const text = fold(decodeText(bytes, start, end));
    return pieces.some((piece) => text.includes(piece));
  };
  return {
    needles: pieces.map(bytesOf),
    accepts,
    acceptsForeign: accepts,
  };
}

function relayQuery(values: readonly string[]): Query | undefined {
  const ips = values.filter(isIpPattern);
  if (ips.length === values.length) return ipQuery(values);
  return ips.length > 0 ? undefined : piecesQuery(values.map((value) => fold(value).replace(/^\./, '')));
}

/** A longest piece. */
function longest(pieces: readonly string[]): string {
  return pieces.reduce((best, piece) => (piece.length > best.length ? piece : best), '');
}

/** What the log shows of addresses that fit; `sender`: a rewritten sender and a header From fit too. */
function addressQuery(patterns: readonly AddressPattern[], sender: boolean): Query | undefined {
  const shown: { piece: string; pattern: AddressPattern }[] = [];
  for (const pattern of patterns) {
    const piece = pieceOf(pattern);
    if (piece === undefined || piece.length < SHORTEST || !isPlain(piece)) return undefined;
    shown.push({ piece, pattern });
  }
  const fits = (text: string): boolean =>
    shown.some(({ piece, pattern }) =>
      pattern.kind === 'whole' ? hasWhole(text, piece, pattern.text) : text.includes(piece),
    );
  const hides = (text: string): boolean => {
    if (!sender || !text.includes('=?')) return false;
    if (/^[ \t]/.test(text)) return true;
    return /from:/i.test(text) && fits(fold(headerText(text)));
  };
  return {
    needles: [...shown.map(({ piece }) => bytesOf(piece)), ...(sender ? [bytesOf('=?')] : [])],
    accepts: (bytes, start, end) => {
      const raw = bytes.toString('latin1', start, end);
      const text = raw.toLowerCase();
      return fits(text) || hides(raw);
    },
    acceptsForeign: (bytes, start, end) => {
      const text = decodeText(bytes, start, end);
      const folded = fold(text);
      // a domain in Unicode may be any
      return shown.some(({ piece }) => folded.includes(piece)) || /@[^\s>,;@]*[^\0-\x7f]/.test(text) || hides(text);
    },
  };
}

/** What surely stands in the bytes of every address that fits. */
function pieceOf({ kind, text }: AddressPattern): string | undefined {
  switch (kind) {
    case 'whole':
    case 'user':
      // the domain may be missing, and of a rewritten sender it stands elsewhere
      return text.slice(0, text.lastIndexOf('@'));
    case 'domain':
    case 'domains':
      return /xn--/.test(text) ? undefined : text.replace(/^@?\.?/, '');
    case 'glob':
      return longest(text.split(/[*@]/));
    case 'word':
      return text;
    default:
      return undefined;
  }
}

const WORD_BEFORE = /[a-z0-9._-]/;

/** Whether the (folded) line may hold that address: with a tag, without its domain, rewritten. */
function hasWhole(text: string, user: string, whole: string): boolean {
  for (let at = text.indexOf(user); at >= 0; at = text.indexOf(user, at + 1)) {
    const before = at === 0 ? '' : (text[at - 1] as string);
    if (WORD_BEFORE.test(before)) continue;
    const end = at + user.length;
    const next = text[end] ?? '';
    if (next === '@' && before !== '=') {
      const domain = text.slice(end, at + whole.length);
      if (domain === whole.slice(user.length)) return true;
    } else if (!/[a-z0-9_-]/.test(next) && !(next === '.' && /[a-z0-9]/.test(text[end + 1] ?? ''))) return true;
  }
  return false;
}
