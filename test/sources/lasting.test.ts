/** A file that is held stays the file that was found, whatever its name leads to by then. */
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastingPath } from '../../src/sources/held.ts';
import { identityOf } from '../../src/sources/identity.ts';
import { temporaryFolder } from './bytes.ts';

describe.skipIf(!existsSync('/proc/self/fd'))('a file that is held', () => {
  it('is held once however often it is found, and is the same when its name is another file’s', () => {
    const path = join(temporaryFolder(), 'mail.log');
    writeFileSync(path, 'first');
    const identity = identityOf(statSync(path));
    const held = lastingPath(path, identity);
    expect(held).not.toBe(path);
    expect(lastingPath(path, identity)).toBe(held);
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'second');
    expect(readFileSync(held, 'utf8')).toBe('first');
    expect(readFileSync(lastingPath(path, identityOf(statSync(path))), 'utf8')).toBe('second');
    expect(lastingPath(`${path}.gone`, '0:0')).toBe(`${path}.gone`);
  });
});
