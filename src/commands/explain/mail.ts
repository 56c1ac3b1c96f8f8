/**
 * A mail, or the mails of an mbox -> what they report, explained and printed; with logs, the mail that each is about.
 */
import { readBounce } from '../../bounce/read.ts';
import {
  explainAutomatic,
  type Explained,
  explainRecipient,
  explainRefusal,
  withLogged,
} from '../../explain/explain-bounce.ts';
import { UsageError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import type { BounceReport } from '../../model/bounce.ts';
import type { Message } from '../../model/message.ts';
import { complaintBlock, mailHead, recipientBlocks, reportHead } from '../../render/explain.ts';
import type { ExplainFacts } from '../../render/explain-json.ts';
import { problemText } from '../../render/problem.ts';
import { errorScreenOf } from '../common-options.ts';
import { EXIT } from '../exit.ts';
import type { ExplainOptions } from '../explain.ts';
import { absenceOf } from './absent.ts';
import { type Search, wantedOf } from './find.ts';
import type { Given } from './input.ts';
import { redactedAbsence, redactedReport, typedOf } from './redacted.ts';
import { type LoadEngine, searchLogs, shownOf, tell, toldBy } from './tell.ts';

/** Explains a mail that stands alone. Returns the exit status. */
export async function explainMail(
  bytes: Uint8Array,
  name: string,
  paths: readonly string[],
  options: ExplainOptions,
  io: Io,
  loadEngine: LoadEngine,
  signal: AbortSignal | undefined,
): Promise<number> {
  const status = await explainReport(bytes, paths, options, io, loadEngine, signal);
  if (status !== undefined) return status;
  return tellTrouble(
    {
      name,
      what: 'this mail is no bounce, receipt or complaint',
      help: 'mailtrace show MESSAGE-ID traces an ordinary mail',
    },
    options,
    io,
  );
}

function tellTrouble(trouble: { name: string; what: string; help?: string }, options: ExplainOptions, io: Io): number {
  const { name, what, help } = trouble;
  const where = options.redactor?.path(name) ?? name;
  const problem = { where, what, ...(help === undefined ? {} : { help }) };
  io.stderr.write(problemText(problem, errorScreenOf(options.screen, io)));
  return EXIT.trouble;
}

/** Each mail of an mbox in turn; of several each has its number, and those that report nothing are counted. */
export async function explainMbox(
  { mails, name }: Extract<Given, { kind: 'mbox' }>,
  paths: readonly string[],
  options: ExplainOptions,
  io: Io,
  loadEngine: LoadEngine,
  signal: AbortSignal | undefined,
): Promise<number> {
  const all = mails[Symbol.asyncIterator]();
  let number = 0;
  let others = 0;
  let status: number = EXIT.found;
  for (let now = await all.next(), next; now.done !== true; now = next) {
    next = await all.next();
    number++;
    const isOnly = number === 1 && next.done === true;
    if (isOnly) return explainMail(now.value, name, paths, options, io, loadEngine, signal);
    if (number === 1 && paths.includes('-'))
      throw new UsageError({
        where: '-',
        what: 'a pipe can be read for one mail only',
        help: `${name} has several: save the logs to a file`,
      });
    const one = await explainReport(now.value, paths, options, io, loadEngine, signal, number);
    if (one === undefined) others++;
    else if (one !== EXIT.found) status = one;
    if (one === EXIT.interrupted || signal?.aborted === true) return EXIT.interrupted;
  }
  if (others === 0) return status;
  const told = tellTrouble(
    { name, what: `${others} of ${number} mails are no bounces, receipts or complaints` },
    options,
    io,
  );
  return others === number ? told : status;
}

/** Explains one mail; undefined where it reports nothing. `number`: of several, the how-manieth it is. */
async function explainReport(
  bytes: Uint8Array,
  paths: readonly string[],
  options: ExplainOptions,
  io: Io,
  loadEngine: LoadEngine,
  signal: AbortSignal | undefined,
  number?: number,
): Promise<number | undefined> {
  const report = await readBounce(bytes);
  if (report.kind === 'other' || isNoReport(report)) return undefined;
  const traced =
    paths.length === 0 ? undefined : await searchLogs(wantedOf(report), paths, options, io, loadEngine, signal);
  const found = traced?.search.found?.message;
  const told = explainedOf(report, isOurs(report, traced?.search));
  const exact = found === undefined ? told : told.map((each) => fromLogs(each, found));
  const absence =
    traced === undefined || traced.search.found !== undefined
      ? undefined
      : absenceOf(report, traced.wanted, traced.search, options.screen.clock);
  const { redactor, screen } = options;
  const typed = typedOf(report);
  const explained = shownOf(exact, options, typed);
  const shown = redactor === undefined ? report : redactedReport(report, redactor);
  const missing = absence && redactor !== undefined ? redactedAbsence(absence, redactor, typed) : absence;
  const facts: ExplainFacts = {
    input: report.kind,
    ...(number === undefined ? {} : { number }),
    report: shown,
    explained,
    ...(missing === undefined ? {} : { absence: missing }),
  };
  const blocks =
    report.kind === 'complaint'
      ? complaintBlock(shown, screen)
      : recipientBlocks(explained, screen, found !== undefined);
  const head = `${number === undefined ? '' : mailHead(number, screen)}${reportHead(shown, screen)}\n${blocks}`;
  return tell(facts, head, options, io, traced, missing);
}

/** Nothing but its empty return path says that it is a report, and no reason stands in it. */
function isNoReport(report: BounceReport): boolean {
  return (
    report.isGuess === true && explainedOf(report, false).every(({ explanation }) => explanation?.rule === 'no-reason')
  );
}

/** With what the logs say of the same recipient, where the report says less. */
function fromLogs(explained: Explained, { recipients }: Message): Explained {
  const { address, original } = explained.recipient;
  const names = [address, original].flatMap((each) => (each === undefined ? [] : [each.toLowerCase()]));
  const fits = (each: string | undefined): boolean => each !== undefined && names.includes(each.toLowerCase());
  const logged =
    recipients.find(({ finalAddress, reason }) => reason !== undefined && fits(finalAddress)) ??
    recipients.find((each) => each.reason !== undefined && fits(each.address));
  return logged === undefined ? explained : withLogged(explained, toldBy(logged));
}

/** The server that reports is one whose logs these are: then "us" is the server that decided. */
function isOurs({ reporter }: BounceReport, search: Search | undefined): boolean {
  if (search?.found === undefined) return false;
  const { hops, links } = search.found.message;
  if (links.some(({ type }) => type === 'bounced-by' || type === 'notified-by')) return true;
  return hops.some(({ host }) => host !== undefined && reporter?.toLowerCase().startsWith(host.toLowerCase()) === true);
}

/** A report's subject says something of its own only where it does not repeat that of the mail. */
function ownSubject({ subject, original }: BounceReport): string | undefined {
  if (subject === undefined || original.subject === undefined) return subject;
  return subject.includes(original.subject.slice(0, 20)) ? undefined : subject;
}

function explainedOf(report: BounceReport, local: boolean): Explained[] {
  return report.recipients.map((recipient) => {
    if (report.kind === 'auto-reply') return explainAutomatic(recipient);
    if (report.kind === 'disposition' && recipient.action === 'failed') return explainRefusal(recipient);
    return explainRecipient(recipient, local, ownSubject(report));
  });
}
