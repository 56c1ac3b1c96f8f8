/**
 * Makes the bundle that src/boot.ts loads, and the compiled code that is kept of it.
 *
 * The bundle is one script: a function of `require` and the URL of its file. Modules that an `import()` names are in it too,
 * each a function that runs when it is first asked for.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What is run before the compiled code is kept: it then holds the functions that these need. */
const WARMED = [
  ['search', '--recipient', 'example.com', '--limit', '5'],
  ['search', '--text', 'example', '--format', 'raw', '--limit', '5'],
  ['search', '--json', '--limit', '5'],
  ['search', '--count'],
];
const LOGS = ['fixtures/postfix/single.mail.log', 'fixtures/exim/rich/mainlog'];

/** Options for esbuild: all in one file, as a script. */
export const script = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  // Half the bytes load in less time; names stay, for the stack of --debug. (keepNames would do it by a call for each
  // function and closure, in the inner loops too.)
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 200,
  legalComments: 'none',
  write: false,
  metafile: true,
  logLevel: 'warning',
};

/** The bundle as src/boot.ts reads it. `text` is what esbuild wrote with `import.meta.url` as `$url`: bytes of ASCII. */
export function wrapped(text) {
  return `(function(require,$url){${text}\n})`;
}

/** @returns {string} the name of both files, without their endings */
export function nameOf(bundle) {
  return `mailtrace-${createHash('sha256').update(bundle).digest('hex').slice(0, 12)}`;
}

/** Run in a process of its own: what it runs ends in process.exit(). */
const KEEP = `
const { readFileSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { pathToFileURL } = require('node:url');
const vm = require('node:vm');
const [filename, kept, commands] = JSON.parse(process.argv[1]);
const script = new vm.Script(readFileSync(filename, 'latin1'), {
  filename,
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
const run = script.runInThisContext();
process.stdout.write = process.stderr.write = (...given) => {
  given.findLast((one) => typeof one === 'function')?.();
  return true;
};
const exit = process.exit.bind(process);
const next = () => {
  const command = commands.shift();
  if (command === undefined) {
    writeFileSync(kept, script.createCachedData());
    exit(0);
  }
  process.argv = [process.argv[0], filename, ...command];
  run(createRequire(filename), pathToFileURL(filename).href);
};
process.exit = () => setImmediate(next);
next();
`;

/** Writes the compiled code of the bundle `file` to `kept`. What fails is no fault: the command then compiles as it runs. */
export function keepCode(root, file, kept) {
  const logs = LOGS.map((log) => join(root, log)).filter((log) => existsSync(log));
  const commands = WARMED.flatMap((command) => logs.map((log) => [...command, log]));
  const input = JSON.stringify([file, kept, commands]);
  try {
    execFileSync(process.execPath, ['-e', KEEP, input], { stdio: 'ignore', timeout: 60_000 });
  } catch {
    console.error('build: no compiled code is kept: commands begin a little slower');
  }
}
