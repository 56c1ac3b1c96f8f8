/**
 * A file or folder that stays the one it was when it was looked at, whatever its name leads to by then: held by a descriptor,
 * and opened through that.
 * Source: open(2) O_PATH (nothing is read, and no device is disturbed), proc(5) /proc/pid/fd. Where there is no /proc (FreeBSD,
 *         macOS) a name is all there is: it is looked at, then opened.
 * Errors: those of open(2), thrown.
 */
import { closeSync, existsSync, openSync, readlinkSync, realpathSync } from 'node:fs';

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
