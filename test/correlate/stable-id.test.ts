import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CountTable } from '../../src/correlate/count-table.ts';
import { stableId } from '../../src/correlate/stable-id.ts';
import { hashText } from '../../src/model/hash.ts';

/** The id as cli.md tells it: the second, then nine digits of the hash of what names the mail. */
function plainId(at: number, parts: readonly (string | undefined)[]): string {
  const second = Math.floor(at / 1000);
  let hash = hashText(`${second}\n${parts.map((part) => part ?? '').join('\n')}`);
  let tail = '';
  for (let i = 0; i < 9; i++) {
    tail += '0123456789bcdfghjkmnpqrstvwxyz'[hash % 30];
    hash = Math.floor(hash / 30);
  }
  const iso = new Date(second * 1000).toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '')}-${iso.slice(11, 19).replaceAll(':', '')}-${tail}`;
}

test('an id is the second and a hash of what names the mail', () => {
  const parts = fc.array(fc.option(fc.string(), { nil: undefined }), { minLength: 1, maxLength: 5 });
  const time = fc.integer({ min: 0, max: Date.UTC(2099, 0) });
  fc.assert(fc.property(time, parts, (at, names) => stableId(at, names) === plainId(at, names)));
  expect(stableId(Number.NaN, ['mx1'])).toMatch(/^19700101-000000-[0-9a-z]{9}$/);
});

test('hashes are counted, however many and in whatever order they come', () => {
  const hashes = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 2000 });
  fc.assert(
    fc.property(hashes, (list) => {
      const table = new CountTable();
      const plain = new Map<number, number>();
      for (const n of list) {
        const count = (plain.get(n) ?? 0) + 1;
        plain.set(n, count);
        // 0 and 1 are one: no hash is 0
        if (n > 1 && table.add(n) !== count) return false;
      }
      return true;
    }),
  );
  const many = new CountTable();
  for (let i = 2; i < 20_000; i++) expect(many.add(i * 7919)).toBe(1);
  for (let i = 2; i < 20_000; i += 97) expect(many.add(i * 7919)).toBe(2);
});
