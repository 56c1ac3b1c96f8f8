/**
 * What the mails of a log set show of its gaps: facts that no mail has, programs that answered and whose log is not there,
 * servers that mail went to and whose log is not there.
 * Memory: a few numbers for each system and relay.
 */
import { BlockList, isIP } from 'node:net';
import type { Message, Recipient } from '../model/message.ts';

const MOST_RELAYS = 1000;

/** Private and loopback networks: RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291. */
const INTERNAL = new BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
] as const)
  INTERNAL.addSubnet(network, prefix, 'ipv4');
INTERNAL.addSubnet('fc00::', 7, 'ipv6');
INTERNAL.addSubnet('fe80::', 10, 'ipv6');
INTERNAL.addAddress('::1', 'ipv6');

/** A program that shows in answers of servers. */
export interface Beside {
  /** name of its format */
  readonly system: 'dovecot' | 'rspamd' | 'amavis' | 'pmg';
  readonly name: string;
  /** what it answers: its own words */
  readonly answer: RegExp;
  /** where its log is */
  readonly where: string;
  readonly source: string;
}

export const BESIDE: readonly Beside[] = [
  {
    system: 'dovecot',
    name: 'Dovecot',
    // lmtp-commands.c client_input_data_write(): <session id> Saved
    answer: /^250 2\.0\.0 (?:<[^>]*> )?[\w+/:]{8,} Saved/,
    where: 'doveadm log find tells where it is',
    source: 'https://manpages.debian.org/unstable/dovecot-core/doveadm-log.1.en.html',
  },
  {
    system: 'rspamd',
    name: 'Rspamd',
    // rspamd_proxy.c: the text of a milter's reject
    answer: /Spam message rejected|^5\d\d 5\.7\.1 Gtube pattern/,
    where: 'mostly /var/log/rspamd/rspamd.log (type = "file" in local.d/logging.inc)',
    source: 'https://docs.rspamd.com/configuration/logging',
  },
  {
    system: 'amavis',
    name: 'Amavis',
    answer: /from MTA\(smtp:|(?:Ok|BOUNCE|REJECT|discarded),? id=\d{5}-\d\d/,
    where: 'it goes to syslog with $do_syslog = 1, at facility mail',
    source: 'https://gitlab.com/amavis/amavis',
  },
  {
    system: 'pmg',
    name: "Proxmox' pmg-smtp-filter",
    // PMG/SMTP.pm lmtp
    answer: /^250 2\.[57]\.0 (?:OK|BLOCKED) \([0-9A-F]{8,}\)/,
    where: 'it goes to syslog at facility mail, with the lines of Postfix',
    source: 'https://git.proxmox.com/?p=pmg-api.git;a=blob;f=src/PMG/SMTP.pm',
  },
];

interface SystemFacts {
  mails: number;
  withSubject: number;
  withTls: number;
  /** that came over SMTP */
  overSmtp: number;
  /** mails with a recipient that no line names */
  unnamed: number;
  shortIds: number;
  /** of all mails, those with a Message-ID */
  seen: number;
  withId: number;
}

export class MailFacts {
  readonly systems = new Map<string, SystemFacts>();
  /** by system of BESIDE: recipients with such an answer */
  readonly besides = new Map<Beside['system'], number>();
  /** servers in private networks that took mail for good, by name */
  readonly inner = new Map<string, number>();
  partial = 0;
  messages = 0;

  see(message: Message): void {
    this.messages++;
    if (message.state === 'partial') this.partial++;
    const system = message.hops[0]?.system;
    if (system !== undefined) this.#count(system, message);
    for (const recipient of message.recipients) this.#seeRecipient(recipient);
  }

  #count(system: string, { kind, subject, messageId, client, recipients, hops, unnamedRecipients }: Message): void {
    let facts = this.systems.get(system);
    if (facts === undefined) {
      if (this.systems.size >= 100) return;
      facts = { mails: 0, withSubject: 0, withTls: 0, overSmtp: 0, unnamed: 0, shortIds: 0, seen: 0, withId: 0 };
      this.systems.set(system, facts);
    }
    // a refusal comes before the header
    if (hops.some(({ queueId }) => queueId !== undefined) && kind === 'mail') facts.mails++;
    if (kind === 'mail') facts.seen++;
    if (messageId !== undefined) facts.withId++;
    if (subject !== undefined) facts.withSubject++;
    if (client?.ip !== undefined && kind === 'mail') {
      facts.overSmtp++;
      if (client.tls !== undefined) facts.withTls++;
    }
    if (unnamedRecipients !== undefined || recipients.some(({ address }) => address === undefined)) facts.unnamed++;
    if (hops.some(({ queueId }) => queueId !== undefined && /^[0-9A-F]{6,15}$/.test(queueId))) facts.shortIds++;
  }

  #seeRecipient({ reply, status, relay }: Recipient): void {
    if (reply !== undefined)
      for (const { system, answer } of BESIDE)
        if (answer.test(reply)) this.besides.set(system, (this.besides.get(system) ?? 0) + 1);
    if (status !== 'relayed' || relay?.ip === undefined || !isInternal(relay.ip)) return;
    const name = relay.name === undefined || relay.name === relay.ip ? relay.ip : `${relay.name} (${relay.ip})`;
    const known = this.inner.get(name);
    if (known !== undefined || this.inner.size < MOST_RELAYS) this.inner.set(name, (known ?? 0) + 1);
  }
}

function isInternal(ip: string): boolean {
  const version = isIP(ip);
  return version !== 0 && INTERNAL.check(ip, version === 4 ? 'ipv4' : 'ipv6');
}
