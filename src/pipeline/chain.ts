/**
 * Raw lines: where each stands, and how its exact bytes are had back.
 */
import type { Frame } from '../model/frame.ts';
import type { ChainLine } from '../model/message.ts';
import type { InputFile } from '../sources/input-file.ts';
import { rereadLines } from '../sources/reread.ts';
import { canReread } from '../sources/spool/read-at.ts';
import type { LineStream } from './line-stream.ts';

/** Makes the records of raw lines: where each stands, and its bytes where they cannot be read again. */
export class Chain {
  private order = 0;
  private stream: LineStream | undefined = undefined;
  private last: ChainLine | undefined = undefined;
  private readonly seekable: readonly boolean[];

  constructor(files: readonly InputFile[]) {
    this.seekable = files.map(canReread);
  }

  /** The next line stands in this stream. */
  at(stream: LineStream): void {
    this.stream = stream;
    this.last = undefined;
  }

  /** The same record for the same line, however many events it gave. */
  keep(frame: Frame): ChainLine {
    if (this.last !== undefined) return this.last;
    const { source, line, offset, length, at, host } = frame;
    const record: ChainLine = { source, line, offset, length, at, order: this.order++ };
    if (host !== undefined) record.host = host;
    const { stream } = this;
    if (this.seekable[source] !== true && stream !== undefined)
      record.bytes = frame.isJoined
        ? Uint8Array.prototype.slice.call(frame.bytes, frame.body, frame.end)
        : Uint8Array.prototype.slice.call(stream.bytes, stream.lineStart, stream.lineEnd);
    this.last = record;
    return record;
  }
}

/** The exact bytes of raw lines; undefined for a line that is no longer there. */
export function readLines(
  lines: readonly ChainLine[],
  files: readonly InputFile[],
): Map<ChainLine, Uint8Array | undefined> {
  const out = new Map<ChainLine, Uint8Array | undefined>();
  const bySource = new Map<number, ChainLine[]>();
  for (const line of lines) {
    if (line.bytes !== undefined) out.set(line, line.bytes);
    else {
      const list = bySource.get(line.source);
      if (list) list.push(line);
      else bySource.set(line.source, [line]);
    }
  }
  for (const [source, list] of bySource) {
    const file = files[source];
    const texts = file === undefined ? [] : rereadLines(file, list);
    list.forEach((line, i) => out.set(line, texts[i]));
  }
  return out;
}
