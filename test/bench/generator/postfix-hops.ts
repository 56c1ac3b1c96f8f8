/**
 * Hops inside the site: through the content filter (Amavis on 10024, back on 10025) and from the
 * first host to the store. Each makes a new queue id for the same mail.
 */
import { MICROS } from './pace.ts';
import { address, BASE64, LOCAL_DOMAIN } from './people.ts';
import type { PostfixHost } from './postfix-host.ts';
import { logResult, type Mail, newMail, type Site } from './postfix-model.ts';

/** The queue manager of the next queue takes the mail up. */
type Activate = (site: Site, mail: Mail, time: number) => void;

/** Through Amavis. Returns when the queue file in front of the filter may go. */
export function reinject(site: Site, mail: Mail, begin: number, activate: Activate): number {
  const { agenda, prng } = site;
  const host = mail.host;
  const end = begin + prng.between(200_000, 2_500_000);
  const tag = host.tag('postfix/smtp', begin, end);
  const task = `(${prng.between(1000, 30000)}-${String(prng.between(1, 20)).padStart(2, '0')})`;
  const rcpts = mail.rcpts.map((rcpt) => `<${rcpt.to}>`).join(',');
  const head = `, [${mail.client.ip}]:${prng.between(1024, 65000)} [${address(prng)}] <${mail.from}> -> ${rcpts}, Queue-ID: ${mail.id}, Message-ID: <${mail.messageId}>, mail_id: ${prng.text(BASE64, 12)}`;
  const amavis = host.tag('amavis', begin, end);
  const took = Math.round((end - begin) / 1000);
  if (prng.chance(0.015)) {
    agenda.line(
      end - 3000,
      `${amavis}${task} Blocked SPAM {DiscardedInbound}${head}, Hits: ${prng.between(12, 40)}.${prng.int(1000)}, size: ${mail.size}, ${took} ms`,
    );
    const text = `250 2.7.0 Ok, discarded, id=${task.slice(1, -1)} - spam`;
    for (const rcpt of mail.rcpts) filterResult(site, mail, rcpt, { tag, begin, time: end, text, status: 'discarded' });
    return end + 800;
  }
  const child = newMail({
    ...mail,
    rcpts: ends(mail),
    arrived: end - 40_000,
    size: mail.size + prng.between(400, 900),
    next: afterFilter(site, mail),
  });
  const origin = prng.chance(0.6)
    ? `, orig_queue_id=${mail.id}, orig_client=${mail.client.name}[${mail.client.ip}]`
    : '';
  const through = origin === '' ? '' : ' xforward=2';
  const smtpd = host.tag('postfix/smtpd', begin, end);
  const n = mail.rcpts.length;
  agenda.line(child.arrived - 5000, `${smtpd}connect from localhost[127.0.0.1]`);
  agenda.line(child.arrived, `${smtpd}${child.id}: client=localhost[127.0.0.1]${origin}`);
  agenda.line(
    child.arrived + 2000,
    `${host.tag('postfix/cleanup', end - 38_000, end - 20_000)}${child.id}: message-id=<${mail.messageId}>`,
  );
  agenda.line(
    end - 9000,
    `${smtpd}disconnect from localhost[127.0.0.1] ehlo=1${through} mail=1 rcpt=${n} data=1 quit=1 commands=${4 + n + (through === '' ? 0 : 2)}`,
  );
  agenda.line(
    end - 3000,
    `${amavis}${task} Passed CLEAN {RelayedInbound}${head}, Hits: ${prng.int(5)}.${prng.int(1000)}, size: ${mail.size}, queued_as: ${child.id}, ${took} ms`,
  );
  const text = `250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as ${child.id}`;
  for (const rcpt of mail.rcpts) filterResult(site, mail, rcpt, { tag, begin, time: end, text, status: undefined });
  activate(site, child, child.arrived + 12_000);
  return end + 800;
}

/** To the host that keeps the mailboxes. Returns when the queue file here may go. */
export function toStore(site: Site, mail: Mail, begin: number, activate: Activate): number {
  const { agenda, prng } = site;
  const store = site.store as PostfixHost;
  const from = mail.host;
  const peer = `${from.name}.${LOCAL_DOMAIN}[${from.inner}]`;
  const end = begin + prng.between(60_000, 400_000);
  const smtpd = store.tag('postfix/smtpd', begin, end);
  const child = newMail({
    ...mail,
    host: store,
    rcpts: ends(mail),
    arrived: end - 30_000,
    size: mail.size + prng.between(150, 300),
    next: undefined,
  });
  const n = mail.rcpts.length;
  agenda.line(child.arrived - 20_000, `${smtpd}connect from ${peer}`);
  agenda.line(child.arrived, `${smtpd}${child.id}: client=${peer}`);
  agenda.line(
    child.arrived + 1500,
    `${store.tag('postfix/cleanup', end - 29_000, end - 10_000)}${child.id}: message-id=<${mail.messageId}>`,
  );
  const tag = from.tag('postfix/smtp', begin, end);
  for (const rcpt of mail.rcpts)
    logResult(site, mail, {
      rcpt,
      tag,
      time: end,
      begin,
      connect: 20_000,
      relay: `${store.name}.${LOCAL_DOMAIN}[${store.inner}]:25`,
      use: 1,
      dsn: '2.0.0',
      word: 'sent',
      text: `250 2.0.0 Ok: queued as ${child.id}`,
      status: undefined,
    });
  agenda.line(end + 2000, `${smtpd}disconnect from ${peer} ehlo=1 mail=1 rcpt=${n} data=1 quit=1 commands=${4 + n}`);
  activate(site, child, child.arrived + 9000);
  return end + 900;
}

/** The same recipients as the next queue knows them: what an alias was is told by the first alone. */
function ends(mail: Mail): Mail['rcpts'] {
  return mail.rcpts.map((rcpt) => ({ ...rcpt, origTo: undefined }));
}

/** After the filter, mail of local users alone goes on to the store, if there is one. */
function afterFilter(site: Site, mail: Mail): Mail['next'] {
  const inner = mail.rcpts.every((rcpt) => rcpt.domain === undefined);
  return site.store !== undefined && inner ? 'store' : undefined;
}

interface FilterSays {
  tag: string;
  begin: number;
  time: number;
  text: string;
  status: string | undefined;
}

function filterResult(site: Site, mail: Mail, rcpt: Mail['rcpts'][number], says: FilterSays): void {
  logResult(site, mail, {
    ...says,
    rcpt,
    connect: 0.002 * MICROS,
    relay: '127.0.0.1[127.0.0.1]:10024',
    use: 1,
    dsn: says.status === 'discarded' ? '2.7.0' : '2.0.0',
    word: 'sent',
  });
}
