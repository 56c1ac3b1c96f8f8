/**
 * Cells of an export's row as fields of an event: by column, as spans of the row where they stand there as such.
 * A cell that holds `""` is given as text. Empty cells are not set: the export does not say.
 */
import type { CsvRow } from '../model/csv-row.ts';
import type { FieldIndex, LogEvent } from '../model/log-event.ts';

const LESS = 0x3c;
const GREATER = 0x3e;
const SPACE = 0x20;

/** Field f is cell i; nothing where the cell is empty. */
export function setCell(event: LogEvent, f: FieldIndex, row: CsvRow, i: number): void {
  const a = row.start(i);
  const b = row.stop(i);
  if (a < 0 || b <= a) return;
  if (row.isEscaped(i)) event.setText(f, row.text(i));
  else event.set(f, a, b);
}

/** Field f is cell i without `<>` and spaces around it; `<>` is a known empty field. */
export function setBare(event: LogEvent, f: FieldIndex, row: CsvRow, i: number): void {
  let a = row.start(i);
  let b = row.stop(i);
  if (a < 0 || b <= a) return;
  const { bytes } = row;
  while (a < b && bytes[a] === SPACE) a++;
  while (b > a && bytes[b - 1] === SPACE) b--;
  if (b - a >= 2 && bytes[a] === LESS && bytes[b - 1] === GREATER) {
    a++;
    b--;
  } else if (a === b) return;
  if (row.isEscaped(i)) event.setText(f, row.bytes.toString('utf8', a, b).replaceAll('""', '"'));
  else event.set(f, a, b);
}

export function isBlankCell(row: CsvRow, i: number): boolean {
  const a = row.start(i);
  return a < 0 || row.stop(i) <= a;
}

/** Digits of cell i; -1 where it is something else. */
export function cellNumber(row: CsvRow, i: number): number {
  const a = row.start(i);
  const b = row.stop(i);
  if (a < 0 || b <= a || b - a > 15) return -1;
  let n = 0;
  for (let p = a; p < b; p++) {
    const digit = (row.bytes[p] as number) - 0x30;
    if (digit >>> 0 > 9) return -1;
    n = n * 10 + digit;
  }
  return n;
}

/** The parts of a `;` list, trimmed; at most `most` of them. An empty part keeps its place. */
export function listOf(text: string, most: number): string[] {
  return text === '' ? [] : text.split(';', most).map((part) => part.trim());
}

/** Addresses for F.recipients, which are parted by spaces. */
export function joined(addresses: readonly string[]): string {
  return addresses.filter((address) => address !== '').join(' ');
}
