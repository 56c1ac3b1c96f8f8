/**
 * Raw chains, printed as the exact bytes: kept as the places of their lines, and read again from there, many at once.
 */
import type { RunResult } from '../../pipeline/run.ts';
import { LineGatherer } from '../../sources/reread.ts';
import { ChainReader, writeChain } from './chain-bytes.ts';
import type { Form } from './form.ts';
import type { Batch } from './spool.ts';

const LINE_FEED = 0x0a;
/** Chains printed at once; their lines are a thousand or a few. */
const MOST_AT_ONCE = 250;

export function rawForm(): Form {
  let lines: LineGatherer | undefined;
  return {
    showsLate: false,
    isChains: true,
    mostAtOnce: MOST_AT_ONCE,
    head: '',
    keep: (message, out) => writeChain(message.lines ?? [], out),
    print(batch, { files }: RunResult) {
      lines ??= new LineGatherer(files);
      return chainsOf(batch, lines);
    },
    end() {
      lines?.close();
      return '';
    },
  };
}

/** Chains parted by an empty line, each line with its end. */
function chainsOf(batch: Batch, lines: LineGatherer): Uint8Array {
  const out = Buffer.allocUnsafeSlow(sizeOf(batch));
  let at = 0;
  for (let i = 0; i < batch.count; i++) {
    if (i > 0 || !batch.isFirst) out[at++] = LINE_FEED;
    const chain = new ChainReader(batch.bytes, batch.start(i));
    while (chain.next()) {
      const { kept, length } = chain;
      if (kept === undefined) lines.want(chain.source, chain.offset, length, at, out);
      else batch.bytes.copy(out, at, kept, kept + length);
      at += length;
      out[at++] = LINE_FEED;
    }
  }
  const missing = lines.fetch(out);
  return missing.size === 0 ? out.subarray(0, at) : without(missing, batch, out);
}

function sizeOf(batch: Batch): number {
  let size = batch.count;
  for (let i = 0; i < batch.count; i++) {
    const chain = new ChainReader(batch.bytes, batch.start(i));
    while (chain.next()) size += chain.length + 1;
  }
  return size;
}

/** The same without the lines that are no longer there; `missing` says where these would stand. */
function without(missing: ReadonlySet<number>, batch: Batch, out: Buffer): Uint8Array {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (let i = 0; i < batch.count; i++) {
    if (i > 0 || !batch.isFirst) pieces.push(out.subarray(at, ++at));
    const chain = new ChainReader(batch.bytes, batch.start(i));
    while (chain.next()) {
      const end = at + chain.length + 1;
      if (!missing.has(at)) pieces.push(out.subarray(at, end));
      at = end;
    }
  }
  return Buffer.concat(pieces);
}
