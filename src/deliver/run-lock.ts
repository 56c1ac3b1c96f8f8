/**
 * A lock file, so that two runs of one report do not overlap: `NAME.lock` with the process that holds it.
 * A process that was killed leaves it behind; whoever comes next sees that the process is gone (by its number, its start and
 * the machine's boot, as numbers are used again) and takes it over. On another machine (a shared folder) nobody can see that:
 * there the file must be removed by hand.
 * Errors: UserError where another run holds it.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { pid } from 'node:process';
import { UserError } from '../errors.ts';
import { fileTrouble } from './whole-file.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** start of the process and of the machine, as the kernel tells them; '' where it does not */
  readonly born: string;
  readonly since: string;
}

/**
 * Start of a process and id of the boot: fields 22 of /proc/PID/stat (proc(5)) and boot_id; '' where there is no such process,
 * also where it is dead and only its parent has not asked for its status yet (Z), or the kernel tells none.
 */
function bornAt(process: number): string {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'latin1');
    // behind the name, which may hold blanks and brackets
    const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return '';
    return `${fields[18] ?? ''}@${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}`;
  } catch {
    return '';
  }
}

function isAlive({ pid: process, host, born }: Holder): boolean {
  if (host !== hostname()) return true;
  const now = bornAt(process);
  if (born !== '') return now === born;
  try {
    return globalThis.process.kill(process, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function read(path: string): { text: string; holder: Holder | undefined } | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const holder = JSON.parse(text) as Partial<Holder> | undefined;
    const { pid: process, host, born, since } = holder ?? {};
    if (
      typeof process === 'number' &&
      typeof host === 'string' &&
      typeof born === 'string' &&
      typeof since === 'string'
    )
      return { text, holder: { pid: process, host, born, since } };
  } catch {
    // it is made whole, so what cannot be read is of nobody
  }
  return { text, holder: undefined };
}

/** Takes the lock at `path` (its folder is there). Returns what gives it back. */
export function takeLock(path: string): () => void {
  const temporary = `${path}.${pid}`;
  const mine: Holder = { pid, host: hostname(), born: bornAt(pid), since: new Date().toISOString() };
  try {
    writeFileSync(temporary, JSON.stringify(mine));
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        // made whole, and never over another's
        linkSync(temporary, path);
        return () => rmSync(path, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const found = read(path);
      if (found === undefined) continue;
      if (found.holder !== undefined && isAlive(found.holder)) throw heldBy(path, found.holder);
      takeAway(path, found.text);
    }
    throw new UserError({ where: path, what: 'another run of this report has just begun' });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError({ where: path, what: fileTrouble(error) });
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Removes a dead one's lock, and puts it back if it meanwhile became a living one's. */
function takeAway(path: string, text: string): void {
  const aside = `${path}.${pid}.old`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  try {
    if (readFileSync(aside, 'utf8') !== text) linkSync(aside, path);
  } catch {
    // a third one has it already
  } finally {
    rmSync(aside, { force: true });
  }
}

function heldBy(path: string, { pid: process, host, since }: Holder): UserError {
  const where = host === hostname() ? '' : ` on ${host}`;
  return new UserError({
    where: path,
    what: `another run of this report is at work (process ${process}${where}, since ${since})`,
    help: 'wait for it, or give this one a --state NAME of its own',
  });
}
