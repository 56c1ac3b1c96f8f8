/**
 * What it means that the mail of a report is not in the logs: it never went through these servers (then somebody forged its
 * sender), or the logs cannot tell. Every sentence is evidence that was looked at.
 */
import type { BounceReport } from '../../model/bounce.ts';
import type { Instant } from '../../model/message.ts';
import type { Clock } from '../../render/times.ts';
import type { Search, Wanted } from './find.ts';

export interface Absence {
  /** `forged`: it never went through here; `unknown`: the logs cannot tell */
  readonly verdict: 'forged' | 'unknown';
  /** plain sentences; they hold text of the mail and the logs */
  readonly evidence: readonly string[];
}

/** A host named in a header is one of the logs': whole, or by its first label. */
function isHost(name: string | undefined, hosts: readonly string[]): boolean {
  if (name === undefined) return false;
  const folded = name.toLowerCase().replace(/^\[|\]$/g, '');
  return hosts.some((host) => host === folded || (!host.includes('.') && folded.startsWith(`${host}.`)));
}

function lookedFor({ messageId, queueIds, recipients }: Wanted): string {
  const parts = [
    messageId === undefined ? undefined : `its Message-ID <${messageId}>`,
    queueIds.length === 0 ? undefined : `its queue id (${queueIds.join(', ')})`,
    recipients.length === 0 ? undefined : `its sender, recipient (${recipients.join(', ')}) and time together`,
  ].filter((part) => part !== undefined);
  return parts.join(', ');
}

/** Judges what the search did not find. `clock` prints times. */
export function absenceOf(report: BounceReport, wanted: Wanted, search: Search, clock: Clock): Absence {
  const { summary } = search.result;
  const { first, last, messages } = summary;
  const evidence: string[] = [];
  const names = lookedFor(wanted);
  if (first === undefined || last === undefined)
    return { verdict: 'unknown', evidence: ['No line of the logs could be read as mail.'] };
  if (names === '') return { verdict: 'unknown', evidence: ['The report names neither a Message-ID nor a recipient.'] };
  evidence.push(`None of the ${messages} messages from ${clock.long(first)} to ${clock.long(last)} has ${names}.`);
  const at = wanted.sent ?? wanted.reported;
  const isCovered = at !== undefined && covers(first, last, at);
  if (at === undefined) evidence.push('The report does not say when the mail was sent.');
  else if (isCovered) evidence.push(`The logs cover the time when it was sent, ${clock.long(at)}.`);
  else evidence.push(`The logs do not cover the time when it was sent, ${clock.long(at)}.`);
  const { received } = report.original;
  const ours = received.find(({ by }) => isHost(by, search.hosts));
  const [entry] = received.toReversed();
  if (ours?.by !== undefined)
    evidence.push(
      `But its header says that ${ours.by} took it${ours.id === undefined ? '' : ` as ${ours.id}`}: lines are missing, or that header is forged too.`,
    );
  else if (entry !== undefined)
    evidence.push(
      `Its header names none of the servers of these logs (${search.hosts.slice(0, 5).join(', ') || 'no host named'}): ${entry.by ?? 'a server'} took it from ${entry.from ?? 'an unnamed client'}.`,
    );
  if (wanted.sender !== undefined && wanted.sender !== '' && search.ofSender > 0)
    evidence.push(`The sender ${wanted.sender} wrote ${search.ofSender} other messages in these logs.`);
  const client = search.report?.client;
  if (search.report !== undefined)
    evidence.push(
      `The report itself came in on ${clock.long(search.report.time)}${client === undefined ? '' : ` from ${client.name ?? ''} [${client.ip ?? 'unknown'}]`}.`,
    );
  if (summary.scope !== undefined) evidence.push(`Only mail of ${summary.scope} was looked at.`);
  const isSure =
    summary.scope === undefined &&
    isCovered &&
    ours === undefined &&
    !summary.interrupted &&
    summary.problems.length === 0;
  return { verdict: isSure ? 'forged' : 'unknown', evidence };
}

function covers(first: Instant, last: Instant, at: Instant): boolean {
  return at >= first && at <= last;
}
