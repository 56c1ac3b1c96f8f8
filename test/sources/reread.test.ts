/** Lines read back from where they lay. */
import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LineLocation } from '../../src/model/message.ts';
import { discover } from '../../src/sources/discover.ts';
import type { InputFile } from '../../src/sources/input-file.ts';
import { rereadLines } from '../../src/sources/reread.ts';
import { temporaryFolder } from './bytes.ts';

async function fileOf(bytes: Buffer) {
  const folder = temporaryFolder();
  const path = join(folder, 'mail.log');
  writeFileSync(path, bytes);
  const { files } = await discover([path], { cwd: '/', standardPlaces: [] });
  return { file: files[0] as InputFile, path, folder };
}

const lines = Array.from({ length: 3000 }, (_, i) => `line ${i} ${'ä\0\r'.repeat(i % 300)}`);
const bytes = Buffer.from(lines.join('\n'));
const places: LineLocation[] = [];
for (let i = 0, offset = 0; i < lines.length; i++) {
  const length = Buffer.byteLength(lines[i] as string);
  places.push({ source: 0, line: i + 1, offset, length });
  offset += length + 1;
}
const pick = <T>(list: readonly T[], indexes: readonly number[]): T[] => indexes.map((i) => list[i] as T);

describe('rereadLines', () => {
  test('gives exactly the bytes of each line, in the order asked for, twice if asked twice', async () => {
    const { file } = await fileOf(bytes);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: lines.length - 1 }), { maxLength: 60 }), (indexes) => {
        expect(rereadLines(file, pick(places, indexes)).map(String)).toEqual(pick(lines, indexes));
      }),
      { numRuns: 60 },
    );
    expect(rereadLines(file, places).map(String)).toEqual(lines);
  });

  test('a file that was rotated away in the meantime is found again, the new one of its name is not taken for it', async () => {
    const { file, path, folder } = await fileOf(bytes);
    renameSync(path, join(folder, 'mail.log.1'));
    writeFileSync(path, 'something else entirely\n'.repeat(10_000));
    expect(rereadLines(file, pick(places, [7, 3])).map(String)).toEqual(pick(lines, [7, 3]));
  });

  test('what is no longer there is undefined, the rest is given', async () => {
    const { file, path } = await fileOf(bytes);
    truncateSync(path, places[10]?.offset);
    expect(rereadLines(file, pick(places, [2500, 9, 10])).map((line) => line?.toString())).toEqual([
      undefined,
      lines[9],
      undefined,
    ]);
    rmSync(path);
    expect(rereadLines(file, pick(places, [9]))).toEqual([undefined]);
  });

  test('a file that has grown is still the same', async () => {
    const { file, path } = await fileOf(bytes);
    appendFileSync(path, '\nmore\n');
    expect(rereadLines(file, pick(places, [2999])).map(String)).toEqual([lines[2999]]);
  });
});
