/**
 * `--as-logged`: beside the numbers of mails those of the log's lines, as pflogsumm counts them, and what the difference is.
 * A difference is taken apart into what messages tell (mail that servers wrote, copies, refusals after an id was given); what is
 * left are the further hops, where the same mail is received and delivered once more.
 */
import type { Message, Recipient } from '../model/message.ts';
import { GROUP_OF_STATUS } from '../model/words.ts';
import { grouped } from '../util/grouped.ts';
import type { Section } from './document.ts';
import type { LoggedNumbers } from './logged-watch.ts';
import type { CountedEntry } from './tally.ts';

/** What messages tell of lines that are no mail of their own, or that count otherwise. */
export class Differences {
  /** recipients of bounces, notices and answers that got them */
  sentOthers = 0;
  /** copies and redirects that our server added, and that were taken */
  sentAdded = 0;
  /** recipients whose mail a delivery dropped: to /dev/null, or the discard transport */
  droppedSent = 0;
  /** mails refused after they had a queue id */
  refusedLate = 0;
  /** recipients of other than mails that bounced */
  bouncedOthers = 0;
  bytesOthers = 0;

  add(message: Message, entries: readonly CountedEntry[], withAdded: boolean): void {
    const isMail = message.kind === 'mail';
    for (const { recipient } of entries) this.#entry(message, recipient, isMail);
    if (!withAdded)
      for (const { added, status } of message.recipients)
        if (added !== undefined && GROUP_OF_STATUS[status] === 'sent') this.sentAdded++;
    const isRefused = entries.every(
      ({ recipient: { status } }) =>
        GROUP_OF_STATUS[status] === 'failed' && status !== 'bounced' && status !== 'expired',
    );
    if (isMail && isRefused && message.hops.some(({ queueId }) => queueId !== undefined)) this.refusedLate++;
  }

  #entry(message: Message, { status, action }: Recipient, isMail: boolean): void {
    const isSent = GROUP_OF_STATUS[status] === 'sent';
    if (isSent && !isMail) {
      this.sentOthers++;
      this.bytesOthers += message.size ?? 0;
    }
    if (status === 'discarded' && action !== 'discarded') this.droppedSent++;
    if (status === 'bounced' && !isMail) this.bouncedOthers++;
  }
}

interface Mails {
  readonly received: number;
  readonly sent: number;
  readonly deferred: number;
  readonly bounced: number;
  readonly rejected: number;
  readonly held: number;
  readonly discarded: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
}

type LoggedRow = readonly [name: string, label: string, mails: number | undefined, logged: number, why: string];

/** `12 of bounces and notices, 3 at further hops`: only what there is. */
function sumText(parts: readonly (readonly [number, string])[]): string {
  const said = parts.filter(([n]) => n !== 0).map(([n, text]) => `${n < 0 ? '-' : '+'}${grouped(Math.abs(n))} ${text}`);
  return said.length === 0 ? 'the same' : said.join(', ');
}

function receivedWhy({ received }: Mails, logged: LoggedNumbers, d: Differences): string {
  const rest = logged.received - received - d.refusedLate;
  const again = 'received again at a further hop, or written by a program behind the server';
  return sumText([
    [d.refusedLate, 'refused or broken off after they had a queue id'],
    [rest, rest < 0 ? 'of servers that log no line of it' : again],
  ]);
}

function deliveredWhy({ sent }: Mails, logged: LoggedNumbers, d: Differences): string {
  const rest = logged.delivered - sent - d.sentOthers - d.sentAdded - d.droppedSent;
  const on = 'handed on, to a further hop or to a program that stopped it or wrote anew';
  return sumText([
    [d.sentOthers, 'bounces, notices and answers of servers'],
    [d.sentAdded, 'copies that our server added'],
    [d.droppedSent, 'delivered to nowhere'],
    [rest, rest < 0 ? 'several recipients in one delivery' : on],
  ]);
}

function bouncedWhy({ bounced }: Mails, logged: LoggedNumbers, d: Differences): string {
  const rest = logged.bounced - bounced - d.bouncedOthers;
  const behind = 'bounced by a program behind the server (a filter, Sieve), which had taken it';
  return sumText([
    [d.bouncedOthers, 'bounces and notices that bounced themselves'],
    [rest, rest < 0 ? behind : 'bounced at one hop after another'],
  ]);
}

const ALIAS = 'an alias led on under a new queue id: a hop of the same mail';
const WARNED = 'rules that only warned: nothing was refused';
const HELD = 'lines of rules; of mails only what is held still counts';
const NOWHERE = 'lines of rules; deliveries to nowhere count as delivered there';
const AGAIN = 'a mail again at each hop';

function rowsOf(mails: Mails, logged: LoggedNumbers, d: Differences): LoggedRow[] {
  const tries = `${grouped(logged.deferrals)} tries of ${grouped(logged.deferred)} queue ids; of mails only what waits still counts`;
  const refusals = `a line each: one may be of several recipients; ${grouped(logged.milterRefusals)} lines of milters before the end of the data are not in it`;
  return [
    ['received', 'received', mails.received, logged.received, receivedWhy(mails, logged, d)],
    ['delivered', 'delivered', mails.sent, logged.delivered, deliveredWhy(mails, logged, d)],
    ['forwarded', 'forwarded', undefined, logged.forwarded, ALIAS],
    ['deferred', 'deferred', mails.deferred, logged.deferred, tries],
    ['bounced', 'bounced', mails.bounced, logged.bounced, bouncedWhy(mails, logged, d)],
    ['rejected', 'rejected', mails.rejected, logged.rejected, refusals],
    ['reject_warnings', 'reject warnings', undefined, logged.rejectWarnings, WARNED],
    ['held', 'held', mails.held, logged.held, HELD],
    ['discarded', 'discarded', mails.discarded, logged.discarded, NOWHERE],
    ['bytes_received', 'bytes received', mails.bytesReceived, logged.bytesReceived, AGAIN],
    ['bytes_delivered', 'bytes delivered', mails.bytesSent, logged.bytesDelivered, AGAIN],
  ];
}

export function asLoggedSection(mails: Mails, logged: LoggedNumbers, differences: Differences): Section {
  return {
    name: 'as_logged',
    title: 'Mails, and the same as the log counts',
    text: 'The log counts queue ids and deliveries at every hop, as pflogsumm does; mails count once.',
    columns: [
      { name: 'figure', label: 'Figure', isData: true },
      { name: 'label', label: 'What' },
      { name: 'mails', label: 'Mails', align: 'right' },
      { name: 'logged', label: 'As logged', align: 'right' },
      { name: 'why', label: 'Difference', wide: true },
    ],
    rows: rowsOf(mails, logged, differences).map((cells) => ({ cells })),
  };
}
