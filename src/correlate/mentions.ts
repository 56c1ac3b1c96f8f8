/**
 * Lines of programs that no format knows (a milter, a filter of one's own) may name queue ids: such a line belongs to the
 * chain of that mail. Only ids that are live on the same host are looked for: words of letters and digits of their length.
 */
import type { Frame } from '../model/frame.ts';
import { hashBytes } from '../model/hash.ts';
import type { Tracker } from './tracker.ts';

const SHORTEST = 6;
const LONGEST = 23;
/** a line of words without end is no mention of a mail */
const MAX_WORDS = 200;
/** lives of one id that are looked at */
const MAX_SAME = 64;

export function mentionIds(t: Tracker, frame: Frame): void {
  if (t.keepLine === undefined) return;
  const { bytes, end } = frame;
  let words = 0;
  for (let i = frame.body; i < end && words < MAX_WORDS;) {
    if (!isWordByte(bytes[i] as number)) {
      i++;
      continue;
    }
    const from = i;
    let digits = 0;
    while (i < end && isWordByte(bytes[i] as number)) {
      if ((bytes[i] as number) <= 0x39 && (bytes[i] as number) >= 0x30) digits++;
      i++;
    }
    words++;
    if (i - from < SHORTEST || i - from > LONGEST || digits === 0) continue;
    mentionId(t, frame, hashBytes(bytes, from, i) || 1, '');
  }
}

/** The line joins the chain of the live mail of this id and host, of another system than the one that wrote it; false where there is none. */
export function mentionId(t: Tracker, frame: Frame, id: number, system: string): boolean {
  let n = 0;
  for (let hop = t.byQueueId.get(id); hop !== undefined && n < MAX_SAME; hop = hop.nextSameId, n++) {
    if (hop.host !== frame.host || hop.system === system) continue;
    const line = t.keepLine?.(frame);
    if (line === undefined) return true;
    const lines = (hop.lines ??= []);
    if (lines.at(-1) !== line) lines.push(line);
    return true;
  }
  return false;
}

/** Letters, digits and the `-` of Exim's ids. */
function isWordByte(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || c === 0x2d;
}
