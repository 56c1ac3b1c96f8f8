/** What comes from elsewhere: locked to the byte, no script of its own, its licence with us, its weight and reason in the README. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './sources.ts';

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const lock = (JSON.parse(read('package-lock.json')) as { packages: Readonly<Record<string, LockedPackage>> }).packages;
const manifest = JSON.parse(read('package.json')) as {
  readonly dependencies?: object;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
  readonly scripts: Readonly<Record<string, string>>;
};

/** Bytes of each package in what is shipped, as esbuild counted them. */
function bundled(): Map<string, number> {
  const { outputs } = JSON.parse(read('dist/meta.json')) as {
    outputs: Record<string, { inputs?: Record<string, { bytesInOutput: number }> }>;
  };
  const sizes = new Map<string, number>();
  for (const { inputs = {} } of Object.values(outputs))
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const name = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
      if (name !== undefined && bytesInOutput > 0) sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput);
    }
  return sizes;
}

describe('the lock file', () => {
  test('holds one exact version of each package, and what its archive must hash to', () => {
    const packages = Object.entries(lock).filter(([path]) => path !== '');
    expect(packages.length).toBeGreaterThan(50);
    const inexact = packages.filter(([, { version = '' }]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version));
    expect(inexact.map(([path]) => path)).toEqual([]);
    // binaries of other platforms alone are named without one: npm takes it from the registry of who installs there
    const unhashed = packages.filter(([, { integrity, optional }]) => integrity === undefined && optional !== true);
    expect(unhashed.map(([path]) => path)).toEqual([]);
    for (const [, { integrity }] of packages) if (integrity !== undefined) expect(integrity).toMatch(/^sha512-/);
  });

  test('is that of package.json, and nothing is needed but Node where mailtrace runs', () => {
    expect(lock['']?.devDependencies).toEqual(manifest.devDependencies);
    expect(manifest.dependencies).toBeUndefined();
  });

  test('one package runs a script when it is installed: esbuild, which puts the binary of this machine in its place', () => {
    const scripted = Object.entries(lock).flatMap(([path, { hasInstallScript }]) =>
      hasInstallScript === true ? [path] : [],
    );
    expect(scripted).toEqual(['node_modules/esbuild']);
    expect(manifest.allowScripts).toEqual({ esbuild: true });
    expect(read('README.md')).toContain('`esbuild`');
  });

  test('nothing of ours runs where the package is installed', () => {
    const hooks = ['preinstall', 'install', 'postinstall', 'preuninstall', 'postuninstall'];
    expect(hooks.filter((name) => name in manifest.scripts)).toEqual([]);
  });
});

describe('what is shipped', () => {
  test('holds the licence of each package in it', () => {
    const licences = read('dist/licenses.txt');
    const missing = [...bundled().keys()].filter((name) => {
      const version = lock[`node_modules/${name}`]?.version ?? '';
      return !licences.includes(`\n${name} ${version} (`);
    });
    expect(bundled().size).toBeGreaterThan(5);
    expect(missing).toEqual([]);
    // each may be used, changed and shipped by anybody
    const kinds = new Set([...licences.matchAll(/^[@\w./-]+ \d[\w.-]* \(([^)]+)\)$/gm)].map((match) => match[1]));
    expect(
      [...kinds].filter(
        (kind) => !['MIT', 'MIT-0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD'].includes(kind ?? ''),
      ),
    ).toEqual([]);
  });

  test('is told in the README: each package with its weight and reason', () => {
    const [, section = ''] = read('README.md').split('\n## What it is made of\n');
    const rows = [
      ...(section.split('\n## ')[0] ?? '').matchAll(/^\| `([^`]+)` *\| *([\d,]+) kB *\| *(\S[^|]*?) *\|$/gm),
    ];
    const told = new Map(rows.map(([, name = '', weight = '']) => [name, Number(weight.replaceAll(',', ''))]));
    expect([...told.keys()].toSorted()).toEqual([...bundled().keys()].toSorted());
    for (const [name, bytes] of bundled()) {
      const weight = told.get(name) ?? 0;
      expect([name, Math.abs(weight - bytes / 1000) <= 2 + bytes / 10_000]).toEqual([name, true]);
    }
  });

  test('is what runs, and nothing else', () => {
    const { stdout, status } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    const [{ files = [] } = {}] = JSON.parse(stdout) as { files?: { path: string }[] }[];
    const names = files.map(({ path }) => path.replace(/mailtrace-[0-9a-f]{12}\./, 'mailtrace-HASH.'));
    expect(names.toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin/mailtrace.js',
      'bin/package.json',
      'dist/cli.cjs',
      'dist/count.wasm',
      'dist/crew-worker.cjs',
      'dist/front-worker.cjs',
      'dist/gunzip-worker.cjs',
      'dist/kernel.wasm',
      'dist/licenses.txt',
      'dist/mails.wasm',
      'dist/mailtrace-HASH.code',
      'dist/mailtrace-HASH.js',
      'package.json',
    ]);
  });

  test('is tested for known faults, where the registry answers', () => {
    expect(read('.ci/run')).toContain('node .ci/audit.mjs');
  });
});
