/** The directions of imports in src, and who may touch the process. */
import { describe, expect, test } from 'vitest';
import { importFault, MAY_IMPORT, processFaults } from './layers.ts';
import { importsOf, sourceFiles, withoutComments } from './sources.ts';

const files = sourceFiles();

describe('src', () => {
  test('each import goes the way of the architecture', () => {
    const faults = files.flatMap(({ path, imports }) => imports.flatMap((to) => importFault(path, to) ?? []));
    expect(faults).toEqual([]);
  });

  test('each file belongs to a part of the house', () => {
    const strange = files.map(({ path }) => path.split('/', 1)[0] ?? '').filter((part) => !(part in MAY_IMPORT));
    expect([...new Set(strange)], 'add it to test/house/layers.ts, .oxlintrc.json and src/README.md').toEqual([]);
  });

  test('only src/cli.ts ends the process, only it and src/io.ts touch its streams', () => {
    expect(files.flatMap(({ path, code }) => processFaults(path, code))).toEqual([]);
  });

  test('imports of the project name the file with its .ts', () => {
    const faults = files.flatMap(({ path, imports }) =>
      imports.filter((to) => to.startsWith('.') && !to.endsWith('.ts')).map((to) => `src/${path} imports ${to}`),
    );
    expect(faults).toEqual([]);
  });
});

describe('the rules themselves', () => {
  test.each([
    ['correlate/machine.ts', '../formats/index.ts', 'stages meet in a type of src/model'],
    ['render/table.ts', '../filter/index.ts', 'stages meet in a type of src/model'],
    ['formats/postfix/smtp.ts', '../../framing/time.ts', 'stages meet in a type of src/model'],
    ['sources/stdin.ts', '../io.ts', 'src/sources may import'],
    ['model/message.ts', '../util/hash.ts', 'nothing else of the project'],
    ['util/heap.ts', '../model/frame.ts', 'nothing else of the project'],
    ['commands/search.ts', '../cli.ts', 'src/commands may import'],
    ['filter/address.ts', 'chalk', 'leave that to src/render'],
    ['sources/glob.ts', '../../package.json', 'nothing outside src'],
    ['helpers/x.ts', '../model/frame.ts', 'not part of the house'],
  ])('%s may not import %s', (file, specifier, why) => {
    expect(importFault(file, specifier)).toContain(why);
  });

  test.each([
    ['render/show.ts', '../explain/index.ts'],
    ['formats/postfix/smtp.ts', '../types.ts'],
    ['formats/postfix/smtp.ts', '../../model/frame.ts'],
    ['commands/pipeline.ts', '../correlate/index.ts'],
    ['cli.ts', './commands/search.ts'],
    ['filter/time.ts', 'luxon'],
    ['sources/gzip.ts', 'node:zlib'],
  ])('%s may import %s', (file, specifier) => {
    expect(importFault(file, specifier)).toBeUndefined();
  });

  test('all ways to import are seen, comments are not', () => {
    const code = withoutComments(`
      import { a } from './a.ts'; // from './no.ts'
      import type { B } from "./b.ts";
      /* import './no.ts' */
      import {
        c,
      } from './c.ts';
      export * from './d.ts';
      const e = await import('./e.ts');
      import './f.ts';
      const url = 'https://example.com/';
    `);
    expect(importsOf(code)).toEqual(['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.ts']);
  });

  test.each([
    ['process.exit(1)', 'exit'],
    ['const { stdout } = process;', 'stdout'],
    ["import { argv } from 'node:process';", 'argv'],
    ["process['exit']()", '[…]'],
    ['process.exitCode = 2', 'exitCode'],
  ])('%s is seen', (code, word) => {
    expect(processFaults('commands/search.ts', code)).toEqual([expect.stringContaining(`process.${word}`)]);
  });

  test('what is allowed stays allowed', () => {
    expect(processFaults('io.ts', 'process.stdout.write(x); process.stdin.isTTY')).toEqual([]);
    expect(processFaults('cli.ts', 'process.exitCode = run(process.argv)')).toEqual([]);
    expect(processFaults('sources/stdin.ts', 'process.hrtime(); io.stdout.write(x)')).toEqual([]);
    expect(processFaults('io.ts', 'process.exit(1)')).toHaveLength(1);
  });
});
