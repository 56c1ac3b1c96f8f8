/**
 * Raw chains: the exact input lines of a message.
 * Shape:  `--format raw`: chains separated by one empty line; the exact bytes to a pipe or file, made visible on a terminal.
 *         `--raw` under a row of a table: the lines, indented, always made visible.
 */
import { visible } from '../util/visible.ts';
import type { RawLine } from './contract.ts';
import { lineObject } from './json.ts';

const NEWLINE = Buffer.from('\n');

/** The text of a line, safe for a terminal. */
export function visibleLine(line: RawLine): string {
  return visible(lineObject(line).text.replaceAll('\t', '    '));
}

/** Lines under a row of the table. */
export function indentedLines(lines: readonly RawLine[]): string {
  return lines.map((line) => `    ${visibleLine(line)}\n`).join('');
}

/** Prints chains: give it one message's lines after the other. */
export class RawStream {
  readonly #tty: boolean;
  #any = false;

  constructor(tty: boolean) {
    this.#tty = tty;
  }

  /** What to print for one more chain: text for a terminal, exact bytes else. */
  chain(lines: readonly RawLine[]): string | Uint8Array {
    const first = !this.#any;
    this.#any = true;
    if (this.#tty) return (first ? '' : '\n') + lines.map((line) => `${visibleLine(line)}\n`).join('');
    return Buffer.concat([...(first ? [] : [NEWLINE]), ...lines.flatMap((line) => [line.bytes, NEWLINE])]);
  }
}
