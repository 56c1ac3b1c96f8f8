/**
 * What the policy grants to whoever runs this through sudo. Nothing is loaded where nobody does.
 * Errors: UserError where the policy shows nothing to this user.
 */
import type { Io } from '../io.ts';
import type { Grant } from '../policy/index.ts';

const grants = new WeakMap<Io, Promise<Grant | undefined>>();
const SUDO = ['SUDO_UID', 'SUDO_GID', 'SUDO_USER'] as const;

/** Whether a policy may hold; without loading anything. */
export function mayBeBound({ policy, env }: Pick<Io, 'policy' | 'env'>): boolean {
  return policy !== undefined && SUDO.some((name) => env[name] !== undefined);
}

/** What the policy grants; undefined where none holds. Asked as often as one likes. */
export async function heldGrant(io: Io): Promise<Grant | undefined> {
  if (!mayBeBound(io)) return undefined;
  let grant = grants.get(io);
  if (grant === undefined) {
    grant = import('../policy/index.ts').then(({ grantOf }) => grantOf(io.policy, io.env));
    grants.set(io, grant);
  }
  return grant;
}
