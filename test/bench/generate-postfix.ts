/**
 * Writes a Postfix log as a site of 3000 users would: the same bytes for the same options.
 *
 *     tsx test/bench/generate-postfix.ts --size 100M --seed 1 --hosts 3 --stamp rfc3339 mail.log
 *
 * Beside it `mail.log.truth.json` says what is true of it.
 */
import { Agenda } from './generator/agenda.ts';
import { Ledger, type Truth } from './generator/ledger.ts';
import { LogWriter, runAgenda } from './generator/log-writer.ts';
import { generatorMain, type LogOptions } from './generator/options.ts';
import { pace, spanOf } from './generator/pace.ts';
import { People } from './generator/people.ts';
import { PostfixHost } from './generator/postfix-host.ts';
import type { Site } from './generator/postfix-model.ts';
import { greylisted, noise, refusal, screened } from './generator/postfix-refusals.ts';
import { inbound, local, outbound } from './generator/postfix-sessions.ts';
import { Prng } from './generator/prng.ts';

/** Bytes of log for each mail of the rare address: about 40 lines per 100 MB. */
const NEEDLE_EVERY = 4.5e6;

export function generatePostfix(path: string, options: LogOptions): Truth {
  const prng = new Prng(options.seed);
  const span = spanOf(options.bytes, options.last * 1000);
  const agenda = new Agenda(span.end);
  const ledger = new Ledger();
  const hosts = Array.from({ length: options.hosts }, (_, i) => {
    const name = options.hosts > 1 && i === options.hosts - 1 ? 'store' : `mx${i + 1}`;
    return new PostfixHost(name, i, prng, agenda, ledger);
  });
  const store = options.hosts > 1 ? hosts.at(-1) : undefined;
  const site: Site = { prng, agenda, ledger, people: new People(prng), hosts, store };
  let needles = 0;
  pace({ prng, agenda, span, bytes: options.bytes, overhead: options.stamp === 'rfc3164' ? 17 : 34 }, (time) => {
    if (agenda.pushedBytes > (needles + 0.5) * NEEDLE_EVERY) {
      needles += 1;
      return needles % 3 === 0 ? outbound(site, time, true) : inbound(site, time, true);
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
