/** Tables of a report take no more than their share, whatever a log calls its people; what is let go is counted. */
import { afterEach, describe, expect, test } from 'vitest';
import { boundOf, boundTables, TopTable } from '../../src/report/top-table.ts';
import { DEFAULT_MEMORY, LEAST_MEMORY } from '../../src/util/memory.ts';

const row = () => ({ count: 0 });

afterEach(() => boundTables(DEFAULT_MEMORY));

describe('a table', () => {
  test('lets rare rows go where there are too many, and counts them', () => {
    const table = new TopTable(10);
    for (let i = 0; i < 100; i++) {
      table.get('often', row).count++;
      table.get(`rare ${i}`, row).count++;
    }
    expect(table.size).toBeLessThanOrEqual(10);
    expect(table.sorted()[0]?.count).toBe(100);
    expect(table.letGo.rows + table.size).toBe(101);
  });

  test('lets rows go whose keys are long', () => {
    const table = new TopTable(10_000, 4_000_000);
    for (let i = 0; i < 100; i++) {
      table.get('often', row).count += 2;
      table.get(`${i} ${'a'.repeat(100_000)}`, row).count++;
    }
    expect(table.size).toBeLessThanOrEqual(12);
    expect(table.sorted()[0]?.count).toBe(200);
    expect(table.letGo.rows + table.size).toBe(101);
  });

  test('has fewer rows with less memory', () => {
    expect(boundOf(50_000)).toBe(50_000);
    boundTables(LEAST_MEMORY);
    expect(boundOf(50_000)).toBeLessThan(10_000);
    expect(boundOf(50_000)).toBeGreaterThanOrEqual(500);
    expect(boundOf(100)).toBe(100);
  });
});
