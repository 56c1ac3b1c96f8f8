/**
 * 53-bit hashes of byte spans and strings for keys: equal bytes give equal hashes, in one run and in every run.
 * cyrb53-like mixing (public domain idea: two multiply-xor lanes); not for secrets.
 */

/** Hash of bytes[a, b), started from `seed` (another hash, or 0). A safe integer. */
export function hashBytes(bytes: Uint8Array, a: number, b: number, seed = 0): number {
  let h1 = 0xdeadbeef ^ seed;
  let h2 = 0x41c6ce57 ^ (seed / 0x100000000);
  for (let i = a; i < b; i++) {
    const c = bytes[i] as number;
    h1 = Math.imul(h1 ^ c, 2654435761);
    h2 = Math.imul(h2 ^ c, 1597334677);
  }
  return finish(h1, h2);
}

/** Hash of a string's UTF-16 units: equals hashBytes of the same text where it is ASCII. */
export function hashText(text: string, seed = 0): number {
  return hashUnits(text, 0xdeadbeef ^ seed, 0x41c6ce57 ^ (seed / 0x100000000));
}

function hashUnits(text: string, a: number, b: number): number {
  let h1 = a;
  let h2 = b;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    h1 = Math.imul(h1 ^ c, 2654435761);
    h2 = Math.imul(h2 ^ c, 1597334677);
  }
  return finish(h1, h2);
}

/** hashText of a text in pieces, without the text as a whole. */
export class TextHash {
  private h1 = 0;
  private h2 = 0;

  /** As hashText begins with seed 0. */
  start(): void {
    this.h1 = 0xdeadbeef | 0;
    this.h2 = 0x41c6ce57;
  }

  add(text: string): void {
    let { h1, h2 } = this;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      h1 = Math.imul(h1 ^ c, 2654435761);
      h2 = Math.imul(h2 ^ c, 1597334677);
    }
    this.h1 = h1;
    this.h2 = h2;
  }

  addUnit(c: number): void {
    this.h1 = Math.imul(this.h1 ^ c, 2654435761);
    this.h2 = Math.imul(this.h2 ^ c, 1597334677);
  }

  value(): number {
    return finish(this.h1, this.h2);
  }
}

/** Hash of a text whatever its case: equal for texts that are equal in lower case. Another hash than hashText's. */
export function hashFolded(text: string, seed = 0): number {
  const a = 0x9e3779b9 ^ seed;
  const b = 0x41c6ce57 ^ (seed / 0x100000000);
  let h1 = a;
  let h2 = b;
  for (let i = 0; i < text.length; i++) {
    let c = text.charCodeAt(i);
    if (c >= 0x80) return hashUnits(text.toLowerCase(), a, b);
    if (c >= 0x41 && c <= 0x5a) c |= 0x20;
    h1 = Math.imul(h1 ^ c, 2654435761);
    h2 = Math.imul(h2 ^ c, 1597334677);
  }
  return finish(h1, h2);
}

function finish(a: number, b: number): number {
  let h1 = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  let h2 = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(h1 ^ (h1 >>> 13), 3266489909);
  h1 ^= h2 >>> 7;
  h2 >>>= 0;
  return 4294967296 * (2097151 & h2) + (h1 >>> 0);
}
