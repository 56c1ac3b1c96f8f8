/**
 * `show --ticket`: ten plain lines to paste into a ticket for someone outside.
 * Shape:  always the same ten labels, one line each, never wrapped. Nothing of our inside: no names of hops, no private or
 *         loopback addresses; in quoted answers they become `[our server]` and `[internal address]`.
 * Source: private addresses: RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291.
 */
import { GROUP_OF_STATUS } from '../model/words.ts';
import type { Status, StatusGroup } from '../model/words.ts';
import type { Message, Recipient } from '../model/message.ts';
import { grouped } from '../util/grouped.ts';
import { visible } from '../util/visible.ts';
import { addressText, hostText, isServer, isTemporaryRefusal } from './rows.ts';
import { answerText, decisionOf, meaningOf } from './sentences.ts';
import { toText } from './show.ts';
import { counted } from './prose.ts';
import type { Clock } from './times.ts';

const INTERNAL_V4 =
  /(?<![\d.])(?:10(?:\.\d{1,3}){3}|127(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|169\.254(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])(?:\.\d{1,3}){2})(?![\d.]*\d)/g;
const INTERNAL_V6 = /(?<![\da-f:])(?:::1|f[cd][\da-f]{2}:[\da-f:]+|fe[89ab][\da-f]:[\da-f:]+)(?![\da-f:])/gi;

const WORST: readonly StatusGroup[] = ['failed', 'stopped', 'waiting', 'sent'];

/** The names of our own hosts in this mail, longest first. */
function ownHosts(message: Message): string[] {
  const hosts = new Set<string>();
  for (const host of [...message.hops.map((hop) => hop.host), ...message.verdicts.map((verdict) => verdict.host)]) {
    if (host !== undefined && host !== '') hosts.add(host);
  }
  return [...hosts].toSorted((a, b) => b.length - a.length);
}

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** `text` without the names of our hosts and internal addresses. */
function outside(text: string, hosts: readonly string[]): string {
  let clean = text.replace(INTERNAL_V4, '[internal address]').replace(INTERNAL_V6, '[internal address]');
  for (const host of hosts) {
    // A bare word (`mail`) is a host only where an address follows; one with a digit, dot or hyphen is a name anywhere.
    const name = /[\d.-]/.test(host)
      ? `${quoted(host)}(?:\\.[\\w-]+)*`
      : `${quoted(host)}(?:\\.[\\w-]+)+|${quoted(host)}(?=\\[)`;
    clean = clean.replace(new RegExp(`(?<![\\w.@-])(?:${name})(?![\\w-])`, 'gi'), '[our server]');
  }
  return clean;
}

/** The recipient whose fate the ticket is about: one that was searched for, else the one that fared worst. */
function subjectOfTicket(message: Message): Recipient | undefined {
  const matched = message.recipients.filter((recipient) => recipient.matched === true);
  const candidates = matched.length > 0 ? matched : message.recipients;
  for (const group of WORST) {
    const found = candidates.find((recipient) => GROUP_OF_STATUS[recipient.status] === group);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `; 2 others: 1 bounced, 1 deferred`, `; the same for 1 other` */
function othersText(others: readonly Recipient[], status: Status): string {
  if (others.length === 0) return '';
  const counts = new Map<Status, number>();
  for (const other of others) counts.set(other.status, (counts.get(other.status) ?? 0) + 1);
  if (counts.get(status) === others.length) return `; the same for ${counted(others.length, 'other')}`;
  const words = [...counts].map(([word, count]) => (counts.size === 1 ? word : `${grouped(count)} ${word}`));
  return `; ${counted(others.length, 'other')}: ${words.join(', ')}`;
}

function resultText(recipient: Recipient, message: Message, clock: Clock, hosts: readonly string[]): string {
  const { relay, status } = recipient;
  // Being held is no end that has a time of its own: then it is that of the decision.
  const time =
    recipient.time ?? decisionOf(recipient, message)?.time ?? (status === 'held' ? message.lastTime : undefined);
  const by = !isServer(relay) || outside(hostText(relay), hosts) !== hostText(relay) ? '' : ` by ${hostText(relay)}`;
  const when = time === undefined ? '' : ` on ${clock.long(time)}`;
  const others = message.recipients.filter((other) => other !== recipient && other.added === undefined);
  const word = isTemporaryRefusal(recipient) ? 'refused for now' : status;
  const whom = message.recipients.length > 1 ? ` for ${addressText(recipient.address)}` : '';
  return `${word}${whom}${by}${when}${othersText(others, status)}`;
}

/** Where no server answered, as of a mail that is held or thrown away, the words of the rule that did it. */
function decisionText(recipient: Recipient, message: Message): string | undefined {
  const reason = decisionOf(recipient, message)?.reason;
  return reason === undefined ? undefined : visible(reason);
}

/** Ten lines with their ends. */
export function ticketText(message: Message, clock: Clock): string {
  const hosts = ownHosts(message);
  const recipient = subjectOfTicket(message);
  const meaning = recipient === undefined ? undefined : meaningOf(recipient, message, '[our server]');
  const sent = recipient !== undefined && GROUP_OF_STATUS[recipient.status] === 'sent';
  const answer = recipient === undefined ? undefined : (answerText(recipient) ?? decisionText(recipient, message));
  const ownWords = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : outside(text, hosts);
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['From', message.sender === undefined ? undefined : addressText(message.sender)],
    ['To', toText(message)],
    ['Subject', message.subject === undefined ? undefined : visible(message.subject)],
    ['Sent', clock.long(message.time)],
    ['Result', recipient === undefined ? undefined : resultText(recipient, message, clock, hosts)],
    ['Answer', answer === undefined ? undefined : outside(answer, hosts)],
    [
      'Meaning',
      ownWords(meaning?.meaning) ?? (sent ? 'The mail was taken; there is no fault on our side.' : undefined),
    ],
    [
      'What to do',
      ownWords(meaning?.todo) ??
        (sent ? 'Look in the spam folder, then ask the receiving side with the ids below.' : undefined),
    ],
    ['Remote id', recipient?.remoteId === undefined ? undefined : visible(recipient.remoteId)],
    ['Message-ID', message.messageId === undefined ? undefined : `<${visible(message.messageId)}>`],
  ];
  return lines.map(([label, text]) => `${`${label}:`.padEnd(12)}${text ?? 'not logged'}\n`).join('');
}
