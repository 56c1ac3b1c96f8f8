/**
 * Compiles the AssemblyScript modules (src/kernel/assembly) into dist/<name>.wasm. One module is one line of `modules`.
 *
 * A module imports its memory as `env.memory`; src/kernel/module.ts makes it and loads the module. It has no start function,
 * no data and no run-time library: what it needs beside its globals it keeps at addresses that it is told.
 */
import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Name in dist -> source file. */
export const modules = {
  kernel: 'src/kernel/assembly/kernel.ts',
  count: 'src/kernel/assembly/count/count.ts',
  mails: 'src/kernel/assembly/mails/mails.ts',
};
/** Modules of which two threads work in one memory (src/weigh/front.ts); it may grow to 4 GiB. */
const IN_SHARED_MEMORY = new Set(['count']);
const SHARING = '--enable threads --sharedMemory --maximumMemory 65536'.split(' ');

const FOLDER = 'src/kernel/assembly';
/** holds what modules have in common */
const SHARED = `${FOLDER}/count`;

const FLAGS = '--enable simd -O3 --noAssert --runtime stub --importMemory --noExportMemory --initialMemory 1'.split(
  ' ',
);

/** Whether dist holds the module, newer than all it is made of: its own folder, the files all share, the compiler. */
function isFresh(root, source, file) {
  const built = statSync(file, { throwIfNoEntry: false });
  if (built === undefined) return false;
  const folders = [FOLDER, SHARED, dirname(source)].map((folder) => join(root, folder));
  const sources = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  return [...sources, join(root, 'package-lock.json'), join(root, '.scripts/assembly.mjs')].every((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined || stat.isDirectory() || stat.mtimeMs <= built.mtimeMs;
  });
}

/**
 * A source as AssemblyScript reads it. `// @inline` above a function is its decorator, which the formatter could not read.
 * The modules in count/ and mails/ are TypeScript too, their own twins: there `memory.wasm.ts` stands for `memory.ts`, and the names of
 * number types are not imported.
 */
async function readSource(path) {
  const isShared = /\/(?:count|mails)$/.test(dirname(path));
  const file = isShared ? path.replace(/memory\.ts$/, 'memory.wasm.ts') : path;
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  const decorated = text.replaceAll(/^\/\/ @inline$/gm, '@inline');
  return isShared ? decorated.replace(/\btype (?:i32|f64),? ?/g, '') : decorated;
}

/** @returns {Promise<Uint8Array>} the module in `source`; throws an Error that holds what the compiler says */
async function compile(root, name, source) {
  const { default: asc } = await import('assemblyscript/asc');
  const said = [];
  const stream = { write: (text) => said.push(text) };
  let binary;
  const flags = IN_SHARED_MEMORY.has(name) ? [...FLAGS, ...SHARING] : FLAGS;
  const { error } = await asc.main([source, '--outFile', `${name}.wasm`, ...flags], {
    stdout: stream,
    stderr: stream,
    readFile: (path) => readSource(join(root, path)),
    writeFile: (path, contents) => {
      if (path === `${name}.wasm`) binary = contents;
    },
  });
  if (error !== null || binary === undefined) throw new Error(`${source} does not compile\n${said.join('')}`);
  return binary;
}

/**
 * The modules as [file in dist, bytes], without bytes where the file is fresh and `ifStale` is set.
 * @param {string} root
 * @param {string} dist
 * @param {{ ifStale: boolean }} options
 */
export async function compileModules(root, dist, { ifStale }) {
  const compiled = [];
  for (const [name, source] of Object.entries(modules)) {
    const file = join(dist, `${name}.wasm`);
    const bytes = ifStale && isFresh(root, source, file) ? undefined : await compile(root, name, source);
    compiled.push([file, bytes]);
  }
  return compiled;
}
