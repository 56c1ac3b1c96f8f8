/**
 * Messages kept whole, as JSON, where what is printed of one depends on others (the widths of a table) or on raw lines.
 */
import type { Message } from '../../model/message.ts';
import type { RunResult } from '../../pipeline/run.ts';
import type { RawLine } from '../../render/contract.ts';
import { ByteReader } from '../../util/byte-writer.ts';
import type { Engine } from '../engine.ts';
import { LINES_BATCH, rawLinesOf } from '../engine.ts';
import { readChain, writeChain } from './chain-bytes.ts';
import type { Form } from './form.ts';
import type { Batch } from './spool.ts';

/** What prints messages one after the other. */
export interface Printer {
  head: string;
  message(message: Message, lines: readonly RawLine[] | undefined): string | Uint8Array;
  end(): string;
}

/** `engine`: reads the raw lines, where these are printed. */
export function wholeForm(printer: Printer, engine: Engine | undefined): Form {
  return {
    showsLate: true,
    mostAtOnce: LINES_BATCH,
    head: printer.head,
    keep(message, out) {
      const { lines = [], ...others } = message;
      const text = JSON.stringify(others);
      out.count(Buffer.byteLength(text));
      out.text(text);
      if (engine !== undefined) writeChain(lines, out);
    },
    print(batch, result: RunResult) {
      const messages = messagesOf(batch, engine !== undefined);
      const lines = engine === undefined ? undefined : rawLinesOf(engine, messages, result);
      const pieces = messages.map((message, i) => printer.message(message, lines?.[i]));
      return pieces.every((piece) => typeof piece === 'string')
        ? pieces.join('')
        : Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
    },
    end: () => printer.end(),
  };
}

function messagesOf(batch: Batch, withLines: boolean): Message[] {
  return Array.from({ length: batch.count }, (_, i) => {
    const reader = new ByteReader(batch.bytes, batch.start(i));
    const message = JSON.parse(reader.text(reader.count())) as Message;
    batch.addLate(i, message);
    if (withLines) message.lines = readChain(batch.bytes, reader.at);
    return message;
  });
}
