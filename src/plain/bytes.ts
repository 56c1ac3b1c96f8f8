/** Pieces of one buffer compared. */

export function sameBytes(bytes: Buffer, a: number, b: number, c: number, d: number): boolean {
  if (b - a !== d - c) return false;
  for (let i = a, k = c; i < b; i++, k++) if (bytes[i] !== bytes[k]) return false;
  return true;
}

/** Whatever the case of ASCII letters. */
export function sameFolded(bytes: Buffer, a: number, b: number, c: number, d: number): boolean {
  if (b - a !== d - c) return false;
  for (let i = a, k = c; i < b; i++, k++) {
    const x = bytes[i] as number;
    const y = bytes[k] as number;
    if (x === y) continue;
    const low = x | 0x20;
    if (low !== (y | 0x20) || low < 0x61 || low > 0x7a) return false;
  }
  return true;
}
