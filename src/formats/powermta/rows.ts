/**
 * A record of PowerMTA's accounting file -> events. One record is one recipient's; which columns there are is configured.
 * Source: PowerMTA user's guide, "Accounting records" and "Encoding" (types d b t tq r f rb rs, columns by name alone).
 */
import type { CsvHeader, CsvRow } from '../../model/csv-row.ts';
import type { Frame } from '../../model/frame.ts';
import { F, type EventKind, type LogEvent, type Outcome } from '../../model/log-event.ts';
import type { Emit, ParseResult } from '../../model/log-format.ts';
import { isBlankCell, setBare, setCell } from '../csv-cells.ts';

interface Columns {
  readonly type: number;
  readonly queued: number;
  readonly sender: number;
  readonly rcpt: number;
  readonly action: number;
  readonly status: number;
  readonly diag: number;
  readonly mta: number;
  readonly category: number;
  readonly sourceType: number;
  readonly sourceName: number;
  readonly destination: number;
  readonly vmta: number;
  readonly messageId: number;
  readonly subject: number;
}

function columnsOf(header: CsvHeader): Columns {
  return {
    type: header.at('type'),
    queued: header.at('timequeued'),
    sender: header.at('orig'),
    rcpt: header.at('rcpt'),
    action: header.at('dsnaction'),
    status: header.at('dsnstatus'),
    diag: header.at('dsndiag'),
    mta: header.at('dsnmta'),
    category: header.at('bouncecat'),
    sourceType: header.at('srctype'),
    sourceName: header.at('srcmta'),
    // the second as some versions of the guide spell it
    destination: header.at('dlvdestinationip', 'dlvdesintationip'),
    vmta: header.at('vmta'),
    messageId: header.at('headermessageid'),
    subject: header.at('headersubject'),
  };
}

const OUTCOMES: ReadonlyMap<string, Outcome> = new Map<string, Outcome>([
  ['d', 'sent'],
  ['delivery', 'sent'],
  ['b', 'bounced'],
  ['bounce', 'bounced'],
  ['rb', 'bounced'],
  ['t', 'deferred'],
  ['transient', 'deferred'],
  ['tq', 'deferred'],
]);

export class Rows {
  private header: CsvHeader | undefined;
  private columns: Columns | undefined;

  parse(frame: Frame, row: CsvRow, event: LogEvent, emit: Emit): ParseResult {
    if (this.columns === undefined || this.header !== row.header) {
      this.header = row.header;
      this.columns = columnsOf(row.header);
    }
    const c = this.columns;
    const type = row.text(c.type).toLowerCase();
    // complaints and reports of others' servers
    if (type === 'f' || type === 'rs') return 'ignored';
    const outcome = OUTCOMES.get(type);
    if (outcome === undefined && type !== 'r' && type !== 'receipt') return 'unknown';
    if (isBlankCell(row, c.rcpt)) return 'unknown';
    // it has no time of queueing: without a Message-ID nothing ties it to the records of what became of it
    if (outcome === undefined && isBlankCell(row, c.messageId)) return 'ignored';
    begin(event, 'arrival', frame, row, c);
    setBare(event, F.messageId, row, c.messageId);
    setBare(event, F.sender, row, c.sender);
    setCell(event, F.subject, row, c.subject);
    event.setText(F.recipients, row.text(c.rcpt));
    event.origin = row.text(c.sourceType).toLowerCase() === 'smtp' ? 'smtp' : c.sourceType < 0 ? '' : 'local';
    event.active = true;
    emit(event);
    if (outcome === undefined) return 'event';
    deliver(event, outcome, frame, row, c);
    emit(event);
    return 'event';
  }
}

function deliver(event: LogEvent, outcome: Outcome, frame: Frame, row: CsvRow, c: Columns): void {
  begin(event, 'delivery', frame, row, c);
  setCell(event, F.recipient, row, c.rcpt);
  event.outcome = outcome;
  const status = /^\d\.\d{1,3}\.\d{1,3}/.exec(row.text(c.status))?.[0];
  if (status !== undefined) event.setText(F.dsn, status);
  if (outcome === 'sent') event.how = row.text(c.action).toLowerCase().startsWith('delivered') ? 'mailbox' : 'remote';
  const isExpired = row.text(c.category) === 'message-expired' || status === '4.4.7' || status === '5.4.7';
  if (outcome === 'bounced' && isExpired) event.outcome = 'expired';
  const diag = row.text(c.diag).replace(/^smtp;\s*/i, '');
  if (diag !== '') event.setText(F.reply, diag);
  const code = /^[245]\d\d(?=[\s-]|$)/.exec(diag)?.[0];
  if (code !== undefined) event.code = Number(code);
  const mta = /^(\S+)(?: \(([0-9A-Fa-f.:]+)\))?/.exec(row.text(c.mta));
  if (mta?.[1] !== undefined) event.setText(F.relayName, mta[1]);
  if (!isBlankCell(row, c.destination)) setCell(event, F.relayIp, row, c.destination);
  else if (mta?.[2] !== undefined) event.setText(F.relayIp, mta[2]);
  setCell(event, F.transport, row, c.vmta);
}

/** A record names no queue id: the Message-ID where it is recorded, else sender, recipient and the time of queueing. */
function begin(event: LogEvent, kind: EventKind, frame: Frame, row: CsvRow, c: Columns): void {
  event.reset(kind, frame);
  event.system = 'powermta';
  event.instance = 'powermta';
  event.unclosed = true;
  event.lasting = true;
  if (!isBlankCell(row, c.messageId)) setBare(event, F.queueId, row, c.messageId);
  else event.setText(F.queueId, `${row.text(c.queued)}/${row.text(c.sender)}/${row.text(c.rcpt)}`);
}
