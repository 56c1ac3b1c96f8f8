/**
 * A log that begins or ends anywhere, held against the whole log: what may be told of a mail of which lines are missing.
 */
import type { Message, Recipient } from '../../../src/model/message.ts';
import { linesOf, type Logs, type Outcome, stampOf, textOf } from './harness.ts';

/** A run over a whole log, with its lines at hand. */
export interface Whole {
  logs: Logs;
  /** the file that is cut, by name and index */
  main: string;
  lines: string[];
  outcome: Outcome;
  /** text of a line -> the messages that have it in their chain */
  owners: Map<string, Message[]>;
}

export function wholeOf(logs: Logs, outcome: Outcome): Whole {
  const main = Object.keys(logs)[0] as string;
  const owners = new Map<string, Message[]>();
  for (const message of outcome.messages) {
    for (const text of new Set(outcome.chains.get(message))) owners.set(text, [...(owners.get(text) ?? []), message]);
  }
  return { logs, main, lines: linesOf(logs[main] as Buffer), outcome, owners };
}

/** Lines [from, to) of the main log; of others what has a stamp within. `shifts`: lines cut at the front, by file. */
export interface Window {
  logs: Logs;
  from: number;
  to: number;
  shifts: Record<string, number>;
}

export function windowOf(whole: Whole, from: number, to: number): Window {
  const logs: Record<string, Buffer> = { [whole.main]: textOf(whole.lines.slice(from, to)) };
  const shifts: Record<string, number> = { [whole.main]: from };
  const at = from > 0 ? stampNear(whole.lines, from, 1) : -Infinity;
  const until = to < whole.lines.length ? stampNear(whole.lines, to - 1, -1) : Infinity;
  for (const [name, content] of Object.entries(whole.logs)) {
    if (name === whole.main) continue;
    const lines = linesOf(content);
    const firstIn = lines.findIndex((line) => stampOf(line) >= at);
    const firstOut = lines.findIndex((line) => stampOf(line) > until);
    const start = firstIn < 0 ? lines.length : firstIn;
    logs[name] = textOf(lines.slice(start, firstOut < 0 ? lines.length : firstOut));
    shifts[name] = start;
  }
  return { logs, from, to, shifts };
}

function stampNear(lines: readonly string[], index: number, step: 1 | -1): number {
  for (let i = index; i >= 0 && i < lines.length; i += step) {
    const at = stampOf(lines[i] as string);
    if (!Number.isNaN(at)) return at;
  }
  return step > 0 ? Infinity : -Infinity;
}

const low = (text: string | undefined): string => (text ?? '').toLowerCase();

/** What the run over the window says and must not, in words. */
export function faultsOf(whole: Whole, window: Window, cut: Outcome): string[] {
  const faults: string[] = [];
  for (const message of cut.messages) {
    const owners = ownersOf(whole, cut.chains.get(message) ?? []);
    if (owners.length === 0) {
      faults.push(`${message.id}: no message of the whole log has a line of it`);
      continue;
    }
    for (const recipient of message.recipients) {
      const fault = faultOf(whole, window, message, recipient, owners);
      if (fault !== undefined) faults.push(`${describe(window)} ${message.id} ${message.state} ${fault}`);
    }
  }
  return faults;
}

const describe = ({ from, to }: Window): string => `lines ${from + 1}-${to}:`;

/** The messages of the whole log that this one is, or is part of: those of lines that are theirs alone, else of any. */
function ownersOf(whole: Whole, chain: readonly string[]): Message[] {
  const own = new Set<Message>();
  const any = new Set<Message>();
  for (const text of chain) {
    const owners = whole.owners.get(text) ?? [];
    for (const owner of owners) any.add(owner);
    if (owners.length === 1) own.add(owners[0] as Message);
  }
  return [...(own.size > 0 ? own : any)];
}

function faultOf(
  whole: Whole,
  window: Window,
  message: Message,
  recipient: Recipient,
  owners: readonly Message[],
): string | undefined {
  const { status } = recipient;
  const theirs = owners.flatMap((owner) => owner.recipients.filter((r) => isSame(r, recipient)));
  if (theirs.some((r) => r.status === status)) return undefined;
  const said = theirs.length === 0 ? 'nothing' : theirs.map((r) => r.status).join(', ');
  const fault = `${recipient.address}: ${status}, the whole log says ${said} (${owners.map(({ id }) => id).join(' ')})`;
  if (status === 'delivered') return fault;
  if (message.state !== 'complete') return undefined;
  if (status === 'relayed' && owners.some((owner) => isNextCut(whole, window, owner, recipient))) return undefined;
  if (status === 'rejected' && owners.some((owner) => isAnswerCut(whole, window, owner, recipient))) return undefined;
  return fault;
}

/** Where the beginning of a mail is missing, its recipient is known by the last address alone. */
function isSame(theirs: Recipient, ours: Recipient): boolean {
  if (ours.address === undefined || theirs.address === undefined) return true;
  const address = low(ours.address);
  return [theirs.address, theirs.finalAddress, ...(theirs.via ?? [])].some((known) => low(known) === address);
}

/** The first line of the hop that took it over lies outside of the window. */
function isNextCut(whole: Whole, window: Window, owner: Message, { remoteId }: Recipient): boolean {
  if (remoteId === undefined || !owner.hops.some((hop) => low(hop.queueId) === low(remoteId))) return false;
  const first = whole.lines.findIndex((line) => line.includes(` ${remoteId}: `));
  return first >= 0 && (first < window.from || first >= window.to);
}

/** A refusal of an inner hop stands alone where the line of the hop before that repeats it lies outside of the window. */
function isAnswerCut(whole: Whole, window: Window, owner: Message, { address }: Recipient): boolean {
  const repeats = (text: string): boolean => text.includes(` to=<${address}>, `) && text.includes(' said: ');
  return (whole.outcome.chains.get(owner) ?? []).some((text) => {
    if (!repeats(text)) return false;
    const at = whole.lines.indexOf(text);
    return at >= 0 && (at < window.from || at >= window.to);
  });
}

/** Messages all of whose lines lie within the window, and which are not told with the same recipients, in words. */
export function missingOf(whole: Whole, window: Window, cut: Outcome): string[] {
  const told = new Map(cut.messages.map((message) => [message.id, message]));
  const ends = Object.fromEntries(
    Object.entries(window.logs).map(([name, content]) => [name, (window.shifts[name] ?? 0) + linesOf(content).length]),
  );
  return whole.outcome.messages.flatMap((message) => {
    const isWithin = (message.lines ?? []).every(({ source, line }) => {
      const path = whole.outcome.files[source]?.path as string;
      return line > (window.shifts[path] as number) && line <= (ends[path] as number);
    });
    if (!isWithin) return [];
    const same = told.get(message.id);
    if (same === undefined) return [`${describe(window)} ${message.id} ${message.state} is not told`];
    const [a, b] = [message, same].map(({ recipients }) =>
      recipients
        .map((r) => `${r.address} ${r.status}`)
        .sort()
        .join(', '),
    );
    return a === b ? [] : [`${describe(window)} ${message.id}: ${b}, the whole log says ${a}`];
  });
}
