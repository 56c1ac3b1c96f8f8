/** The built command: what is loaded at the start and what only when needed, and what the package holds. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { root } from './sources.ts';

interface Metafile {
  readonly inputs: Readonly<
    Record<
      string,
      { readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[] }
    >
  >;
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, unknown>> }>>;
}

/** The source files that run with this one: all but those that an `import()` names. */
function loadedWith(meta: Metafile, file: string, seen = new Set<string>()): string[] {
  const input = meta.inputs[file];
  if (input === undefined || seen.has(file)) return [];
  seen.add(file);
  const next = input.imports.filter(({ kind, external }) => kind !== 'dynamic-import' && external !== true);
  return [file, ...next.flatMap(({ path }) => loadedWith(meta, path, seen))];
}

const packageOf = (input: string): string | undefined => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];

const packagesIn = (inputs: readonly string[]): string[] => [
  ...new Set(inputs.flatMap((input) => packageOf(input) ?? [])),
];

const readMeta = (): Metafile => JSON.parse(readFileSync(join(root, 'dist/meta.json'), 'utf8')) as Metafile;

describe('the built command', () => {
  test('it starts without any package: commander and the rest are imported when they are needed', () => {
    expect(packagesIn(loadedWith(readMeta(), 'src/cli.ts'))).toEqual([]);
  });

  test('search does not load what users’ regular expressions run on', () => {
    expect(packagesIn(loadedWith(readMeta(), 'src/commands/search.ts'))).not.toContain('re2js');
  });

  test('search does not load zod', () => {
    const loaded = loadedWith(readMeta(), 'src/commands/search.ts');
    expect(loaded.length).toBeGreaterThan(20);
    expect(packagesIn(loaded)).not.toContain('zod');
  });

  test('what unpacks zstd, xz and bzip2 is loaded with no command, only when such a file is met', () => {
    const { inputs } = readMeta();
    for (const name of ['fzstd', 'xz-decompress', 'unbzip2-stream']) {
      const importers = Object.entries(inputs).filter(
        ([path, { imports }]) => packageOf(path) === undefined && imports.some((one) => packageOf(one.path) === name),
      );
      expect(importers.map(([path]) => path)).toEqual([expect.stringMatching(/-decoder\.ts$/)]);
      const decoder = importers[0]?.[0];
      const kinds = Object.values(inputs).flatMap(({ imports }) =>
        imports.filter(({ path }) => path === decoder).map(({ kind }) => kind),
      );
      expect(kinds, name).toEqual(['dynamic-import']);
    }
  });

  test('what makes and sends mail is loaded with no command, only when a report is mailed', () => {
    const loaded = loadedWith(readMeta(), 'src/commands/report.ts');
    expect(loaded.length).toBeGreaterThan(20);
    for (const name of ['nodemailer', 'zod', 'yaml']) expect(packagesIn(loaded)).not.toContain(name);
  });

  test('the WASM modules lie beside the bundle: else it would take the slow twin in silence', () => {
    for (const name of ['kernel.wasm', 'count.wasm', 'mails.wasm'])
      expect(
        readFileSync(join(root, 'dist', name))
          .subarray(0, 4)
          .toString('latin1'),
      ).toBe('\0asm');
  });

  test('node takes the compiled code that the build kept, and does without', () => {
    const boot = readFileSync(join(root, 'dist/cli.cjs'), 'utf8');
    const name = /mailtrace-[0-9a-f]{12}/.exec(boot)?.[0] as string;
    const filename = join(root, 'dist', `${name}.js`);
    const cachedData = readFileSync(join(root, 'dist', `${name}.code`));
    const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData });
    expect(script.cachedDataRejected).toBe(false);
    const other = mkdtempSync(join(tmpdir(), 'mailtrace-bundle-'));
    try {
      for (const file of ['cli.cjs', `${name}.js`]) copyFileSync(join(root, 'dist', file), join(other, file));
      writeFileSync(join(other, `${name}.code`), 'of another node');
      const search = [join(other, 'cli.cjs'), 'search', '--count', join(root, 'fixtures/postfix/single.mail.log')];
      expect(execFileSync(process.execPath, search, { encoding: 'utf8' })).toMatch(/^\d+ +messages/);
    } finally {
      rmSync(other, { recursive: true, force: true });
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
