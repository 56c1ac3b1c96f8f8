/**
 * Sessions that bring mail: from strangers (smtpd), from our users (submission), from this
 * machine (pickup). Line shapes: smtpd.c, smtpd_check.c, cleanup_message.c, pickup.c.
 */
import { MICROS } from './pace.ts';
import { address, LOCAL_DOMAIN, type Peer, type RemoteDomain } from './people.ts';
import type { PostfixHost } from './postfix-host.ts';
import { activate } from './postfix-mail.ts';
import { type Mail, newMail, type Rcpt, type Site } from './postfix-model.ts';
import { TLS } from './postfix-results.ts';

/** One transaction that is taken. */
export interface Transaction {
  host: PostfixHost;
  service: 'postfix/smtpd' | 'postfix/submission/smtpd';
  client: Peer;
  helo: string;
  from: string;
  rcpts: Rcpt[];
  /** Recipients of the same transaction that do not exist. */
  ghosts: string[];
  /** Its authenticated user. */
  user: string | undefined;
  domain: string;
  /** Whether it goes through the content filter; of a mail that is planted, which neither vanishes nor is spam. */
  filter?: boolean | undefined;
}

const SPAM = 0.006;
const VANISH = 0.003;

/** A mail of the rare address. */
export interface RareMail {
  address: string;
  /** Through the content filter. */
  filter: boolean;
  /** Tries that fail before it is taken. */
  tries: number;
}

/** A mail for local users from outside. */
export function inbound(site: Site, time: number, rare?: RareMail): void {
  const { prng, people } = site;
  const domain = people.domain();
  const to = rare?.address ?? people.local();
  const bulk = rare === undefined && prng.chance(0.15);
  const rcpts = localRcpts(site, to);
  if (rare !== undefined && rcpts[0] !== undefined)
    rcpts[0].fate = rare.tries === 0 ? { kind: 'ok' } : { kind: 'later', tries: rare.tries };
  sessionOf(site, time, {
    host: frontHost(site),
    service: 'postfix/smtpd',
    client: prng.pick(domain.mx),
    helo: `mail.${domain.name}`,
    from: bulk ? people.verp(to, domain) : people.remote(domain),
    rcpts,
    ghosts: prng.chance(0.015) ? [people.ghost()] : [],
    user: undefined,
    domain: domain.name,
    filter: rare?.filter,
  });
}

/** A mail of one of our users, mostly to the world. */
export function outbound(site: Site, time: number, rare?: RareMail): void {
  const { prng, people } = site;
  const from = rare?.address ?? people.local();
  const ip = `10.${prng.between(1, 3)}.${prng.int(256)}.${prng.between(1, 254)}`;
  const rcpts = prng.chance(0.15) ? localRcpts(site, people.local()) : remoteRcpts(site);
  sessionOf(site, time, {
    host: frontHost(site),
    service: 'postfix/submission/smtpd',
    client: {
      name: prng.chance(0.5) ? 'unknown' : `pc${prng.int(400)}.${LOCAL_DOMAIN}`,
      ip: prng.chance(0.3) ? address(prng) : ip,
    },
    helo: `[${ip}]`,
    from,
    rcpts,
    ghosts: [],
    user: from,
    domain: LOCAL_DOMAIN,
    filter: rare?.filter,
  });
}

/** A mail of a program on the machine itself. */
export function local(site: Site, time: number): void {
  const { prng, people, agenda } = site;
  const host = frontHost(site);
  const uid = prng.pick([0, 33, 1000 + prng.int(40)]);
  const from = `${uid === 0 ? 'root' : uid === 33 ? 'www-data' : `user${uid}`}@${host.name}.${LOCAL_DOMAIN}`;
  const rcpt = makeRcpt(site, people.local());
  if (uid === 0) rcpt.origTo = 'root';
  rcpt.fate = { kind: 'ok' };
  const mail = newMail({
    host,
    arrived: time,
    from,
    size: prng.between(400, 3000),
    messageId: '',
    client: { name: 'localhost', ip: '127.0.0.1' },
    rcpts: [rcpt],
    next: site.store === undefined ? undefined : 'store',
  });
  mail.messageId = `${new Date(time / 1000).toISOString().replaceAll(/\D/g, '').slice(0, 14)}.${mail.id}@${host.name}.${LOCAL_DOMAIN}`;
  count(site, mail, []);
  agenda.line(
    time,
    `${host.tag('postfix/pickup', time)}${mail.id}: uid=${uid} from=<${from.slice(0, from.indexOf('@'))}>`,
  );
  agenda.line(
    time + 900,
    `${host.tag('postfix/cleanup', time, time + 2000)}${mail.id}: message-id=<${mail.messageId}>`,
  );
  activate(site, mail, time + 3000);
}

/** A whole session with one transaction (now and then two). */
export function sessionOf(site: Site, time: number, first: Transaction): void {
  const { agenda, prng, people } = site;
  const { host, service, client } = first;
  const login = service !== 'postfix/smtpd';
  const two = !login && prng.chance(0.05) && first.ghosts.length === 0;
  const tls = login || prng.chance(0.45);
  const peer = `${client.name}[${client.ip}]`;
  let at = time;
  if (!login && prng.chance(0.3)) {
    const port = prng.between(1024, 65000);
    const screen = host.tag('postfix/postscreen', time - 1);
    agenda.line(at, `${screen}CONNECT from [${client.ip}]:${port} to [${host.ip}]:25`);
    agenda.line((at += 300), `${screen}PASS OLD [${client.ip}]:${port}`);
  }
  const tag = host.tag(service, at, at + 5 * MICROS);
  agenda.line((at += 900), `${tag}connect from ${peer}`);
  if (client.name === 'unknown' && prng.chance(0.2))
    agenda.line(
      at - 100,
      `${host.tag(service, at - 100)}warning: hostname host-${client.ip.replaceAll('.', '-')}.dyn.isp.example does not resolve to address ${client.ip}: Name or service not known`,
    );
  if (tls)
    agenda.line(
      (at += prng.between(20_000, 150_000)),
      `${tag}Anonymous TLS connection established from ${peer}: ${TLS}`,
    );
  const counts: Counts = { mail: 0, rcpt: 0, noRcpt: 0, data: 0, noData: 0 };
  at = transact(site, first, tag, at + prng.between(30_000, 300_000), counts);
  if (two && at > 0) {
    const other = people.domain();
    const second = {
      ...first,
      filter: undefined,
      domain: other.name,
      from: people.verp('news', other),
      rcpts: localRcpts(site, people.local()),
    };
    at = transact(site, second, tag, at + 50_000, counts);
  }
  if (at < 0) {
    const bytes = prng.between(500, 20_000);
    agenda.line(-at, `${tag}lost connection after DATA (${bytes} bytes) from ${peer}`);
    agenda.line(
      -at + 300,
      `${tag}disconnect from ${peer} ehlo=${tls ? '2 starttls=1' : '1'}${login ? ' auth=1' : ''} mail=1 rcpt=1 data=0/1 commands=${tls ? 5 : 3}/${tls ? 6 : 4}`,
    );
    return;
  }
  const ok = (tls ? 3 : 1) + (login ? 1 : 0) + counts.mail + counts.rcpt + counts.data + 1;
  const commands = tally(ok, counts.noRcpt + counts.noData);
  agenda.line(
    at + prng.between(5000, 400_000),
    `${tag}disconnect from ${peer} ehlo=${tls ? '2 starttls=1' : '1'}${login ? ' auth=1' : ''} mail=${counts.mail} rcpt=${tally(counts.rcpt, counts.noRcpt)} data=${tally(counts.data, counts.noData)} quit=1 commands=${commands}`,
  );
}

/** As smtpd counts a command: `2`, or `1/2` where one of two was refused. */
function tally(ok: number, refused: number): string {
  return refused > 0 ? `${ok}/${ok + refused}` : `${ok}`;
}

/** As the sender wrote it. */
function typedOf({ to, origTo }: Rcpt): string {
  return origTo ?? to;
}

/** What the disconnect line will count; `no…` were refused. */
interface Counts {
  mail: number;
  rcpt: number;
  noRcpt: number;
  data: number;
  noData: number;
}

/** One transaction; returns its end, negative where the client went away in the middle. */
function transact(site: Site, t: Transaction, tag: string, time: number, counts: Counts): number {
  const { agenda, prng, people, ledger } = site;
  const { host, client, from } = t;
  const peer = `${client.name}[${client.ip}]`;
  const mail = newMail({
    host,
    arrived: time,
    from,
    size: 800 + Math.floor(prng.exponential(prng.chance(0.2) ? 400_000 : 9000)),
    messageId: people.messageId(t.domain),
    client,
    rcpts: t.rcpts,
    next: undefined,
  });
  const single = t.filter === undefined && t.rcpts.length === 1 && t.ghosts.length === 0;
  const sasl = t.user === undefined ? '' : `, sasl_method=PLAIN, sasl_username=${t.user}`;
  agenda.line(time, `${tag}${mail.id}: client=${peer}${sasl}`);
  if (single && counts.mail === 0 && prng.chance(VANISH)) {
    // The client is gone before the end of data: no line names the recipient.
    ledger.message('', []);
    ledger.recipient('aborted');
    host.free(mail.id, time + MICROS);
    return -(time + 400_000);
  }
  let at = time;
  for (const ghost of t.ghosts) {
    agenda.line(
      (at += 20_000),
      `${tag}${mail.id}: reject: RCPT from ${peer}: 550 5.1.1 <${ghost}>: Recipient address rejected: User unknown in virtual mailbox table; from=<${from}> to=<${ghost}> proto=ESMTP helo=<${t.helo}>`,
    );
    ledger.recipient('rejected');
  }
  at += prng.between(20_000, 250_000);
  counts.mail += 1;
  counts.rcpt += t.rcpts.length;
  counts.noRcpt += t.ghosts.length;
  const origin = `from ${peer}; from=<${from}> to=<${t.rcpts.slice(0, 1).map(typedOf).join('')}> proto=ESMTP helo=<${t.helo}>`;
  const cleanup = host.tag('postfix/cleanup', time, at + 90_000);
  if (prng.chance(0.12))
    agenda.line(at, `${cleanup}${mail.id}: warning: header Subject: ${people.subject()} ${origin}`);
  agenda.line(at + 10, `${cleanup}${mail.id}: message-id=<${mail.messageId}>`);
  at += prng.between(20_000, 80_000);
  if (single && t.user === undefined && prng.chance(SPAM)) {
    rspamd(site, mail, at - 4000, 'reject');
    agenda.line(
      at,
      `${cleanup}${mail.id}: milter-reject: END-OF-MESSAGE from ${peer}: 5.7.1 Spam message rejected; ${origin.slice(origin.indexOf('from=<'))}`,
    );
    ledger.message(from, t.rcpts.map(typedOf), mail.messageId);
    ledger.recipient('rejected');
    host.free(mail.id, at);
    counts.noData += 1;
    return at;
  }
  counts.data += 1;
  if (prng.chance(0.04)) rspamd(site, mail, at - 4000, 'no action');
  mail.next = route(site, mail, t.filter);
  count(site, mail, t.ghosts);
  activate(site, mail, at);
  return at;
}

/** 15 % go through the content filter; with a store, mail for local users goes there. */
function route(site: Site, mail: Mail, filter: boolean | undefined): Mail['next'] {
  if (filter ?? site.prng.chance(0.15)) return 'filter';
  return site.store !== undefined && mail.rcpts.every((rcpt) => rcpt.domain === undefined) ? 'store' : undefined;
}

/** One mail that is taken, with the recipients that were refused in the same transaction. */
function count(site: Site, mail: Mail, ghosts: readonly string[]): void {
  site.ledger.message(mail.from, [...mail.rcpts.map((rcpt) => rcpt.to), ...ghosts], mail.messageId);
  for (const rcpt of mail.rcpts) site.ledger.recipient(rcpt.status);
}

/** Rspamd's own line of a mail (lua log_format of its default configuration). */
function rspamd(site: Site, mail: Mail, time: number, action: string): void {
  const { prng, agenda } = site;
  const score = action === 'reject' ? prng.between(15, 40) : prng.int(6);
  const flag = action === 'reject' ? 'T' : 'F';
  // a milter is told the addresses as they were typed
  const rcpts = [...new Set(mail.rcpts.map(typedOf))].join(',');
  agenda.line(
    time,
    `${mail.host.tag('rspamd', time)}<${prng.text('abcdef0123456789', 6)}>; task; rspamd_task_write_log: id: <${mail.messageId}>, qid: <${mail.id}>, ip: ${mail.client.ip}, from: <${mail.from}>, (default: ${flag} (${action}): [${score}.${prng.between(10, 99)}/15.00] [R_SPF_ALLOW(-0.20){+mx;},MIME_GOOD(-0.10){multipart/alternative;text/plain;},BAYES_HAM(-${prng.int(3)}.00){${prng.between(50, 99)}.${prng.int(100)}%;},ARC_NA(0.00){},RCVD_COUNT_TWO(0.00){2;}]), len: ${mail.size}, time: ${prng.between(40, 900)}.${prng.int(1000)}ms, dns req: ${prng.between(5, 40)}, rcpts: <${rcpts}>, mime_rcpts: <${rcpts}>`,
  );
}

function frontHost(site: Site): PostfixHost {
  const front = site.store === undefined ? site.hosts.length : site.hosts.length - 1;
  return site.hosts[site.prng.int(front)] as PostfixHost;
}

export function makeRcpt(site: Site, to: string, domain?: RemoteDomain): Rcpt {
  const { prng } = site;
  const rcpt: Rcpt = { to, origTo: undefined, fate: { kind: 'ok' }, domain, status: 'pending' };
  if (domain === undefined) {
    if (prng.chance(0.004))
      rcpt.fate = prng.chance(0.3) ? { kind: 'dead' } : { kind: 'later', tries: prng.between(1, 9) };
  } else if (prng.chance(0.04)) rcpt.fate = { kind: 'bounce' };
  else if (prng.chance(0.12))
    rcpt.fate = prng.chance(0.04) ? { kind: 'dead' } : { kind: 'later', tries: prng.between(1, 4) };
  return rcpt;
}

/** A local recipient and more; sometimes an alias that leads to several. */
function localRcpts(site: Site, to: string): Rcpt[] {
  const { prng, people } = site;
  const names = new Set([to]);
  if (prng.chance(0.2)) for (let n = prng.between(1, 5); n > 0; n -= 1) names.add(people.local());
  const rcpts = [...names].map((name) => makeRcpt(site, name));
  if (prng.chance(0.07))
    for (const rcpt of rcpts) rcpt.origTo = `${prng.pick(['sales', 'info', 'team', 'support'])}@${LOCAL_DOMAIN}`;
  // One address typed has one name: the aliases of a mail are one alias.
  const alias = rcpts[0]?.origTo;
  if (alias !== undefined) for (const rcpt of rcpts) rcpt.origTo = alias;
  return rcpts;
}

function remoteRcpts(site: Site): Rcpt[] {
  const { prng, people } = site;
  const wanted = prng.chance(0.25) ? prng.between(2, 8) : 1;
  const found = new Map<string, Rcpt>();
  let domain = people.domain();
  for (let n = 0; n < wanted; n += 1) {
    if (prng.chance(0.5)) domain = people.domain();
    const to = people.remote(domain);
    if (!found.has(to)) found.set(to, makeRcpt(site, to, domain));
  }
  return [...found.values()];
}
