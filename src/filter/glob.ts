/**
 * Words with `*` in them, and words compared without case.
 */

/** Without case, composed (NFC): `É` typed as two characters is the same letter. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  return ASCII.test(lower) ? lower : lower.normalize('NFC');
}

const ASCII = /^[\0-\x7f]*$/;

/**
 * A test for a folded pattern in which `*` stands for any characters. Pieces are looked for from left to right, so the cost is
 * linear in the text for each piece, whatever the pattern.
 */
export function globTest(pattern: string): (folded: string) => boolean {
  const pieces = pattern.split('*');
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return (text) => text === first;
  const last = pieces.at(-1) ?? '';
  const middle = pieces.slice(1, -1).filter((piece) => piece !== '');
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const piece of middle) {
      const found = text.indexOf(piece, at);
      if (found < 0 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}
