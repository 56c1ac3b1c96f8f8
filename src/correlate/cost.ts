/**
 * What the mails and sessions whose lines are awaited take of memory, by estimate: deterministic, so that the same log
 * gives the same answer on every machine.
 * Units:  bytes, as in util/memory.ts.
 */
import type { ChainLine } from '../model/message.ts';
import type { Act, End, Hop, Refusal } from './hop.ts';
import type { SmtpSession } from './session.ts';
import type { Tracker } from './tracker.ts';

/** With its slots in two tables and in the list. */
const HOP = 1100;
const END = 560;
const REFUSAL = 520;
const ACT = 320;
const SESSION = 520;
const WORD = 600;
const ADDRESS = 90;
const LINE = 140;
const BYTES = 160;
const SLOT = 24;

/** What one more line may add at most, beside its own bytes some times over. */
const AN_EVENT = HOP + SESSION + LINE;
const COPIES = 4;

/** At most what an event of a line of so many bytes adds. */
export function costOfEvent(length: number): number {
  return AN_EVENT + length * COPIES;
}

export function liveCost(t: Tracker): number {
  let cost = 0;
  for (const hop of t.openHops) cost += costOfHop(hop);
  for (const session of t.openSessions) cost += costOfSession(session);
  return cost;
}

export function costOfHop(hop: Hop): number {
  let cost = HOP + costOfLines(hop.lines);
  for (const end of hop.ends) cost += costOfEnd(end);
  if (hop.named !== undefined) cost += hop.named.length * ADDRESS;
  if (hop.words !== undefined) cost += hop.words.length * WORD;
  if (hop.parents !== undefined) cost += hop.parents.length * ADDRESS;
  if (hop.refusals !== undefined) for (const refusal of hop.refusals) cost += costOfRefusal(refusal);
  if (hop.inner !== undefined) for (const refusal of hop.inner) cost += costOfRefusal(refusal);
  if (hop.acts !== undefined) for (const act of hop.acts) cost += costOfAct(act);
  return cost;
}

export function costOfSession(session: SmtpSession): number {
  let cost = SESSION + costOfLines(session.lines);
  for (const { hop, refusal, act } of session.items) {
    if (refusal !== undefined) cost += costOfRefusal(refusal);
    else if (act !== undefined) cost += costOfAct(act);
    // a told mail is kept by nothing else
    else cost += hop.told === undefined ? SLOT : SLOT + costOfHop(hop);
  }
  return cost;
}

function costOfEnd(end: End): number {
  return END + (end.reply?.length ?? 0) + (end.stored?.length ?? 0) * WORD;
}

function costOfRefusal(refusal: Refusal): number {
  const { reply, line, more, recipients, words } = refusal;
  let cost = REFUSAL + SLOT + (reply?.length ?? 0);
  if (line !== undefined) cost += costOfLine(line);
  if (recipients !== undefined) cost += recipients.length * ADDRESS;
  if (words !== undefined) cost += words.length * WORD;
  return cost + costOfLines(more);
}

function costOfAct({ line, reason }: Act): number {
  return ACT + SLOT + (reason?.length ?? 0) + (line === undefined ? 0 : costOfLine(line));
}

function costOfLines(lines: readonly ChainLine[] | undefined): number {
  if (lines === undefined) return 0;
  let cost = 0;
  for (const line of lines) cost += costOfLine(line);
  return cost;
}

function costOfLine({ bytes, repeats }: ChainLine): number {
  return LINE + (bytes === undefined ? 0 : BYTES + bytes.length) + (repeats === undefined ? 0 : repeats.length * LINE);
}
