/**
 * The tools that we are compared with: where they are, and how to get them from Debian without
 * installing them (packages that conflict lie beside each other in one folder).
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { CACHE } from './logs.ts';
import type { Command } from './measure.ts';

const ROOT = path.join(CACHE, 'peers');

/** Where unpacked programs are, as of a PATH. */
export const PEER_PATH = ['bin', 'sbin'].map((one) => path.join(ROOT, 'usr', one)).join(path.delimiter);

/** Packages, each with the libraries it needs beyond a bare system. */
const PACKAGES: Record<string, readonly string[]> = {
  pflogsumm: ['pflogsumm', 'libdate-calc-perl', 'libdate-calc-xs-perl', 'libbit-vector-perl', 'libcarp-clan-perl'],
  rg: ['ripgrep'],
  lnav: [
    'lnav',
    'libcurl3-gnutls',
    'libarchive13',
    'libsqlite3-0',
    'libnghttp2-14',
    'librtmp1',
    'libssh2-1',
    'libpsl5',
    'libldap-2.5-0',
    'libsasl2-2',
  ],
  eximstats: ['exim4-base'],
  zstd: ['zstd'],
  time: ['time'],
};

/** Fetches and unpacks every package; says which could not be had. */
export function installPeers(): void {
  const debs = path.join(CACHE, 'debs');
  mkdirSync(debs, { recursive: true });
  mkdirSync(ROOT, { recursive: true });
  for (const name of Object.values(PACKAGES).flat()) {
    const got = call('apt-get', ['download', name], debs);
    const deb = readdirSync(debs).find((file) => file.startsWith(`${name}_`));
    if (got.status !== 0 || deb === undefined) {
      process.stderr.write(`${name}: not to be had from Debian\n`);
      continue;
    }
    const unpacked = call('dpkg', ['-x', path.join(debs, deb), ROOT], debs);
    process.stderr.write(`${name}: ${unpacked.status === 0 ? 'unpacked' : unpacked.stderr}\n`);
  }
}

function call(program: string, args: readonly string[], cwd: string): { status: number | null; stderr: string } {
  return spawnSync(program, args, { cwd, encoding: 'utf8' });
}

/** The command of a peer, or undefined where it is not installed. */
export function peer(program: string, args: readonly string[]): Command | undefined {
  const folders = [PEER_PATH, process.env['PATH'] ?? ''].join(path.delimiter).split(path.delimiter);
  const found = folders.map((folder) => path.join(folder, program)).find((file) => isExecutable(file));
  if (found === undefined) return undefined;
  return { argv: [found, ...args], env: found.startsWith(ROOT) ? unpackedEnvironment() : {} };
}

/** Where unpacked programs find their Perl modules and libraries. */
function unpackedEnvironment(): Record<string, string> {
  const lib = path.join(ROOT, 'usr', 'lib');
  const triplets = existsSync(lib) ? readdirSync(lib).map((name) => path.join(lib, name)) : [];
  const perl = triplets
    .map((folder) => path.join(folder, 'perl5'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((version) => path.join(folder, version)));
  return {
    PERL5LIB: [path.join(ROOT, 'usr', 'share', 'perl5'), ...perl].join(path.delimiter),
    LD_LIBRARY_PATH: triplets.join(path.delimiter),
    // lnav keeps its settings there.
    HOME: CACHE,
  };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
