/**
 * The raw lines of a message as a few bytes: where each stands, against the line before it; of lines that cannot be read
 * again (a pipe) also what they say.
 */
import type { ChainLine } from '../../model/message.ts';
import type { ByteWriter } from '../../util/byte-writer.ts';
import { ByteReader } from '../../util/byte-writer.ts';
import type { Chain } from '../../weigh/chains.ts';

const NO_HOST = 0;
const SAME_HOST = 1;
const OTHER_HOST = 2;

export function writeChain(lines: readonly ChainLine[], out: ByteWriter): void {
  out.count(lines.length);
  let line = 0;
  let offset = 0;
  let host: string | undefined;
  for (const place of lines) {
    const hostCode = place.host === undefined ? NO_HOST : place.host === host ? SAME_HOST : OTHER_HOST;
    out.count(place.source * 8 + hostCode * 2 + (place.bytes === undefined ? 0 : 1));
    out.step(place.line - line);
    out.step(place.offset - offset);
    out.count(place.bytes?.length ?? place.length);
    if (hostCode === OTHER_HOST) {
      out.count(Buffer.byteLength(place.host as string));
      out.text(place.host as string);
      host = place.host;
    }
    if (place.bytes !== undefined) out.put(place.bytes);
    line = place.line;
    offset = place.offset + (place.bytes?.length ?? place.length);
  }
}

/** How a chain is kept that is only printed: `WHOLE` as writeChain does it, `PLACES` of one file and nothing but places. */
export const WHOLE = 0;
export const PLACES = 1;

/** Writes which of the two it is, and the chain. */
export function putChain(chain: Chain, out: ByteWriter): void {
  const { count } = chain;
  if (!chain.isOfOne) return putWhole(chain, out);
  chain.to(0);
  out.byte(PLACES);
  out.count(count);
  out.count(chain.source);
  let offset = 0;
  for (let i = 0; i < count; i++) {
    chain.to(i);
    out.step(chain.offset - offset);
    out.count(chain.length);
    offset = chain.offset + chain.length;
  }
}

function putWhole(chain: Chain, out: ByteWriter): void {
  out.byte(WHOLE);
  const lines: ChainLine[] = [];
  for (let i = 0; i < chain.count; i++) {
    chain.to(i);
    const { source, line, offset, length } = chain;
    lines.push({ source, line, offset, length, at: 0, order: i });
  }
  writeChain(lines, out);
}

/** Reads the lines that writeChain wrote, one after the other, into its own fields: no object a line. */
export class ChainReader {
  readonly #reader: ByteReader;
  #left: number;
  source = 0;
  line = 0;
  offset = 0;
  length = 0;
  host: string | undefined;
  #lastHost: string | undefined;
  /** where the line stands in the bytes that are read; undefined: it is read again from its source */
  kept: number | undefined;

  constructor(bytes: Buffer, at: number) {
    this.#reader = new ByteReader(bytes, at);
    this.#left = this.#reader.count();
  }

  /** False: there are no more. */
  next(): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    const reader = this.#reader;
    const code = reader.count();
    this.source = Math.floor(code / 8);
    this.line += reader.step();
    this.offset += this.length + reader.step();
    this.length = reader.count();
    const hostCode = (code >> 1) & 3;
    if (hostCode === OTHER_HOST) this.#lastHost = reader.text(reader.count());
    this.host = hostCode === NO_HOST ? undefined : this.#lastHost;
    this.kept = undefined;
    if (code % 2 === 1) {
      this.kept = reader.at;
      reader.at += this.length;
    }
    return true;
  }
}

/** The lines as objects. What only the correlator needs (`at`, `order`) is gone. */
export function readChain(bytes: Buffer, at: number): ChainLine[] {
  const lines: ChainLine[] = [];
  const reader = new ChainReader(bytes, at);
  while (reader.next()) {
    const { source, line, offset, length, host, kept } = reader;
    lines.push({
      source,
      line,
      offset,
      length,
      at: 0,
      order: lines.length,
      ...(host === undefined ? {} : { host }),
      ...(kept === undefined ? {} : { bytes: bytes.subarray(kept, kept + length) }),
    });
  }
  return lines;
}
