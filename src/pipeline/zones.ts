/**
 * Zones and years of a file's stamps, and where its JSON has the line, as its framer needs them: from `--log-tz`, the
 * configuration, and a look at the file itself.
 */
import type { FramerOptions } from '../framing/options.ts';
import { surveyYears } from '../framing/survey.ts';
import type { YearHint } from '../framing/years.ts';
import type { JsonSource, RunRequest } from '../model/run.ts';
import type { InputFile } from '../sources/input-file.ts';
import type { FileFacts } from './streams.ts';

export interface Zones {
  machine: string;
  /** host name -> zone */
  hosts: Map<string, string>;
  globs: { glob: string; zone: string }[];
  json: readonly JsonSource[];
}

export function zonesOf({ logZones, json = [] }: RunRequest, machine: string): Zones {
  const out: Zones = { machine, hosts: new Map(), globs: [], json };
  for (const { match, zone } of logZones) {
    if (match === undefined) out.machine = zone;
    else if (/[*?/]/.test(match)) out.globs.push({ glob: match, zone });
    else out.hosts.set(match, zone);
  }
  return out;
}

export function framerOptions(
  file: InputFile,
  facts: FileFacts,
  zones: Zones,
  hints: Map<string, YearHint>,
): FramerOptions {
  const zone = zones.globs.findLast(({ glob }) => globMatches(glob, file.path))?.zone ?? zones.machine;
  const options: FramerOptions = { zone, bound: facts.bound };
  if (zones.hosts.size > 0) options.hostZones = zones.hosts;
  const json = zones.json.findLast(({ match }) => match === undefined || globMatches(match, file.path));
  if (json !== undefined) options.json = json.fields;
  let hint = hints.get(file.identity);
  if (hint === undefined) {
    const { pieces, hasEnd } = facts.look();
    hint = surveyYears(pieces, { ...options, hasStart: true, hasEnd });
    // A pipe has no first block before it is opened: what a peek could not see is looked at again.
    if (pieces.some((piece) => piece.length > 0)) hints.set(file.identity, hint);
  }
  const firstYear = facts.isPeek ? undefined : file.part?.firstYear;
  return { ...options, years: firstYear === undefined ? hint : { ...hint, firstYear } };
}

/** `*` and `?` of a glob (`--log-tz GLOB=ZONE`), against the whole path or its last part; linear in both. */
function globMatches(glob: string, path: string): boolean {
  return matchesAt(glob, path) || matchesAt(glob, path.slice(path.lastIndexOf('/') + 1));
}

function matchesAt(glob: string, text: string): boolean {
  let g = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    if (glob[g] === '*') {
      star = g++;
      mark = t;
    } else if (glob[g] === '?' || glob[g] === text[t]) {
      g++;
      t++;
    } else if (star >= 0) {
      g = star + 1;
      t = ++mark;
    } else return false;
  }
  while (glob[g] === '*') g++;
  return g === glob.length;
}
