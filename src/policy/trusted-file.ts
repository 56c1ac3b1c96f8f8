/**
 * A file that only its owner can have written: its text.
 * Shape:  a regular file of that owner that neither its group nor others may write, in folders of which the same holds, up to
 *         the root; where a link leads there, both ways are looked at. (Where an ACL gives more, the group bits of the mode
 *         are its mask, acl(5).)
 * Errors: UserError for everything else. The text of the file is in none of them.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname, relative } from 'node:path';
import { UserError } from '../errors.ts';

export interface Trust {
  /** uid */
  readonly owner: number;
  /** folders above it are not looked at; undefined = the root */
  readonly top?: string | undefined;
}

/** A page; what is larger is another file. */
const LARGEST = 1_000_000;
const OTHERS_WRITE = 0o022;

/** Whether there is something of that name. Throws UserError where that cannot be told. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw unreadable(path, error);
  }
}

export function trustedText(path: string, trust: Trust): string {
  try {
    const real = realpathSync(path);
    for (const way of new Set([path, real])) for (const folder of foldersAbove(way, trust.top)) check(folder, trust);
    const fd = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) throw refused(path, 'it is no regular file');
      judge(path, stat, trust);
      if (stat.size > LARGEST) throw refused(path, 'it is too large');
      return readFileSync(fd, 'utf8');
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(path, error);
  }
}

function foldersAbove(path: string, top: string | undefined): string[] {
  const folders: string[] = [];
  const base = top === undefined ? undefined : realpathSync(top);
  for (let at = dirname(path); ; at = dirname(at)) {
    // outside the top nothing is looked at: links of a test's folder for temporary files
    if (base !== undefined && relative(base, realpathSync(at)).startsWith('..')) return folders;
    folders.push(at);
    if (at === dirname(at)) return folders;
  }
}

function check(folder: string, trust: Trust): void {
  const stat = lstatSync(folder);
  if (stat.isSymbolicLink()) {
    // who may write a link's mode says nothing; its folder does, and where it leads is looked at too
    if (stat.uid !== trust.owner) throw refused(folder, 'it is not owned by root');
  } else judge(folder, stat, trust);
}

function judge(path: string, stat: Stats, { owner }: Trust): void {
  if (stat.uid !== owner) throw refused(path, 'it is not owned by root');
  if ((stat.mode & OTHERS_WRITE) !== 0) throw refused(path, 'others than root can write it');
}

function refused(path: string, what: string): UserError {
  return new UserError({
    where: path,
    what: `${what}: nothing is shown`,
    help: 'the policy, the configuration beside it and all folders above must be written by root alone',
  });
}

function unreadable(path: string, error: unknown): UserError {
  const code = (error as NodeJS.ErrnoException).code ?? 'error';
  return new UserError({ where: path, what: `it cannot be read (${code}): nothing is shown` });
}
