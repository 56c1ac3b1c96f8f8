/**
 * What two passes of ripgrep find of an address, against our chains: all of their lines must be in
 * ours but those of another mail under a reused id.
 */
import type { Verdict } from '../row.ts';
import { allLines } from './lines.ts';

/** One mail in one queue, from its first line to `removed`. */
interface Incarnation {
  first: number;
  last: number;
  /** It is a mail that was asked for. */
  wanted: boolean;
  over: boolean;
}

/** Host and queue id of a line that Postfix wrote of a queue id. */
const TAG = /^(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\S+) (\S+) [^ []+\[\d+\]: ([0-9A-Za-z]{6,}): /;

export interface TwoPass {
  /** Files: output of the two passes, and ours. */
  theirs: string;
  ours: string;
  /** What the first pass looked for. */
  needle: string;
  /** True of a line that makes its mail one that was asked for. */
  wanted: (line: string) => boolean;
}

/** Every line of theirs that is of a mail that was asked for must be in ours. */
export function checkTwoPass(files: TwoPass): Verdict {
  const lines = allLines(files.theirs);
  const tags = lines.map((line) => TAG.exec(line));
  const searched = new Set<string>();
  lines.forEach((line, i) => {
    const id = tags[i]?.[2];
    if (id !== undefined && line.includes(files.needle)) searched.add(id);
  });
  const lives = incarnations(lines, tags, searched, files.wanted);
  const ours = new Set(allLines(files.ours));
  const found = new Set(lines);
  let [other, missing, first] = [0, 0, ''];
  lines.forEach((line, i) => {
    if (ours.has(line)) return;
    if (ofWanted(line, i, tags[i]?.[2], lives)) {
      if (missing === 0) first = line;
      missing += 1;
    } else other += 1;
  });
  if (lines.length === 0) return { wrong: 'the two passes found nothing' };
  if (missing > 0) return { wrong: `${missing} of ${lines.length} lines of the two passes are missing: ${first}` };
  let more = 0;
  for (const line of ours) if (!found.has(line)) more += 1;
  return { note: `${lines.length} lines, ${other} of other mails left out, ${more} more` };
}

/** The mails of each id that was searched for, in the order of the log. */
function incarnations(
  lines: readonly string[],
  tags: readonly (RegExpExecArray | null)[],
  searched: ReadonlySet<string>,
  wanted: (line: string) => boolean,
): Map<string, Incarnation[]> {
  const lives = new Map<string, Incarnation[]>();
  const current = new Map<string, Incarnation>();
  lines.forEach((line, i) => {
    const [head = '', host, id] = tags[i] ?? [];
    if (id === undefined || !searched.has(id)) return;
    const key = `${host} ${id}`;
    let life = current.get(key);
    if (life === undefined || life.over || /^(?:client|uid)=/.test(line.slice(head.length))) {
      life = { first: i, last: i, wanted: false, over: false };
      current.set(key, life);
      const list = lives.get(id);
      if (list === undefined) lives.set(id, [life]);
      else list.push(life);
    }
    life.last = i;
    life.wanted ||= wanted(line);
    life.over = line.endsWith(': removed');
  });
  return lives;
}

/** A line belongs to the mail of its own id; one that has none (a filter's) to those that it names. */
function ofWanted(line: string, at: number, tag: string | undefined, lives: Map<string, Incarnation[]>): boolean {
  const own = tag === undefined ? undefined : lives.get(tag);
  if (own !== undefined) return nearest(own, at).wanted;
  const named = line.match(/[0-9A-Za-z]{6,}/g) ?? [];
  return named.some((id) => {
    const list = lives.get(id);
    return list !== undefined && nearest(list, at).wanted;
  });
}

/** An id comes again only hours later: the mail meant is the one whose lines are near. */
function nearest(list: readonly Incarnation[], at: number): Incarnation {
  const distance = ({ first, last }: Incarnation): number => Math.max(first - at, at - last, 0);
  return list.reduce((best, life) => (distance(life) < distance(best) ? life : best));
}
