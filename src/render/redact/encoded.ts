/**
 * Base64 and hexadecimal runs that hold text with a name in it: SASL answers in error lines (`AUTH PLAIN AGJvYg…`).
 * What decodes to bytes that are no text (ids, digests) stays.
 */
import type { Piece } from './pieces.ts';
import { sweep, whole } from './pieces.ts';
import type { Pseudonyms } from './pseudonyms.ts';

const BASE64 = /(?<![\w+/=])[A-Za-z0-9+/]{4,}={0,2}(?![\w+/=])/g;
const HEX = /(?<![\w])(?:[0-9a-f]{2}){6,}(?![\w])/gi;
/** One line of readable text; NUL parts the names of AUTH PLAIN (RFC 4616). */
const READABLE = /^[\0 -~]+$/;
const LONGEST = 4096;

/** `redact`: of the text inside; what it changes, was a name. */
export function encodedTexts(names: Pseudonyms, before: Piece[], redact: (text: string) => string): Piece[] {
  const replaced = (coded: string, bytes: Buffer): string | undefined => {
    if (coded.length > LONGEST) return undefined;
    const text = bytes.toString('latin1');
    if (!READABLE.test(text) || !/[A-Za-z]/.test(text)) return undefined;
    const isPlain = text.includes('\0') && text.length > 4;
    return isPlain || redact(text.replaceAll('\0', ' ')) !== text.replaceAll('\0', ' ')
      ? names.token('text', text)
      : undefined;
  };
  const base64 = sweep(before, BASE64, (match) => {
    const coded = match[0];
    // text in base64 has small and large letters, and where it is short a digit or a sign, too: words have not
    if (/^(?:[A-Za-z]?[a-z]*|[A-Z]*|\d*|[a-z]+(?:\/[a-z]+)*)$/.test(coded)) return undefined;
    const token = replaced(coded, Buffer.from(coded, 'base64'));
    return token === undefined ? undefined : whole(match, token);
  });
  return sweep(base64, HEX, (match) => {
    const token = replaced(match[0], Buffer.from(match[0], 'hex'));
    return token === undefined ? undefined : whole(match, token);
  });
}
