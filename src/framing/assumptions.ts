/**
 * What was assumed of the stamps of a file (years, zones), and the sentences that tell it for one file or many.
 * Shape:  plain English, one sentence for each thing assumed, however many files it holds of.
 */
import { grouped } from '../util/grouped.ts';

export type Assumption =
  | { kind: 'year'; why: string; years: readonly number[]; lines: number }
  | { kind: 'zone'; zone: string; lines: number }
  /** `what`: `+1 h from zone Europe/Berlin`; hosts as the log writes them, '' for lines without one */
  | { kind: 'shift'; what: string; hosts: readonly string[] };

interface Merged {
  readonly kind: Assumption['kind'];
  /** why, zone or what */
  readonly key: string;
  readonly years: Set<number>;
  readonly hosts: Set<string>;
  lines: number;
  files: number;
}

/**
 * One sentence for what several files have in common. `files`: the assumptions of each. `isPart`: some lines of the files
 * were read, so how many hold of it is not known.
 */
export function assumptionSentences(files: readonly (readonly Assumption[])[], isPart = false): string[] {
  const merged = new Map<string, Merged>();
  for (const file of files) {
    for (const one of file) {
      const key = one.kind === 'year' ? one.why : one.kind === 'zone' ? one.zone : one.what;
      const name = `${one.kind} ${key}`;
      let all = merged.get(name);
      if (all === undefined) {
        all = { kind: one.kind, key, years: new Set(), hosts: new Set(), lines: 0, files: 0 };
        merged.set(name, all);
      }
      all.files++;
      if (one.kind !== 'shift') all.lines += one.lines;
      if (one.kind === 'year') for (const year of one.years) all.years.add(year);
      if (one.kind === 'shift') for (const host of one.hosts) all.hosts.add(host);
    }
  }
  return [...merged.values()].map((one) => sentence(one, isPart));
}

function sentence({ kind, key, years, hosts, lines, files }: Merged, isPart: boolean): string {
  const count = `${lines === 1 ? '1 line' : `${grouped(lines)} lines`}${files === 1 ? '' : ` in ${grouped(files)} files`}`;
  if (isPart && kind === 'year') return `${yearsText([...years])} taken for stamps that name none (${key})`;
  if (isPart && kind === 'zone') return `zone ${key} taken for stamps that name none`;
  if (kind === 'year') return `${yearsText([...years])} taken for ${count} (${key})`;
  if (kind === 'zone') return `zone ${key} taken for ${count} whose stamps name none`;
  return `stamps${named([...hosts])} read ${key}: the times in queue ids say so`;
}

/** `year 2026`, `years 2014 to 2026`, `years 2014, 2019 and 2021 to 2023` */
function yearsText(years: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const year of years.toSorted((x, y) => x - y)) {
    const run = runs.at(-1);
    if (run !== undefined && year === run[1] + 1) run[1] = year;
    else runs.push([year, year]);
  }
  const texts = runs.flatMap(([first, last]) =>
    last - first < 2 ? [...new Set([String(first), String(last)])] : [`${first} to ${last}`],
  );
  const word = years.length === 1 ? 'year' : 'years';
  return texts.length < 2
    ? `${word} ${texts[0] ?? ''}`
    : `${word} ${texts.slice(0, -1).join(', ')} and ${texts.at(-1) ?? ''}`;
}

/** ` of mx1, mx2 and 3 more hosts`; host names come from the log. */
function named(hosts: readonly string[]): string {
  const shown = hosts.filter((host) => host !== '').map((host) => host.replaceAll(/[^\u0021-\u007E]/g, '?'));
  if (shown.length === 0) return '';
  const more = shown.length > 3 ? ` and ${String(shown.length - 3)} more hosts` : '';
  return ` of ${shown.slice(0, 3).join(', ')}${more}`;
}
