/**
 * A tracking row -> events. One row is one event of one mail at one server; its recipients and their statuses are `;` lists.
 * Shape:  README.md has the event-ids and what each is taken for.
 * Source: learn.microsoft.com/exchange/mail-flow/transport-logs/message-tracking, "Event types", "Source values".
 */
import type { CsvHeader, CsvRow } from '../../model/csv-row.ts';
import type { Frame } from '../../model/frame.ts';
import { F, type LogEvent, type EventKind, type Outcome } from '../../model/log-event.ts';
import type { Emit, ParseResult } from '../../model/log-format.ts';
import { cellNumber, isBlankCell, joined, listOf, setBare, setCell } from '../csv-cells.ts';
import { agentVerdicts } from './agents.ts';
import { type Columns, columnsOf } from './columns.ts';
import { serverOf } from './server.ts';
import { setStatus, statusesOf } from './status.ts';

/** Exchange takes 500 recipients by default, and at most 2147483647; a row of a hostile file has no more than this. */
const MAX_RECIPIENTS = 5000;
const NO_ID = '00000000-0000-0000-0000-000000000000';

export class Tracking {
  readonly system: string;
  private header: CsvHeader | undefined;
  private columns: Columns | undefined;

  private readonly hasServers: boolean;

  /** `hasServers`: the servers are ones that somebody knows: each is a hop. */
  constructor(system: string, hasServers = true) {
    this.system = system;
    this.hasServers = hasServers;
  }

  columnsOf(row: CsvRow): Columns {
    if (this.columns === undefined || this.header !== row.header) {
      this.header = row.header;
      this.columns = columnsOf(row.header);
    }
    return this.columns;
  }

  parse(frame: Frame, row: CsvRow, event: LogEvent, emit: Emit): ParseResult {
    const columns = this.columnsOf(row);
    const name = row.text(columns.event).toUpperCase();
    const line = new Row(this.system, frame, row, columns, event, emit, name);
    if (!line.hasId()) return IGNORED.has(name) ? 'ignored' : 'unknown';
    if (this.hasServers) frame.host = serverOf(row, columns, name, line.source);
    const read = READERS[name];
    if (read !== undefined) return read(line);
    return line.mention(IGNORED.has(name) || NOISE.has(name) ? 'event' : 'unknown');
  }
}

/** Rows that need no mail. */
const IGNORED = new Set([
  'NOTIFYMAPI',
  'NOTIFYSHADOW',
  'LOAD',
  'HAREDIRECT',
  'HARECEIVE',
  'HADISCARD',
  'HAREDIRECTFAIL',
]);
/** Rows that add nothing to their mail but the line. */
const NOISE = new Set([
  'SUBMIT',
  'RESUBMIT',
  'TRANSFER',
  'PROCESS',
  'THROTTLE',
  'SUBMITDEFER',
  'MODERATORSALLNDR',
  'MODERATORAPPROVE',
  'PROCESSMEETINGMESSAGE',
  'MAPISUBMIT',
  'SUBMITFAIL',
  'DELIVERYDSN',
  'INITMESSAGECREATED',
  'MODERATORRECEIVED',
]);

class Row {
  readonly source: string;
  readonly row: CsvRow;
  readonly c: Columns;
  readonly event: LogEvent;
  readonly name: string;
  private readonly system: string;
  private readonly frame: Frame;
  private readonly emit: Emit;

  constructor(system: string, frame: Frame, row: CsvRow, columns: Columns, event: LogEvent, emit: Emit, name: string) {
    this.system = system;
    this.frame = frame;
    this.row = row;
    this.c = columns;
    this.event = event;
    this.emit = emit;
    this.name = name;
    this.source = row.text(columns.source).toUpperCase();
  }

  hasId(): boolean {
    const { row, c } = this;
    return (
      [c.networkId, c.messageId, c.internalId].some((i) => !isBlankCell(row, i)) && row.text(c.networkId) !== NO_ID
    );
  }

  begin(kind: EventKind): LogEvent {
    const { event, row, c } = this;
    event.reset(kind, this.frame);
    event.system = this.system;
    event.instance = this.system;
    event.unclosed = true;
    event.lasting = true;
    if (!isBlankCell(row, c.networkId)) setCell(event, F.queueId, row, c.networkId);
    else if (!isBlankCell(row, c.messageId)) setBare(event, F.queueId, row, c.messageId);
    else setCell(event, F.queueId, row, c.internalId);
    return event;
  }

  send(): void {
    this.emit(this.event);
  }

  /** Sender, Message-ID, subject, size: every row has them. */
  facts(): void {
    const { event, row, c } = this;
    setBare(event, F.messageId, row, c.messageId);
    setCell(event, F.subject, row, c.subject);
    if (isBlankCell(row, c.returnPath)) setBare(event, F.sender, row, c.sender);
    else {
      setBare(event, F.sender, row, c.returnPath);
      setBare(event, F.headerFrom, row, c.sender);
    }
    event.size = cellNumber(row, c.size);
  }

  /** One without a name: an export tells of a list only that it was one. */
  recipients(): string[] {
    const text = this.row.text(this.c.recipients);
    if (text === 'System.String[]') return [''];
    // PowerShell writes a list into a text with blanks between its parts
    return listOf(text.includes(';') ? text : text.trim().replaceAll(/(?<=\S)[,\s]+(?=\S)/g, ';'), MAX_RECIPIENTS);
  }

  mention(result: ParseResult): ParseResult {
    this.begin('mention');
    this.send();
    return result;
  }

  /** The mail's facts, where this row is the first that is seen of it. */
  tellFacts(): void {
    this.begin('facts');
    this.facts();
    this.send();
  }

  deliveries(outcome: Outcome, how: LogEvent['how'], isFailure = false): ParseResult {
    const { event, row, c } = this;
    const addresses = this.recipients();
    if (addresses.length === 0) return this.mention('event');
    this.tellFacts();
    const statuses = statusesOf(row.text(c.status), addresses.length);
    for (const [i, address] of addresses.entries()) {
      if (address === '' && addresses.length > 1) continue;
      this.begin('delivery');
      event.setText(F.recipient, address);
      event.outcome = outcome;
      event.how = how;
      const isExpired = setStatus(event, statuses[i] ?? '');
      if (isFailure && isExpired) event.outcome = 'expired';
      if (how === 'remote' || (isFailure && this.source === 'SMTP')) {
        setCell(event, F.relayName, row, c.serverName);
        setCell(event, F.relayIp, row, c.serverIp);
      }
      setCell(event, F.transport, row, c.connector);
      this.send();
    }
    return 'event';
  }
}

const READERS: Readonly<Record<string, (line: Row) => ParseResult>> = {
  __proto__: null as never,
  RECEIVE: readReceive,
  AGENTINFO: readAgents,
  SEND: (line) => line.deliveries('sent', 'remote'),
  SENDEXTERNAL: (line) => line.deliveries('sent', 'remote'),
  DELIVER: (line) => line.deliveries('sent', 'mailbox'),
  DUPLICATEDELIVER: (line) => line.deliveries('sent', 'mailbox'),
  DEFER: (line) => line.deliveries('deferred', ''),
  RESUBMITDEFER: (line) => line.deliveries('deferred', ''),
  FAIL: readFail,
  DELIVERFAIL: readFail,
  RESUBMITFAIL: readFail,
  BADMAIL: readFail,
  MODERATORREJECT: readFail,
  MODERATIONEXPIRE: (line) => line.deliveries('expired', ''),
  DROP: (line) => line.deliveries('discarded', 'silent'),
  SUPPRESSED: (line) => line.deliveries('discarded', 'silent'),
  QUARANTINE: (line) => line.deliveries('quarantined', ''),
  EXPAND: readExpand,
  REDIRECT: readResolve,
  RESOLVE: readResolve,
  DSN: readDsn,
  POISONMESSAGE: readPoison,
  THROTTLE: (line) => line.mention('event'),
};

function readReceive(line: Row): ParseResult {
  const { event, row, c, source } = line;
  line.begin('arrival');
  line.facts();
  const isOurs = /^(?:originating|2)$/i.test(row.text(c.directionality));
  event.origin = source === 'DSN' ? 'internal' : isOurs || source !== 'SMTP' ? 'local' : 'smtp';
  if (source === 'SMTP') {
    setCell(event, F.clientIp, row, isBlankCell(row, c.originalIp) ? c.clientIp : c.originalIp);
    // the name belongs to client-ip: it is the first client's where both are one
    if (row.text(c.originalIp) === '' || row.text(c.originalIp) === row.text(c.clientIp))
      setCell(event, F.clientName, row, c.clientName);
  }
  const addresses = line.recipients();
  if (addresses.length > 0) event.setText(F.recipients, joined(addresses));
  event.active = true;
  line.send();
  return 'event';
}

/** A failure; of an agent (a rule, the malware or spam filter), what it was is told too. */
function readFail(line: Row): ParseResult {
  const result = line.deliveries('bounced', '', true);
  if (line.source !== 'AGENT') return result;
  const { event, row, c } = line;
  line.begin('act');
  event.action = 'bounced-by-filter';
  const [only, more] = line.recipients();
  if (only !== undefined && more === undefined && only !== '') event.setText(F.recipient, only);
  setCell(event, F.reason, row, c.context);
  line.send();
  return result;
}

/** A group: itself one recipient that is expanded, its members more recipients. */
function readExpand(line: Row): ParseResult {
  const { event, row, c } = line;
  const members = line.recipients();
  line.tellFacts();
  const [group = ''] = listOf(row.text(isBlankCell(row, c.related) ? c.reference : c.related), 1);
  if (group.includes('@')) {
    line.begin('delivery');
    event.outcome = 'expanded';
    event.setText(F.recipient, group);
    line.send();
  }
  if (members.length > 0) {
    line.begin('facts');
    event.setText(F.recipients, joined(members));
    line.send();
  }
  return 'event';
}

/** The directory, a rule or forwarding gave the recipient another address. */
function readResolve(line: Row): ParseResult {
  const { event, row, c } = line;
  line.tellFacts();
  const from = listOf(row.text(c.related), MAX_RECIPIENTS);
  const to = line.recipients();
  for (const [i, address] of to.entries()) {
    const before = from[i] ?? (from.length === 1 ? from[0] : undefined);
    if (address === '' || before === undefined || before === '') continue;
    line.begin('facts');
    event.setText(F.recipient, address);
    event.setText(F.origRecipient, before);
    line.send();
  }
  return 'event';
}

/** A report was made: a mail of its own, whose reference is the Message-ID of the one that it is about. */
function readDsn(line: Row): ParseResult {
  const { event, row, c } = line;
  line.begin('arrival');
  line.facts();
  event.origin = 'internal';
  event.setText(F.sender, '');
  setBare(event, F.otherId, row, c.reference);
  const addresses = line.recipients();
  if (addresses.length > 0) event.setText(F.recipients, joined(addresses));
  event.active = true;
  line.send();
  return 'event';
}

/** What the filters and rules of the server found and did. */
function readAgents(line: Row): ParseResult {
  const { event, row, c } = line;
  const verdicts = [c.custom, c.info].flatMap((i) => agentVerdicts(row.text(i)));
  if (verdicts.length === 0) return line.mention('event');
  const addresses = line.recipients();
  for (const { what, action, outcome, scl, reason } of verdicts) {
    line.begin('verdict');
    event.what = what;
    event.action = action;
    event.outcome = outcome;
    event.score = scl;
    event.setText(F.reason, reason);
    setBare(event, F.messageId, row, c.messageId);
    if (addresses.length > 0) event.setText(F.recipients, joined(addresses));
    line.send();
  }
  return 'event';
}

function readPoison(line: Row): ParseResult {
  line.begin('admin');
  line.event.what = 'held';
  line.send();
  return 'event';
}
