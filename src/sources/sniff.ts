/**
 * What a file is, by its first bytes, never by its name.
 * Source: RFC 1952 (gzip), RFC 8878 (zstd; 3.1.2 skippable frames, which pzstd writes first), the xz, lz4 and bzip2 file formats, APPNOTE.TXT (zip), compress(1).
 * Errors: none. Too few bytes are plain.
 */
import { isUtf8 } from 'node:buffer';
import { constants, gunzipSync } from 'node:zlib';
import type { InputProblem } from '../model/run.ts';
import type { Encoding } from './input-file.ts';
import { isJournalExport } from './journal-export.ts';
import type { Packing } from './unpack/packing.ts';

/** How many first bytes `sniff` wants to see (fewer are looked at as they are). */
export const SNIFF_BYTES = 16 * 1024;
/** How many it needs to know a compression. */
export const MAGIC_BYTES = 6;

export type Sniffed =
  | { readonly encoding: Encoding }
  | { readonly packed: string; readonly unpack: string }
  | { readonly binary: true };

/** What cannot be read, and what unpacks it. */
const UNREAD: readonly (readonly [magic: readonly number[], name: string, unpack: string])[] = [
  [[0x04, 0x22, 0x4d, 0x18], 'lz4', 'lz4 -dc'],
  [[0x1f, 0x9d], 'compress', 'zcat'],
  [[0x50, 0x4b, 0x03, 0x04], 'zip', 'unzip -p'],
];

const startsWith = (head: Buffer, magic: readonly number[]): boolean =>
  head.length >= magic.length && magic.every((byte, i) => head[i] === byte);

/** The packing that these first bytes begin; undefined for gzip and all that is none. */
export function packingOf(head: Buffer): Packing | undefined {
  if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd])) return 'zstd';
  if (startsWith(head.subarray(1), [0x2a, 0x4d, 0x18]) && ((head[0] ?? 0) & 0xf0) === 0x50) return 'zstd';
  if (startsWith(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])) return 'xz';
  // BZh is three letters that a text may begin with: a digit and the magic number of a block or of the end follow
  return /^BZh[1-9](?:1|\x17|$)/.test(head.toString('latin1', 0, 5)) ? 'bzip2' : undefined;
}

/** `unpack` gives the first unpacked bytes, where they can be had: what is packed may be no text. */
export function sniff(head: Buffer, unpack?: (packing: Packing) => Buffer): Sniffed {
  if (startsWith(head, [0x1f, 0x8b])) {
    return isBinary(gunzipHead(head)) ? { binary: true } : { encoding: 'gzip' };
  }
  const packing = packingOf(head);
  if (packing !== undefined) {
    return unpack !== undefined && isBinary(unpack(packing)) ? { binary: true } : { encoding: packing };
  }
  for (const [magic, packed, command] of UNREAD) {
    if (startsWith(head, magic)) return { packed, unpack: command };
  }
  // before the look for NUL: its lengths are binary
  if (isJournalExport(head)) return { encoding: 'journal-export' };
  if (startsWith(head, [0xff, 0xfe])) return { encoding: 'utf-16le' };
  if (startsWith(head, [0xfe, 0xff])) return { encoding: 'utf-16be' };
  return isBinary(head) ? { binary: true } : { encoding: 'plain' };
}

/** What can be inflated of the first bytes of gzip data; nothing where they are damaged. */
export function gunzipHead(head: Buffer): Buffer {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 64 << 20 });
  } catch {
    return Buffer.alloc(0);
  }
}

/**
 * No text: it holds NUL bytes, and what is between them is no text either. A log after a crash or a copytruncate has runs
 * of NUL between good lines: that is a log.
 */
function isBinary(head: Buffer): boolean {
  if (!head.includes(0)) return false;
  const isText = isUtf8(head.subarray(0, head.lastIndexOf(0x0a) + 1));
  let filled = 0;
  let printable = 0;
  for (const byte of head) {
    if (byte === 0) continue;
    filled += 1;
    if ((byte >= 0x80 && isText) || (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09)
      printable += 1;
  }
  return !head.includes(0x0a) || printable < 0.9 * filled;
}

/** The problem line of what cannot be read as a log; undefined where it can. */
export function sniffProblem(where: string, sniffed: Sniffed): InputProblem | undefined {
  if ('binary' in sniffed) {
    return {
      where,
      what: 'is not a log (binary)',
      help: 'give text logs, plain or compressed by gzip, zstd, xz or bzip2 (mailtrace formats lists the formats)',
    };
  }
  if (!('packed' in sniffed)) return undefined;
  return {
    where,
    what: `is ${sniffed.packed}-compressed, which this version does not read`,
    help: `${sniffed.unpack} ${where === '-' ? 'FILE' : where} | mailtrace … -`,
  };
}
