/**
 * npm's `prepare`: builds after `npm ci`, `npm install` and before `npm pack`.
 * Without the development packages (`--omit=dev`) an existing dist is left as it is; if there is none, it says what to do.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

if (existsSync(join(root, 'node_modules/esbuild/package.json'))) {
  const { build } = await import('./build.mjs');
  try {
    await build();
  } catch (error) {
    if (!(error instanceof Error && 'errors' in error)) console.error(error);
    process.exitCode = 1;
  }
} else if (!existsSync(join(root, 'dist/cli.cjs'))) {
  console.error('mailtrace: build: esbuild is not installed and there is no dist folder\nhelp: npm ci --include=dev');
  process.exitCode = 1;
}
