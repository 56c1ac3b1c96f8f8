/**
 * A file written whole or not at all: a temporary file beside it, forced to the disk, then renamed.
 * Shape:  a link is followed; what is no file (a terminal, /dev/stdout, a named pipe) is written as it is.
 *         Permissions are those that the umask leaves.
 * Errors: UserError, with the path; then nothing is left behind and a file that was there is as it was.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors.ts';

const TEXTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is no such folder',
  EACCES: 'it may not be written there',
  EPERM: 'it may not be written there',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENAMETOOLONG: 'the name is too long',
};

/** What went wrong with a file, in words. */
export function fileTrouble(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? (TEXTS[code] ?? `it cannot be written (${code})`) : String(error);
}

/** Whether it could be written: asked before the work is done. Throws UserError for a folder, or where its folder is missing. */
export function checkTarget(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true || path.endsWith('/')) {
    throw new UserError({
      where: path,
      what: 'it is a folder',
      help: `give a file in it: ${join(path, 'report.html')}`,
    });
  }
  if (stat === undefined && statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UserError({ where: path, what: 'there is no such folder' });
}

/** Writes all of `content` to `path`. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  checkTarget(path);
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && !stat.isFile()) writeFileSync(path, content);
    else replace(stat === undefined ? path : realpathSync(path), content);
  } catch (error) {
    throw new UserError({ where: path, what: fileTrouble(error) });
  }
}

function replace(path: string, content: string | Uint8Array): void {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = openSync(temporary, 'wx', 0o666);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

/** The new name is on the disk too. Not every file system can; the file is whole either way. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // a name that a power failure undoes leaves the file that was there
  }
}

/** A folder for our own files, made where there is none: for its owner alone, as it tells who writes to whom. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new UserError({ where: folder, what: fileTrouble(error).replace(/^it /, 'the folder ') });
  }
}
