/**
 * What the operating system says of a file, in words for the user.
 */
import type { InputProblem } from '../model/run.ts';

export type OnProblem = (problem: InputProblem) => void;

const WORDS: Readonly<Record<string, readonly [what: string, help?: string]>> = {
  ENOENT: ['no such file or folder', 'give files, folders, globs, or - for standard input'],
  EACCES: ['permission denied', 'run as a user who may read it (often the group adm), or with sudo'],
  EPERM: ['permission denied', 'run as a user who may read it (often the group adm), or with sudo'],
  ENOTDIR: ['no such file or folder (a part of the path is a file)'],
  ELOOP: ['too many symbolic links'],
  ENAMETOOLONG: ['the name is too long'],
  EMFILE: ['too many open files', 'raise the limit (ulimit -n), or give fewer files at once'],
  ENFILE: ['too many open files'],
  EIO: ['the disk reports an error'],
  ESTALE: ['the file is gone (stale handle of a network disk)'],
};

/** The errno name of a system error, '' for anything else. */
export function errorCode(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : '';
}

/** An error of open, stat or readdir as a problem of `where`. */
export function problemOf(where: string, error: unknown): InputProblem {
  const code = errorCode(error);
  const [what, help] = WORDS[code] ?? [code === '' ? 'cannot be read' : `cannot be read (${code})`];
  return help === undefined ? { where, what } : { where, what, help };
}

/** An error while reading: what came before it was used. */
export function brokenOff(where: string, error: unknown): InputProblem {
  return { where, what: `could not be read to its end: ${problemOf(where, error).what}` };
}
