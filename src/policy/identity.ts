/**
 * Who runs it through sudo: from what sudo puts into the environment, whatever the user had there (sudo(8), SUDO_UID, SUDO_GID,
 * SUDO_USER), held against passwd(5); and the groups, from group(5), for users of a directory from id(1).
 * Errors: UserError where the three do not fit together.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { UserError } from '../errors.ts';
import type { PolicyPlace } from '../model/policy-place.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface Identity {
  readonly name: string;
  readonly uid: number;
  readonly gid: number | undefined;
}

const NAMES = ['SUDO_UID', 'SUDO_GID', 'SUDO_USER'] as const;
const MOST_ID = 4_294_967_294;

/** Any of them is enough: what is half there is looked at, and refused. */
export function isThroughSudo(env: Env): boolean {
  return NAMES.some((name) => env[name] !== undefined);
}

export function identityOf(env: Env, { passwd }: PolicyPlace): Identity {
  const uid = numberOf(env['SUDO_UID']);
  const name = env['SUDO_USER'] ?? '';
  if (uid === undefined || name === '' || /[\s:/]/.test(name))
    throw unclear('SUDO_UID and SUDO_USER do not say who it is');
  const rows = rowsOf(passwd);
  const named = rows.find(([login]) => login === name);
  const numbered = rows.filter(([, , id]) => id === String(uid));
  // a user of a directory (LDAP) is in no row, neither by name nor by number
  const fits = named === undefined ? numbered.length === 0 : named[2] === String(uid);
  if (!fits) throw unclear(`SUDO_USER and SUDO_UID are of two users`);
  return { name, uid, gid: numberOf(named?.[3]) ?? numberOf(env['SUDO_GID']) };
}

/** Names of the groups, the user's own first. */
export function groupsOf({ name, gid }: Identity, { passwd, group, id }: PolicyPlace): string[] {
  const rows = rowsOf(group);
  const groups = rows
    .filter(([, , number, members = '']) => number === String(gid) || members.split(',').includes(name))
    .map(([label = '']) => label);
  if (id !== undefined && !rowsOf(passwd).some(([login]) => login === name)) groups.push(...directoryGroups(id, name));
  return [...new Set(groups)].filter((label) => label !== '');
}

/** id(1) of GNU coreutils: `-z` ends each name with a zero byte, for names with blanks. */
function directoryGroups(id: string, name: string): string[] {
  const { status, stdout } = spawnSync(id, ['-Gnz', '--', name], { env: {}, encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? stdout.split('\0') : [];
}

function rowsOf(path: string): string[][] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
  } catch {
    return [];
  }
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const number = Number(text);
  return number <= MOST_ID ? number : undefined;
}

function unclear(what: string): UserError {
  return new UserError({ where: 'sudo', what: `${what}: nothing is shown` });
}
