/**
 * Writes an Exim main log, like generate-postfix.ts.
 *
 *     tsx test/bench/generate-exim.ts --size 100M --seed 1 mainlog
 */
import { Agenda } from './generator/agenda.ts';
import { deliver, eximId, type EximMail, type EximRcpt, type EximSite } from './generator/exim-mail.ts';
import { Ledger, type Truth } from './generator/ledger.ts';
import { LogWriter, runAgenda } from './generator/log-writer.ts';
import { DEFAULTS, generatorMain, type LogOptions } from './generator/options.ts';
import { pace, spanOf } from './generator/pace.ts';
import { LOCAL_DOMAIN, People } from './generator/people.ts';
import { Prng } from './generator/prng.ts';

/** Tries of the mails of the rare address that fail, in turn. */
const RARE_TRIES = [1, 0, 2, 0, 0];
/** Lines that name it, a mail. */
const RARE_LINES = 1.6;

/** Writes the log to `path`; what is not given is as in `DEFAULTS`. */
export function generateExim(path: string, given: Partial<LogOptions>): Truth {
  const options = { ...DEFAULTS, ...given };
  const prng = new Prng(options.seed);
  const span = spanOf(options.bytes, options.last * 1000);
  const agenda = new Agenda(span.end);
  const ledger = new Ledger(options);
  const site: EximSite = { prng, agenda, ledger, ids: options.ids, people: new People(prng, options), pid: 2000 };
  const rareEvery = options.rare === '' ? Infinity : (100e6 * RARE_LINES) / options.rareLines;
  let rares = 0;
  pace({ prng, agenda, span, bytes: options.bytes, overhead: 21 }, (time) => {
    const dice = prng.next();
    if (agenda.pushedBytes > (rares + 0.5) * rareEvery)
      arrival(site, time, false, { address: options.rare, tries: RARE_TRIES[rares++ % RARE_TRIES.length] ?? 0 });
    else if (dice < 0.5) arrival(site, time, false);
    else if (dice < 0.75) arrival(site, time, true);
    else if (dice < 0.93) refusal(site, time);
    else chatter(site, time);
  });
  return runAgenda(agenda, new LogWriter(path, 'exim'), ledger);
}

function arrival(site: EximSite, time: number, ours: boolean, rare?: { address: string; tries: number }): void {
  const { prng, people, agenda, ledger } = site;
  const domain = people.domain();
  const rcpts = new Map<string, EximRcpt>();
  for (let n = prng.chance(0.2) ? prng.between(2, 5) : 1; n > 0; n -= 1) {
    const to = ours ? people.remote(domain) : people.local();
    const dice = prng.next();
    const fate = !ours ? 'ok' : domain.dead ? 'dead' : dice < 0.03 ? 'bounce' : dice < 0.12 ? 'later' : 'ok';
    rcpts.set(to, { to, domain: ours ? domain : undefined, fate, tries: prng.between(1, 4), status: 'pending' });
  }
  if (rare !== undefined)
    rcpts.set(rare.address, {
      to: rare.address,
      domain: undefined,
      fate: rare.tries > 0 ? 'later' : 'ok',
      tries: rare.tries,
      status: 'pending',
    });
  const mail: EximMail = {
    id: eximId(site, time),
    arrived: time,
    from: ours ? people.local() : people.remote(domain),
    messageId: people.messageId(ours ? LOCAL_DOMAIN : domain.name),
    rcpts: [...rcpts.values()],
    runs: 0,
  };
  const client = prng.pick(domain.mx);
  const ip = `10.1.${prng.int(256)}.${prng.between(1, 254)}`;
  const where = ours
    ? `H=([${ip}]) [${ip}] P=esmtpsa X=TLS1.3:ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM:256 CV=no A=plain_server:${mail.from}`
    : `H=${client.name} [${client.ip}] P=esmtps X=TLS1.3:ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM:256 CV=no`;
  agenda.line(time, `${mail.id} <= ${mail.from} ${where} S=${prng.between(800, 60_000)} id=${mail.messageId}`);
  ledger.message(
    mail.from,
    mail.rcpts.map((rcpt) => rcpt.to),
    mail.messageId,
  );
  ledger.queueId();
  for (const rcpt of mail.rcpts) ledger.recipient(rcpt.status);
  deliver(site, mail, time + 20_000);
}

/** Refused at RCPT; without a pid in the line each is a mail of its own. */
function refusal(site: EximSite, time: number): void {
  const { prng, people, agenda, ledger } = site;
  const client = people.stranger();
  const from = people.remote(people.domain());
  const name = client.name === 'unknown' ? '' : `${client.name} `;
  const [to, why] = prng.chance(0.5)
    ? [people.ghost(), 'rejected RCPT <TO>: Unrouteable address']
    : prng.pick([
        [people.remote(people.domain()), 'rejected RCPT <TO>: relay not permitted'],
        [people.local(), `rejected RCPT <TO>: ${client.ip} is listed at zen.spamhaus.example`],
      ]);
  agenda.line(time, `H=${name}(srv${prng.int(1e6)}.isp.example) [${client.ip}] F=<${from}> ${why.replace('TO', to)}`);
  ledger.message(from, [to]);
  ledger.recipient('rejected');
}

function chatter(site: EximSite, time: number): void {
  const { prng, people, agenda } = site;
  const client = people.stranger();
  const pid = prng.between(1000, 60_000);
  if (prng.chance(0.3)) agenda.line(time, `no host name found for IP address ${client.ip}`);
  else if (prng.chance(0.5))
    agenda.line(
      time,
      `plain_server authenticator failed for ([${client.ip}]) [${client.ip}]: 535 Incorrect authentication data (set_id=${people.local()})`,
    );
  else {
    agenda.line(time, `Start queue run: pid=${pid}`);
    agenda.line(time + 200_000, `End queue run: pid=${pid}`);
  }
}

if (import.meta.url === `file://${process.argv[1]}`) generatorMain(generateExim);
