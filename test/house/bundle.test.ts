/** The built command: what is loaded at the start and what only when needed, and what the package holds. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './sources.ts';

interface Metafile {
  readonly outputs: Readonly<
    Record<
      string,
      {
        readonly entryPoint?: string;
        readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
        readonly inputs: Readonly<Record<string, unknown>>;
      }
    >
  >;
}

/** The source files that are loaded with a chunk: its own and those of all chunks it imports statically. */
function loadedWith(meta: Metafile, chunk: string, seen = new Set<string>()): string[] {
  const output = meta.outputs[chunk];
  if (output === undefined || seen.has(chunk)) return [];
  seen.add(chunk);
  const next = output.imports.filter(({ kind, external }) => kind === 'import-statement' && external !== true);
  return [...Object.keys(output.inputs), ...next.flatMap(({ path }) => loadedWith(meta, path, seen))];
}

const packagesIn = (inputs: readonly string[]): string[] => [
  ...new Set(inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? [])),
];

const readMeta = (): Metafile => JSON.parse(readFileSync(join(root, 'dist/meta.json'), 'utf8')) as Metafile;

describe('the built command', () => {
  test('it starts without any package: commander and the rest are imported when they are needed', () => {
    expect(packagesIn(loadedWith(readMeta(), 'dist/cli.js'))).toEqual([]);
  });

  test('search does not load zod', () => {
    const meta = readMeta();
    const isSearch = (path: string): boolean =>
      /^src\/commands\/search(?:\/index)?\.ts$/.test(meta.outputs[path]?.entryPoint ?? '');
    const chunks = Object.keys(meta.outputs).filter(isSearch);
    expect(chunks).toHaveLength(1);
    expect(chunks.flatMap((chunk) => packagesIn(loadedWith(meta, chunk)))).not.toContain('zod');
  });

  test('what unpacks zstd, xz and bzip2 is loaded with no command, only when such a file is met', () => {
    const meta = readMeta();
    for (const name of ['fzstd', 'xz-decompress', 'unbzip2-stream']) {
      const holders = Object.keys(meta.outputs).filter((path) =>
        packagesIn(Object.keys(meta.outputs[path]?.inputs ?? {})).includes(name),
      );
      expect(holders, name).toHaveLength(1);
      expect(meta.outputs[holders[0] as string]?.entryPoint).toMatch(/-decoder\.ts$/);
      const importers = Object.values(meta.outputs).flatMap(({ imports }) =>
        imports.filter(({ path }) => path === holders[0]).map(({ kind }) => kind),
      );
      expect(importers).toEqual(['dynamic-import']);
    }
  });

  test('the WASM modules lie beside the chunk that reads them: else it would take the slow twin in silence', () => {
    const chunks = Object.entries(readMeta().outputs).filter(([, { inputs }]) => 'src/kernel/module.ts' in inputs);
    for (const [chunk] of chunks) {
      const module = readFileSync(join(root, dirname(chunk), 'kernel.wasm'));
      expect(module.subarray(0, 4).toString('latin1')).toBe('\0asm');
    }
  });

  test('--version prints the version of package.json', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    const out = execFileSync(process.execPath, [join(root, 'bin/mailtrace.js'), '--version'], { encoding: 'utf8' });
    expect(out).toBe(`mailtrace ${version}\n`);
  });

  test('the licences of what is bundled go with it', () => {
    const bundled = packagesIn(Object.values(readMeta().outputs).flatMap(({ inputs }) => Object.keys(inputs)));
    const told = readFileSync(join(root, 'dist/licenses.txt'), 'utf8');
    for (const name of bundled) expect(told).toMatch(new RegExp(`^${name} \\d+\\.\\d+.* \\(.+\\)$`, 'm'));
  });
});

test('the command and the check of the project can be started', () => {
  for (const file of ['bin/mailtrace.js', '.ci/run']) {
    expect(statSync(join(root, file)).mode & 0o111, file).toBe(0o111);
  }
});
