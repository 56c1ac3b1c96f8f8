/**
 * What to let go where memory is short (util/memory.ts): finished mails first, without the wait for lines that may join
 * them; then those of which no line came for longest, finished or not.
 */
import type { Instant, Note } from '../model/message.ts';
import { costOfHop, costOfSession } from './cost.ts';
import type { Hop } from './hop.ts';
import type { SmtpSession } from './session.ts';
import type { Tracker } from './tracker.ts';

/** A finished mail's next hop on this host has begun by then. */
export const SHORT_HOLD_MS = 120_000;
/** When something is let go at all, live memory falls to this part of what it may be. */
export const RELIEVED = 0.6;

interface Candidate {
  readonly hop: Hop | undefined;
  readonly session: SmtpSession | undefined;
  readonly lastAt: Instant;
  readonly seq: number;
}

/** The mails and sessions to let go so that about `bytes` become free; taken out of the tracker's lists. */
export function takeOldest(t: Tracker, bytes: number): { hops: Hop[]; sessions: SmtpSession[] } {
  const all: Candidate[] = [
    ...t.openHops.map((hop): Candidate => ({ hop, session: undefined, lastAt: timeOf(hop), seq: hop.seq })),
    ...t.openSessions.map((session): Candidate => ({
      hop: undefined,
      session,
      lastAt: timeOf(session),
      seq: session.seq,
    })),
  ];
  all.sort((a, b) => a.lastAt - b.lastAt || a.seq - b.seq);
  const hops = new Set<Hop>();
  const sessions = new Set<SmtpSession>();
  let freed = 0;
  for (const { hop, session } of all) {
    if (freed >= bytes) break;
    if (hop !== undefined) {
      hops.add(hop);
      freed += costOfHop(hop);
    } else if (session !== undefined) {
      sessions.add(session);
      freed += costOfSession(session);
    }
  }
  const taken = { hops: t.openHops.filter((hop) => hops.has(hop)), sessions: [...sessions] };
  t.openHops = t.openHops.filter((hop) => !hops.has(hop));
  t.openSessions = t.openSessions.filter((session) => !sessions.has(session));
  return taken;
}

/** A line without a stamp is older than any. */
function timeOf({ lastAt }: Hop | SmtpSession): Instant {
  return Number.isNaN(lastAt) ? Number.NEGATIVE_INFINITY : lastAt;
}

export function letGoNote(): Note {
  return { type: 'let-go', text: 'memory was short (--memory): what came later of it stands as another message' };
}
