/**
 * Numbers that were counted of names -> rows of a table: those that it already has, and those that can be among its first.
 */
import type { PlainNames } from '../model/plain-mail.ts';
import { greatestNumbers, type RankOf } from './greatest-numbers.ts';
import type { Counted, TopTable } from './top-table.ts';

export interface Pouring {
  readonly names: PlainNames;
  /** what was counted of names: each once */
  readonly numbers: readonly number[];
  /** the number of a row's key, 0 = it has none */
  numberOf(key: string): number;
  /** Adds what was counted of this one to its row in the table. */
  put(number: number): void;
  /** where rows are not sorted by the bytes of names */
  readonly rankOf?: RankOf;
  /** by which the table is sorted */
  readonly by: readonly ((number: number) => number)[];
}

/** Rows for the first `top`; of the others the table knows how many there are. */
export function pour<Row extends Counted>(table: TopTable<Row>, top: number, what: Pouring): void {
  const { names, numbers } = what;
  const isLeft = new Set(numbers);
  const put = (number: number): void => {
    if (isLeft.delete(number)) what.put(number);
  };
  for (const number of numbers) if (names.isOdd(number)) put(number);
  for (const key of table.keys()) {
    const number = typeof key === 'string' ? what.numberOf(key) : 0;
    if (number !== 0) put(number);
  }
  const rest = [...isLeft];
  for (const by of what.by)
    for (const number of greatestNumbers(rest, by, top, what.rankOf ?? ((number, from) => names.rank(number, from))))
      put(number);
  table.beside = isLeft.size;
}
