/**
 * Prints what a search found, in the format asked for, no faster than it is read.
 */
import { foldAddress } from '../filter/address.ts';
import type { Io } from '../io.ts';
import type { Message, Session } from '../model/message.ts';
import type { RunResult } from '../pipeline/run.ts';
import type { Counts, GroupCount } from '../render/counts.ts';
import {
  countJson,
  countText,
  groupsCsv,
  groupsJson,
  groupsJsonArray,
  groupsTable,
  sessionJson,
  sessionsTable,
} from '../render/counts.ts';
import { Csv } from '../render/csv.ts';
import { fieldTree } from '../render/fields.ts';
import type { Tally } from '../render/footer.ts';
import { recipientsOf } from '../render/rows.ts';
import { JsonStream, messageWriter } from '../render/json.ts';
import { RawStream } from '../render/raw.ts';
import { Table } from '../render/table.ts';
import type { Engine } from './engine.ts';
import { LINES_BATCH, rawLinesOf } from './engine.ts';
import type { Patience } from './patience.ts';
import { redactedPrinter } from './redacting.ts';
import type { SearchOptions } from './search-options.ts';
import { csvForm, jsonForm } from './spool/form.ts';
import type { Form } from './spool/form.ts';
import { rawForm } from './spool/raw-form.ts';
import type { Spool } from './spool/spool.ts';
import { wholeForm } from './spool/whole-form.ts';
import type { Printer } from './spool/whole-form.ts';

function printerOf(options: SearchOptions): Printer {
  const { redactor } = options;
  return redactor === undefined ? plainPrinter(options) : redactedPrinter(plainPrinter(options), redactor);
}

function plainPrinter(options: SearchOptions): Printer {
  const { format, screen, fields } = options;
  const chosen = fields === undefined ? {} : { fields };
  switch (format) {
    case 'json':
    case 'ndjson': {
      const stream = new JsonStream(
        messageWriter(screen.clock, fields === undefined ? undefined : fieldTree(fields)),
        format,
      );
      return { head: '', message: (message, lines) => stream.message(message, lines), end: () => stream.end() };
    }
    case 'csv': {
      const csv = new Csv({ clock: screen.clock, tty: screen.tty, ...chosen });
      return { head: csv.head(), message: (message) => csv.message(message), end: () => '' };
    }
    case 'raw': {
      const stream = new RawStream(screen.tty);
      return { head: '', message: (_, lines) => stream.chain(lines ?? []), end: () => '' };
    }
    default: {
      const { patterns } = options.filter;
      const isSearched = (address: string): boolean => {
        const folded = foldAddress(address);
        return patterns.some(({ matches }) => matches(folded));
      };
      // Raw lines stand under their row, not in a cell of it.
      const columns = fields?.filter(({ keys }) => keys[0] !== 'lines') ?? [];
      const table = new Table({ screen, isSearched, ...(columns.length === 0 ? {} : { fields: columns }) });
      return { head: '', message: (message, lines) => table.message(message, lines), end: () => table.end() };
    }
  }
}

/** How messages are kept until all are known: as what will be printed, where that depends on nothing else. */
export function formOf(options: SearchOptions, engine: Engine): Form {
  const { format, screen, fields, raw } = options;
  const showsField = (...names: string[]): boolean =>
    fields === undefined || fields.some(({ keys }) => names.includes(keys[0] ?? ''));
  // what is printed is not what stands in the log
  if (options.redactor !== undefined || engine.scope !== undefined)
    return wholeForm(printerOf(options), raw ? engine : undefined);
  const isJson = format === 'json' || format === 'ndjson';
  if (isJson && !(raw && showsField('lines')))
    return jsonForm(screen.clock, fields === undefined ? undefined : fieldTree(fields), format === 'json');
  if (format === 'csv' && (fields === undefined || !showsField('links', 'notes')))
    return csvForm(new Csv({ clock: screen.clock, tty: screen.tty, ...(fields === undefined ? {} : { fields }) }));
  if (format === 'raw' && !screen.tty) return rawForm();
  return wholeForm(printerOf(options), raw ? engine : undefined);
}

/** Writes, and waits where the reader is behind. False where the reader has gone. */
async function put(io: Io, piece: string | Uint8Array): Promise<boolean> {
  if (piece.length > 0 && !io.stdout.write(piece)) await io.stdout.drained();
  return !io.stdout.closed;
}

export interface Printed extends Tally {
  /** of the first message */
  firstId?: string;
}

/** So many messages are printed even after Ctrl-C: a screen of them, and more than --limit leaves on a terminal. */
const LEAST = LINES_BATCH;
const LOOK_EVERY = 16;

/** Prints all that is kept. Returns how many messages, when they have been written, the reader has gone, or nobody wants to wait. */
export async function printSpool(spool: Spool, io: Io, result: RunResult, patience: Patience): Promise<Printed> {
  const printed: Printed = { messages: 0, recipients: 0 };
  const { form } = spool;
  if (!(await put(io, form.head))) return printed;
  for await (const batch of spool.batches(LEAST, () => patience.isOver())) {
    if (printed.messages === 0) printed.firstId = batch.id(0);
    if (!(await put(io, form.print(batch, result)))) return printed;
    printed.messages += batch.count;
    printed.recipients += batch.recipients;
    if (printed.messages >= LEAST && (await patience.isOver())) break;
  }
  await put(io, form.end());
  return printed;
}

/** Prints the messages. Returns how many, when they have been written, the reader has gone, or nobody wants to wait. */
export async function printMessages(
  messages: readonly Message[],
  options: SearchOptions,
  io: Io,
  engine: Engine,
  result: RunResult,
  patience: Patience,
): Promise<Printed> {
  const printed: Printed = { messages: 0, recipients: 0, ...(messages[0] && { firstId: messages[0].id }) };
  const printer = printerOf(options);
  if (!(await put(io, printer.head))) return printed;
  while (printed.messages < messages.length && (printed.messages < LEAST || !(await patience.isOver()))) {
    const batch = messages.slice(printed.messages, printed.messages + LINES_BATCH);
    const lines = options.raw ? rawLinesOf(engine, batch, result) : undefined;
    for (const [i, message] of batch.entries()) {
      if (!(await put(io, printer.message(message, lines?.[i])))) return printed;
      printed.messages++;
      printed.recipients += recipientsOf(message);
      // Not at every message: an await costs more than a small row.
      if (printed.messages >= LEAST && printed.messages % LOOK_EVERY === 0 && (await patience.isOver())) break;
    }
  }
  await put(io, printer.end());
  return printed;
}

export async function printCounts(counts: Counts, options: SearchOptions, io: Io): Promise<void> {
  const { format, screen } = options;
  if (format === 'json' || format === 'ndjson') await put(io, countJson(counts));
  else if (format === 'csv') {
    const rows = Object.entries(counts.byStatus).map(([status, count]) => `${status},${count}\n`);
    await put(io, `what,count\nmessages,${counts.messages}\nrecipients,${counts.recipients}\n${rows.join('')}`);
  } else await put(io, countText(counts, screen));
}

export async function printGroups(groups: readonly GroupCount[], options: SearchOptions, io: Io): Promise<void> {
  const { format, screen, groupBy = '' } = options;
  if (format === 'ndjson') await put(io, groupsJson(groups));
  else if (format === 'json') await put(io, groupsJsonArray(groups));
  else if (format === 'csv') await put(io, groupsCsv(groups, groupBy, screen.tty));
  else await put(io, groupsTable(groups, groupBy, screen));
}

/** The sessions that brought no mail. */
export async function printSessions(
  given: readonly Session[],
  options: SearchOptions,
  io: Io,
  engine: Engine,
  result: RunResult,
): Promise<void> {
  const { format, screen, redactor } = options;
  const exact = options.raw ? rawLinesOf(engine, given, result) : undefined;
  const lines = redactor === undefined ? exact : exact?.map((chain, i) => redactor.lines(chain, given[i] as Session));
  const sessions = redactor === undefined ? given : given.map((session) => redactor.session(session));
  const linesOf = new Map(sessions.map((session, i) => [session, lines?.[i] ?? []]));
  if (format === 'raw') {
    const stream = new RawStream(screen.tty);
    for (const chain of lines ?? []) if (!(await put(io, stream.chain(chain)))) return;
  } else if (format === 'json' || format === 'ndjson') {
    const texts = sessions.map((session, i) => sessionJson(session, screen.clock, lines?.[i]));
    const array = texts.length === 0 ? '[]\n' : `[\n${texts.map((text) => text.trimEnd()).join(',\n')}\n]\n`;
    await put(io, format === 'json' ? array : texts.join(''));
  } else
    await put(
      io,
      sessionsTable(sessions, screen, lines === undefined ? undefined : (session) => linesOf.get(session) ?? []),
    );
}
