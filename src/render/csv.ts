/**
 * CSV: one row a recipient, a fixed header of contract paths, or the paths of --fields.
 * Shape:  RFC 4180 with line feeds as line ends (as most tools of Unix write it; RFC 4180 readers take both); an empty cell
 *         where the log does not say; the null sender is `<>`. Entries that our server added (bcc, redirect) have rows too.
 *         Text cells are guarded against formulas, number cells are bare numbers.
 */
import type { Message } from '../model/message.ts';
import { csvText } from './escape.ts';
import { parseFields, valueText } from './fields.ts';
import type { FieldPath } from './fields.ts';
import { rowsOf } from './rows.ts';
import type { Clock } from './times.ts';

/** The header where --fields does not choose: part of the contract, only ever added to at its end. */
export const CSV_HEADER = [
  'time',
  'sender',
  'recipient.address',
  'recipient.finalAddress',
  'subject',
  'recipient.action',
  'recipient.status',
  'recipient.code',
  'recipient.dsn',
  'recipient.reason',
  'recipient.reply',
  'recipient.time',
  'recipient.delay',
  'recipient.relay.name',
  'recipient.relay.ip',
  'recipient.remoteId',
  'recipient.mailbox',
  'recipient.added',
  'direction',
  'kind',
  'state',
  'size',
  'client.ip',
  'client.name',
  'client.user',
  'from',
  'messageId',
  'hops.queueId',
  'id',
] as const;

export interface CsvOptions {
  clock: Clock;
  /** standard output is a terminal: hide nothing from the eye */
  tty: boolean;
  fields?: readonly FieldPath[];
}

export class Csv {
  readonly #options: CsvOptions;
  readonly #fields: readonly FieldPath[];

  constructor(options: CsvOptions) {
    this.#options = options;
    this.#fields = options.fields ?? parseFields(CSV_HEADER.join(','));
  }

  /** The header line; printed even where nothing matches. */
  head(): string {
    return `${this.#fields.map((field) => csvText(field.text)).join(',')}\n`;
  }

  /** The rows of one message. */
  message(message: Message): string {
    const { clock, tty } = this.#options;
    let text = '';
    for (const row of rowsOf(message, true)) {
      const cells = this.#fields.map((field) => {
        if (message.sender === '' && field.text === 'sender') return '<>';
        const value = valueText(field, message, row.recipient, clock);
        return field.kind === 'number' ? value : csvText(value, tty);
      });
      text += `${cells.join(',')}\n`;
    }
    return text;
  }
}
