/**
 * The configuration: `--config FILE`, else `$XDG_CONFIG_HOME/mailtrace/config.yaml` (`~/.config/…`), else
 * `/etc/mailtrace/config.yaml`; the first there is holds alone. Nothing is loaded where there is none.
 * Errors: UserError for a file that cannot be read or is wrong, with its line and what was expected.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { Own } from '../model/own.ts';
import type { Config } from './shape.ts';

export interface Settings {
  /** the file it is from; undefined = no configuration */
  readonly path: string | undefined;
  readonly config: Config;
  readonly own: Own;
}

/** A configuration is a page; what is larger is another file. */
const LARGEST = 1_000_000;

export async function loadSettings(
  typed: string | undefined,
  /** undefined: no file but the one typed is looked for */
  env: Readonly<Record<string, string | undefined>> | undefined,
  system = '/etc',
): Promise<Settings> {
  const path = typed ?? (env && usualPlaces(env, system).find((place) => existsSync(place)));
  if (path === undefined) return { path, config: {}, own: {} };
  const text = readText(path);
  const [{ parseConfig }, { ownOf }] = await Promise.all([import('./parse.ts'), import('./own.ts')]);
  const result = parseConfig(text);
  if ('fault' in result) {
    const { line, what } = result.fault;
    throw new UserError({ where: line === undefined ? path : `${path}:${line}`, what });
  }
  return { path, config: result.config, own: ownOf(result.config) };
}

function usualPlaces(env: Readonly<Record<string, string | undefined>>, system: string): string[] {
  const { XDG_CONFIG_HOME: base, HOME: home } = env;
  const user = base !== undefined && base !== '' ? base : home === undefined ? undefined : join(home, '.config');
  const name = join('mailtrace', 'config.yaml');
  return [...(user === undefined ? [] : [join(user, name)]), join(system, name)];
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path);
    if (bytes.length <= LARGEST) return bytes.toString('utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'error';
    throw new UserError({ where: path, what: `it cannot be read (${code})`, help: 'give another file with --config' });
  }
  throw new UserError({
    where: path,
    what: 'it is too large for a configuration',
    help: 'give another file with --config',
  });
}

/** Addresses that stand for one of those looked for (an encryption gateway). */
export function standIns(config: Config, addresses: readonly string[]): string[] {
  const low = addresses.map((address) =>
    address
      .trim()
      .replace(/^<(.*)>$/, '$1')
      .toLowerCase(),
  );
  return (config.aliases ?? [])
    .filter(({ for: whom }) => whom.some((one) => low.some((address) => isMeant(one.toLowerCase(), address))))
    .map(({ address }) => address);
}

/** `bob@example.com`, `@example.com` or `example.com`, `.example.com`. */
function isMeant(one: string, address: string): boolean {
  if (one === address) return true;
  const domain = address.slice(address.lastIndexOf('@') + 1);
  if (one.startsWith('.')) return domain === one.slice(1) || domain.endsWith(one);
  return !one.slice(1).includes('@') && domain === one.replace(/^@/, '');
}
