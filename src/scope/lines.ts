/**
 * The raw lines of a mail to those that may be shown: a line that names somebody who is not to be named is left out, or, where
 * it names a recipient that is shown too, rewritten. In a mail that lost recipients a line about a delivery is shown only where
 * it names one that is left.
 */
import { isUtf8 } from 'node:buffer';
import { decodeText } from '../model/frame.ts';
import type { Message } from '../model/message.ts';
import { HIDDEN, trimJson, trimText } from './text.ts';
import type { Names } from './names.ts';

/** Words of lines that tell of one recipient, in any daemon's way: what has none is about the mail as a whole. */
const OF_RECIPIENT =
  /\b(?:orig_to|to|rcpt\w*|recip\w*|stat|status|dsn|mailbox|maildir|sieve|alias\w*|forward\w*|redirect\w*|deliver\w*|lmtp|lda|save[ds]?|stored|vacation|bounce[ds]?|refused|reject\w*|user)\b|[-=]> |>> |\*\* |== /i;
/** How many recipients there were, and what else a session brought: postfix smtpd disconnect, qmgr; Sendmail. */
const COUNTERS = /\b(nrcpts?|rcpts?|mail|data|commands|bdat|unknown)=\d+(?:\/\d+)?/g;
const COUNTS_SESSION = /\b(?:disconnect|lost connection|timeout after)\b/;

/** A table with `;` between its cells: one that is empty, or one that was hidden. */
function hasCells(text: string): boolean {
  if (/(?:^|[,"\t]);/.test(text)) return true;
  return text.split(/\s+/).some((word) => {
    const [first, last] = [word.indexOf(HIDDEN), word.lastIndexOf(HIDDEN)];
    return first >= 0 && (word.lastIndexOf(';') > first || word.slice(0, last).includes(';'));
  });
}

/** The text of a line as it may be shown; undefined: it is left out. */
function trimLine(line: string, message: Message, names: Names): string | undefined {
  const { text, isCut, namesRecipient } = trimJson(line, names) ?? trimText(line, names);
  const isTable = isCut && line.includes(';') && hasCells(text);
  if (isCut && (!namesRecipient || isTable)) return undefined;
  const { hidden } = message;
  if (hidden !== undefined && !namesRecipient && OF_RECIPIENT.test(line.replace(COUNTERS, ''))) return undefined;
  return hidden !== undefined || COUNTS_SESSION.test(text) ? text.replace(COUNTERS, `$1=${HIDDEN}`) : text;
}

/** The same of its bytes. */
export function trimBytes(bytes: Uint8Array, message: Message, names: Names): Uint8Array | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = decodeText(buffer, 0, buffer.length);
  const shown = trimLine(text, message, names);
  if (shown === undefined || shown === text) return shown === undefined ? undefined : bytes;
  return Buffer.from(shown, isUtf8(buffer) ? 'utf8' : 'latin1');
}
