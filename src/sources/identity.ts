/**
 * One file under several names (symbolic and hard links, `./x` and `x`) has one identity.
 */
import type { Stats } from 'node:fs';

export function identityOf(stat: Stats): string {
  return `${stat.dev}:${stat.ino}`;
}
