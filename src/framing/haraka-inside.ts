/**
 * Haraka's own lines on standard output: no host, no program, and a stamp only where `timestamps` of log.ini is on.
 * Shapes: `[NOTICE] [uuid] [core] text`, `level=NOTICE uuid=… origin=core message=text`, `{"level":"NOTICE","uuid":…}`.
 * Source: Haraka logger.js log_if_level().
 */
const OPEN = 0x5b;
const BRACE = 0x7b;
const LETTER_L = 0x6c;
const WORD_MAX = 9;

const BRACKETS = [Buffer.from('['), Buffer.from('] [')] as const;
const LOGFMT = [Buffer.from('level='), Buffer.from(' uuid=')] as const;
const JSON_HEAD = [Buffer.from('{"level":"'), Buffer.from('","uuid":')] as const;

/** Whether bytes[p, end) begin as Haraka begins its lines. */
export function isHarakaText(b: Uint8Array, p: number, end: number): boolean {
  const c = b[p];
  if (c === OPEN) return isLevelBetween(b, p, end, BRACKETS[0], BRACKETS[1]);
  if (c === LETTER_L) return isLevelBetween(b, p, end, LOGFMT[0], LOGFMT[1]);
  return c === BRACE && isLevelBetween(b, p, end, JSON_HEAD[0], JSON_HEAD[1]);
}

/** The same, without a stamp of its own: `at` is what a container told, NaN where none did. */
export function isTimedHaraka(b: Uint8Array, p: number, end: number, at: number): boolean {
  return !Number.isNaN(at) && isHarakaText(b, p, end);
}

/** A word of capitals (DATA, PROTOCOL, DEBUG, INFO, …, EMERG) between these two. */
function isLevelBetween(b: Uint8Array, p: number, end: number, head: Uint8Array, tail: Uint8Array): boolean {
  if (!stands(b, p, end, head)) return false;
  const first = p + head.length;
  const limit = Math.min(end, first + WORD_MAX);
  let i = first;
  while (i < limit && (b[i] as number) >= 0x41 && (b[i] as number) <= 0x5a) i++;
  return i > first + 2 && stands(b, i, end, tail);
}

function stands(b: Uint8Array, p: number, end: number, word: Uint8Array): boolean {
  if (p + word.length > end) return false;
  for (let i = 0; i < word.length; i++) if (b[p + i] !== word[i]) return false;
  return true;
}
