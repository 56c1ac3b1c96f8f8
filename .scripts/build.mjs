/**
 * Bundles src/cli.ts into dist/: one script, which src/boot.ts loads with the compiled code that is kept of it (bundle.mjs).
 *
 *   node .scripts/build.mjs              a clean build
 *   node .scripts/build.mjs --if-stale   nothing if dist is newer than all it was made of
 *
 * Packages are bundled in (they are devDependencies). What cannot be bundled goes into `dependencies` and stays
 * outside. `MAILTRACE_VERSION` becomes the version of package.json. dist/meta.json (not packed) tells the tests what
 * each module imports; dist/licenses.txt holds the licences of the bundled packages. The WASM modules (assembly.mjs) are
 * files of their own, read when they are needed.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileModules, modules } from './assembly.mjs';
import { keepCode, nameOf, script, wrapped } from './bundle.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');

/** Files of an earlier build stay this long after a build by --if-stale: a running process may still load them. */
const KEEP_MS = 60 * 60 * 1000;

/** @returns {number} when the newest of these files or folders' files was changed, in ms */
function newest(paths) {
  let at = 0;
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    at = Math.max(at, stat.mtimeMs);
    if (stat.isDirectory()) at = Math.max(at, newest(readdirSync(path).map((name) => join(path, name))));
  }
  return at;
}

/** What runs in threads of its own. */
const workers = ['src/select/crew-worker.ts', 'src/sources/unpack/gunzip-worker.ts', 'src/weigh/front-worker.ts'];
const nameOfWorker = (path) => basename(path).replace(/ts$/, 'cjs');

function isStale() {
  const built = statSync(join(dist, 'meta.json'), { throwIfNoEntry: false });
  const outputs = ['cli.cjs', ...workers.map(nameOfWorker), ...Object.keys(modules).map((name) => `${name}.wasm`)];
  if (built === undefined || !outputs.every((name) => existsSync(join(dist, name)))) return true;
  const inputs = ['src', 'package.json', 'package-lock.json', 'tsconfig.json', '.scripts'];
  return newest(inputs.map((path) => join(root, path))) > built.mtimeMs;
}

/** Writes one file so that a reader sees the old or the new one, never half of it. */
function replace(file, contents) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, contents);
  renameSync(temporary, file);
}

/** What stands of a licence at the top of the bundled files of a package that has no licence file. */
function notices(metafile, folder) {
  const files = Object.keys(metafile.inputs).filter((input) => input.startsWith(`${folder}/`));
  const tops = files.map((file) => /^\s*\/\*![\s\S]*?\*\//.exec(readFileSync(join(root, file), 'utf8'))?.[0] ?? '');
  return `\n${tops.join('\n').trim()}\n`;
}

/** The licence texts of all packages of which something is in the bundle. */
function licences(metafile) {
  const folders = new Set();
  for (const output of Object.values(metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
      if (found !== null && bytesInOutput > 0) folders.add(found[1]);
    }
  }
  const parts = [...folders].toSorted().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text =
      file === undefined ? notices(metafile, folder) : `\n${readFileSync(join(root, folder, file), 'utf8').trim()}\n`;
    return `${name} ${version} (${license})\n${text}`;
  });
  return `mailtrace holds code of these packages.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** Removes what this build did not write. */
function sweep(written, keepMs) {
  if (!existsSync(dist)) return;
  const now = Date.now();
  for (const name of readdirSync(dist)) {
    const file = join(dist, name);
    if (written.has(file)) continue;
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat !== undefined && now - stat.mtimeMs >= keepMs) rmSync(file, { recursive: true, force: true });
  }
}

/** @param {{ ifStale?: boolean }} options */
export async function build({ ifStale = false } = {}) {
  if (ifStale && !isStale()) return;
  const { version, dependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const started = new Date();
  const esbuild = await import('esbuild');
  const define = { MAILTRACE_VERSION: JSON.stringify(version) };
  const { outputFiles, metafile } = await esbuild.build({
    ...script,
    absWorkingDir: root,
    entryPoints: ['src/cli.ts'],
    outfile: join(dist, 'mailtrace.js'),
    external: Object.keys(dependencies).flatMap((name) => [name, `${name}/*`]),
    define: { ...define, 'import.meta.url': '$url' },
  });
  const bundle = wrapped(outputFiles[0].text);
  const name = nameOf(bundle);
  const boot = await esbuild.build({
    ...script,
    absWorkingDir: root,
    entryPoints: ['src/boot.ts'],
    outfile: join(dist, 'cli.cjs'),
    define: { ...define, MAILTRACE_BUNDLE: JSON.stringify(name) },
  });
  const threads = await esbuild.build({
    ...script,
    absWorkingDir: root,
    entryPoints: workers,
    outdir: dist,
    outExtension: { '.js': '.cjs' },
    entryNames: '[name]',
    define: { ...define, 'import.meta.url': '$url' },
    banner: { js: "const $url = require('node:url').pathToFileURL(__filename).href;" },
  });
  const written = new Set();
  const put = (file, contents) => {
    replace(file, contents);
    written.add(file);
  };
  for (const [file, contents] of await compileModules(root, dist, { ifStale })) {
    if (contents === undefined) written.add(file);
    else put(file, contents);
  }
  // the bundle first, what names it last
  const file = join(dist, `${name}.js`);
  const code = join(dist, `${name}.code`);
  put(file, bundle);
  keepCode(root, file, `${code}.tmp`);
  if (existsSync(`${code}.tmp`)) renameSync(`${code}.tmp`, code);
  written.add(code);
  for (const { path, contents } of threads.outputFiles) put(path, contents);
  put(join(dist, 'cli.cjs'), boot.outputFiles[0].contents);
  put(join(dist, 'licenses.txt'), licences(metafile));
  put(join(dist, 'meta.json'), JSON.stringify(metafile));
  sweep(written, ifStale ? KEEP_MS : 0);
  const took = Date.now() - started.getTime();
  console.error(`build: ${relative(root, file)}, ${Math.ceil(bundle.length / 1024)} KiB, ${took} ms`);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await build({ ifStale: process.argv.includes('--if-stale') });
  } catch (error) {
    // esbuild has already printed what is wrong in the sources.
    if (!(error instanceof Error && 'errors' in error)) console.error(error);
    process.exitCode = 1;
  }
}
