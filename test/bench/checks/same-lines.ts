/**
 * Outputs that must hold the same lines.
 */
import { readFileSync } from 'node:fs';
import type { Verdict } from '../row.ts';
import { allLines } from './lines.ts';

/** Every line of the peer's output is in ours; `skip` is true of lines that are the peer's own words. */
export function checkAllIn(theirs: string, ours: string, skip: (line: string) => boolean): Verdict {
  const mine = new Set(allLines(ours));
  const wanted = allLines(theirs).filter((line) => !skip(line));
  const missing = wanted.filter((line) => !mine.has(line));
  if (wanted.length === 0) return { wrong: 'the peer found nothing' };
  if (missing.length > 0) return { wrong: `${missing.length} of ${wanted.length} lines are missing: ${missing[0]}` };
  return { note: `${wanted.length} lines, ${mine.size - new Set(wanted).size} more` };
}

/** Byte for byte the same. */
export function checkSame(one: string, other: string): Verdict {
  const [a, b] = [readFileSync(one), readFileSync(other)];
  if (a.length === 0) return { wrong: 'nothing was found' };
  return a.equals(b) ? {} : { wrong: `${a.length} bytes, which differ from the ${b.length} of the plain log` };
}
