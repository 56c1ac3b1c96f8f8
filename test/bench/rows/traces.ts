/**
 * The chains of one address or domain, against two passes of ripgrep and against exigrep.
 */
import path from 'node:path';
import { checkCount, checkMessages } from '../checks/count.ts';
import { checkAllIn } from '../checks/same-lines.ts';
import { checkTwoPass } from '../checks/two-pass.ts';
import { type GeneratedLog, generatedLog } from '../logs.ts';
import { type Command, failure } from '../measure.ts';
import { peer } from '../peers.ts';
import type { Found, RaceRow, Targets, Verdict } from '../row.ts';

const postfix = (options: Parameters<typeof generatedLog>[1]) => generatedLog('postfix', options);
const exim = (options: Parameters<typeof generatedLog>[1]) => generatedLog('exim', options);

/** two-pass.sh beside our sources, with the ripgrep that there is. */
function twoPass(needle: string, log: GeneratedLog): Command | undefined {
  const rg = peer('rg', []);
  if (rg === undefined) return undefined;
  const script = path.join(import.meta.dirname, '..', 'two-pass.sh');
  return { argv: ['/bin/sh', script, needle, log.path], env: { ...rg.env, RG: rg.argv[0] ?? 'rg', LC_ALL: 'C.UTF-8' } };
}

interface Trace {
  name: string;
  filter: '--text' | '--recipient';
  needle: (log: GeneratedLog) => string;
  wanted: (line: string, needle: string) => boolean;
  /** How many messages the generator knows of. */
  messages: (log: GeneratedLog) => number;
  targets: Targets;
}

const RARE: Targets = new Map([
  [1e8, { least: 0.2, aim: 0.35 }],
  [1e9, { least: 1.8, aim: 3 }],
]);

const TRACES: readonly Trace[] = [
  {
    name: 'rare-text',
    filter: '--text',
    needle: (log) => log.rare,
    wanted: (line, needle) => line.includes(needle),
    messages: (log) => log.truth.rareMessages,
    targets: RARE,
  },
  {
    name: 'rare-recipient',
    filter: '--recipient',
    needle: (log) => log.rare,
    wanted: (line, needle) => line.includes(`: to=<${needle}>`),
    messages: (log) => log.truth.rareRecipients,
    targets: RARE,
  },
  {
    name: 'domain',
    filter: '--text',
    needle: (log) => `@${log.wide}`,
    wanted: (line, needle) => line.includes(needle),
    messages: (log) => log.truth.wideMessages,
    targets: new Map([
      [1e8, undefined],
      [1e9, { least: 4, aim: 8 }],
    ]),
  },
];

function traceRow(trace: Trace): RaceRow {
  const args = (log: GeneratedLog): string[] => [
    'search',
    trace.filter,
    trace.needle(log),
    '--format',
    'raw',
    log.path,
  ];
  return {
    kind: 'race',
    name: trace.name,
    group: 'traces',
    targets: trace.targets,
    log: postfix,
    args,
    peer: { name: 'rg two-pass', command: (log) => twoPass(trace.needle(log), log) },
    check: (found) => checkTrace(trace, found),
  };
}

function checkTrace(trace: Trace, { ours, log, peer: runPeer, run }: Found): Verdict {
  const needle = trace.needle(log);
  const counted = run(['search', trace.filter, needle, '--count', '--json', log.path]);
  const { wrong } = checkMessages(counted.out, trace.messages(log));
  const theirs = runPeer();
  if (wrong !== undefined) return { wrong };
  if (theirs === undefined) return {};
  if (theirs.status !== 0) return { wrong: `the two passes: ${failure(theirs)}` };
  return checkTwoPass({ theirs: theirs.out, ours: ours.out, needle, wanted: (line) => trace.wanted(line, needle) });
}

export const TRACE_ROWS: readonly RaceRow[] = [
  ...TRACES.map((trace) => traceRow(trace)),
  {
    kind: 'race',
    name: 'exim-chain',
    group: 'exim',
    targets: new Map([[1e8, { least: 4, aim: 6 }]]),
    log: exim,
    args: (log) => ['search', '--recipient', log.rare, '--format', 'raw', log.path],
    peer: { name: 'exigrep', command: (log) => peer('exigrep', [log.rare.replaceAll('.', '\\.'), log.path]) },
    check: ({ ours, log, peer: runPeer, run }) => {
      const counted = run(['search', '--recipient', log.rare, '--count', '--json', log.path]);
      const { wrong } = checkMessages(counted.out, log.truth.rareRecipients);
      if (wrong !== undefined) return { wrong };
      const theirs = runPeer();
      if (theirs === undefined) return {};
      return checkAllIn(theirs.out, ours.out, (line) => line.startsWith('+++'));
    },
  },
  {
    kind: 'race',
    name: 'exim-count',
    group: 'exim',
    targets: new Map([[1e8, undefined]]),
    log: exim,
    args: (log) => ['search', '--count', '--json', log.path],
    peer: { name: 'eximstats', command: (log) => peer('eximstats', ['-nr', '-ne', '-nt', log.path]) },
    check: ({ ours, log }) => checkCount(ours.out, log.truth),
  },
];
