/**
 * What happened to one recipient, what a filter decided, what an answer means: in plain sentences for a help desk.
 * All texts that come back are safe for a terminal. What an answer means comes from src/explain.
 */
import { explainReason, explainReply, fillDomain } from '../explain/explain.ts';
import type { Explanation } from '../explain/explain.ts';
import type { Client, Hop, Message, Recipient, Verdict } from '../model/message.ts';
import type { Status, VerdictAction } from '../model/words.ts';
import { withoutEnd } from '../util/trim.ts';
import { visible } from '../util/visible.ts';
import { counted, listed } from './prose.ts';
import { shellWord } from './escape.ts';
import { hostText, isServer, isTemporaryRefusal } from './rows.ts';

/** What became of a recipient, to be read after its address: `delivered into the folder Junk`. */
export function outcomeText(recipient: Recipient, message: Message): string {
  switch (recipient.status) {
    case 'delivered':
      return recipient.mailbox === undefined ? 'delivered' : `delivered into the folder ${visible(recipient.mailbox)}`;
    case 'relayed':
      return !isServer(recipient.relay)
        ? 'handed on to another server, whose logs are not here'
        : `handed on to ${hostText(recipient.relay)}, whose logs are not here`;
    case 'expanded':
      return 'taken by a list manager, which writes to the members itself';
    case 'deferred':
      return `not delivered yet: ${triesText(recipient)}failed for now; the server tries again by itself`;
    case 'greylisted':
      return 'refused for now on purpose (greylisting); a proper server tries again after some minutes';
    case 'held':
      return "held in the server's own queue until an administrator releases or deletes it";
    case 'pending':
      return recipient.reason === 'handed-to-filter'
        ? 'handed to a content filter, and nothing came out of it in these logs'
        : 'no result in these logs';
    case 'bounced':
      if (message.sender === '') return 'could not be delivered; the sender is <>, so nobody was told';
      return message.links.some((link) => link.type === 'bounced-by')
        ? 'could not be delivered; the sender was told by a bounce'
        : 'could not be delivered';
    case 'expired':
      return `given up: ${triesText(recipient)}failed until the time for retries was used up`;
    case 'rejected':
      return isTemporaryRefusal(recipient)
        ? 'refused for now, never taken in; the sending server may try again'
        : 'refused, never taken in';
    case 'removed':
      return 'deleted from the queue by an administrator';
    case 'aborted':
      return 'not received: the sending side went away before the mail was whole';
    case 'quarantined':
      return 'put into quarantine: neither delivered nor sent back';
    case 'discarded':
      return 'accepted and thrown away: nobody was told';
    default:
      return recipient.status satisfies never;
  }
}

function triesText(recipient: Recipient): string {
  const { attempts } = recipient;
  if (attempts === undefined) return 'it ';
  return attempts === 1 ? 'the one try ' : `${counted(attempts, 'try', 'tries')} `;
}

/** What Postfix puts in front of another server's words; who said it is told apart. src/smtp/smtp_proto.c: "host %s said: %s (in reply to %s)" */
const SAID = /^host \S+ said: /;

/** The answer in the exact words of whoever gave it, with its codes in front where the words lack them; undefined where none is logged. */
export function answerText(recipient: Recipient): string | undefined {
  const { code, dsn } = recipient;
  const reply = isServer(recipient.relay) ? recipient.reply?.replace(SAID, '') : recipient.reply;
  const codes = [code, dsn].filter((part) => part !== undefined).join(' ');
  if (reply === undefined) return codes === '' || recipient.codeFrom === 'daemon' ? undefined : visible(codes);
  if (recipient.codeFrom === 'daemon' || code === undefined || reply.includes(code)) return visible(reply);
  return visible(dsn !== undefined && reply.startsWith(dsn) ? `${code} ${reply}` : `${codes} ${reply}`);
}

/** `mx.example.net [203.0.113.5]`, `our server`: who gave the answer, where the log tells. */
export function answerer(recipient: Recipient): string | undefined {
  if (isServer(recipient.relay)) return hostText(recipient.relay);
  return recipient.status === 'rejected' || recipient.status === 'greylisted' ? 'our server' : undefined;
}

const ACTORS: Readonly<Record<Explanation['side'], string | undefined>> = {
  sender: 'the sender',
  recipient: 'the recipient',
  us: 'us',
  remote: "the other server's administrators",
  network: "the network's administrators",
  nobody: undefined,
};

export interface Meaning {
  meaning: string;
  todo: string;
  /** who must act; undefined: nobody */
  actor?: string;
}

function domainOf(recipient: Recipient): string | undefined {
  const address = recipient.finalAddress ?? recipient.address ?? '';
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return address.includes('@') && domain !== '' ? domain : undefined;
}

/** The hop that a mail waits in: the last one that has a queue id. */
function queueOf(message: Message): Hop | undefined {
  return message.hops.findLast((hop) => hop.queueId !== undefined);
}

/** The filter's own decision that ended or holds a recipient's mail (`held`, `discarded`, `quarantined`); undefined where there is none. */
export function decisionOf({ status, address }: Recipient, message: Message): Verdict | undefined {
  return message.verdicts.findLast(
    ({ action, recipients }) =>
      action === status && (recipients === undefined || (address !== undefined && recipients.includes(address))),
  );
}

/** `: needs review`, safe for a terminal; '' where no reason is logged. */
function becauseText(recipient: Recipient, message: Message): string {
  const why = decisionOf(recipient, message)?.reason;
  return why === undefined ? '' : `; the reason given is: ${withoutEnd(visible(withoutDsn(why)), '. ')}`;
}

/**
 * What lets a held mail go on, and what deletes it.
 * Source: postsuper(1) -H and -d; exim(8) "-Mt" (thaw), "-M" (deliver now), "-Mrm" (remove).
 */
function releaseText({ system, queueId = '' }: Hop): string | undefined {
  const id = visible(shellWord(queueId));
  if (system === 'postfix') return `Release it with postsuper -H ${id}, or delete it with postsuper -d ${id}.`;
  if (system !== 'exim') return undefined;
  return `Let it be tried again with exim -Mt ${id}, deliver it at once with exim -M ${id}, or delete it with exim -Mrm ${id}.`;
}

function heldMeaning(recipient: Recipient, message: Message, ourName: string | undefined): Meaning {
  const queue = queueOf(message);
  const host = ourName ?? (queue?.host === undefined ? 'the mail server' : visible(queue.host));
  return {
    meaning: `It waits in the queue of ${host} until an administrator releases it${becauseText(recipient, message)}.`,
    todo:
      (queue === undefined ? undefined : releaseText(queue)) ??
      'Ask the administrator of the mail server to release or delete it.',
    actor: 'us',
  };
}

/** What our own filter found, as the recipient's `reason` says. */
const FOUND: Readonly<Record<string, string>> = { spam: 'took it for spam and ', virus: 'found a virus in it and ' };

const STOPPED: Partial<Readonly<Record<Status, Meaning>>> = {
  discarded: {
    meaning: 'A rule of our mail server threw it away without telling anybody',
    todo: 'If the mail was wanted, change the rule and ask the sender to send it again.',
    actor: 'us',
  },
  quarantined: {
    meaning: 'A filter of our mail server put it into quarantine',
    todo: 'If the mail was wanted, release it from the quarantine.',
    actor: 'us',
  },
  removed: {
    meaning: 'An administrator of our mail server deleted it from the queue',
    todo: 'If the mail is still wanted, ask the sender to send it again.',
  },
};

/** What our own decision means, whatever the filter answered to our server. */
function stoppedMeaning(recipient: Recipient, message: Message): Meaning | undefined {
  const stopped = STOPPED[recipient.status];
  if (stopped === undefined) return undefined;
  const { engine, quarantineId } = decisionOf(recipient, message) ?? {};
  const found = recipient.status === 'removed' ? undefined : FOUND[recipient.reason ?? ''];
  let { meaning, todo, actor } = stopped;
  if (engine === SIEVE) {
    meaning = 'A Sieve rule of the mailbox threw it away without telling anybody';
    todo = 'If the mail was wanted, ask the recipient to change the rule and the sender to send the mail again.';
    actor = 'the recipient';
  } else if (found !== undefined) {
    const end = recipient.status === 'quarantined' ? 'put it into quarantine' : 'threw it away without telling anybody';
    meaning = `A filter of our mail server ${found}${end}`;
  }
  if (engine === 'amavis' && quarantineId !== undefined)
    todo = `If the mail was wanted, release it: amavisd-release ${visible(shellWord(quarantineId))}`;
  meaning += engine === SIEVE ? '.' : `${becauseText(recipient, message)}.`;
  return actor === undefined ? { meaning, todo } : { meaning, todo, actor };
}

/** A filter of ours refused a mail that our server had taken; the answer is that filter's. */
function refusedInside({ status, address }: Recipient, { verdicts }: Message): Meaning | undefined {
  if (status !== 'bounced') return undefined;
  const verdict = verdicts.findLast(
    ({ action, recipients, engine }) =>
      (action === 'rejected' || action === 'bounced-by-filter') &&
      !SERVERS.has(engine) &&
      address !== undefined &&
      recipients?.includes(address) === true,
  );
  if (verdict === undefined) return undefined;
  if (verdict.engine === SIEVE)
    return {
      meaning: 'A Sieve rule of the mailbox refused it; the sender gets an answer that says so.',
      todo: 'If the mail was wanted, ask the recipient to change the rule and the sender to send the mail again.',
      actor: 'the recipient',
    };
  const why = verdict.reason === undefined ? '' : `: ${withoutEnd(visible(withoutDsn(verdict.reason)), '. ')}`;
  return {
    meaning: `A filter of our mail server, ${visible(verdict.engine)}, did not let it pass${why}.`,
    todo: 'If the mail was wanted, change the rule of the filter and ask the sender to send it again.',
    actor: 'us',
  };
}

/** The engine that runs the users' own rules. */
const SIEVE = 'dovecot';
/** engines that are no filter beside a server: their refusals are their answers */
const SERVERS: ReadonlySet<string> = new Set(['postfix', 'exim', 'sendmail', 'opensmtpd', 'milter', 'cleanup']);

/**
 * What the answer to one recipient means, for people; undefined for successes and where nothing is known.
 * `ourName` stands for our server's name where that must not be told.
 */
export function meaningOf(recipient: Recipient, message: Message, ourName?: string): Meaning | undefined {
  if (recipient.status === 'held') return heldMeaning(recipient, message, ourName);
  const ours = stoppedMeaning(recipient, message) ?? refusedInside(recipient, message);
  if (ours !== undefined) return ours;
  const { status, code, dsn, reply, relay, reason } = recipient;
  const domain = domainOf(recipient);
  const filled = (text: string): string => visible(fillDomain(text, domain));
  const facts = { status, code, dsn, reply, relay: relay?.name ?? relay?.ip };
  const found = explainReply(facts);
  if (found !== undefined) {
    const actor = ACTORS[found.side];
    return { meaning: filled(found.meaning), todo: filled(found.todo), ...(actor === undefined ? {} : { actor }) };
  }
  const advice = reason === undefined ? undefined : explainReason(reason, facts);
  return advice && { meaning: filled(advice.meaning), todo: filled(advice.todo) };
}

const VERDICT_TEXTS: Readonly<Record<VerdictAction, string>> = {
  rejected: 'refused it',
  discarded: 'threw it away',
  'bounced-by-filter': 'sent it back',
  quarantined: 'put it into quarantine',
  held: 'held it',
  greylisted: 'greylisted it (refused for now on purpose)',
  tempfailed: 'refused it for now',
  redirected: 'redirected it',
  modified: 'changed its content',
  'subject-modified': 'changed its subject',
  tagged: 'marked it as spam and let it pass',
  copied: 'made a copy of it',
  bypassed: 'let it pass unchecked (allow-listed)',
  accepted: 'found nothing wrong with it',
  'would-reject': 'would have refused it (a dry run)',
};

/** What a filter beside the server asked for, where the server did otherwise. */
const PROPOSAL_TEXTS: Readonly<Partial<Record<VerdictAction, string>>> = {
  rejected: 'asked to refuse it',
  discarded: 'asked to throw it away',
  quarantined: 'asked to put it into quarantine',
  held: 'asked to hold it',
  greylisted: 'asked to greylist it',
  tempfailed: 'asked to refuse it for now',
};

/** A verdict is a proposal; the act is the server's. Whether what a filter beside it asked for is what became of the mail. */
function isCarriedOut(verdict: Verdict, message: Message): boolean {
  if (message.hops.some(({ system }) => system === verdict.engine)) return true;
  return message.recipients.some(
    ({ action, status }) =>
      action === verdict.action ||
      status === verdict.action ||
      action === 'rejected' ||
      (verdict.action === 'rejected' && status === 'bounced'),
  );
}

const MOST_RULES = 12;

function rulesText(verdict: Verdict): string | undefined {
  const rules = verdict.rules ?? [];
  if (rules.length === 0) return undefined;
  const sorted = rules.toSorted((a, b) => Math.abs(b.score ?? 0) - Math.abs(a.score ?? 0));
  const texts = sorted
    .slice(0, MOST_RULES)
    .map((rule) => (rule.score === undefined ? visible(rule.name) : `${visible(rule.name)} (${rule.score})`));
  const more = rules.length - texts.length;
  return `${rules.length === 1 ? 'rule' : 'rules'} ${texts.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** `5.7.1 executable attachment` -> `executable attachment`: the code stands with the answer. Source: header_checks(5), REJECT. */
function withoutDsn(reason: string): string {
  return reason.replace(/^[245]\.\d{1,3}\.\d{1,3}\s+(?=\S)/, '');
}

function scoreText(verdict: Verdict): string | undefined {
  if (verdict.score === undefined) return undefined;
  return verdict.threshold === undefined
    ? `score ${verdict.score}`
    : `score ${verdict.score} where ${verdict.threshold} is the limit`;
}

/** A filter's decision: `rspamd refused it: score 17.2 where 15 is the limit; rules BAYES_SPAM (5.1)`. `brief` leaves the rules out. */
export function verdictText(verdict: Verdict, message: Message, brief = false): string {
  const recipients = verdict.recipients ?? [];
  const whom = recipients.length === 0 ? '' : ` for ${listed(recipients.map(visible))}`;
  const copied = verdict.action === 'quarantined' || verdict.action === 'held' ? '' : 'a copy in ';
  const quarantine =
    verdict.quarantineId === undefined ? undefined : `${copied}quarantine as ${visible(verdict.quarantineId)}`;
  const reason = verdict.reason === undefined ? undefined : visible(withoutDsn(verdict.reason));
  const details = [reason, scoreText(verdict), brief ? undefined : rulesText(verdict), quarantine].filter(
    (part) => part !== undefined,
  );
  const proposed = isCarriedOut(verdict, message) ? undefined : PROPOSAL_TEXTS[verdict.action];
  // a failed check, a malformed header: the filter found something, and did nothing about it
  const isBut = verdict.action === 'accepted' && (reason !== undefined || quarantine !== undefined);
  const done = isBut ? 'let it pass' : VERDICT_TEXTS[verdict.action];
  const head = `${visible(verdict.engine)} ${proposed ?? done}${whom}`;
  return details.length === 0 ? head : `${head}: ${details.join('; ')}`;
}

/** Who handed the mail in: `mail.example.org [192.0.2.10]`, `the user alice, logged in from [192.0.2.10]`; undefined where not logged. */
export function clientText(client: Client | undefined): string | undefined {
  if (client === undefined) return undefined;
  const host = client.ip === undefined && client.name === undefined ? undefined : hostText(client);
  if (client.user !== undefined)
    return host === undefined
      ? `the user ${visible(client.user)}`
      : `the user ${visible(client.user)}, logged in from ${host}`;
  return host ?? (client.helo === undefined ? undefined : `a client that called itself ${visible(client.helo)}`);
}
