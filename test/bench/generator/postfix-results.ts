/**
 * What the delivery agents say of recipients in one run.
 */
import { MICROS } from './pace.ts';
import { BASE64, type Peer, type RemoteDomain } from './people.ts';
import type { Mail, Rcpt, Result, Site } from './postfix-model.ts';
import { accepted, delayed, refused, type Reply } from './replies.ts';

/** Local users: by name through lmtp, virtual, local or a pipe, always the same for one user. */
export function localResult(site: Site, mail: Mail, rcpts: Rcpt[], begin: number): Result[] {
  const { prng } = site;
  const out: Result[] = [];
  let time = begin;
  for (const rcpt of rcpts) {
    time += prng.between(3000, 60_000);
    const kind = rcpt.to.length % 10;
    const [service, relay] =
      kind < 6
        ? ['postfix/lmtp', `mail.corp.example[private/dovecot-lmtp]`]
        : kind < 8
          ? ['postfix/virtual', 'virtual']
          : kind === 8
            ? ['postfix/local', 'local']
            : ['postfix/pipe', 'dovecot'];
    const later = failsNow(rcpt, mail.runs);
    const text = later
      ? `host mail.corp.example[private/dovecot-lmtp] said: 452 4.2.2 <${rcpt.to}> Quota exceeded (mailbox for user is full) (in reply to end of DATA command)`
      : service === 'postfix/lmtp'
        ? `250 2.0.0 <${rcpt.to}> ${prng.text(BASE64, 22)} Saved`
        : service === 'postfix/pipe'
          ? 'delivered via dovecot service'
          : 'delivered to maildir';
    out.push({
      rcpt,
      tag: mail.host.tag(later ? 'postfix/lmtp' : service, begin, time),
      time,
      begin,
      connect: 0,
      relay: later ? 'mail.corp.example[private/dovecot-lmtp]' : relay,
      use: 1,
      dsn: later ? '4.2.2' : '2.0.0',
      word: later ? 'deferred' : 'sent',
      text,
      status: later ? 'deferred' : 'delivered',
    });
  }
  return out;
}

/** Remote recipients: one connection a domain. */
export function remoteResults(site: Site, mail: Mail, rcpts: Rcpt[], begin: number): Result[] {
  const out: Result[] = [];
  const domains = new Set(rcpts.map((rcpt) => rcpt.domain as RemoteDomain));
  for (const domain of domains) {
    const group = rcpts.filter((rcpt) => rcpt.domain === domain);
    out.push(
      ...(domain.dead ? unreachable(site, mail, group, domain, begin) : answered(site, mail, group, domain, begin)),
    );
  }
  return out;
}

function answered(site: Site, mail: Mail, group: Rcpt[], domain: RemoteDomain, begin: number): Result[] {
  const { prng, agenda } = site;
  const connect = prng.between(20_000, 400_000);
  const mx = prng.pick(domain.mx);
  const end = begin + connect + Math.floor(prng.exponential(0.9 * MICROS)) + 50_000;
  const tag = mail.host.tag('postfix/smtp', begin, end);
  if (prng.chance(0.35))
    agenda.line(
      begin + connect,
      `${tag}${prng.pick(['Untrusted', 'Trusted', 'Verified'])} TLS connection established to ${mx.name}[${mx.ip}]:25: ${TLS}`,
    );
  if (prng.chance(0.02)) {
    const other = domain.mx[0] as Peer;
    const said = delayed(prng, domain, group[0]?.to ?? '', mail.host.ip);
    agenda.line(begin + connect - 5000, `${tag}${mail.id}: host ${other.name}[${other.ip}] said: ${said.text}`);
  }
  const taken = accepted(prng, domain, end, mail.messageId);
  const use = prng.chance(0.1) ? prng.between(2, 5) : 1;
  return group.map((rcpt) => {
    const base = { rcpt, tag, time: end, begin, connect, relay: `${mx.name}[${mx.ip}]:25`, use };
    if (rcpt.fate.kind === 'bounce')
      return {
        ...base,
        ...failure(mx, refused(prng, domain, rcpt.to, mail.host.ip)),
        word: 'bounced',
        status: 'bounced',
      };
    if (failsNow(rcpt, mail.runs))
      return {
        ...base,
        ...failure(mx, delayed(prng, domain, rcpt.to, mail.host.ip)),
        word: 'deferred',
        status: 'deferred',
      };
    return { ...base, dsn: taken.dsn, text: taken.text, word: 'sent', status: 'relayed' };
  });
}

/** A domain whose servers do not answer; retries are mostly told by error(8) without a new try. */
function unreachable(site: Site, mail: Mail, group: Rcpt[], domain: RemoteDomain, begin: number): Result[] {
  const { prng, agenda } = site;
  const time = begin + prng.between(30, 32) * MICROS;
  const mx = domain.mx[0] as Peer;
  const why = `connect to ${mx.name}[${mx.ip}]:25: Connection timed out`;
  const suspended = mail.runs > 0 && prng.chance(0.4);
  const at = suspended ? begin + 4000 : time;
  const tag = mail.host.tag(suspended ? 'postfix/error' : 'postfix/smtp', begin, at);
  if (!suspended)
    for (const one of domain.mx)
      agenda.line(time - 10, `${tag}connect to ${one.name}[${one.ip}]:25: Connection timed out`);
  return group.map((rcpt) => ({
    rcpt,
    tag,
    time: at,
    begin,
    connect: suspended ? 0 : 30 * MICROS,
    relay: 'none',
    use: 1,
    dsn: '4.4.1',
    word: 'deferred',
    text: suspended ? `delivery temporarily suspended: ${why}` : why,
    status: 'deferred',
  }));
}

function failure(mx: Peer, reply: Reply): { dsn: string; text: string } {
  return { dsn: reply.dsn, text: `host ${mx.name}[${mx.ip}] said: ${reply.text}` };
}

function failsNow(rcpt: Rcpt, runs: number): boolean {
  return rcpt.fate.kind === 'dead' || (rcpt.fate.kind === 'later' && runs < rcpt.fate.tries);
}

/** The end of a TLS line (tls_misc.c). */
export const TLS =
  'TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256';
