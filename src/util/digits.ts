/** Digits of stamps, in bytes. */

/** The number of two digits at p, or -1. */
export function two(bytes: Uint8Array, p: number): number {
  const x = (bytes[p] as number) - 0x30;
  const y = (bytes[p + 1] as number) - 0x30;
  return x >>> 0 > 9 || y >>> 0 > 9 ? -1 : x * 10 + y;
}
