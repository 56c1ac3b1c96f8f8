/**
 * Addresses in rspamd_task_write_log(): `from: <a@b>`, `rcpts: <b@c,d@e>`. They stand there without the quotes that they were
 * sent with, so that a local part may hold all that ends them: `rcpts: <x <victim@d>, y@c,b@c>`.
 *
 * Source: src/libserver/task.c rspamd_task_log_metric_res(), rspamd_task_write_emails_list() (addresses with `,` between).
 */
import { indexOf, indexOfByte, lastIndexOf, lit, startsAt } from '../postfix/bytes.ts';
import { closingAngle } from '../values.ts';

const METRIC = lit('>, (');
const AT = 0x40;
const COMMA = 0x2c;

/** Whether bytes[a, b) holds what only a quoted local part may hold. */
export function isStrange(bytes: Uint8Array, a: number, b: number): boolean {
  for (let i = a; i < b; i++) {
    const c = bytes[i];
    if (c === 0x20 || c === 0x22 || c === 0x3c || c === 0x3e || c === 0x5c) return true;
  }
  return false;
}

/**
 * Place of the `>` that closes the value at `a`: the first where the value needs no quotes, else the only one before the
 * metric, or the last of the line before a key. -1 where there are several.
 */
export function valueEnd(bytes: Uint8Array, a: number, end: number): number {
  const first = bytes[a] === 0x22 ? closingAngle(bytes, a, end) : indexOfByte(bytes, a, end, 0x3e);
  if (first < 0) return -1;
  // of a value that needs no quotes, the administrator may have put anything behind it
  if (bytes[a] === 0x22 || !isStrange(bytes, a, first)) return first;
  const metric = indexOf(bytes, a, end, METRIC);
  if (metric >= 0) return lastIndexOf(bytes, a, end, METRIC) === metric ? metric : -1;
  let found = -1;
  for (let at = first; at >= 0; at = indexOfByte(bytes, at + 1, end, 0x3e)) {
    if (!endsValue(bytes, at, end)) continue;
    if (found >= 0) return found;
    found = at;
    if (at + 1 >= end) return found;
  }
  return found;
}

/** What stands behind addresses in the default log_format (conf/logging.inc, task.c); `(` begins the metric. */
const NEXT = ['(', 'mime_rcpt', 'file: ', 'forced: ', 'settings_id: ', 'user: ', 'len: ', 'time: '].map(lit);

/** `>` at the end, or before what may follow. */
function endsValue(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 1 >= end) return true;
  if (bytes[at + 1] !== COMMA || bytes[at + 2] !== 0x20) return false;
  return NEXT.some((word) => startsAt(bytes, at + 3, end, word));
}

/** Whether a piece between commas is no address: a local part holds a comma. */
export function hasBarePiece(bytes: Uint8Array, a: number, b: number): boolean {
  let isBare = true;
  for (let i = a; i <= b; i++) {
    if (i < b && bytes[i] !== COMMA) isBare &&= bytes[i] !== AT;
    else if (isBare) return true;
    else isBare = true;
  }
  return false;
}

/** A list with a local part in quotes: another version, or somebody's own log_format. */
const HAS_QUOTES = /(?:^|,)"(?:[^"\\]|\\.)*"@/su;

const DOMAIN = /^@[^\s@<>"\\,()[\]]+$/u;
const LITERAL = /^@\[[^\]\s]*\]$/u;

/** Whether it ends in what an address ends in: a domain, or an address literal. */
function hasDomain(piece: string): boolean {
  const at = piece.lastIndexOf('@');
  if (at < 0) return false;
  if (DOMAIN.test(piece.slice(at))) return true;
  const open = piece.lastIndexOf('@[');
  return open >= 0 && LITERAL.test(piece.slice(open));
}

/**
 * The list as other servers write it: `, ` between, a local part in quotes where it needs them. A piece without a domain is
 * the beginning of a local part that holds a comma; what has none to the end of the list is no address.
 */
export function quotedList(text: string): string {
  if (HAS_QUOTES.test(text)) return text;
  const list: string[] = [];
  let open = '';
  for (const piece of text.split(',')) {
    open = open === '' ? piece : `${open},${piece}`;
    if (!hasDomain(piece)) continue;
    list.push(quoted(open));
    open = '';
  }
  return list.join(', ');
}

function quoted(address: string): string {
  const bytes = Buffer.from(address);
  if (!isStrange(bytes, 0, bytes.length) && !address.includes(',')) return address;
  const at = address.lastIndexOf('@');
  return `"${address.slice(0, at).replaceAll(/["\\]/gu, String.raw`\$&`)}"${address.slice(at)}`;
}
