/** How many threads are worth it. */
import { availableParallelism } from 'node:os';

/** A thread begins in the time in which so much is read. */
const WORTH_BYTES = 32 * 1024 * 1024;

const MOST_HELPERS = 3;

/** For a pass over so many bytes, beside this thread. MAILTRACE_THREADS sets how many there are in all (for the tests). */
export function helpersFor(bytes: number): number {
  const asked = Number(process.env['MAILTRACE_THREADS'] ?? Number.NaN);
  if (Number.isInteger(asked) && asked > 0) return Math.min(asked, 16) - 1;
  return bytes < WORTH_BYTES ? 0 : Math.min(MOST_HELPERS, availableParallelism() - 1);
}
