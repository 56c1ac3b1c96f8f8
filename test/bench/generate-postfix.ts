/**
 * Writes a Postfix log as a site of 3000 users would: the same bytes for the same options.
 *
 *     tsx test/bench/generate-postfix.ts --size 100M --seed 1 --hosts 3 --stamp rfc3339 --ids long mail.log
 *
 * Beside it `mail.log.truth.json` says what is true of it.
 */
import { Agenda } from './generator/agenda.ts';
import { Ledger, type Truth } from './generator/ledger.ts';
import { LogWriter, runAgenda } from './generator/log-writer.ts';
import { DEFAULTS, generatorMain, type LogOptions } from './generator/options.ts';
import { pace, spanOf } from './generator/pace.ts';
import { People } from './generator/people.ts';
import { PostfixHost } from './generator/postfix-host.ts';
import type { Site } from './generator/postfix-model.ts';
import { greylisted, noise, refusal, screened } from './generator/postfix-refusals.ts';
import { inbound, local, outbound, type RareMail } from './generator/postfix-sessions.ts';
import { Prng } from './generator/prng.ts';

/** What the mails of the rare address are, in turn; undefined is one that it sends. */
const RARE: readonly (Omit<RareMail, 'address'> | undefined)[] = [
  { filter: true, tries: 0 },
  { filter: false, tries: 2 },
  { filter: false, tries: 0 },
  undefined,
  { filter: true, tries: 1 },
  { filter: false, tries: 0 },
];
/** Lines that name it, a mail; counted. */
const RARE_LINES = 2.2;

/** Writes the log to `path`; what is not given is as in `DEFAULTS`. */
export function generatePostfix(path: string, given: Partial<LogOptions>): Truth {
  const options = { ...DEFAULTS, ...given };
  const prng = new Prng(options.seed);
  const span = spanOf(options.bytes, options.last * 1000);
  const agenda = new Agenda(span.end);
  const ledger = new Ledger(options);
  const hosts = Array.from({ length: options.hosts }, (_, i) => {
    const name = options.hosts > 1 && i === options.hosts - 1 ? 'store' : `mx${i + 1}`;
    return new PostfixHost(name, i, options.ids, { prng, agenda, ledger });
  });
  const store = options.hosts > 1 ? hosts.at(-1) : undefined;
  const site: Site = { prng, agenda, ledger, people: new People(prng, options), hosts, store };
  const rareEvery = options.rare === '' ? Infinity : (100e6 * RARE_LINES) / options.rareLines;
  let rares = 0;
  pace({ prng, agenda, span, bytes: options.bytes, overhead: options.stamp === 'rfc3164' ? 17 : 34 }, (time) => {
    if (agenda.pushedBytes > (rares + 0.5) * rareEvery) {
      const plan = RARE[rares++ % RARE.length];
      const rare = { address: options.rare, filter: false, tries: 0, ...plan };
      return plan === undefined ? outbound(site, time, rare) : inbound(site, time, rare);
    }
    const dice = prng.next();
    if (dice < 0.43) inbound(site, time);
    else if (dice < 0.63) outbound(site, time);
    else if (dice < 0.66) local(site, time);
    else if (dice < 0.8) refusal(site, time);
    else if (dice < 0.83) greylisted(site, time);
    else if (dice < 0.9) screened(site, time);
    else noise(site, time);
  });
  return runAgenda(agenda, new LogWriter(path, options.stamp), ledger);
}

if (import.meta.url === `file://${process.argv[1]}`) generatorMain(generatePostfix);
