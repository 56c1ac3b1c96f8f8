/**
 * Texts that come again and again (addresses, host names, relays) as one string each: cheaper than making them anew,
 * and what is kept of a million mails holds each of them once.
 * A direct-mapped cache: bounded, and what it forgets is only made again. The bytes stand beside the strings, because
 * bytes are compared four at a time.
 */
import { wordView } from './word-view.ts';

const SLOTS = 8192;
const LONGEST = 96;
const WORD = 4;

const texts: string[] = new Array<string>(SLOTS).fill('');
const known = new Uint8Array(SLOTS * LONGEST);
const knownWords = new DataView(known.buffer);

/** bytes[a, b) as a string if it is short ASCII that was seen lately, or is made now; undefined: not for this cache. */
export function internAscii(bytes: Buffer, a: number, b: number): string | undefined {
  const length = b - a;
  if (length > LONGEST || length <= 0) return undefined;
  if (length < WORD) return internShort(bytes, a, b);
  const words = wordView(bytes);
  const tail = length - WORD;
  // the last word may overlap the one before it
  const end = words.getInt32(a + tail, true);
  let seen = end;
  let h = Math.imul(length ^ end, 0x9e3779b1);
  for (let i = 0; i < tail; i += WORD) {
    const word = words.getInt32(a + i, true);
    seen |= word;
    h = Math.imul(h ^ (h >>> 15) ^ word, 0x85ebca6b);
  }
  const slot = (h ^ (h >>> 16)) & (SLOTS - 1);
  const text = texts[slot] as string;
  const at = slot * LONGEST;
  if (text.length === length && end === knownWords.getInt32(at + tail, true)) {
    let i = 0;
    while (i < tail && words.getInt32(a + i, true) === knownWords.getInt32(at + i, true)) i += WORD;
    if (i >= tail) return text;
  }
  if ((seen & 0x80808080) !== 0) return undefined;
  const made = bytes.toString('latin1', a, b);
  texts[slot] = made;
  for (let i = 0; i < tail; i += WORD) knownWords.setInt32(at + i, words.getInt32(a + i, true), true);
  knownWords.setInt32(at + tail, end, true);
  return made;
}

const shortTexts = new Map<number, string>();

/** One to three bytes: there are not many. */
function internShort(bytes: Buffer, a: number, b: number): string | undefined {
  let key = 0;
  for (let i = a; i < b; i++) {
    const c = bytes[i] as number;
    if (c >= 0x80) return undefined;
    key = key * 256 + c + 1;
  }
  let text = shortTexts.get(key);
  if (text === undefined) {
    text = bytes.toString('latin1', a, b);
    if (shortTexts.size < SLOTS) shortTexts.set(key, text);
  }
  return text;
}
