/**
 * What a scenario's expected.json says, and how a message is compared with it: only the fields that it names, but all
 * recipients, hops and links of the message, so that nothing is told too much.
 * `null` = the message must not have the field.
 */
import type { LogZone } from '../../src/model/run.ts';
import type { Message, Recipient } from '../../src/model/message.ts';

type Fields = Record<string, unknown>;

export interface ExpectedMessage extends Fields {
  /** all of them, in any order */
  recipients?: Fields[];
  /** host and queue id in the order travelled; a null is a host or id that the log does not tell */
  hops?: [string | null, string | null][];
  /** type and index of the other message; none where left out */
  links?: [string, number][];
  /** how many raw lines */
  lines?: number;
  /** types; where left out there is no note that something is ambiguous */
  notes?: string[];
  verdicts?: Fields[];
}

export interface Scenario {
  title: string;
  /** the daemon's source file or the recording whose line shapes are used */
  source: string;
  /** how the contract was read where it leaves room */
  note?: string;
  /** in the order of the command line */
  inputs: string[];
  now?: string;
  /** time of change of a file, by name; `now` where left out: year-less stamps hang on it */
  mtimes?: Record<string, string>;
  logZones?: LogZone[];
  messages: ExpectedMessage[];
  /** sessions that brought no mail, by kind; compared where given */
  sessions?: Record<string, number>;
}

const LISTS = new Set(['recipients', 'hops', 'links', 'lines', 'notes', 'verdicts', 'time', 'lastTime']);

/** What of a message is not as expected, a line each; the links are compared once every message is found. */
export function differences(expected: ExpectedMessage, actual: Message): string[] {
  const out: string[] = [];
  const fields = Object.fromEntries(Object.entries(expected).filter(([key]) => !LISTS.has(key)));
  if (fields['unnamedRecipients'] === undefined) fields['unnamedRecipients'] = null;
  compare('', fields, actual, out);
  for (const key of ['time', 'lastTime'] as const) {
    if (expected[key] !== undefined) compare(key, expected[key], new Date(actual[key]).toISOString(), out);
  }
  if (expected.hops) {
    const hops = actual.hops.map((h) => [h.host ?? null, h.queueId ?? null]);
    if (JSON.stringify(hops) !== JSON.stringify(expected.hops))
      out.push(`hops: ${JSON.stringify(hops)}, not ${JSON.stringify(expected.hops)}`);
  }
  if (expected.lines !== undefined) compare('lines', expected.lines, actual.lines?.length, out);
  const notes = actual.notes.map(({ type }) => type).filter((type) => expected.notes || type.startsWith('ambiguous'));
  compare('notes', (expected.notes ?? []).toSorted().join(), notes.toSorted().join(), out);
  if (expected.verdicts) out.push(...inAnyOrder('verdicts', expected.verdicts, actual.verdicts));
  if (expected.recipients) out.push(...inAnyOrder('recipients', expected.recipients, actual.recipients));
  return out;
}

/** Links by the index of the other expected message; `indexOf` knows which message is which. */
export function linkDifferences(
  expected: ExpectedMessage,
  actual: Message,
  indexOf: ReadonlyMap<string, number>,
): string[] {
  const told = actual.links.map(({ type, id }) => `${type} ${indexOf.get(id) ?? id}`).toSorted();
  const wanted = (expected.links ?? []).map(([type, index]) => `${type} ${index}`).toSorted();
  return told.join() === wanted.join()
    ? []
    : [`links: ${told.join(', ') || 'none'}; not ${wanted.join(', ') || 'none'}`];
}

/** Pairs the expected with those that they differ least from; the pairs that fit best first. */
export function paired<E, A>(
  expected: readonly E[],
  actual: readonly A[],
  cost: (e: E, a: A) => number,
): (A | undefined)[] {
  const pairs = expected.flatMap((e, i) => actual.map((a, j) => ({ i, j, cost: cost(e, a) })));
  const out = new Array<A | undefined>(expected.length).fill(undefined);
  const taken = new Set<number>();
  for (const { i, j } of pairs.toSorted((a, b) => a.cost - b.cost || a.i - b.i || a.j - b.j)) {
    if (out[i] !== undefined || taken.has(j)) continue;
    out[i] = actual[j];
    taken.add(j);
  }
  return out;
}

function compare(path: string, expected: unknown, actual: unknown, out: string[]): void {
  if (expected === null) {
    if (actual !== undefined) out.push(`${path}: ${JSON.stringify(actual)}, should not be told`);
  } else if (typeof expected === 'object' && !Array.isArray(expected)) {
    for (const [key, value] of Object.entries(expected)) {
      compare(path === '' ? key : `${path}.${key}`, value, (actual as Fields | undefined)?.[key], out);
    }
  } else if (JSON.stringify(expected) !== JSON.stringify(actual)) {
    out.push(`${path}: ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
  }
}

function inAnyOrder(what: string, expected: readonly Fields[], actual: readonly object[]): string[] {
  const differing = (e: Fields, a: object): string[] => {
    const out: string[] = [];
    compare('', e, a, out);
    return out;
  };
  // Who it is counts for more than what became of it.
  const cost = (e: Fields, a: object): number =>
    differing(e, a).length +
    (['address', 'finalAddress'] as const).filter((k) => (e[k] ?? undefined) !== (a as Partial<Recipient>)[k]).length *
      10;
  const out: string[] = [];
  const found = paired(expected, actual, cost);
  found.forEach((a, i) => {
    const e = expected[i] ?? {};
    const name = `${what}[${JSON.stringify(e['finalAddress'] ?? e['address'] ?? i)}]`;
    if (a === undefined) out.push(`${name}: not told`);
    else out.push(...differing(e, a).map((d) => `${name}.${d}`));
  });
  for (const a of actual) {
    if (!found.includes(a)) out.push(`${what}: told too much: ${JSON.stringify(a)}`);
  }
  return out;
}
