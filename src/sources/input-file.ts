/**
 * One input of a run, found but not opened.
 */

import type { Spool } from './spool/spool.ts';
import type { Packing } from './unpack/packing.ts';

export type InputKind =
  | 'file' // a regular file: read by blocks, synchronously
  | 'pipe' // a FIFO, a character device, `<(command)`: read once, as it comes
  | 'stdin'
  | 'journal'; // `journalctl` as a child

export type Encoding =
  | 'plain' // bytes as they are: can be read again at an offset
  | 'gzip'
  | Packing
  | 'utf-16le'
  | 'utf-16be'
  | 'journal-export'; // `journalctl -o export`: read as the journal's JSON lines

/** The piece of a file that a search within a window reads: whole lines. */
export interface FilePart {
  /** bytes [from, to); equal: nothing of it. `to` is Infinity where it is read to its end. Plain files alone have others than 0. */
  readonly from: number;
  readonly to: number;
  /** number of its first line, from 1 */
  readonly line: number;
  /** year of its first stamp, as the lines before it tell; where stamps have none */
  readonly firstYear?: number;
}

export interface InputFile {
  /** as the user gave it, or as it was found; `-` for standard input, `journal` */
  readonly path: string;
  /** absolute path to open; '' for what is no path */
  readonly full: string;
  /** absolute path under which it was found, where `full` is another: a descriptor that holds it */
  readonly name?: string;
  readonly kind: InputKind;
  /** by the first bytes, not by name; of a pipe only known when it is opened ('plain' until then) */
  readonly encoding: Encoding;
  /** bytes on disk; 0 for what is no file */
  readonly size: number;
  /** ms since 1970, of the last write; undefined for what is no file */
  readonly mtime: number | undefined;
  /** device and inode: the same file under two names is one */
  readonly identity: string;
  /** only this is read; looks at its head and its end see the whole file */
  readonly part?: FilePart;
  /** of a packed file: where it can be unpacked to, to be read at any place */
  readonly spool?: Spool;
}

/** What is read as other bytes than it holds, and yet not packed. */
const RECODED: ReadonlySet<Encoding> = new Set(['utf-16le', 'utf-16be', 'journal-export']);

/** A regular file of packed bytes. */
export function isPacked({ kind, encoding }: InputFile): boolean {
  return kind === 'file' && encoding !== 'plain' && !RECODED.has(encoding);
}

/** Plain bytes that can be read again at an offset. */
export function isSeekable(file: InputFile): boolean {
  return file.kind === 'file' && file.encoding === 'plain';
}
