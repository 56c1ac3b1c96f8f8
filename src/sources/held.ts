/**
 * A file or folder that stays the one it was when it was looked at, whatever its name leads to by then: held by a descriptor,
 * and opened through that.
 * Source: open(2) O_PATH (nothing is read, and no device is disturbed), proc(5) /proc/pid/fd. Where there is no /proc (FreeBSD,
 *         macOS) a name is all there is: it is looked at, then opened.
 * Errors: those of open(2), thrown.
 */
import { closeSync, existsSync, openSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { identityOf } from './identity.ts';

export interface Held {
  /** a path that leads there */
  readonly full: string;
  /** where it is, without links */
  readonly real: string;
  release(): void;
}

/** Linux, of every processor that Node.js runs on. */
const O_PATH = 0o10000000;
const DESCRIPTORS = '/proc/self/fd';

export function hold(path: string): Held {
  if (!existsSync(DESCRIPTORS)) return { full: path, real: realpathSync(path), release: () => undefined };
  const fd = openSync(path, O_PATH);
  const full = `${DESCRIPTORS}/${fd}`;
  const release = (): void => closeSync(fd);
  try {
    return { full, real: readlinkSync(full), release };
  } catch (error) {
    release();
    throw error;
  }
}

/** As many inputs are held; of more, a rotation in the middle of the run may lead the name to another file. */
const MOST_LASTING = 256;
/** by identity: a command may look for its inputs more than once, and a file that is held keeps its number */
const lasting = new Map<string, string>();

/**
 * A path that leads to this file until the process ends, though a rotation renames or deletes it: a log may be read more than
 * once. The path itself where it cannot be held, or leads to another file by now.
 */
export function lastingPath(path: string, identity: string): string {
  const known = lasting.get(identity);
  if (known !== undefined || lasting.size >= MOST_LASTING) return known ?? path;
  try {
    const held = hold(path);
    if (held.full !== path && identityOf(statSync(held.full)) === identity) {
      lasting.set(identity, held.full);
      return held.full;
    }
    held.release();
  } catch {
    // whoever opens it by its name says why
  }
  return path;
}
