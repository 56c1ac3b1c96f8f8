/**
 * Texts that come again and again (addresses, host names, relays) as one string each: cheaper than making them anew,
 * and what is kept of a million mails holds each of them once.
 * A direct-mapped cache: bounded, and what it forgets is only made again.
 */
const SLOTS = 8192;
const LONGEST = 96;

const slots: string[] = new Array<string>(SLOTS).fill('');

/** bytes[a, b) as a string if it is short ASCII that was seen lately, or is made now; undefined: not for this cache. */
export function internAscii(bytes: Buffer, a: number, b: number): string | undefined {
  const length = b - a;
  if (length > LONGEST || length <= 0) return undefined;
  // A few bytes choose the slot; the comparison looks at all.
  const step = length > 12 ? (length * 43) >> 9 : 1;
  let h = length;
  for (let i = b - 1; i >= a; i -= step) h = Math.imul(h ^ (bytes[i] as number), 0x01000193);
  const slot = (h ^ (h >>> 15)) & (SLOTS - 1);
  const known = slots[slot] as string;
  if (known.length === length && isSame(known, bytes, a)) return known;
  for (let i = a; i < b; i++) if ((bytes[i] as number) >= 0x80) return undefined;
  const made = bytes.toString('latin1', a, b);
  slots[slot] = made;
  return made;
}

function isSame(text: string, bytes: Buffer, a: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[a + i]) return false;
  return true;
}
