/**
 * Of many names that are known by numbers, those that can be among the first of a table; so only their texts are made.
 */
import { RANK_BYTES } from '../model/plain-mail.ts';

/** As PlainNames.rank. */
export type RankOf = (number: number, from: number) => number;

/** Of so many times more than are asked for, those that cannot be among them are left out. */
const MANY = 2;
/** Names that are the same for so many bytes are all taken. */
const MOST_BYTES = 240;

/** The numbers of which `most` have the greatest values, equal ones by the order of their texts; and perhaps some more. */
export function greatestNumbers(
  numbers: readonly number[],
  valueOf: (number: number) => number,
  most: number,
  rankOf: RankOf,
): readonly number[] {
  if (numbers.length <= MANY * most) return numbers;
  if (most <= 0) return [];
  const values = Float64Array.from(numbers, valueOf).sort();
  const least = values[values.length - most] as number;
  const greater = numbers.filter((number) => valueOf(number) > least);
  const equal = numbers.filter((number) => valueOf(number) === least);
  return [...greater, ...firstByText(equal, most - greater.length, rankOf)];
}

/** The `most` first by their texts, and perhaps some more. */
function firstByText(numbers: readonly number[], most: number, rankOf: RankOf): number[] {
  const first: number[] = [];
  let rest = [...numbers];
  for (let from = 0; from < MOST_BYTES && rest.length > MANY * (most - first.length); from += RANK_BYTES) {
    const wanted = most - first.length;
    if (wanted <= 0) return first;
    const ranks = Float64Array.from(rest, (number) => rankOf(number, from));
    const bound = Float64Array.from(ranks).sort()[wanted - 1] as number;
    for (const [i, number] of rest.entries()) if ((ranks[i] as number) < bound) first.push(number);
    rest = rest.filter((_, i) => ranks[i] === bound);
  }
  return [...first, ...rest];
}
