/** Raw lines of a mail put together. */
import type { ChainLine } from '../model/message.ts';

/** Lines in the order of the input, each once, with those that say that one of them was repeated. Takes the array. */
export function inOrder(lines: ChainLine[]): ChainLine[] {
  for (let i = lines.length - 1; i >= 0; i--) {
    const { repeats } = lines[i] as ChainLine;
    if (repeats !== undefined) addAll(lines, repeats);
  }
  lines.sort((a, b) => a.order - b.order);
  let n = 0;
  for (const line of lines) if (n === 0 || line !== lines[n - 1]) lines[n++] = line;
  lines.length = n;
  return lines;
}

export function addAll(lines: ChainLine[], more: readonly ChainLine[]): void {
  for (const line of more) lines.push(line);
}

export function addLines(lines: ChainLine[], item: { line: ChainLine | undefined; more?: ChainLine[] }): void {
  if (item.line !== undefined) lines.push(item.line);
  if (item.more !== undefined) addAll(lines, item.more);
}
