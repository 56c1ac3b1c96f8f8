/** Byte sources and readers for the tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { BlockReader, type BlockReaderOptions } from '../../src/sources/block-reader.ts';
import { WAIT, type ByteSource } from '../../src/sources/byte-source.ts';

/** A folder of its own, gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailtrace-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Gives the bytes in pieces of these sizes (the last one again and again), with a wait before each where asked. */
export function inPieces(bytes: Buffer, sizes: readonly number[], isWaiting = false): ByteSource {
  let at = 0;
  let piece = 0;
  let isReady = !isWaiting;
  return {
    read(into, to, room) {
      if (at === bytes.length) return 0;
      if (!isReady) return WAIT;
      isReady = !isWaiting;
      const size = sizes[Math.min(piece++, sizes.length - 1)] ?? 1;
      const count = bytes.copy(into, to, at, Math.min(bytes.length, at + Math.min(room, size)));
      at += count;
      return count;
    },
    fill() {
      isReady = true;
      return Promise.resolve();
    },
    close() {
      at = bytes.length;
    },
  };
}

export interface ReadLine {
  text: string;
  offset: number;
  cut: boolean;
}

/** All lines of a source as the block reader gives them, in Latin-1. */
export async function linesOf(source: ByteSource, options: BlockReaderOptions = {}): Promise<ReadLine[]> {
  const reader = new BlockReader(source, options);
  const lines: ReadLine[] = [];
  for (;;) {
    const state = reader.read();
    if (state === 'end') break;
    if (state === 'wait') {
      await reader.fill();
      continue;
    }
    for (let start = reader.start; start < reader.end;) {
      const lf = reader.bytes.subarray(0, reader.end).indexOf(10, start);
      const end = lf < 0 ? reader.end : lf;
      const next = lf < 0 ? end : lf + 1;
      lines.push({
        text: reader.bytes.toString('latin1', start, end),
        offset: reader.base + start,
        cut: reader.cut && next >= reader.end,
      });
      start = next;
    }
  }
  reader.close();
  return lines;
}

/** All bytes of a source. */
export async function bytesOf(source: ByteSource): Promise<Buffer> {
  const parts: Buffer[] = [];
  const into = Buffer.alloc(1000);
  for (;;) {
    const count = source.read(into, 0, into.length);
    if (count === 0) break;
    if (count === WAIT) await source.fill();
    else parts.push(Buffer.from(into.subarray(0, count)));
  }
  source.close();
  return Buffer.concat(parts);
}
