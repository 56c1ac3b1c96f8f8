/**
 * What the configuration adds to what was typed: sources where no PATH is, zones, what is ours, stand-ins of recipients.
 * Errors: UserError for a configuration that is wrong.
 */
import { loadSettings, standIns } from '../config/index.ts';
import { UserError } from '../errors.ts';
import type { FilterOptions } from '../filter/options.ts';
import { isZone } from '../framing/zone.ts';
import type { Io } from '../io.ts';
import type { Own } from '../model/own.ts';
import type { JsonFields, JsonSource, LogZone } from '../model/run.ts';
import { logZonesOf, memoryOf, textOf } from './common-options.ts';
import type { Scope } from '../scope/index.ts';
import type { Values } from './filter-options.ts';
import { heldGrant } from './held-grant.ts';
import { scopeOf } from './scoping.ts';

export interface Configured {
  /** the file; undefined = none */
  readonly path: string | undefined;
  readonly paths: readonly string[];
  readonly logZones: readonly LogZone[];
  readonly own: Own;
  readonly json: readonly JsonSource[];
  /** bytes that a run may take */
  readonly memory: number;
  /** what may be shown; undefined = everything */
  readonly scope: Scope | undefined;
  /** Addresses that stand for those searched for are searched for too. */
  widen(options: FilterOptions): FilterOptions;
}

export async function configuredOf(paths: readonly string[], values: Values, io: Io): Promise<Configured> {
  const grant = await heldGrant(io);
  const { path, config, own } =
    grant === undefined
      ? await loadSettings(textOf(values['config']) || undefined, io.env)
      : await loadSettings(grant.config, undefined);
  const zones = Object.entries(config.zones ?? {}).map(([match, zone]): LogZone => {
    if (!isZone(zone)) throw new UserError({ where: path ?? '', what: `zones.${match}: no time zone '${zone}'` });
    return match === '*' ? { zone } : { match, zone };
  });
  return {
    path,
    paths: grant === undefined ? (paths.length > 0 ? paths : (config.sources ?? [])) : grant.sources,
    // what was typed comes last and holds
    logZones: [...zones, ...logZonesOf(values)],
    own,
    memory: memoryOf(values),
    json: (config.json ?? []).map(jsonSourceOf),
    scope: await scopeOf(values, own, io),
    widen: (options) => ({
      ...options,
      ...widened('recipient', options, config),
      ...widened('address', options, config),
    }),
  };
}

function jsonSourceOf({ source, ...named }: NonNullable<Parameters<typeof standIns>[0]['json']>[number]): JsonSource {
  const { text, time, host, program, pid } = named;
  const fields: JsonFields = { text };
  if (time !== undefined) fields.time = time;
  if (host !== undefined) fields.host = host;
  if (program !== undefined) fields.program = program;
  if (pid !== undefined) fields.pid = pid;
  return source === undefined ? { fields } : { match: source, fields };
}

function widened(
  name: 'recipient' | 'address',
  options: FilterOptions,
  config: Parameters<typeof standIns>[0],
): Partial<FilterOptions> {
  const typed = options[name];
  if (typed === undefined) return {};
  const more = standIns(config, typed).filter((address) => !typed.includes(address));
  return more.length === 0 ? {} : { [name]: [...typed, ...more] };
}
