/**
 * Completes package-lock.json after `npm install`, from `npm run lock`.
 *
 * Tools with a binary per platform name all of them as optional dependencies. npm leaves out of the lock those that the
 * registry in use does not serve, and then `npm ci` refuses the lock ("Missing: … from lock file"). This adds them as
 * npm would, with the platform told by their names and without a checksum, so that the lock holds on every machine.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const lock = JSON.parse(readFileSync(file, 'utf8'));

const OS = /(?:^|-)(android|darwin|freebsd|linux|openharmony|win32)-/;
const CPU = /-(arm64|arm|x64|ia32|ppc64|riscv64|s390x)(?:-|$)/;
const LIBC = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

/** The entry of one platform's package; undefined if its name does not tell the platform. */
function entryOf(name, version, parent) {
  const own = name.split('/').at(-1);
  const os = OS.exec(own)?.[1];
  const cpu = CPU.exec(own)?.[1];
  if (os === undefined || cpu === undefined) return undefined;
  const libc = os === 'linux' ? LIBC[own.split('-').at(-1)] : undefined;
  return {
    version,
    cpu: [cpu],
    ...(parent.dev === true && { dev: true }),
    ...(libc !== undefined && { libc: [libc] }),
    license: parent.license,
    optional: true,
    os: [os],
  };
}

let added = 0;
for (const parent of Object.values(lock.packages)) {
  for (const [name, range] of Object.entries(parent.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (key in lock.packages || !/^\d+\.\d+\.\d+$/.test(range)) continue;
    const entry = entryOf(name, range, parent);
    if (entry === undefined) continue;
    lock.packages[key] = entry;
    added += 1;
  }
}
if (added > 0) {
  const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, 'en'));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, undefined, 2)}\n`);
}
console.error(`lock: ${added} optional packages of other platforms added`);
