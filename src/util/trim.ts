/** The text without what stands at its end of these characters: a pattern that looks for them from every place takes the square of its time. */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** The lines of a text on one: each trimmed, empty ones left out. */
export function onOneLine(text: string, between: string): string {
  return text
    .split(/[\r\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(between);
}
