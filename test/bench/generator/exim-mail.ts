/**
 * A mail in an Exim spool, in the words of its main log with the default log_selector
 * (spec.xfpt, chapter "Log files"; deliver.c delivery_log, deferral_log, failure_log).
 */
import type { Agenda } from './agenda.ts';
import type { Ledger } from './ledger.ts';
import { MICROS } from './pace.ts';
import { LOCAL_DOMAIN, type People, type RemoteDomain } from './people.ts';
import type { Prng } from './prng.ts';
import { eximMessageId, type IdKind } from './queue-ids.ts';
import { accepted, delayed, refused } from './replies.ts';

export interface EximSite {
  prng: Prng;
  agenda: Agenda;
  ledger: Ledger;
  ids: IdKind;
  people: People;
  /** The last process id given. */
  pid: number;
}

export interface EximRcpt {
  to: string;
  domain: RemoteDomain | undefined;
  fate: 'ok' | 'bounce' | 'dead' | 'later';
  tries: number;
  status: string;
}

export interface EximMail {
  id: string;
  arrived: number;
  from: string;
  messageId: string;
  rcpts: EximRcpt[];
  runs: number;
}

const RETRY = 900 * MICROS;
const GIVE_UP = 12 * 3600 * MICROS;

/** The tools of Debian 12 know the short ids only. */
export function eximId(site: EximSite, time: number): string {
  site.pid = site.pid > 60_000 ? 1000 : site.pid + site.prng.between(1, 5);
  return eximMessageId(site.ids, Math.floor(time), site.pid);
}

export function deliver(site: EximSite, mail: EximMail, time: number): void {
  const { agenda, prng, ledger } = site;
  let at = time;
  const open = mail.rcpts.filter((rcpt) => rcpt.status === 'pending' || rcpt.status === 'deferred');
  for (const rcpt of open) {
    at += prng.between(20_000, rcpt.domain === undefined ? 60_000 : 1_500_000);
    const [line, status] =
      rcpt.domain === undefined ? localLine(rcpt, mail.runs) : remoteLine(site, mail, rcpt, rcpt.domain, at);
    agenda.line(at, `${mail.id} ${line}`);
    ledger.move(rcpt, status);
  }
  mail.runs += 1;
  const failed = open.filter((rcpt) => rcpt.status === 'bounced' || rcpt.status === 'expired');
  if (failed.length > 0 && mail.from !== '') bounce(site, mail, (at += 30_000));
  if (mail.rcpts.some((rcpt) => rcpt.status === 'deferred')) {
    agenda.later(at + RETRY + prng.int(120 * MICROS), (again) => deliver(site, mail, again));
    return;
  }
  agenda.line(at + 2000, `${mail.id} Completed`);
}

function localLine(rcpt: EximRcpt, runs: number): [string, string] {
  const user = rcpt.to.slice(0, rcpt.to.indexOf('@'));
  if (rcpt.fate === 'later' && runs < rcpt.tries) {
    const full = 'mailbox is full (MTA-imposed quota exceeded while writing to file /var/mail/NAME)';
    return [`== ${rcpt.to} R=local_user T=maildir_home defer (-22): ${full.replace('NAME', user)}`, 'deferred'];
  }
  return [`=> ${user} <${rcpt.to}> R=local_user T=maildir_home`, 'delivered'];
}

function remoteLine(
  site: EximSite,
  mail: EximMail,
  rcpt: EximRcpt,
  domain: RemoteDomain,
  at: number,
): [string, string] {
  const { prng } = site;
  const mx = prng.pick(domain.mx);
  const route = 'R=dnslookup T=remote_smtp';
  if (rcpt.fate === 'dead') {
    if (at - mail.arrived > GIVE_UP) return [`** ${rcpt.to} ${route}: retry timeout exceeded`, 'expired'];
    return [`== ${rcpt.to} ${route} defer (110): Connection timed out H=${mx.name} [${mx.ip}]`, 'deferred'];
  }
  if (rcpt.fate === 'bounce')
    return [
      `** ${rcpt.to} ${route} H=${mx.name} [${mx.ip}]: ${said(rcpt.to, refused(prng, domain, rcpt.to, '203.0.113.10').text)}`,
      'bounced',
    ];
  if (rcpt.fate === 'later' && mail.runs < rcpt.tries)
    return [
      `== ${rcpt.to} ${route} defer (-44) H=${mx.name} [${mx.ip}]: ${said(rcpt.to, delayed(prng, domain, rcpt.to, '203.0.113.10').text)}`,
      'deferred',
    ];
  const reply = accepted(prng, domain, at, mail.messageId).text;
  return [
    `=> ${rcpt.to} ${route} H=${mx.name} [${mx.ip}] X=TLS1.3:ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM:256 CV=yes C="${reply}"`,
    'relayed',
  ];
}

/** A reply as Exim cites it: without the command that Postfix would name behind it. */
function said(to: string, text: string): string {
  return `SMTP error from remote mail server after RCPT TO:<${to}>: ${text.replace(/ \(in reply to .*\)$/, '')}`;
}

/** `R=` on an arrival line names the mail that bounced. */
function bounce(site: EximSite, mail: EximMail, time: number): void {
  const { people } = site;
  const local = people.isLocal(mail.from);
  const rcpt: EximRcpt = {
    to: mail.from,
    domain: local ? undefined : people.domain(),
    fate: 'ok',
    tries: 0,
    status: 'pending',
  };
  const child: EximMail = { id: eximId(site, time), arrived: time, from: '', messageId: '', rcpts: [rcpt], runs: 0 };
  child.messageId = `E${child.id}@mail.${LOCAL_DOMAIN}`;
  site.ledger.message('', [rcpt.to]);
  site.ledger.recipient('pending');
  site.agenda.line(time, `${child.id} <= <> R=${mail.id} U=Debian-exim P=local S=${site.prng.between(2000, 6000)}`);
  deliver(site, child, time + 10_000);
}
