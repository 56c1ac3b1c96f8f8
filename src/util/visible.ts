/**
 * Hostile text made safe to look at: what a terminal would obey or hide becomes something one can see.
 * Shape:  controls (C0, DEL, C1), ESC, line ends, bidi overrides and isolates, zero-width and other invisible characters
 *         and lone surrogates are written as JavaScript writes them: `\x1b`, `\u202e`, `\u{e0001}`. Plain ASCII, so it
 *         reads the same in every font and locale. A backslash of the text itself stays as it is: what is printed is
 *         for eyes; `--format json` and `raw` are exact.
 * Source: Unicode general categories Cc, Cf, Cs, Zl, Zp, and the letters that show nothing (Hangul fillers and the like).
 */

/** Whole text is printable ASCII: the usual case, decided without looking at Unicode tables. */
const PLAIN = /^[ -~]*$/;

/** What a terminal would obey or hide. Global: for replace() alone. */
export const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0]/gu;
const CONTROL = /\p{Cc}/gu;
/** A joiner after a pictograph, and the two selectors of its style: they only choose a picture, and no two terminals agree on its width. */
const EMOJI_GLUE =
  /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})|[\ufe0e\ufe0f]/gu;

export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

/**
 * Text for a terminal: one line, nothing in it is obeyed or hidden. Joined emoji come apart into their pictures, so that
 * their width is known.
 */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(EMOJI_GLUE, '').replace(HIDDEN, escapeCharacter);
}

/** Text for a file: only control characters are made visible, everything else stays as it is. */
export function visibleControls(text: string): string {
  return PLAIN.test(text) ? text : text.replace(CONTROL, escapeCharacter);
}
