/**
 * What a set of logs cannot tell, as a list of findings: the most harmful first.
 */
import { settingsFor } from '../explain/log-settings.ts';
import type { LoggedFact } from '../explain/log-settings.ts';
import type { HostSkew, RunSummary, SourceSummary } from '../model/run.ts';
import type { LogHealth, Place } from '../pipeline/health.ts';
import type { Finding } from '../render/doctor.ts';
import { gapText } from '../render/doctor.ts';
import { counted, listed } from '../render/prose.ts';
import type { Clock } from '../render/times.ts';
import { grouped } from '../util/grouped.ts';
import type { MailFacts } from './doctor-mails.ts';
import { BESIDE } from './doctor-mails.ts';

const MOST_GAPS = 5;
const MOST_NAMED = 5;
/** Of fewer mails nobody can say what is never logged. */
const LEAST_MAILS = 5;
const LEAST_LINES = 20;
const SYSLOG_HOWTO = 'https://www.postfix.org/BASIC_CONFIGURATION_README.html#syslog_howto';

export interface Examined {
  readonly summary: RunSummary;
  readonly health: LogHealth;
  readonly mails: MailFacts;
  readonly clock: Clock;
}

type Examine = (examined: Examined) => Finding[];

/** All of them; empty where nothing is amiss. */
export function findingsOf(examined: Examined): Finding[] {
  // what lines show is of everybody's mail
  const checks = examined.summary.scope === undefined ? CHECKS : [missingLogs, missingFacts, partials];
  return checks.flatMap((check) => check(examined));
}

/** Daemons of Postfix that every mail passes, by host; what is missing of them. */
function missingDaemons({ health }: Examined): Finding[] {
  const hosts = new Map<string, Map<string, number>>();
  for (const [key, count] of health.daemons) {
    const [host = '', program = ''] = key.split('\n');
    const slash = program.lastIndexOf('/');
    if (!/^post(?:fix|screen)/.test(program) || slash < 0) continue;
    const daemons = hosts.get(host) ?? new Map<string, number>();
    hosts.set(host, daemons);
    const daemon = program.slice(slash + 1);
    daemons.set(daemon, (daemons.get(daemon) ?? 0) + count);
  }
  return [...hosts].flatMap(([host, daemons]) => {
    const total = [...daemons.values()].reduce((sum, count) => sum + count, 0);
    const missing = ['cleanup', 'qmgr'].filter((name) => !daemons.has(name));
    const delivers = ['smtp', 'lmtp', 'local', 'virtual', 'pipe', 'error', 'discard', 'relay'].some((name) =>
      daemons.has(name),
    );
    if (!delivers && daemons.has('qmgr')) missing.push('any delivery (smtp, lmtp, local, …)');
    if (!['smtpd', 'pickup'].some((name) => daemons.has(name)) && daemons.has('qmgr')) missing.push('smtpd and pickup');
    if (missing.length === 0 || total < LEAST_LINES) return [];
    const there = [...daemons].toSorted(([, m], [, n]) => n - m).slice(0, 4);
    const name = host === '' ? 'Postfix' : `Postfix on ${host}`;
    return [
      {
        kind: 'missing-daemon' as const,
        text: `${name}: lines of ${listed(there.map(([daemon, count]) => `${daemon} (${grouped(count)})`))}, and none of ${listed(missing)}`,
        todo: 'Postfix logs all its daemons at facility mail, levels info and up: look for a second file, or a rule of syslog that leaves some out',
        source: SYSLOG_HOWTO,
      },
    ];
  });
}

function missingLogs({ summary, mails }: Examined): Finding[] {
  const formats = new Set(summary.sources.flatMap((source) => source.formats));
  const findings: Finding[] = BESIDE.flatMap(({ system, name, where, source }) => {
    const count = mails.besides.get(system) ?? 0;
    if (count === 0 || formats.has(system)) return [];
    return [
      {
        kind: 'missing-log' as const,
        text: `${name} answered for ${counted(count, 'recipient')}, and its log is not here`,
        todo: `give its log too: ${where}`,
        source,
      },
    ];
  });
  const inner = [...mails.inner].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (inner.length > 0) {
    const named = inner.slice(0, MOST_NAMED).map(([name, count]) => `${name} (${counted(count, 'recipient')})`);
    if (inner.length > named.length) named.push(counted(inner.length - named.length, 'other'));
    findings.push({
      kind: 'missing-log',
      text: `mail went on to servers in private networks, and their logs are not here: ${listed(named)}`,
      todo: 'give their logs too, and one search follows each mail to its mailbox',
    });
  }
  return findings;
}

function factFindings(
  kind: 'missing-fact' | 'hint',
  fact: LoggedFact,
  systems: readonly string[],
  text: string,
): Finding[] {
  const rows = settingsFor(fact, new Set(systems));
  return rows.map(({ text: todo, source }) => ({ kind, text, todo, source }));
}

function missingFacts({ mails }: Examined): Finding[] {
  const findings: Finding[] = [];
  for (const [system, facts] of mails.systems) {
    const { mails: count, withSubject, overSmtp, withTls, unnamed, shortIds } = facts;
    if (count >= LEAST_MAILS && withSubject === 0)
      findings.push(
        ...factFindings(
          'missing-fact',
          'subject',
          [system],
          `none of ${counted(count, 'mail')} of ${system} has a subject`,
        ),
      );
    if (unnamed > 0)
      findings.push(
        ...factFindings(
          'missing-fact',
          'recipients',
          [system],
          `${counted(unnamed, 'mail')} of ${system} ${unnamed === 1 ? 'has' : 'have'} recipients that no line names`,
        ),
      );
    if (overSmtp >= LEAST_MAILS && withTls === 0)
      findings.push(
        ...factFindings(
          'missing-fact',
          'tls',
          [system],
          `no line says whether the ${counted(overSmtp, 'client')} of ${system} used TLS`,
        ),
      );
    if (shortIds > 0)
      findings.push(
        ...factFindings(
          'hint',
          'long-ids',
          [system],
          `queue ids of ${system} are short: the same one comes again within hours, for another mail`,
        ),
      );
  }
  return findings;
}

function skews({ summary }: Examined): Finding[] {
  return (summary.skews ?? []).map((skew) => ({
    kind: 'clock-skew',
    text: skewText(skew),
    todo: 'let both take the time from one source (NTP)',
  }));
}

function seconds(ms: number): string {
  return `${grouped(Math.round(Math.abs(ms) / 1000))} s`;
}

function skewText({ from, to, min, max }: HostSkew): string {
  const [a, b] = [from === '' ? 'the host without a name' : from, to === '' ? 'the host without a name' : to];
  if (max < 0) return `the clock of ${b} is ${seconds(max)} behind that of ${a}`;
  const least = Math.max(0, min);
  const span =
    Math.round(least / 1000) === Math.round(max / 1000) || least === 0
      ? `up to ${seconds(max)}`
      : `${seconds(least)} to ${seconds(max)}`;
  return `the clock of ${b} is ${span} ahead of that of ${a}`;
}

function gaps({ health, clock }: Examined): Finding[] {
  const found = health.gaps.found();
  if (found.length === 0) return [];
  return [
    {
      kind: 'gap',
      text: gapText(found, MOST_GAPS, clock),
      todo: 'look for files that were left out: rotated, packed, of another day',
    },
  ];
}

function copies({ summary: { sources }, health }: Examined): Finding[] {
  const others = new Map<number, string[]>();
  for (const { source, of, share } of health.copies.found()) {
    // lines without a stamp belong to those above them and stand nowhere else: the headers in Exim's rejectlog
    if (health.files[source]?.stamped !== sources[source]?.lines) continue;
    const text = `${share === 1 ? 'all' : `${Math.floor(100 * share)}%`} of it stands in ${sources[of]?.path ?? '-'}`;
    others.set(source, [...(others.get(source) ?? []), text]);
  }
  return [...others].map(([source, texts]) => ({
    kind: 'duplicate-file',
    text: `${sources[source]?.path ?? '-'}: ${listed(texts)}, too`,
    todo: 'leave it out: lines that stand twice are counted once only where they are the same to the byte',
  }));
}

function atPlace(place: Place | undefined, { sources }: RunSummary): string {
  const path = place === undefined ? undefined : sources[place.source]?.path;
  return path === undefined ? '' : `, first at ${path}:${place?.line ?? 1}`;
}

function damage({ summary, health }: Examined): Finding[] {
  const findings: Finding[] = [];
  const [syslogCut] = settingsFor('long-lines', new Set());
  const [syslogRepeats] = settingsFor('repeats', new Set());
  const { repeats, cut } = health;
  if (repeats.lines > 0) {
    findings.push({
      kind: 'repeated',
      text: `${counted(repeats.lines, 'line')} ${repeats.lines === 1 ? 'says' : 'say'} only how often another came (${grouped(repeats.times)} times)${atPlace(repeats.first, summary)}: which mails these were is lost`,
      ...(syslogRepeats === undefined ? {} : { todo: syslogRepeats.text, source: syslogRepeats.source }),
    });
  }
  const cuts = health.cutAt();
  if (cut.lines > 0 || cuts.length > 0) {
    const where = cuts.map(
      ({ source, bytes, lines }) =>
        `${counted(lines, 'line')} of ${grouped(bytes)} bytes in ${summary.sources[source]?.path ?? '-'}`,
    );
    const texts = [
      ...(cut.lines > 0
        ? [
            `${counted(cut.lines, 'answer')} ${cut.lines === 1 ? 'ends' : 'end'} in the middle${atPlace(cut.first, summary)}`,
          ]
        : []),
      ...(where.length > 0 ? [`the longest lines are all of one length: ${listed(where)}`] : []),
    ];
    findings.push({
      kind: 'truncated',
      text: `lines were cut: ${texts.join('; ')}`,
      ...(syslogCut === undefined ? {} : { todo: syslogCut.text, source: syslogCut.source }),
    });
  }
  return findings;
}

function notUnderstood({ summary }: Examined): Finding[] {
  return summary.sources.flatMap((source) => notUnderstoodIn(source) ?? []);
}

function notUnderstoodIn({ path, lines, unknown, formats, sample }: SourceSummary): Finding | undefined {
  if (lines === 0) return { kind: 'empty-file', text: `${path} is empty` };
  if (formats.length === 0) {
    return {
      kind: 'unknown-format',
      text: `${path}: ${counted(lines, 'line')} of no format that mailtrace knows`,
      todo: 'mailtrace formats lists the formats; the configuration (json) names the fields of a collector',
    };
  }
  if (unknown === 0) return undefined;
  const first = sample === undefined ? '' : `, first line ${sample.line}`;
  return {
    kind: 'not-understood',
    text: `${path}: ${counted(unknown, 'line')} not understood${first}`,
    todo: 'mailtrace formats shows them: please report the first, with --redact',
  };
}

function stamps({ summary, health }: Examined): Finding[] {
  const yearless = health.files.reduce((sum, { yearless: count }) => sum + count, 0);
  const stamped = health.files.reduce((sum, { stamped: count }) => sum + count, 0);
  const findings: Finding[] = summary.assumptions.map((text) => ({ kind: 'assumed', text }));
  if (yearless === 0) return findings;
  return [
    ...findings,
    ...factFindings(
      'hint',
      'precise-stamps',
      [],
      `stamps of ${grouped(yearless)} of ${counted(stamped, 'line')} name no year and no zone`,
    ),
  ];
}

function partials({ mails }: Examined): Finding[] {
  if (mails.partial === 0) return [];
  return [
    {
      kind: 'partial',
      text: `${counted(mails.partial, 'mail')} of ${grouped(mails.messages)} ${mails.partial === 1 ? 'lacks' : 'lack'} lines: the logs begin after ${mails.partial === 1 ? 'it' : 'them'}, or some are lost`,
      todo: 'give the log before this one, too',
    },
  ];
}

const CHECKS: readonly Examine[] = [
  missingDaemons,
  missingLogs,
  missingFacts,
  skews,
  gaps,
  partials,
  copies,
  damage,
  notUnderstood,
  stamps,
];
