/**
 * Sessions that bring no mail, or mail that is refused, and what the daemons say of themselves.
 * Line shapes: smtpd_check.c (log_whatsup), postscreen*.c, anvil.c, smtpd_sasl_glue.c, postgrey.
 */
import { MICROS } from './pace.ts';
import { LOCAL_DOMAIN, type Peer } from './people.ts';
import type { PostfixHost } from './postfix-host.ts';
import type { Site } from './postfix-model.ts';
import { makeRcpt, sessionOf } from './postfix-sessions.ts';

/** Refused at RCPT: one transaction with one to four recipients. */
export function refusal(site: Site, time: number): void {
  const { prng, people, agenda, ledger } = site;
  const host = prng.pick(site.hosts);
  const client = people.stranger();
  const from = people.remote(people.domain());
  const kind = prng.int(10);
  const rcpts = new Set<string>();
  for (let n = prng.chance(0.2) ? prng.between(2, 4) : 1; n > 0; n -= 1)
    rcpts.add(kind < 5 ? people.ghost() : kind < 7 ? people.remote(people.domain()) : people.local());
  const helo = prng.chance(0.2) ? `[${client.ip}]` : `srv${prng.int(1000)}.isp${prng.int(50)}.example`;
  const peer = `${client.name}[${client.ip}]`;
  const tag = host.tag('postfix/smtpd', time, time + 4 * MICROS);
  let at = time;
  agenda.line(at, `${tag}connect from ${peer}`);
  at += prng.between(100_000, 800_000);
  for (const to of rcpts) {
    const why =
      kind < 5
        ? `550 5.1.1 <${to}>: Recipient address rejected: User unknown in virtual mailbox table`
        : kind < 7
          ? `554 5.7.1 <${to}>: Relay access denied`
          : kind < 9
            ? `554 5.7.1 Service unavailable; Client host [${client.ip}] blocked using zen.spamhaus.example; https://www.spamhaus.example/query/ip/${client.ip}`
            : `450 4.1.8 <${from}>: Sender address rejected: Domain not found`;
    agenda.line(
      (at += 30_000),
      `${tag}NOQUEUE: reject: RCPT from ${peer}: ${why}; from=<${from}> to=<${to}> proto=ESMTP helo=<${helo}>`,
    );
  }
  ledger.message(from, [...rcpts]);
  for (const _ of rcpts) ledger.recipient('rejected');
  const n = rcpts.size;
  if (prng.chance(0.4)) {
    agenda.line((at += 200_000), `${tag}lost connection after RCPT from ${peer}`);
    agenda.line(at + 200, `${tag}disconnect from ${peer} ehlo=1 mail=1 rcpt=0/${n} commands=2/${2 + n}`);
  } else
    agenda.line(
      at + 100_000,
      `${tag}disconnect from ${peer} ehlo=1 mail=1 rcpt=0/${n} rset=1 quit=1 commands=4/${4 + n}`,
    );
}

/** Greylisted, and taken when it comes again some minutes later. */
export function greylisted(site: Site, time: number): void {
  const { prng, people, agenda, ledger } = site;
  const host = site.hosts[0] as PostfixHost;
  const domain = people.domain();
  const client = prng.pick(domain.mx);
  const from = people.remote(domain);
  const to = people.local();
  const helo = client.name;
  const peer = `${client.name}[${client.ip}]`;
  const tag = host.tag('postfix/smtpd', time, time + MICROS);
  agenda.line(time, `${tag}connect from ${peer}`);
  agenda.line(
    time + 90_000,
    `${host.tag('postgrey', time)}action=greylist, reason=new, client_name=${client.name}, client_address=${client.ip}, sender=${from}, recipient=${to}`,
  );
  agenda.line(
    time + 91_000,
    `${tag}NOQUEUE: reject: RCPT from ${peer}: 450 4.2.0 <${to}>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/${LOCAL_DOMAIN}.html; from=<${from}> to=<${to}> proto=ESMTP helo=<${helo}>`,
  );
  agenda.line(time + 200_000, `${tag}disconnect from ${peer} ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4`);
  ledger.message(from, [to]);
  ledger.recipient('greylisted');
  agenda.later(time + prng.between(300, 1800) * MICROS, (again) =>
    sessionOf(site, again, {
      host,
      service: 'postfix/smtpd',
      client,
      helo,
      from,
      rcpts: [makeRcpt(site, to)],
      ghosts: [],
      user: undefined,
      domain: domain.name,
    }),
  );
}

/** Robots at postscreen, some of which get as far as RCPT. */
export function screened(site: Site, time: number): void {
  const { prng, people, agenda, ledger } = site;
  const host = prng.pick(site.hosts);
  const { ip } = people.stranger();
  const peer = `[${ip}]:${prng.between(1024, 65000)}`;
  const tag = host.tag('postfix/postscreen', time - 1);
  agenda.line(time, `${tag}CONNECT from ${peer} to [${host.ip}]:25`);
  const kind = prng.int(4);
  if (kind === 0)
    agenda.line(
      time + 100_000,
      `${tag}PREGREET ${prng.between(11, 30)} after 0.${prng.between(10, 99)} from ${peer}: EHLO ylmf-pc\\r\\n`,
    );
  if (kind <= 1)
    agenda.line(
      time + 1_000_000,
      `${host.tag('postfix/dnsblog', time)}addr ${ip} listed by domain zen.spamhaus.example as 127.0.0.${prng.pick([2, 4, 10, 11])}`,
    );
  if (kind <= 1) agenda.line(time + 2_000_000, `${tag}DNSBL rank ${prng.between(3, 9)} for ${peer}`);
  if (kind === 1) {
    const [sender, to] = [people.remote(people.domain()), people.local()];
    agenda.line(
      time + 4_000_000,
      `${tag}NOQUEUE: reject: RCPT from ${peer}: 550 5.7.1 Service unavailable; client [${ip}] blocked using zen.spamhaus.example; from=<${sender}>, to=<${to}>, proto=ESMTP, helo=<ylmf-pc>`,
    );
    ledger.message(sender, [to]);
    ledger.recipient('rejected');
  }
  if (kind === 2)
    agenda.line(
      time + 3_000_000,
      `${tag}HANGUP after ${prng.int(9)}.${prng.int(10)} from ${peer} in tests before SMTP handshake`,
    );
  agenda.line(time + 5_000_000, `${tag}DISCONNECT ${peer}`);
}

/** Password guessers, probes, and what the daemons say now and then. */
export function noise(site: Site, time: number): void {
  const { prng, people, agenda } = site;
  const host = prng.pick(site.hosts);
  const client: Peer = people.stranger();
  const peer = `${client.name}[${client.ip}]`;
  const kind = prng.int(10);
  if (kind === 9) {
    const anvil = host.tag('postfix/anvil', time);
    const at = new Date(time / 1000 - 200_000).toUTCString();
    const stamp = `${at.slice(8, 11)} ${at.slice(5, 7)} ${at.slice(17, 25)}`;
    agenda.line(
      time,
      `${anvil}statistics: max connection rate ${prng.between(1, 30)}/60s for (smtp:${client.ip}) at ${stamp}`,
    );
    agenda.line(
      time + 10,
      `${anvil}statistics: max connection count ${prng.between(1, 5)} for (smtp:${client.ip}) at ${stamp}`,
    );
    agenda.line(time + 20, `${anvil}statistics: max cache size ${prng.between(5, 50)} at ${stamp}`);
    return;
  }
  const login = kind < 6;
  const service = login ? 'postfix/submission/smtpd' : 'postfix/smtpd';
  const tag = host.tag(service, time, time + 3 * MICROS);
  agenda.line(time, `${tag}connect from ${peer}`);
  if (login) {
    const method = prng.pick(['LOGIN', 'PLAIN']);
    agenda.line(
      time + 2_000_000,
      `${tag}warning: ${peer}: SASL ${method} authentication failed: UGFzc3dvcmQ6, sasl_username=${prng.chance(0.5) ? people.local() : prng.pick(['admin', 'test', 'info', 'scanner'])}`,
    );
    agenda.line(time + 2_100_000, `${tag}lost connection after AUTH from ${peer}`);
    agenda.line(time + 2_100_300, `${tag}disconnect from ${peer} ehlo=1 auth=0/1 commands=1/2`);
    return;
  }
  if (kind === 6) agenda.line(time + 200_000, `${tag}SSL_accept error from ${peer}: -1`);
  agenda.line(time + 300_000, `${tag}lost connection after ${kind === 7 ? 'EHLO' : 'CONNECT'} from ${peer}`);
  agenda.line(time + 300_300, `${tag}disconnect from ${peer} ${kind === 7 ? 'ehlo=1 commands=1' : 'commands=0/0'}`);
}
