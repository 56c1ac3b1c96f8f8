/**
 * The table of `search`: one row a recipient.
 * Shape:  time, sender, recipient, subject, action, status, code; from 120 columns on also the sending server and the id.
 *         On a terminal it fits the width exactly: addresses are cut in their middle, subjects at their end; where room is
 *         short, the words that say least go first (see STEPS). In a pipe: all columns, nothing cut, two blanks or more
 *         between columns, `-` for what the log does not say, times that sort (`2026-11-21 09:15:02`).
 * Memory: a terminal's rows are few (--limit 100) and are held until the end; a pipe's widths are those of its first 1,000
 *         rows, later ones may overflow.
 */
import { GROUP_OF_STATUS } from '../model/words.ts';
import type { Message } from '../model/message.ts';
import { visible } from '../util/visible.ts';
import type { RawLine } from './contract.ts';
import { valueText } from './fields.ts';
import type { FieldPath } from './fields.ts';
import { fitWidths, layoutLine, neededWidths } from './layout.ts';
import type { Cell, ColumnStyle } from './layout.ts';
import { indentedLines } from './raw.ts';
import { addressText, codeText, hostCell, recipientCell, rowsOf, statusText } from './rows.ts';
import type { IsSearched, Row } from './rows.ts';
import { paintOf } from './screen.ts';
import type { Paint, Screen } from './screen.ts';

const WIDE_FROM = 120;
const SAMPLE_ROWS = 1000;
/** Rows of a terminal that are held to fit them; beyond (--limit was raised) the widths stay as they are. */
const HELD_ROWS = 5000;

/** How much is said, from all to least. */
interface Density {
  /** taken where each column that is cut keeps at least so much */
  comfort: number;
  gap: number;
  /** `Nov 21 09:15:02`; else without seconds, or `09:15:02` under a head that names the only day */
  fullTime: boolean;
  /** `refused for now (450)` and not without the code that the next column tells */
  fullStatus: boolean;
  /** `550 5.1.1`, else `550` */
  fullCode: boolean;
  /** a column of its own; else with the status where it says something else: `delivered, tagged` */
  ownAction: boolean;
}

const STEPS: readonly Density[] = [
  { comfort: 24, gap: 2, fullTime: true, fullStatus: true, fullCode: true, ownAction: true },
  { comfort: 20, gap: 2, fullTime: false, fullStatus: true, fullCode: true, ownAction: true },
  { comfort: 16, gap: 2, fullTime: false, fullStatus: false, fullCode: true, ownAction: true },
  { comfort: 16, gap: 1, fullTime: false, fullStatus: false, fullCode: true, ownAction: true },
  { comfort: 16, gap: 1, fullTime: false, fullStatus: false, fullCode: false, ownAction: true },
  { comfort: 0, gap: 1, fullTime: false, fullStatus: false, fullCode: false, ownAction: false },
];

interface Column extends ColumnStyle {
  /** the same in every row of a message: dimmed from its second row on */
  ofMessage?: true;
  cell: (row: Row) => Cell;
}

export interface TableOptions {
  screen: Screen;
  /** the columns of --fields in place of the usual ones */
  fields?: readonly FieldPath[];
  /** tells which addresses the search asks for */
  isSearched?: IsSearched;
}

/** Whether an action says more than its status: `accepted` and `rejected` of a rejected mail do not. */
function addsToStatus(action: string | undefined, status: string): boolean {
  return action !== undefined && action !== 'accepted' && action !== 'tempfailed' && action !== status;
}

function statusCell(row: Row, paint: Paint, { fullStatus, ownAction }: Density): Cell {
  const { recipient } = row;
  const text = statusText(recipient, fullStatus);
  if (recipient === undefined) return { text };
  const withAction = !ownAction && text === recipient.status && addsToStatus(recipient.action, recipient.status);
  return {
    text: withAction ? `${text}, ${recipient.action}` : text,
    paint: paint.group[GROUP_OF_STATUS[recipient.status]],
  };
}

function subjectText(message: Message): string {
  return message.subject === undefined ? '-' : visible(message.subject);
}

/** The rows' times and the head of their column. */
function timeColumn(screen: Screen, rows: readonly Row[], density: Density): Column {
  const { clock } = screen;
  const year = clock.year(screen.now);
  if (!screen.tty)
    return { head: 'TIME', cut: 'never', ofMessage: true, cell: (row) => ({ text: clock.plain(row.message.time) }) };
  if (density.fullTime)
    return {
      head: 'TIME',
      cut: 'never',
      ofMessage: true,
      cell: (row) => ({ text: clock.short(row.message.time, year) }),
    };
  const days = new Set(rows.map((row) => clock.day(row.message.time, year)));
  const [onlyDay] = days;
  if (days.size === 1 && onlyDay !== undefined && onlyDay.length <= 8) {
    return {
      head: onlyDay.toUpperCase(),
      cut: 'never',
      ofMessage: true,
      cell: (row) => ({ text: clock.time(row.message.time) }),
    };
  }
  return {
    head: 'TIME',
    cut: 'never',
    ofMessage: true,
    cell: (row) => ({ text: clock.short(row.message.time, year).slice(0, -3) }),
  };
}

function usualColumns(
  { screen, isSearched }: TableOptions,
  rows: readonly Row[],
  density: Density,
  paint: Paint,
): Column[] {
  const columns: Column[] = [
    timeColumn(screen, rows, density),
    { head: 'SENDER', cut: 'middle', ofMessage: true, cell: (row) => ({ text: addressText(row.message.sender) }) },
    { head: 'RECIPIENT', cut: 'middle', cell: (row) => recipientCell(row, isSearched) },
    { head: 'SUBJECT', cut: 'end', ofMessage: true, cell: (row) => ({ text: subjectText(row.message) }) },
  ];
  if (density.ownAction)
    columns.push({ head: 'ACTION', cut: 'never', cell: (row) => ({ text: row.recipient?.action ?? '-' }) });
  columns.push(
    {
      head: 'STATUS',
      ...(density.ownAction ? { cut: 'never' } : { cut: 'end', most: 16 }),
      cell: (row) => statusCell(row, paint, density),
    },
    { head: 'CODE', cut: 'never', cell: (row) => ({ text: codeText(row.recipient, density.fullCode) }) },
  );
  if (!screen.tty || screen.columns >= WIDE_FROM) {
    columns.push(
      { head: 'FROM SERVER', cut: 'end', ofMessage: true, cell: (row) => hostCell(row.message.client) },
      { head: 'ID', cut: 'never', ofMessage: true, cell: (row) => ({ text: visible(row.message.id) }) },
    );
  }
  return columns;
}

function fieldColumns(screen: Screen, fields: readonly FieldPath[]): Column[] {
  return fields.map((field) => ({
    head: field.text,
    cut:
      field.keys.at(-1) === 'subject' || field.keys.at(-1) === 'reply'
        ? 'end'
        : field.kind === 'text'
          ? 'middle'
          : field.kind === 'word' || field.kind === 'time' || field.kind === 'number'
            ? 'never'
            : 'end',
    right: field.kind === 'number',
    cell: (row) => ({ text: cellOfField(row, field, screen) }),
  }));
}

function cellOfField(row: Row, field: FieldPath, screen: Screen): string {
  const value =
    field.keys[0] === 'sender' && row.message.sender === ''
      ? '<>'
      : valueText(field, row.message, row.recipient, screen.clock);
  return value === '' ? '-' : visible(value);
}

/** Prints rows: give it messages, print what it returns, and at the end what end() returns. */
export class Table {
  readonly #options: TableOptions;
  readonly #screen: Screen;
  readonly #paint: Paint;
  readonly #fields: readonly FieldPath[] | undefined;
  #held: { row: Row; lines: readonly RawLine[] | undefined }[] | undefined = [];
  #columns: Column[] = [];
  #widths: readonly number[] = [];
  #gap = 2;

  constructor(options: TableOptions) {
    this.#options = options;
    this.#screen = options.screen;
    this.#paint = paintOf(options.screen);
    this.#fields = options.fields;
  }

  /** Text to print now for one more message; '' while the widths are not known yet. */
  message(message: Message, lines?: readonly RawLine[]): string {
    const rows = rowsOf(message);
    const entries = rows.map((row, i) => ({ row, lines: i === rows.length - 1 ? lines : undefined }));
    if (this.#held === undefined) return entries.map((entry) => this.#entry(entry)).join('');
    this.#held.push(...entries);
    return this.#held.length >= (this.#screen.tty ? HELD_ROWS : SAMPLE_ROWS) ? this.#release() : '';
  }

  /** The rest; '' where nothing was printed. */
  end(): string {
    return this.#held === undefined || this.#held.length === 0 ? '' : this.#release();
  }

  #release(): string {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#settle(held.map((entry) => entry.row));
    const heads = this.#columns.map((column) => ({ text: column.head, paint: this.#paint.head }));
    return `${this.#line(heads)}${held.map((entry) => this.#entry(entry)).join('')}`;
  }

  /** Chooses columns and widths for these rows. */
  #settle(rows: readonly Row[]): void {
    const screen = this.#screen;
    const steps = this.#fields === undefined && screen.tty ? STEPS : STEPS.slice(0, 1);
    for (const density of steps) {
      const columns =
        this.#fields === undefined
          ? usualColumns(this.#options, rows, density, this.#paint)
          : fieldColumns(screen, this.#fields);
      const needed = neededWidths(
        columns,
        rows.map((row) => columns.map((column) => column.cell(row))),
      );
      this.#columns = columns;
      this.#gap = density.gap;
      this.#widths = needed;
      if (!screen.tty) return;
      const fit = fitWidths(columns, needed, screen.columns, density.gap);
      this.#widths = fit.widths;
      if (fit.tightest >= density.comfort) return;
    }
  }

  #line(cells: readonly Cell[]): string {
    return `${layoutLine(this.#columns, cells, this.#widths, this.#gap, this.#screen.tty)}\n`;
  }

  #entry({ row, lines }: { row: Row; lines: readonly RawLine[] | undefined }): string {
    const cells = this.#columns.map((column) => {
      const cell = column.cell(row);
      return row.first || column.ofMessage !== true ? cell : { ...cell, paint: this.#paint.dim };
    });
    const text = this.#line(cells);
    return lines === undefined || lines.length === 0 ? text : text + indentedLines(lines);
  }
}
