/**
 * A row of Google's Email Log Search export -> events. One row is one event of a mail for its recipients; a mail has no id but
 * its Message-ID.
 * Source: support.google.com/a/answer/13828463 (fields and Event targets). Event status is a text for people that changes: it
 *         is known by its leading words, in English alone.
 */
import type { CsvHeader, CsvRow } from '../../model/csv-row.ts';
import type { Frame } from '../../model/frame.ts';
import { F, type EventKind, type LogEvent, type Outcome, type SentHow } from '../../model/log-event.ts';
import type { Emit, ParseResult } from '../../model/log-format.ts';
import { cellNumber, isBlankCell, setBare, setCell } from '../csv-cells.ts';

/** The session was refused before a Message-ID was seen: many rows have this one. */
const NO_MAIL = 'SMTPIN_ADDED_REJECT_SESSION';
const MAX_RECIPIENTS = 5000;

interface Columns {
  readonly id: number;
  readonly sender: number;
  readonly size: number;
  readonly subject: number;
  readonly direction: number;
  readonly recipient: number;
  readonly target: number;
  readonly status: number;
}

const WORDS: readonly (readonly [RegExp, Outcome | 'by-target'])[] = [
  [/^(?:bounced|failed|undeliver)/i, 'bounced'],
  [/^reject/i, 'rejected'],
  [/quarantin/i, 'quarantined'],
  [/^(?:dropped|discard)/i, 'discarded'],
  [/^(?:deferred|delayed|temporar|retry)/i, 'deferred'],
  [/^(?:delivered|inserted|bypassed|archived|accepted|received|sent|marked|expanded|success)/i, 'by-target'],
];

/** What a target says of the recipient; the servers inside of Google say nothing. */
const TARGETS: ReadonlyMap<string, readonly [Outcome, SentHow | '', string]> = new Map([
  ['GMAIL_INBOX', ['sent', 'mailbox', '']],
  ['GMAIL_SPAM', ['sent', 'mailbox', 'Spam']],
  ['SMTP_OUT', ['sent', 'remote', '']],
  ['LIST_SERVER', ['expanded', '', '']],
]);
const SILENT = new Set(['SMTP_IN', 'INTERNAL_SERVER', 'ARCHIVE_LIST_SERVER', '']);

export class Rows {
  private header: CsvHeader | undefined;
  private columns: Columns | undefined;

  parse(frame: Frame, row: CsvRow, event: LogEvent, emit: Emit): ParseResult {
    if (this.columns === undefined || this.header !== row.header) {
      const { header } = row;
      this.header = header;
      this.columns = {
        id: header.at('messageid'),
        sender: header.at('sender', 'senderaddress'),
        size: header.at('messagesize'),
        subject: header.at('subject'),
        direction: header.at('direction'),
        recipient: header.at('recipientaddress', 'recipient'),
        target: header.at('eventtarget'),
        status: header.at('eventstatus'),
      };
    }
    if (isBlankCell(row, this.columns.id)) return 'unknown';
    return read(frame, row, this.columns, event, emit);
  }
}

function read(frame: Frame, row: CsvRow, c: Columns, event: LogEvent, emit: Emit): ParseResult {
  const addresses = addressesOf(row.text(c.recipient));
  const status = row.text(c.status).trim();
  if (row.text(c.id).includes(NO_MAIL)) {
    refuse(frame, row, c, event, addresses, status);
    emit(event);
    return 'event';
  }
  begin(event, 'arrival', frame, row, c);
  setBare(event, F.messageId, row, c.id);
  setBare(event, F.sender, row, c.sender);
  if (row.text(c.subject) !== 'N/A') setCell(event, F.subject, row, c.subject);
  event.size = cellNumber(row, c.size);
  if (addresses.length > 0) event.setText(F.recipients, addresses.join(' '));
  const direction = row.text(c.direction).toLowerCase();
  event.origin = direction.startsWith('received') ? 'smtp' : direction.startsWith('sent') ? 'local' : '';
  event.active = true;
  emit(event);
  const target = row.text(c.target).trim().toUpperCase();
  const word = WORDS.find(([words]) => words.test(status))?.[1];
  const place = TARGETS.get(target);
  if (word === undefined || (word === 'by-target' && place === undefined))
    return SILENT.has(target) && word !== undefined ? 'event' : status === '' ? 'event' : 'unknown';
  for (const address of addresses) {
    begin(event, 'delivery', frame, row, c);
    event.setText(F.recipient, address);
    if (word === 'by-target') {
      const [outcome, how, mailbox] = place as readonly [Outcome, SentHow | '', string];
      event.outcome = outcome;
      event.how = how;
      if (mailbox !== '') event.setText(F.mailbox, mailbox);
    } else {
      event.outcome = word === 'rejected' ? 'bounced' : word;
      setCell(event, F.reply, row, c.status);
    }
    emit(event);
  }
  return 'event';
}

function refuse(frame: Frame, row: CsvRow, c: Columns, event: LogEvent, addresses: string[], status: string): void {
  event.reset('refusal', frame);
  event.system = 'google-els';
  event.instance = 'google-els';
  event.stage = 'RCPT';
  event.outcome = /temporar|defer/i.test(status) ? 'tempfailed' : 'rejected';
  if (addresses.length > 0) event.setText(F.recipient, addresses[0] as string);
  if (row.text(c.sender) !== 'N/A') setBare(event, F.sender, row, c.sender);
  setCell(event, F.reply, row, c.status);
}

function begin(event: LogEvent, kind: EventKind, frame: Frame, row: CsvRow, c: Columns): void {
  event.reset(kind, frame);
  event.system = 'google-els';
  event.instance = 'google-els';
  event.unclosed = true;
  event.lasting = true;
  setBare(event, F.queueId, row, c.id);
}

function addressesOf(text: string): string[] {
  return text
    .split(/[,;]/, MAX_RECIPIENTS)
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'N/A');
}
