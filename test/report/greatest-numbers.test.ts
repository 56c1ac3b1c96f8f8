/** Of names known by numbers, the first of a table: the same as sorting all of them. */
import { describe, expect, it } from 'vitest';
import { RANK_BYTES } from '../../src/model/plain-mail.ts';
import { greatestNumbers } from '../../src/report/greatest-numbers.ts';

const texts = Array.from({ length: 2000 }, (_, i) =>
  i % 3 === 0 ? `bounces+${(i * 7919) % 2000}@news.example` : `${((i * 31) % 97).toString(36)}${i}@b.example`,
);
const counts = texts.map((_, i) => (i % 50 === 0 ? 40 - (i % 7) : 1 + (i % 2)));
const numbers = [...texts.keys()];

function rank(number: number, from: number): number {
  const bytes = Buffer.alloc(RANK_BYTES);
  Buffer.from(texts[number] as string).copy(bytes, 0, from);
  return bytes.readUIntBE(0, RANK_BYTES);
}

const byTable = (a: number, b: number): number =>
  (counts[b] as number) - (counts[a] as number) || ((texts[a] as string) < (texts[b] as string) ? -1 : 1);

describe('the greatest of many numbers', () => {
  it.each([1, 10, 100, 700, 1999])('hold the first %i rows, equal ones by their texts', (most) => {
    const found = greatestNumbers(numbers, (number) => counts[number] as number, most, rank);
    const sorted = [...found].sort(byTable).slice(0, most);
    expect(sorted).toEqual([...numbers].sort(byTable).slice(0, most));
  });

  it('are few, so that few texts are made', () => {
    const found = greatestNumbers(numbers, (number) => counts[number] as number, 10, rank);
    expect(found.length).toBeLessThan(40);
  });

  it('are all where all are asked for', () => {
    expect(greatestNumbers(numbers, () => 1, Infinity, rank)).toHaveLength(texts.length);
  });
});
