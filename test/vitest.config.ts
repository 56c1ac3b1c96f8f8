/**
 * How the tests run: always in UTC (MAILTRACE_TEST_TZ names another zone), with fixed seeds (MAILTRACE_FUZZ=1 draws
 * them), in processes of their own. `npm test` builds dist first, for the tests of the built command.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

// Before the workers start: they, and the commands that tests start, inherit it.
process.env['TZ'] = process.env['MAILTRACE_TEST_TZ'] ?? 'UTC';

/** Where .ci/run wants the results as JSON. */
const report = process.env['MAILTRACE_TEST_REPORT'];

export default defineConfig({
  root,
  define: { MAILTRACE_VERSION: JSON.stringify(version) },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    // A golden file that is missing or differs is a failure; `npm run golden:update` writes them.
    update: 'none',
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
