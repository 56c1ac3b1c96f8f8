/**
 * What a set of logs cannot tell, in words.
 */
import type { Instant } from '../model/message.ts';
import { visible } from '../util/visible.ts';
import { jsonString } from './json.ts';
import { counted, listed, proseWidth, wrap } from './prose.ts';
import { paintOf } from './screen.ts';
import type { Screen } from './screen.ts';
import type { Clock } from './times.ts';

const HOUR = 3_600_000;

/** Hours in which a host wrote nothing. */
export interface GapFact {
  readonly host?: string;
  readonly from: Instant;
  readonly to: Instant;
}

/** `5 h`, `2 days` */
function longText(ms: number): string {
  const hours = ms / HOUR;
  if (hours < 48) return `${Number(hours.toFixed(hours < 10 ? 1 : 0))} h`;
  return counted(Math.round(hours / 24), 'day');
}

/** `no lines of mx1 from 2026-11-20 01:00:00 to … (5 h), and 3 more gaps of over an hour` */
export function gapText(gaps: readonly GapFact[], most: number, clock: Clock): string {
  const texts = gaps
    .slice(0, most)
    .map(
      ({ host, from, to }) =>
        `${host === undefined ? '' : `of ${host} `}from ${clock.plain(from)} to ${clock.plain(to)} (${longText(to - from)})`,
    );
  const more = gaps.length - texts.length;
  if (more > 0) texts.push(counted(more, 'more gap of over an hour', 'more gaps of over an hour'));
  return `no lines ${listed(texts)}`;
}

/** Kinds of findings, for programs. */
type FindingKind =
  | 'missing-daemon'
  | 'missing-log'
  | 'missing-fact'
  | 'clock-skew'
  | 'gap'
  | 'partial'
  | 'duplicate-file'
  | 'repeated'
  | 'truncated'
  | 'not-understood'
  | 'unknown-format'
  | 'empty-file'
  | 'assumed'
  | 'hint';

/** Something that the logs cannot tell. All texts are plain: names in them are from the logs, unescaped. */
export interface Finding {
  readonly kind: FindingKind;
  readonly text: string;
  /** the one thing to do about it */
  readonly todo?: string;
  /** address of the document that says so */
  readonly source?: string;
}

/** Where the findings stand, in this order. */
const GROUPS: readonly (readonly [head: string, kinds: readonly FindingKind[]])[] = [
  ['Missing', ['missing-daemon', 'missing-log', 'missing-fact', 'gap', 'partial']],
  ['Clocks', ['clock-skew', 'assumed']],
  ['Files and lines', ['duplicate-file', 'repeated', 'truncated', 'not-understood', 'unknown-format', 'empty-file']],
  ['Better logs', ['hint']],
];

/** `{"v":1,"kind":…,"text":…,"todo":…,"source":…}`, a line each. */
export function findingsJson(findings: readonly Finding[]): string {
  return findings
    .map(({ kind, text, todo, source }) => {
      const members = Object.entries({ kind, text, todo, source }).flatMap(([name, value]) =>
        value === undefined ? [] : [`"${name}":${jsonString(value)}`],
      );
      return `{"v":1,${members.join(',')}}\n`;
    })
    .join('');
}

/** Groups of findings, each with what to do about it and where that is documented. */
export function findingsText(findings: readonly Finding[], screen: Screen): string {
  const paint = paintOf(screen);
  const width = proseWidth(screen.tty ? screen.columns : Number.MAX_SAFE_INTEGER);
  const blocks = GROUPS.flatMap(([head, kinds]) => {
    const theirs = findings.filter(({ kind }) => kinds.includes(kind));
    if (theirs.length === 0) return [];
    return [`${paint.head(head)}\n${theirs.map((finding) => findingText(finding, width, paint.dim)).join('')}`];
  });
  return blocks.join('\n');
}

function findingText({ text, todo, source }: Finding, width: number, dim: (text: string) => string): string {
  const lines = [wrap(visible(text), width, '  - ', 4)];
  if (todo !== undefined) lines.push(wrap(visible(todo), width, '    → ', 6));
  // an address is copied whole: it is not wrapped
  if (source !== undefined) lines.push(`      ${dim(visible(source))}\n`);
  return lines.join('');
}
