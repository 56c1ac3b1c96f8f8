/**
 * The packings beside gzip, and who unpacks them: the tool of that name where the machine has it (it works on another core,
 * and is 2 to 10 times as fast), else a package within this process.
 * Source: zstd(1), xz(1), bzip2(1).
 */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

export type Packing = 'zstd' | 'xz' | 'bzip2';

const PACKINGS: ReadonlySet<string> = new Set<Packing>(['zstd', 'xz', 'bzip2']);

export function isPacking(encoding: string): encoding is Packing {
  return PACKINGS.has(encoding);
}

/** From standard input to standard output. The three tools understand the same letters; zstd alone would show its progress. */
export const toolArguments = (packing: Packing): string[] => [packing === 'zstd' ? '-dcq' : '-dc'];

/** Its words in English (see failure.ts), and no options from the user's environment. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: 'C', XZ_OPT: '', XZ_DEFAULTS: '', BZIP: '', BZIP2: '' };
}

let searched: string | undefined;
const found = new Map<Packing, string | undefined>();

/**
 * Absolute path of the packing's tool; undefined where there is none. Only absolute folders of PATH count: a log folder
 * that one stands in must not bring its own `zstd`.
 */
export function findTool(packing: Packing): string | undefined {
  const path = process.env['PATH'] ?? '';
  if (path !== searched) {
    searched = path;
    found.clear();
  }
  if (!found.has(packing)) {
    const folders = path.split(delimiter).filter(isAbsolute);
    found.set(packing, folders.map((folder) => join(folder, packing)).find(isProgram));
  }
  return found.get(packing);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
