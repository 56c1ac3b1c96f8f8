/**
 * Everything of a log: counted, reported, every chain written, all as NDJSON.
 */
import { checkCount, checkNdjson } from '../checks/count.ts';
import { checkEveryChain } from '../checks/every-chain.ts';
import { checkTraffic } from '../checks/traffic.ts';
import { generatedLog } from '../logs.ts';
import { peer } from '../peers.ts';
import type { RaceRow } from '../row.ts';

const postfix = (options: Parameters<typeof generatedLog>[1]) => generatedLog('postfix', options);

const pflogsumm: RaceRow['peer'] = { name: 'pflogsumm', command: (log) => peer('pflogsumm', [log.path]) };

/** lnav counts lines by host: less than we do, with the tool that knows most log formats. */
const lnav: RaceRow['peer'] = {
  name: 'lnav',
  command: (log) =>
    peer('lnav', ['-n', '-c', ';SELECT log_hostname, count(*) FROM syslog_log GROUP BY log_hostname', log.path]),
};

const COUNT = (log: { path: string }): string[] => ['search', '--count', '--json', log.path];

export const EVERYTHING: readonly RaceRow[] = [
  {
    kind: 'race',
    name: 'count',
    group: 'everything',
    targets: new Map([
      [1e8, { least: 5, aim: 12 }],
      [1e9, { least: 20, aim: 35 }],
    ]),
    log: postfix,
    args: COUNT,
    peer: pflogsumm,
    check: ({ ours, log }) => checkCount(ours.out, log.truth),
  },
  {
    kind: 'race',
    name: 'traffic',
    group: 'everything',
    targets: new Map([
      [1e8, undefined],
      [1e9, { least: 20, aim: 20 }],
    ]),
    log: postfix,
    args: (log) => ['report', 'traffic', '--json', log.path],
    peer: pflogsumm,
    check: ({ ours, log }) => checkTraffic(ours.out, log.truth),
  },
  {
    kind: 'race',
    name: 'raw',
    group: 'everything',
    targets: new Map([[1e9, { least: 8, aim: 15 }]]),
    log: postfix,
    args: (log) => ['search', '--format', 'raw', '--sort', 'oldest', log.path],
    peer: pflogsumm,
    check: ({ ours, log }) => checkEveryChain(ours.out, log.plain),
  },
  {
    kind: 'race',
    name: 'ndjson',
    group: 'everything',
    targets: new Map([[1e9, { least: 8, aim: 15 }]]),
    log: postfix,
    args: (log) => ['search', '--format', 'ndjson', '--sort', 'oldest', log.path],
    peer: pflogsumm,
    check: ({ ours, log }) => checkNdjson(ours.out, log.truth),
  },
  {
    kind: 'race',
    name: 'count-lnav',
    group: 'everything',
    targets: new Map([[1e8, undefined]]),
    log: postfix,
    args: COUNT,
    peer: lnav,
    check: ({ ours, log }) => checkCount(ours.out, log.truth),
  },
];
