/** Bytes as both implementations of the kernel see them: line ends, word bytes, case. */

export const LF = 10;
export const DOT = 0x2e;

/** By byte: itself, A to Z as a to z. */
export const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte,
);

/** By byte: 1 where it belongs to a word. */
export const IS_WORD = Uint8Array.from({ length: 256 }, (_, byte) => {
  const isDigit = byte >= 0x30 && byte <= 0x39;
  const folded = byte | 0x20;
  return Number(isDigit || (byte < 0x80 && folded >= 0x61 && folded <= 0x7a) || byte === 0x2d);
});

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
