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
  /** printed before all */
  readonly head: string;
  /** What is kept of a message. */
  keep(message: Message, out: ByteWriter): void;
  /** What is printed of these. The bytes of the batch are not used again. */
  print(batch: Batch, result: RunResult): string | Uint8Array;
  /** printed after all */
  end(): string;
}

const MOST_AT_ONCE = 1000;
const LINE_FEED = 0x0a;

/** Objects, a line each or (`array`) as a list. */
export function jsonForm(clock: Clock, tree: FieldTree | undefined, array: boolean): Form {
  const put = messagePutter(clock, tree);
  const putAgain = printedPutter(tree);
  const out = new ByteWriter();
  let isAny = false;
  // `,` and a line feed before each of a list (the first comma becomes the bracket), a line feed behind each line
  const before = array ? 2 : 0;
  const after = array ? 0 : 1;
  const withLate = (batch: Batch): Uint8Array => {
    out.length = 0;
    for (let i = 0; i < batch.count; i++) {
      const start = batch.start(i);
      const end = batch.start(i + 1);
      const printed = batch.hasLate(i)
        ? (JSON.parse(batch.bytes.toString('utf8', start + before, end - after)) as Partial<Message>)
        : undefined;
      const changed = printed && { ...printed, notes: printed.notes ?? [], links: printed.links ?? [] };
      if (changed === undefined || !batch.addLate(i, changed)) out.put(batch.bytes.subarray(start, end));
      else {
        out.put(batch.bytes.subarray(start, start + before));
        putAgain(changed, out);
        out.put(batch.bytes.subarray(end - after, end));
      }
    }
    return Uint8Array.from(out.view());
  };
  return {
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
