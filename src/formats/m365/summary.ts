/**
 * Rows of Microsoft 365's message traces that tell outcomes, not events: the summary has one recipient a row, the enhanced
 * summary all of them in one cell. Both have the time of arrival alone: when the outcome came about is not told.
 * Source: learn.microsoft.com/powershell/module/exchangepowershell/get-messagetracev2 (Status, FromIP, ToIP);
 *         learn.microsoft.com/exchange/monitoring/trace-an-email-message/message-trace-modern-eac (recipient_status).
 */
import type { CsvHeader, CsvRow } from '../../model/csv-row.ts';
import type { Frame } from '../../model/frame.ts';
import { F, type EventKind, type LogEvent, type Outcome, type SentHow } from '../../model/log-event.ts';
import type { Emit, ParseResult } from '../../model/log-format.ts';
import { cellNumber, isBlankCell, setBare, setCell } from '../csv-cells.ts';

const MAX_RECIPIENTS = 5000;

interface End {
  readonly outcome: Outcome;
  readonly how: SentHow | '';
}

/** What became of a recipient, by the status (in small letters, without spaces) or the last verb; undefined: nothing yet. */
const ENDS: ReadonlyMap<string, End | undefined> = new Map<string, End | undefined>([
  ['delivered', { outcome: 'sent', how: 'mailbox' }],
  ['deliver', { outcome: 'sent', how: 'mailbox' }],
  ['send', { outcome: 'sent', how: 'remote' }],
  ['expanded', { outcome: 'expanded', how: '' }],
  ['expand', { outcome: 'expanded', how: '' }],
  // the address was resolved to another one, which has a row of its own
  ['resolved', { outcome: 'expanded', how: '' }],
  ['resolve', { outcome: 'expanded', how: '' }],
  ['redirect', { outcome: 'expanded', how: '' }],
  ['failed', { outcome: 'bounced', how: '' }],
  ['fail', { outcome: 'bounced', how: '' }],
  ['pending', { outcome: 'deferred', how: '' }],
  ['defer', { outcome: 'deferred', how: '' }],
  ['quarantined', { outcome: 'quarantined', how: 'quarantine' }],
  ['quarantine', { outcome: 'quarantined', how: 'quarantine' }],
  ['filteredasspam', { outcome: 'discarded', how: 'filter' }],
  ['drop', { outcome: 'discarded', how: 'filter' }],
  ['gettingstatus', undefined],
  ['none', undefined],
  ['receive', undefined],
  ['submit', undefined],
  ['', undefined],
]);

interface Columns {
  readonly networkId: number;
  readonly messageId: number;
  readonly sender: number;
  readonly recipient: number;
  readonly subject: number;
  readonly status: number;
  readonly statuses: number;
  readonly size: number;
  readonly fromIp: number;
  readonly toIp: number;
  readonly direction: number;
}

function columnsOf(header: CsvHeader): Columns {
  return {
    networkId: header.at('networkmessageid', 'messagetraceid'),
    messageId: header.at('messageid', 'internetmessageid'),
    sender: header.at('senderaddress', 'sender'),
    recipient: header.at('recipientaddress', 'recipient'),
    subject: header.at('messagesubject', 'subject'),
    status: header.at('status', 'deliverystatus'),
    statuses: header.at('recipientstatus'),
    size: header.at('totalbytes', 'size', 'messagesize'),
    fromIp: header.at('originalclientip', 'fromip'),
    toIp: header.at('toip'),
    direction: header.at('directionality'),
  };
}

export class Summary {
  private header: CsvHeader | undefined;
  private columns: Columns | undefined;

  parse(frame: Frame, row: CsvRow, event: LogEvent, emit: Emit): ParseResult {
    if (this.columns === undefined || this.header !== row.header) {
      this.header = row.header;
      this.columns = columnsOf(row.header);
    }
    const c = this.columns;
    if (isBlankCell(row, c.networkId) && isBlankCell(row, c.messageId)) return 'unknown';
    const line: Line = { frame, row, c, event, emit };
    return c.statuses >= 0 ? readEnhanced(line) : readSummary(line);
  }
}

interface Line {
  readonly frame: Frame;
  readonly row: CsvRow;
  readonly c: Columns;
  readonly event: LogEvent;
  readonly emit: Emit;
}

function begin({ frame, row, c, event }: Line, kind: EventKind): void {
  event.reset(kind, frame);
  event.system = 'm365';
  event.instance = 'm365';
  event.unclosed = true;
  event.lasting = true;
  if (isBlankCell(row, c.networkId)) setBare(event, F.queueId, row, c.messageId);
  else setCell(event, F.queueId, row, c.networkId);
}

function arrival(line: Line, recipients: string): void {
  const { row, c, event, emit } = line;
  begin(line, 'arrival');
  setBare(event, F.messageId, row, c.messageId);
  setBare(event, F.sender, row, c.sender);
  setCell(event, F.subject, row, c.subject);
  setCell(event, F.clientIp, row, c.fromIp);
  if (recipients !== '') event.setText(F.recipients, recipients);
  event.size = cellNumber(row, c.size);
  event.active = true;
  event.origin = originOf(line);
  emit(event);
}

/** FromIP is empty of what was sent by a mailbox of ours. */
function originOf({ row, c }: Line): LogEvent['origin'] {
  const direction = row.text(c.direction).toLowerCase();
  if (direction === '2' || direction === 'originating') return 'local';
  if (direction === '1' || direction === 'incoming') return 'smtp';
  if (c.fromIp < 0) return '';
  return isBlankCell(row, c.fromIp) ? 'local' : 'smtp';
}

function deliver(line: Line, address: string, { outcome, how }: End): void {
  const { event, emit } = line;
  begin(line, 'delivery');
  event.what = 'untimed';
  event.setText(F.recipient, address);
  event.outcome = outcome;
  event.how = how;
  emit(event);
}

function readSummary(line: Line): ParseResult {
  const { row, c, event, emit } = line;
  const address = row.text(c.recipient).trim();
  arrival(line, address);
  const word = row
    .text(c.status)
    .toLowerCase()
    .replaceAll(/[\s_-]/g, '');
  if (!ENDS.has(word)) return 'unknown';
  const end = ENDS.get(word);
  if (end === undefined || address === '') return 'event';
  // ToIP is empty of what came to a mailbox of ours
  const isSent = word === 'delivered' && !isBlankCell(row, c.toIp);
  if (!isSent) {
    deliver(line, address, end);
    return 'event';
  }
  begin(line, 'delivery');
  event.what = 'untimed';
  event.setText(F.recipient, address);
  event.outcome = 'sent';
  event.how = 'remote';
  setCell(event, F.relayIp, row, c.toIp);
  emit(event);
  return 'event';
}

/** `addr##Receive, Send;addr2##Receive, Fail`: the last verb that is known decides. */
function readEnhanced(line: Line): ParseResult {
  const { row, c } = line;
  const parts = row.text(c.statuses).split(';', MAX_RECIPIENTS).map(partOf);
  const known = parts.filter(({ address }) => address !== '');
  arrival(line, known.map(({ address }) => address).join(' '));
  let isKnown = true;
  for (const { address, verbs } of known) {
    const verb = verbs.findLast((one) => ENDS.has(one) && one !== '');
    if (verb === undefined) {
      isKnown &&= verbs.every((one) => one === '');
      continue;
    }
    const end = ENDS.get(verb);
    if (end !== undefined) deliver(line, address, end);
  }
  return isKnown ? 'event' : 'unknown';
}

function partOf(text: string): { address: string; verbs: string[] } {
  const mark = text.lastIndexOf('##');
  if (mark < 0) return { address: text.trim(), verbs: [] };
  const verbs = text.slice(mark + 2).split(',', 64);
  return {
    address: text.slice(0, mark).trim(),
    verbs: verbs.map((verb) => verb.trim().toLowerCase().replaceAll(' ', '')),
  };
}
