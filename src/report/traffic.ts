/**
 * `report traffic`: how much came and went, as people know it; each figure of pflogsumm has its counterpart.
 * What counts are mails of kind `mail`. What is beyond them (bounces, notices, answers, copies that our server added, greylisted
 * attempts that came back, sessions without mail) is listed by kind.
 */
import type { LineWatch } from '../model/line-watch.ts';
import type { Message, Session } from '../model/message.ts';
import { peerOf, type PlainMail, type PlainRefusal, type RecipientOfShape } from '../model/plain-mail.ts';
import { GROUP_OF_STATUS, STATUSES, STATUS_GROUPS } from '../model/words.ts';
import type { MessageKind, Status, StatusGroup } from '../model/words.ts';
import type { RunSummary } from '../model/run.ts';
import { Differences, asLoggedSection } from './as-logged.ts';
import { BeyondTable } from './beyond.ts';
import type { Chart, Figure, Section } from './document.ts';
import { LoggedWatch } from './logged-watch.ts';
import { KeyTable } from './people-table.ts';
import { isOpenRefusal } from './period.ts';
import { RuleTable, clientOf, clientText } from './rule-table.ts';
import { ServerWatch } from './server-watch.ts';
import { letGoNote, part } from './shared.ts';
import type { CountedEntry, Parts, ReportContext, Tally } from './tally.ts';
import { MOST_PEOPLE } from './top-table.ts';
import { PeopleTables } from './traffic-people.ts';
import { TimeTable, flowOf } from './traffic-times.ts';

const LABELS: Readonly<Record<Status, string>> = {
  delivered: 'delivered here',
  relayed: 'handed to another server',
  expanded: 'taken by a list',
  deferred: 'put off, will be tried again',
  greylisted: 'greylisted, and not back yet',
  held: 'held until somebody releases it',
  pending: 'no result in the logs',
  bounced: 'bounced',
  expired: 'given up after many tries',
  rejected: 'refused before it was accepted',
  removed: 'deleted from the queue',
  aborted: 'the client went away',
  quarantined: 'in quarantine',
  discarded: 'accepted and dropped',
};

const GROUP_LABELS: Readonly<Record<StatusGroup, string>> = {
  sent: 'SENT',
  waiting: 'WAITING',
  failed: 'FAILED',
  stopped: 'STOPPED',
};

const TONES: Readonly<Record<StatusGroup, 'good' | 'wait' | 'bad' | 'stop'>> = {
  sent: 'good',
  waiting: 'wait',
  failed: 'bad',
  stopped: 'stop',
};

export class TrafficTally implements Tally {
  readonly #context: ReportContext;
  readonly #times: TimeTable;
  readonly #people = new PeopleTables();
  readonly #beyond = new BeyondTable();
  readonly #refusals = new RuleTable();
  readonly #refusalsForNow = new RuleTable();
  readonly #clients = new KeyTable(MOST_PEOPLE);
  readonly #bounces = new RuleTable(true);
  readonly #deferrals = new RuleTable(true);
  readonly #stopped = new RuleTable();
  readonly #byStatus: Partial<Record<Status, number>> = {};
  readonly #server: ServerWatch | undefined;
  readonly #logged: LoggedWatch | undefined;
  readonly #differences = new Differences();
  #mails = 0;
  #received = 0;
  #recipients = 0;
  #refusedForNow = 0;
  #waited = 0;
  #bytesReceived = 0;
  #bytesSent = 0;
  #noSize = 0;

  constructor(context: ReportContext) {
    this.#context = context;
    this.#times = new TimeTable(context.minutesEast);
    const { isFiltered, asLogged, period, minutesEast } = context;
    // lines know nothing of filters
    if (isFiltered) return;
    this.#server = new ServerWatch(period, minutesEast);
    if (asLogged) this.#logged = new LoggedWatch(period);
  }

  get watches(): LineWatch[] {
    return [this.#server, this.#logged].filter((watch) => watch !== undefined);
  }

  add(message: Message, entries: readonly CountedEntry[]): void {
    const { withAdded } = this.#context;
    this.#beyond.message(message, entries, withAdded);
    if (this.#logged !== undefined) this.#differences.add(message, entries, withAdded);
    if (message.kind !== 'mail') return;
    this.#arrived(message, entries);
    let isCounted = false;
    let isSent = false;
    for (const entry of entries) {
      const { recipient, standing, isBack } = entry;
      if (isBack) continue;
      if (standing === 'waited') {
        this.#waited++;
        continue;
      }
      isCounted = true;
      this.#entry(message, entry);
      if (GROUP_OF_STATUS[recipient.status] === 'sent') isSent = true;
    }
    if (isCounted) this.#mails++;
    if (isSent && message.size === undefined) this.#noSize++;
  }

  /** As `add`, of a mail of kind `mail` that was accepted; only where there is no period. `like`: of each answer. */
  plain(mail: PlainMail, like: RecipientOfShape): void {
    const { count, size } = mail;
    this.#mails++;
    this.#received++;
    this.#bytesReceived += size;
    this.#times.add('received', mail.time);
    this.#people.plainReceived(mail);
    this.#recipients += count;
    for (let i = 0; i < count; i++) {
      const status = mail.statusOf(i);
      const group = GROUP_OF_STATUS[status];
      this.#byStatus[status] = (this.#byStatus[status] ?? 0) + 1;
      this.#times.add(group, mail.endedAt(i));
      this.#people.plainEnded(mail, i, group);
      if (group === 'sent') this.#bytesSent += size;
      else this.#failuresOf(status).addPlain(mail.shapeOf(i), status, like, mail);
    }
  }

  #failuresOf(status: Status): RuleTable {
    if (GROUP_OF_STATUS[status] === 'waiting') return this.#deferrals;
    return GROUP_OF_STATUS[status] === 'stopped' ? this.#stopped : this.#bounces;
  }

  /** As `add`, of a message of another kind. */
  plainNotice(kind: MessageKind, recipients: number): void {
    this.#beyond.notice(kind, recipients);
  }

  /** As `add`, of what was refused; `isBack`: what was refused for now came back. */
  plainRefused(mail: PlainRefusal, like: RecipientOfShape, isBack = false): void {
    let back = 0;
    for (let i = 0; i < mail.count; i++) {
      const shape = mail.shapeOf(i);
      const recipient = like(shape);
      const { status, reason } = recipient;
      const isOpen = isOpenRefusal(recipient);
      if (isBack && isOpen) {
        back++;
        continue;
      }
      const at = mail.endedAt(i);
      this.#recipients++;
      this.#byStatus[status] = (this.#byStatus[status] ?? 0) + 1;
      this.#times.add('rejected', at);
      this.#people.plainRefused(mail, i, GROUP_OF_STATUS[status]);
      if (mail.client !== 0) this.#clients.addPlain(mail, at, reason);
      (isOpen ? this.#refusalsForNow : this.#refusals).addPlain(shape, status, like, mail);
      if (isOpen && status === 'rejected') this.#refusedForNow++;
    }
    if (back < mail.count) this.#mails++;
    this.#beyond.attempt(back);
  }

  /** What the lines tell of the server; none where there are filters. */
  get server(): ServerWatch | undefined {
    return this.#server;
  }

  /** Rows of tables that were let go: what is told hangs on the order of mails then. */
  get letGo(): number {
    return (
      this.#people.letGo +
      this.#refusals.letGo +
      this.#refusalsForNow.letGo +
      this.#clients.letGo +
      this.#bounces.letGo +
      this.#deferrals.letGo +
      this.#stopped.letGo
    );
  }

  /** Mail that was accepted within the period. */
  #arrived(message: Message, entries: readonly CountedEntry[]): void {
    const { since, until } = this.#context.period;
    const { time, size = 0 } = message;
    if ((since !== undefined && time < since) || (until !== undefined && time > until)) return;
    if (entries.every(({ recipient: { status } }) => isRefusal(status))) return;
    this.#received++;
    this.#bytesReceived += size;
    this.#times.add('received', time);
    this.#people.received(message);
  }

  #entry(message: Message, { recipient, time, standing }: CountedEntry): void {
    const { status } = recipient;
    this.#recipients++;
    this.#byStatus[status] = (this.#byStatus[status] ?? 0) + 1;
    // what waits is there at the end of the period, whenever it was tried last
    this.#times.add(flowOf(status), standing === 'waits' ? Math.min(time, this.#context.period.until ?? time) : time);
    this.#people.ended(message, recipient);
    if (GROUP_OF_STATUS[status] === 'sent') this.#bytesSent += message.size ?? 0;
    if (status === 'rejected' || status === 'greylisted') {
      const client = clientOf(message);
      if (client !== undefined) this.#clients.add(client, message, time, recipient.reason);
      if (isOpenRefusal(recipient)) this.#refusalsForNow.add(message, recipient);
      else this.#refusals.add(message, recipient);
      if (status === 'rejected' && isOpenRefusal(recipient)) this.#refusedForNow++;
    } else if (status === 'bounced' || status === 'expired') this.#bounces.add(message, recipient);
    else if (GROUP_OF_STATUS[status] === 'waiting') this.#deferrals.add(message, recipient);
    else if (GROUP_OF_STATUS[status] === 'stopped') this.#stopped.add(message, recipient);
  }

  session(session: Session, times: number): void {
    this.#beyond.session(session, times);
  }

  parts(_summary: RunSummary): Parts {
    const { top } = this.#context;
    this.#people.pour(top);
    this.#server?.pour(top);
    this.#clients.pour(top, (client) => clientText(peerOf(client)), peerText);
    const sections: Section[] = [
      ...this.#times.sections(top),
      ...this.#people.sections(top),
      this.#bounces.section('bounces', 'Bounced and given up, by server and answer', top),
      this.#deferrals.section('waiting', 'Waiting, by server and answer', top),
      this.#refusals.section('refused', 'Refused for good, by rule', top),
      this.#refusalsForNow.section('refused_for_now', 'Refused for now, by rule', top),
      this.#clients.section('refused_clients', 'Refused clients', { name: 'client', label: 'Client' }, top, {
        name: 'reason',
        label: 'Last reason',
      }),
      this.#stopped.section('stopped', 'Quarantined and dropped, by rule', top),
    ];
    const letGo =
      this.#people.letGo +
      this.#refusals.letGo +
      this.#refusalsForNow.letGo +
      this.#clients.letGo +
      this.#bounces.letGo;
    return {
      figures: this.#figures(),
      charts: [...this.#times.chart(), ...this.#outcomes()],
      sections: [...sections, ...(this.#server?.sections(top) ?? []), this.#beyond.section(), ...this.#asLogged()],
      notes: [...letGoNote(letGo), ...this.#serverNotes()],
      empty: this.#recipients === 0 && this.#received === 0,
    };
  }

  #serverNotes(): string[] {
    if (this.#server === undefined)
      return [
        'Connections, TLS, warnings and postscreen are numbers of the whole log: with a filter they are left out.',
      ];
    return this.#server.isSilent
      ? ['Warnings, TLS and postscreen are told of Postfix alone, and it wrote no line here.']
      : [];
  }

  #asLogged(): Section[] {
    if (this.#logged === undefined) return [];
    const status = (word: Status): number => this.#byStatus[word] ?? 0;
    const mails = {
      received: this.#received,
      sent: this.#groupSum('sent'),
      deferred: status('deferred'),
      bounced: status('bounced'),
      rejected: status('rejected') + status('greylisted') + this.#beyond.cameBack,
      held: status('held'),
      discarded: status('discarded'),
      bytesReceived: this.#bytesReceived,
      bytesSent: this.#bytesSent,
    };
    return [asLoggedSection(mails, this.#logged.numbers, this.#differences)];
  }

  #groupSum(group: StatusGroup): number {
    return STATUSES.reduce(
      (sum, status) => sum + (GROUP_OF_STATUS[status] === group ? (this.#byStatus[status] ?? 0) : 0),
      0,
    );
  }

  #figures(): Figure[] {
    const rejected = (this.#byStatus.rejected ?? 0) + (this.#byStatus.greylisted ?? 0);
    const share = (part: number): number => (this.#recipients === 0 ? 0 : (100 * part) / this.#recipients);
    const people = this.#people;
    return [
      { name: 'mails', label: 'mails', value: this.#mails, hint: 'with a recipient that counts in this period' },
      { name: 'received', label: 'mails accepted', value: this.#received },
      { name: 'recipients', label: 'recipients', value: this.#recipients },
      ...STATUS_GROUPS.flatMap((group) => this.#groupFigures(group)),
      part('refused_for_now', 'of the refused: for now (4xx)', this.#refusedForNow),
      { name: 'rejected_share', label: 'of all recipients refused', value: share(rejected), unit: 'percent' },
      {
        name: 'discarded_share',
        label: 'of all recipients dropped',
        value: share(this.#byStatus.discarded ?? 0),
        unit: 'percent',
      },
      part('came_back', 'greylisted or refused for now, then came back: not counted', this.#beyond.cameBack),
      part('waited', 'waited when the period ended, and ended since', this.#waited),
      { name: 'bytes_received', label: 'accepted', value: this.#bytesReceived, unit: 'bytes' },
      { name: 'bytes_sent', label: 'sent on and stored', value: this.#bytesSent, unit: 'bytes' },
      part('no_size', 'mails sent whose size no line tells', this.#noSize),
      { name: 'senders', label: 'senders', value: people.senders.size },
      { name: 'sender_domains', label: 'sending domains', value: people.senderDomains.size },
      { name: 'recipient_addresses', label: 'addresses that got mail', value: people.recipients.size },
      { name: 'recipient_domains', label: 'recipient domains', value: people.domains.size },
      ...(this.#server?.figures() ?? []),
    ];
  }

  #groupFigures(group: StatusGroup): Figure[] {
    const statuses = STATUSES.filter((status) => GROUP_OF_STATUS[status] === group);
    return [
      { name: group, label: GROUP_LABELS[group], value: this.#groupSum(group) },
      ...statuses.map((status) => part(status, LABELS[status], this.#byStatus[status] ?? 0)),
    ];
  }

  #outcomes(): Chart[] {
    const statuses = STATUSES.filter((status) => (this.#byStatus[status] ?? 0) > 0);
    if (statuses.length === 0) return [];
    return [
      {
        name: 'outcomes',
        title: 'What became of the recipients',
        form: 'bars',
        labels: statuses,
        series: STATUS_GROUPS.map((group) => ({
          name: group,
          label: group,
          tone: TONES[group],
          values: statuses.map((status) => (GROUP_OF_STATUS[status] === group ? (this.#byStatus[status] ?? 0) : 0)),
        })),
      },
    ];
  }
}

/** A client as Postfix logs it, of what clientText() makes of it. */
function peerText(text: string): string {
  return text.endsWith(']') ? text.replace(' [', '[') : `unknown[${text}]`;
}

function isRefusal(status: Status): boolean {
  return status === 'rejected' || status === 'greylisted' || status === 'aborted';
}
