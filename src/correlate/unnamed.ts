/**
 * Recipients that only counters tell of: RCPT was accepted, and no line names whom.
 */
import type { Entry } from './entry.ts';
import type { Hop } from './hop.ts';

/** How many recipients of the mail that entered at `root` no entry names. */
export function unnamedOf(root: Hop, entries: readonly Entry[]): number {
  // only counters of sessions tell of such, and no session is known
  if (root.isUnserved) return 0;
  const named = new Set<string>();
  for (const e of entries) if (e.address !== undefined && !e.notTaken) named.add(e.address.toLowerCase());
  // An entry for nobody stands for at least one.
  const nobody = entries.some((e) => e.address === undefined && !e.notTaken) ? 1 : 0;
  if (root.nrcpt >= 0 && root.ends.length > 0) {
    // nrcpt= counts after aliases; what was merged or is still to come has no line.
    return root.closed === '' ? 0 : Math.max(0, root.nrcpt - Math.max(named.size, root.ends.length));
  }
  if (root.unclosed && root.nrcpt >= 0) return Math.max(0, root.nrcpt - named.size);
  const session = root.session;
  const alone = session !== undefined && !session.cut && session.items.filter((i) => i.hop !== undefined).length === 1;
  if (alone && session.rcptOk > named.size) return session.rcptOk - named.size;
  return nobody;
}
