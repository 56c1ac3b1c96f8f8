/**
 * Lines of programs that no format knows (a milter, a filter of one's own) may name queue ids: such a line belongs to the
 * chain of that mail. Only ids that are live on the same host are looked for: words of letters and digits of their length.
 */
import type { Frame } from '../model/frame.ts';
import { hashBytes } from '../model/hash.ts';
import type { Hop } from './hop.ts';
import type { Tracker } from './tracker.ts';

const SHORTEST = 6;
const LONGEST = 23;
/** a line of words without end is no mention of a mail */
const MAX_WORDS = 200;

export function mentionIds(t: Tracker, frame: Frame): void {
  const { keepLine } = t;
  if (keepLine === undefined) return;
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
    let n = 0;
    for (
      let hop: Hop | undefined = t.byQueueId.get(hashBytes(bytes, from, i) || 1);
      hop !== undefined && n < 64;
      hop = hop.nextSameId, n++
    ) {
      if (hop.host !== frame.host) continue;
      const line = keepLine(frame);
      const lines = (hop.lines ??= []);
      if (lines.at(-1) !== line) lines.push(line);
      break;
    }
  }
}

/** Letters, digits and the `-` of Exim's ids. */
function isWordByte(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || c === 0x2d;
}
