/**
 * How a message is kept until it is printed: as the very bytes that will be printed, where they are known when it is told.
 */
import type { Message } from '../../model/message.ts';
import type { Csv } from '../../render/csv.ts';
import type { FieldTree } from '../../render/fields.ts';
import { messagePutter, printedPutter } from '../../render/json.ts';
import type { Clock } from '../../render/times.ts';
import { ByteWriter } from '../../util/byte-writer.ts';
import type { RunResult } from '../../pipeline/run.ts';
import type { Batch } from './spool.ts';

export interface Form {
  /** links and notes that come after a message was told are printed */
  readonly showsLate: boolean;
  /** messages that are printed at once, at most */
  readonly mostAtOnce: number;
  /** only the places of its raw lines are kept of a message */
  readonly isChains?: true;
  /** printed before all */
  readonly head: string;
  /** What is kept of a message. */
  keep(message: Message, out: ByteWriter): void;
  /** JSON is kept as it is, `list`: a comma and a line feed before each, else a line feed behind; only where all fields are printed. */
  readonly keepsJson?: 'list' | 'lines';
  /** Of what is kept of a message its JSON, and its id. */
  jsonOf?(kept: Buffer): string;
  idOf?(kept: Buffer): string;
  /** What is printed of these. The bytes of the batch are not used again. */
  print(batch: Batch, result: RunResult): string | Uint8Array;
  /** printed after all */
  end(): string;
}

const MOST_AT_ONCE = 1000;
const LINE_FEED = 0x0a;
const LINKS = '"links":[';
const QUOTE = 0x22;
/** `{"v":1,"id":"` */
const ID_START = 13;

/** Objects, a line each or (`array`) as a list. */
export function jsonForm(clock: Clock, tree: FieldTree | undefined, array: boolean): Form {
  const put = messagePutter(clock, tree);
  const putAgain = printedPutter(tree);
  const out = new ByteWriter();
  let isAny = false;
  // `,` and a line feed before each of a list (the first comma becomes the bracket), a line feed behind each line
  const before = array ? 2 : 0;
  const after = array ? 0 : 1;
  const putLate = (batch: Batch, i: number, late: Pick<Message, 'links' | 'notes'>): void => {
    const start = batch.start(i);
    const end = batch.start(i + 1);
    const object = batch.bytes.subarray(start + before, end - after);
    out.put(batch.bytes.subarray(start, start + before));
    if (tree === undefined && late.notes.length === 0 && !object.includes(LINKS)) {
      // links are the last member, and in a text the quotes of this would have backslashes
      out.put(object);
      const at = out.length - 1;
      out.length = at;
      putAgain({ links: late.links }, out);
      out.bytes[at] = 0x2c;
    } else {
      const printed = JSON.parse(object.toString('utf8')) as Partial<Message>;
      const changed = { ...printed, notes: printed.notes ?? [], links: printed.links ?? [] };
      batch.addLate(i, changed);
      putAgain(changed, out);
    }
    out.put(batch.bytes.subarray(end - after, end));
  };
  const withLate = (batch: Batch): Uint8Array => {
    out.length = 0;
    let done = 0;
    for (let i = 0; i < batch.count; i++) {
      if (!batch.hasLate(i)) continue;
      const late = { links: [], notes: [] };
      if (!batch.addLate(i, late)) continue;
      out.put(batch.bytes.subarray(done, batch.start(i)));
      putLate(batch, i, late);
      done = batch.start(i + 1);
    }
    out.put(batch.bytes.subarray(done, batch.start(batch.count)));
    return Uint8Array.from(out.view());
  };
  const asJson: Pick<Form, 'keepsJson' | 'jsonOf' | 'idOf'> = {
    keepsJson: array ? 'list' : 'lines',
    jsonOf: (kept) => kept.toString('utf8', before, kept.length - after),
    idOf: (kept) => kept.toString('latin1', before + ID_START, kept.indexOf(QUOTE, before + ID_START)),
  };
  return {
    ...(tree === undefined ? asJson : {}),
    showsLate: tree === undefined || tree.has('links') || tree.has('notes'),
    mostAtOnce: MOST_AT_ONCE,
    head: '',
    keep(message, into) {
      if (array) into.ascii(',\n');
      put(message, into);
      if (!array) into.byte(LINE_FEED);
    },
    print(batch) {
      isAny = true;
      if (array && batch.isFirst) batch.bytes[0] = 0x5b;
      for (let i = 0; i < batch.count; i++) if (batch.hasLate(i)) return withLate(batch);
      return batch.bytes;
    },
    end: () => (array ? (isAny ? '\n]\n' : '[]\n') : ''),
  };
}

/** Rows that show no links or notes. */
export function csvForm(csv: Csv): Form {
  return {
    showsLate: false,
    mostAtOnce: MOST_AT_ONCE,
    head: csv.head(),
    keep: (message, out) => out.text(csv.message(message)),
    print: ({ bytes }) => bytes,
    end: () => '',
  };
}
