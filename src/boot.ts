/**
 * What `bin/mailtrace.js` runs: the bundle of cli.ts, with the compiled code that the build kept of it beside it, so that a
 * command need not be compiled each time. Node of another version refuses that code, and compiles as ever.
 * Shape:  .scripts/bundle.mjs makes the bundle, one function of what a CommonJS module is given, and both files' name, which
 *         holds a hash of the bundle: V8 looks at the length of a source alone.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';
import { version } from './version.ts';

/** Put in by the build: the bundle's name in the folder of this file, without its ending. */
declare const MAILTRACE_BUNDLE: string;

type Bundle = (require: NodeJS.Require, url: string) => void;

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

const first = process.argv[2];
if (process.env['SUDO_UID'] === undefined && (first === '--version' || first === '-V')) {
  process.stdout.write(`mailtrace ${version}\n`);
} else {
  const filename = join(__dirname, `${MAILTRACE_BUNDLE}.js`);
  const cachedData = read(join(__dirname, `${MAILTRACE_BUNDLE}.code`));
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    ...(cachedData === undefined ? {} : { cachedData }),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const run = script.runInThisContext() as Bundle;
  run(createRequire(filename), pathToFileURL(filename).href);
}
