/**
 * What the lines of a mail show of clocks that differ: said once for each pair of clocks, by the widest gap seen.
 * Evidence: ids of both sides, and the order in which things happen: a server takes a mail before the server that hands it on
 *         logs the answer; a filter judges a mail that has arrived and has not been answered for. A line that only came late
 *         shows nothing: a word after the end of its mail counts where queue id and Message-ID both say that it is of it.
 */
import type { Instant, Note } from '../model/message.ts';
import type { Hop } from './hop.ts';
import { edgeTime } from './join.ts';
import type { Word } from './word.ts';

/** Stamps leave out up to a second, and loggers swap lines by less than this, ms. */
const SWAPPED_MS = 2000;
/** An answer is logged this long after what was answered for, at worst: Exim waits for a transport that serves several, ms. */
const ANSWERED_MS = 10_000;

interface Gap {
  /** ms */
  size: number;
  text: string;
}

export function clockNotes(hops: readonly Hop[]): Note[] {
  const gaps = new Map<string, Gap>();
  for (const hop of hops) {
    ofNext(gaps, hop);
    for (const word of hop.words ?? []) ofWord(gaps, hop, word, endOf(hop));
    for (const end of hop.ends) for (const word of end.stored ?? []) ofWord(gaps, hop, word, end.at);
  }
  return [...gaps.values()].map(({ text }) => ({ type: 'clock-skew', text }));
}

/** A hop on another host than the one before. */
function ofNext(gaps: Map<string, Gap>, hop: Hop): void {
  const j = hop.judged;
  if (j === undefined) return;
  const from = j.parent.host ?? 'the host before';
  const to = hop.host ?? 'the next host';
  const id = hop.queueId ?? 'the next hop';
  if (j.skew !== 0) return note(gaps, from, to, j.skew, `${id} begins`, 'the line that names it');
  const [edge] = j.edges;
  if (edge?.relation !== 'queued-as' || j.parent.host === hop.host) return;
  const d = hop.queuedAt - edgeTime(edge);
  if (d < -ANSWERED_MS) note(gaps, from, to, d, `${id} is taken`, 'the line that names it');
}

/** A word on the mail, of which the server was told no later than `until` (NaN = not known). */
function ofWord(gaps: Map<string, Gap>, hop: Hop, word: Word, until: Instant): void {
  if (word.isEvidence || word.host === hop.host) return;
  const server = hop.host ?? 'the server';
  const beside = word.host ?? `the log of ${word.engine}`;
  const said = `what ${word.engine} says stands`;
  const early = word.at - hop.firstAt;
  if (early < -SWAPPED_MS) return note(gaps, server, beside, early, said, 'the first line of the mail');
  const isSure = word.midHash !== 0 && word.midHash === hop.midHash;
  const late = word.at - until;
  if (isSure && late > ANSWERED_MS) note(gaps, server, beside, late, said, 'the line that ends the mail');
}

/** When the mail was refused as a whole, or the last recipient was done with; NaN where it is not over. */
function endOf(hop: Hop): Instant {
  if (hop.ends.length === 0) return hop.refusals?.find((r) => r.final)?.at ?? Number.NaN;
  if (hop.ends.some((end) => end.outcome === 'deferred' || end.attempts === 0)) return Number.NaN;
  return Math.max(...hop.ends.map((end) => end.at));
}

function note(gaps: Map<string, Gap>, from: string, to: string, d: number, what: string, of: string): void {
  const key = [from, to].toSorted().join('\n');
  const size = Math.abs(d);
  if (size <= (gaps.get(key)?.size ?? 0)) return;
  const text = `the clocks of ${from} and ${to} differ: ${what} ${Math.round(size / 1000)} s ${d > 0 ? 'after' : 'before'} ${of}`;
  gaps.set(key, { size, text });
}
