/** What only some may be read of is read from what was looked at, not from what its name leads to by then. */
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { discover } from '../../src/sources/discover.ts';
import type { InputFile } from '../../src/sources/input-file.ts';
import { openInput } from '../../src/sources/open.ts';
import { temporaryFolder } from './bytes.ts';

const LOG = 'Nov 21 22:31:18 mx1 postfix/qmgr[1]: 3A: removed\n';
const SECRET = 'root:$y$j9T$secret:20000:0:99999:7:::\n';

interface Place {
  logs: string;
  log: string;
  secret: string;
}

function place(): Place {
  const folder = temporaryFolder();
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  mkdirSync(join(folder, 'etc'));
  const secret = join(folder, 'etc', 'shadow');
  writeFileSync(join(logs, 'mail.log'), LOG);
  writeFileSync(secret, SECRET);
  return { logs, log: join(logs, 'mail.log'), secret };
}

/** Finds what `path` is, with something done as soon as it was allowed. */
async function found(path: string, isMeant: (real: string) => boolean, then: () => void) {
  let isDone = false;
  const allows = (real: string): boolean => {
    if (!isMeant(real)) return false;
    if (!isDone) then();
    isDone = true;
    return true;
  };
  return discover([path], { cwd: '/', standardPlaces: [], allows });
}

describe.runIf(existsSync('/proc/self/fd'))('a link that is laid between the look and the opening', () => {
  test('in place of a file: the file that was looked at is read', async () => {
    const { logs, log, secret } = place();
    const { files, problems } = await found(
      log,
      (real) => real === log,
      () => {
        renameSync(log, join(logs, 'aside'));
        symlinkSync(secret, log);
      },
    );
    expect(problems).toEqual([]);
    expect(files).toMatchObject([{ path: log, name: log, kind: 'file', size: LOG.length }]);
    expect(readFileSync(files[0]?.full ?? '', 'utf8')).toBe(LOG);
  });

  test('in place of the folder', async () => {
    const { logs, log, secret } = place();
    const { files, problems } = await found(
      logs,
      (real) => real === logs || real.startsWith(`${logs}/`),
      () => {
        renameSync(logs, `${logs}-aside`);
        symlinkSync(join(secret, '..'), logs);
      },
    );
    expect(files.map(({ path }) => path)).not.toContain(join(logs, 'shadow'));
    for (const { full } of files) expect(readFileSync(full, 'utf8')).toBe(LOG);
    // by the folder that was looked at, which has another name now, and is refused
    expect(problems.map(({ where }) => where)).toEqual([log]);
  });

  test('later, while it is read again', async () => {
    const { logs, log, secret } = place();
    const { files } = await found(
      log,
      (real) => real === log,
      () => undefined,
    );
    renameSync(log, join(logs, 'aside'));
    symlinkSync(secret, log);
    const bytes = Buffer.alloc(4096);
    const source = openInput(files[0] as InputFile, { onProblem: ({ what }) => expect(what).toBe('') });
    expect(bytes.toString('utf8', 0, source.read(bytes, 0, bytes.length))).toBe(LOG);
    source.close();
  });
});

test('without a bound a name is a name', async () => {
  const { log } = place();
  const { files } = await discover([log], { cwd: '/', standardPlaces: [] });
  expect(files[0]).toMatchObject({ full: log });
  expect(files[0]).not.toHaveProperty('name');
});
