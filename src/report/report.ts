/**
 * A report in the making: messages as the run tells them -> a document.
 * Two tallies where a report is compared: of the period, and of the one before.
 */
import type { LineWatch } from '../model/line-watch.ts';
import type { Instant, Link, Message, Recipient, Session } from '../model/message.ts';
import type { PlainDelivery } from '../model/plain-mail.ts';
import type { RunSummary } from '../model/run.ts';
import { GROUP_OF_STATUS } from '../model/words.ts';
import type { MessageKind, Status } from '../model/words.ts';
import { grouped } from '../util/grouped.ts';
import { AuthTally } from './auth.ts';
import { Attempts } from './attempts.ts';
import { BounceTally } from './bounces.ts';
import { compared, withoutComparison } from './compare.ts';
import { countedOf } from './counted.ts';
import { DeferredTally } from './deferred.ts';
import { DelayTally } from './delays.ts';
import type { ReportDocument, ReportKind } from './document.ts';
import type { Period, Standing } from './period.ts';
import { isOpenRefusal, standingAt, standingOf, timeOf } from './period.ts';
import { QuarantineTally } from './quarantine.ts';
import { RejectTally } from './rejects.ts';
import type { CountedEntry, ReportContext, Results, Tally } from './tally.ts';
import { boundTables } from './top-table.ts';
import { TrafficTally } from './traffic.ts';

const TITLES: Readonly<Record<ReportKind, string>> = {
  bounces: 'Bounces',
  rejects: 'Refused mail',
  deferred: 'Waiting mail',
  quarantine: 'Quarantine',
  traffic: 'Mail traffic',
  delays: 'Delays',
  auth: 'Logins and sender checks',
};

export interface ReportRequest {
  readonly kind: ReportKind;
  readonly context: ReportContext;
  /** the filter in words */
  readonly filters: string;
  /** what else is to be said of what was read */
  readonly notes?: readonly string[];
  /** bytes that the run may take; undefined = as many as by default */
  readonly memory?: number;
  readonly compare?: { readonly label: string; readonly since: Instant; readonly until: Instant };
}

const TALLIES: Readonly<Record<ReportKind, new (context: ReportContext) => Tally>> = {
  bounces: BounceTally,
  rejects: RejectTally,
  deferred: DeferredTally,
  quarantine: QuarantineTally,
  traffic: TrafficTally,
  delays: DelayTally,
  auth: AuthTally,
};

export class Report {
  readonly #request: ReportRequest;
  readonly #now: Tally;
  readonly #before: Tally | undefined;
  readonly #nowResults: Results | undefined;
  readonly #beforeResults: Results | undefined;
  readonly #attempts: Attempts;
  /** mails and sessions of the period compared with */
  #earlier = 0;

  constructor(request: ReportRequest) {
    const { kind, context, compare, memory } = request;
    if (memory !== undefined) boundTables(memory);
    this.#attempts = new Attempts();
    const Kind = TALLIES[kind];
    this.#request = request;
    this.#now = new Kind(context);
    this.#before = compare && new Kind({ ...context, period: compare, top: Infinity });
    this.#nowResults = this.#now.results;
    this.#beforeResults = this.#before?.results;
  }

  /** Who must see every line and event; none where mails are all that is told. */
  get watches(): readonly LineWatch[] {
    return [...(this.#now.watches ?? []), ...(this.#before?.watches ?? [])];
  }

  /** A message that the filters match. */
  add(message: Message): void {
    const ready = this.#attempts.take(message);
    if (ready !== undefined) this.#count(ready, false);
  }

  /** The tally that takes plain mails as numbers: of traffic over everything. */
  get traffic(): TrafficTally | undefined {
    const { context, compare } = this.#request;
    const { isFiltered, asLogged, period } = context;
    const isWhole = !isFiltered && !asLogged && compare === undefined && Object.keys(period).length === 0;
    return isWhole && this.#now instanceof TrafficTally ? this.#now : undefined;
  }

  /** What is told of mails, where some are counted as numbers alone; undefined where each must be read. */
  get results(): Results | undefined {
    return this.#request.context.isFiltered ? undefined : this.#nowResults;
  }

  /** A recipient that a report of `results` tells nothing of. `isBack`: it was refused for now, and came back. */
  result(kind: MessageKind, arrival: Instant, status: Status, time: Instant, isBack: boolean): void {
    const { context, compare } = this.#request;
    this.#resultIn(this.#nowResults, kind, standingAt(arrival, status, time, context.period), isBack);
    if (compare === undefined) return;
    const standing = standingAt(arrival, status, time, compare);
    if (standing !== 'out') this.#earlier++;
    this.#resultIn(this.#beforeResults, kind, standing, isBack);
  }

  /** As `result`, of a recipient of a mail that was accepted. */
  delivered(mail: PlainDelivery & { readonly kind: MessageKind }, i: number): void {
    const { context, compare } = this.#request;
    const status = mail.statusOf(i);
    const time = mail.endedAt(i);
    this.result(mail.kind, mail.time, status, time, false);
    if (mail.kind !== 'mail' || GROUP_OF_STATUS[status] !== 'sent') return;
    if (isWithin(time, context.period)) this.#nowResults?.sent?.(mail, i);
    if (compare !== undefined && isWithin(time, compare)) this.#beforeResults?.sent?.(mail, i);
  }

  #resultIn(results: Results | undefined, kind: MessageKind, standing: Standing, isBack: boolean): void {
    if (standing !== 'out' && kind === 'mail') results?.add(standing, isBack);
  }

  /** Rows of tables that were let go: what is told hangs on the order of mails then. */
  get letGo(): number {
    return (this.#nowResults?.letGo() ?? 0) + (this.#beforeResults?.letGo() ?? 0);
  }

  /** Attempts that nobody knows any more whether they came back. */
  get attemptsLetGo(): number {
    return this.#attempts.letGo;
  }

  /** Attempts of which it is asked whether they came back. */
  get attemptsHeld(): number {
    return this.#attempts.held;
  }

  /** A link that a later line showed. */
  link(id: string, { type }: Link): void {
    if (type === 'retried-by') this.#attempts.cameBack(id);
  }

  /** `times`: how many like it there are; more than one only where there is no period. */
  session(session: Session, times = 1): void {
    const { context, compare } = this.#request;
    if (isWithin(session.time, context.period)) this.#now.session?.(session, times);
    if (compare === undefined || !isWithin(session.time, compare)) return;
    this.#earlier++;
    this.#before?.session?.(session, times);
  }

  #count(message: Message, isBack: boolean): void {
    const { context, compare } = this.#request;
    const recipients = countedOf(message, context.withAdded);
    this.#countIn(this.#now, message, recipients, isBack, context.period);
    if (compare !== undefined && this.#before !== undefined)
      this.#countIn(this.#before, message, recipients, isBack, compare);
  }

  #countIn(tally: Tally, message: Message, recipients: readonly Recipient[], isBack: boolean, period: Period): void {
    const entries: CountedEntry[] = [];
    for (const recipient of recipients) {
      const standing = standingOf(message, recipient, period);
      if (standing === 'out') continue;
      entries.push({
        recipient,
        standing,
        time: timeOf(message, recipient),
        isBack: isBack && isOpenRefusal(recipient),
      });
    }
    if (entries.length === 0) return;
    if (tally === this.#before) this.#earlier++;
    tally.add(message, entries);
  }

  /** The run has ended: the document. */
  finish(summary: RunSummary): ReportDocument {
    const { held } = this.#attempts;
    for (const { message, isBack } of this.#attempts.release()) this.#count(message, isBack);
    const { kind, context, filters, compare } = this.#request;
    const { first, last } = summary;
    const parts = this.#now.parts(summary);
    const before = this.#before?.parts(summary);
    const notes = [...(this.#request.notes ?? []), ...parts.notes, ...readNotes(summary)];
    if (this.#attempts.letGo > 0) {
      notes.push(
        `Of ${grouped(this.#attempts.letGo + held)} attempts refused for now, only the last ${grouped(held)} were asked whether they came back.`,
      );
    }
    const document: ReportDocument = {
      kind,
      title: TITLES[kind],
      period: {
        ...context.period,
        ...(first === undefined ? {} : { first }),
        ...(last === undefined ? {} : { last }),
      },
      filters,
      ...parts,
      notes,
    };
    if (before === undefined || compare === undefined) return document;
    if (this.#earlier > 0) return compared(document, before, compare);
    // logs that begin later tell nothing of that period; else it was a quiet one, and every row would be new
    return withoutComparison(document, before, compare, first !== undefined && first <= compare.until);
  }
}

function isWithin(time: Instant, { since, until }: Period): boolean {
  return (since === undefined || time >= since) && (until === undefined || time <= until);
}

/** What was assumed of the lines read, and how many were not understood. */
function readNotes({ assumptions, sources, isPart, interrupted }: RunSummary): string[] {
  const unknown = sources.reduce((sum, source) => sum + source.unknown, 0);
  return [
    ...assumptions,
    // of lines that were not looked at nobody knows
    ...(unknown === 0 || isPart === true
      ? []
      : [`${grouped(unknown)} lines were not understood: mailtrace formats tells more.`]),
    ...(interrupted ? ['Interrupted: what was read so far is counted.'] : []),
  ];
}
