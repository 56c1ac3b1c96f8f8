/**
 * The policy of those who come through sudo: which domains this user is shown, and of which files.
 * Errors: UserError where there is a policy and it is not to be trusted, is wrong, or does not name the user.
 */
import { join, dirname } from 'node:path';
import { UserError } from '../errors.ts';
import type { PolicyPlace } from '../model/policy-place.ts';
import { groupsOf, identityOf, isThroughSudo } from './identity.ts';
import { pathTest } from './paths.ts';
import type { Policy, PolicyEntry } from './shape.ts';
import { isThere, trustedText } from './trusted-file.ts';

export interface Grant {
  readonly user: string;
  readonly domains: readonly string[];
  /** absolute paths, folders and globs */
  readonly sources: readonly string[];
  /** of a path without links: one of the sources */
  readonly allows: (real: string) => boolean;
  /** the configuration beside the policy, as much to be trusted; undefined = there is none */
  readonly config: string | undefined;
}

/** undefined: nobody comes through sudo, it is root, or there is no policy. */
export async function grantOf(
  place: PolicyPlace | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Grant | undefined> {
  if (place === undefined || !isThroughSudo(env) || !isThere(place.path)) return undefined;
  const identity = identityOf(env, place);
  // who is root without sudo has nothing to be kept from
  if (identity.uid === 0) return undefined;
  const policy = await policyOf(place);
  const { domains, sources } = entryOf(policy, identity.name, () => groupsOf(identity, place), place.path);
  const config = join(dirname(place.path), 'config.yaml');
  const hasConfig = isThere(config);
  if (hasConfig) trustedText(config, place);
  return { user: identity.name, domains, sources, allows: pathTest(sources), config: hasConfig ? config : undefined };
}

async function policyOf(place: PolicyPlace): Promise<Policy> {
  const text = trustedText(place.path, place);
  const [{ parseDocument }, { policyShape }] = await Promise.all([import('yaml'), import('./shape.ts')]);
  const wrong = (what: string): UserError => new UserError({ where: place.path, what: `${what}: nothing is shown` });
  const document = parseDocument(text, { schema: 'core', prettyErrors: false });
  if (document.errors.length > 0) throw wrong('it is no YAML');
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch {
    throw wrong('it is no YAML');
  }
  const result = policyShape.safeParse(value ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  // entries of others are nothing to tell: the place, and not what stands there
  const at = issue?.path.filter(
    (part) => typeof part === 'number' || /^(?:users|groups|domains|sources)$/.test(String(part)),
  );
  throw wrong(`${at === undefined || at.length === 0 ? 'the file' : at.join('.')} is not as a policy is written`);
}

function entryOf(policy: Policy, user: string, groupsOfUser: () => string[], path: string): PolicyEntry {
  const { users = {}, groups = {} } = policy;
  if (Object.hasOwn(users, user)) return users[user] as PolicyEntry;
  const [first, ...others] = groupsOfUser().flatMap((name) =>
    Object.hasOwn(groups, name) ? [groups[name] as PolicyEntry] : [],
  );
  if (first === undefined) throw new UserError({ where: path, what: `no entry for ${user}: nothing is shown` });
  // the domains of one group in the files of another are more than either was given
  if (others.some((entry) => sourcesOf(entry) !== sourcesOf(first)))
    throw new UserError({
      where: path,
      what: `several groups of ${user} have entries with different sources: nothing is shown`,
      help: 'give the user an entry under users',
    });
  return { domains: [...new Set([first, ...others].flatMap(({ domains }) => domains))], sources: first.sources };
}

function sourcesOf({ sources }: PolicyEntry): string {
  return JSON.stringify(sources.toSorted());
}
