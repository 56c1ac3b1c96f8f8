/**
 * A mail in a Postfix queue: activation, delivery runs, retries, expiry, bounces.
 * Line shapes: global/opened.c (from=), qmgr_active.c (expired, removed),
 * bounce/bounce_notify_service.c.
 */
import { MICROS } from './pace.ts';
import { LOCAL_DOMAIN } from './people.ts';
import { reinject, toStore } from './postfix-hops.ts';
import { logResult, type Mail, newMail, type Rcpt, type Site } from './postfix-model.ts';
import { localResult, remoteResults } from './postfix-results.ts';

/** maximal_queue_lifetime of this site. */
const LIFETIME = 12 * 3600 * MICROS;
const WARN_AFTER = 4 * 3600 * MICROS;
const LAST_WAIT = 4000 * MICROS;

/** The queue manager takes the mail up at `time`: one run over its open recipients. */
export function activate(site: Site, mail: Mail, time: number): void {
  const { agenda, prng } = site;
  const open = mail.rcpts.filter((rcpt) => isOpen(rcpt));
  agenda.line(
    time,
    `${mail.host.qmgrTag()}${mail.id}: from=<${mail.from}>, size=${mail.size}, nrcpt=${mail.rcpts.length} (queue active)`,
  );
  const begin = time + prng.between(2000, 30_000);
  if (mail.next === 'filter') return finish(site, mail, reinject(site, mail, begin, activate));
  if (mail.next === 'store') return finish(site, mail, toStore(site, mail, begin, activate));
  let last = begin;
  for (const result of [
    ...localResult(
      site,
      mail,
      open.filter((rcpt) => rcpt.domain === undefined),
      begin,
    ),
    ...remoteResults(
      site,
      mail,
      open.filter((rcpt) => rcpt.domain !== undefined),
      begin,
    ),
  ]) {
    logResult(site, mail, result);
    last = Math.max(last, result.time);
  }
  mail.runs += 1;
  settle(site, mail, last + prng.between(300, 3000));
}

/** After a run: bounce what failed, retry or expire what waits, else the queue file goes. */
function settle(site: Site, mail: Mail, time: number): void {
  const { agenda, ledger } = site;
  const waiting = mail.rcpts.filter((rcpt) => isOpen(rcpt));
  const expired = waiting.length > 0 && time - mail.arrived > LIFETIME;
  let at = time;
  if (waiting.length > 0 && !expired) {
    if (!mail.warned && time - mail.arrived > WARN_AFTER && mail.from !== '') {
      mail.warned = true;
      at = notify(site, mail, at, 'sender delay notification');
    }
    const wait = mail.wait;
    mail.wait = Math.min(LAST_WAIT, mail.wait * 2);
    agenda.later(at + wait + site.prng.int(60e6), (retry) => activate(site, mail, retry));
    return;
  }
  if (expired) {
    agenda.line(at, `${mail.host.qmgrTag()}${mail.id}: from=<${mail.from}>, status=expired, returned to sender`);
    for (const rcpt of waiting) ledger.move(rcpt, 'expired');
  }
  const failed = mail.rcpts.some((rcpt) => rcpt.status === 'bounced' || rcpt.status === 'expired');
  if (failed && mail.from !== '') at = notify(site, mail, at, 'sender non-delivery notification');
  finish(site, mail, at + 400);
}

/** `removed`; the id may then be used again. */
function finish(site: Site, mail: Mail, time: number): void {
  site.agenda.line(time, `${mail.host.qmgrTag()}${mail.id}: removed`);
  mail.host.free(mail.id, time);
}

/** A bounce or delay notice to the sender: a new mail. Returns when it is written. */
function notify(site: Site, mail: Mail, time: number, words: string): number {
  const { agenda, ledger, prng, people } = site;
  const host = mail.host;
  const domain = people.domains.find(
    (one) => mail.from.endsWith(`@${one.name}`) || mail.from.endsWith(`@news.${one.name}`),
  );
  const rcpt: Rcpt = {
    to: mail.from,
    origTo: undefined,
    fate: { kind: 'ok' },
    domain: people.isLocal(mail.from) ? undefined : (domain ?? people.domain()),
    status: 'pending',
  };
  const next = rcpt.domain === undefined && site.store !== undefined && host !== site.store ? 'store' : undefined;
  const child = newMail({
    host,
    arrived: time,
    from: '',
    size: mail.size + prng.between(1500, 2500),
    messageId: '',
    client: mail.client,
    rcpts: [rcpt],
    next,
  });
  child.messageId = `${new Date(time / 1000).toISOString().replaceAll(/\D/g, '').slice(0, 14)}.${child.id}@${host.name}.${LOCAL_DOMAIN}`;
  ledger.message('', [rcpt.to]);
  ledger.recipient('pending');
  agenda.line(
    time + 300,
    `${host.tag('postfix/cleanup', time, time + 900)}${child.id}: message-id=<${child.messageId}>`,
  );
  agenda.line(time + 700, `${host.tag('postfix/bounce', time, time + 900)}${mail.id}: ${words}: ${child.id}`);
  activate(site, child, time + 1100);
  return time + 1400;
}

function isOpen(rcpt: Rcpt): boolean {
  return rcpt.status === 'pending' || rcpt.status === 'deferred';
}
