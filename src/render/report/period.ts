/**
 * The period of a report in words: `2026-11-20`, `2026-11-14 to 2026-11-20`, `2026-11-20 09:10 to 2026-11-21 09:10 (+01:00)`.
 * Whole days of the zone printed are told as days.
 */
import type { Instant } from '../../model/message.ts';
import type { ReportDocument } from '../../report/document.ts';
import type { Clock } from '../times.ts';

/** What was asked for; where nothing was, what the logs hold. */
export function periodText({ since, until, first, last }: ReportDocument['period'], clock: Clock): string {
  const from = since ?? first;
  const to = until ?? last;
  if (from === undefined) return to === undefined ? 'no logs' : `until ${edgeText(to, clock)}`;
  return to === undefined ? `since ${edgeText(from, clock)}` : spanText({ since: from, until: to }, clock);
}

const edgeText = (at: Instant, clock: Clock): string => `${clock.plain(at).slice(0, -3)} (${clock.iso(at).slice(-6)})`;

/** Both ends; `until` is within the period. */
export function spanText({ since, until }: { since: Instant; until: Instant }, clock: Clock): string {
  const from = clock.plain(since);
  const to = clock.plain(until);
  if (from.endsWith(' 00:00:00') && to.endsWith(' 23:59:59')) {
    const [firstDay, lastDay] = [from.slice(0, -9), to.slice(0, -9)];
    return firstDay === lastDay ? firstDay : `${firstDay} to ${lastDay}`;
  }
  return `${from.slice(0, -3)} to ${to.slice(0, -3)} (${clock.iso(until).slice(-6)})`;
}
