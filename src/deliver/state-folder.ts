/**
 * Where states between runs are kept: $STATE_DIRECTORY (systemd's StateDirectory=), else $XDG_STATE_HOME/mailtrace, else for
 * root /var/lib/mailtrace, else ~/.local/state/mailtrace.
 * Source: XDG Base Directory Specification 0.8, systemd.exec(5), FHS 3.0 5.8.
 * Errors: UserError where none of them is set.
 */
import { join } from 'node:path';
import { UserError } from '../errors.ts';

export function stateFolder(env: Readonly<Record<string, string | undefined>>, isRoot: boolean): string {
  const { STATE_DIRECTORY: ofUnit = '', XDG_STATE_HOME: base = '', HOME: home = '' } = env;
  const [unit = ''] = ofUnit.split(':');
  // the specification: a path that is not absolute is to be ignored
  if (unit.startsWith('/')) return unit;
  if (base.startsWith('/')) return join(base, 'mailtrace');
  if (isRoot) return '/var/lib/mailtrace';
  if (home.startsWith('/')) return join(home, '.local', 'state', 'mailtrace');
  throw new UserError({
    where: '--since last-run',
    what: 'there is no place to keep when the last run was',
    help: 'set XDG_STATE_HOME or HOME',
  });
}
