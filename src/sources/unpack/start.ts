/**
 * The first bytes of a packed file, at once: for what it is, its first stamp and, of a small file, its last lines.
 * Errors: none; what cannot be unpacked gives no bytes (reading it will tell).
 */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { FileBytes } from '../byte-source.ts';
import type { InputFile } from '../input-file.ts';
import { loadDecoder, loadedDecoder, type MakeDecoder } from './decoder.ts';
import { InsideBytes } from './inside-bytes.ts';
import { findTool, toolArguments, toolEnvironment, type Packing } from './packing.ts';

const NOTHING = Buffer.alloc(0);
/** A tool that takes longer is not waited for. */
const PATIENCE_MS = 10_000;
const PART_BYTES = 64 * 1024;

const HEAD_BYTES = 64 * 1024;
/** Heads kept: a file is looked at when it is found, when its set is put in order, and when it is opened. */
const HEADS = 64;
const heads = new Map<string, Buffer>();

/** After this `unpackedStart` has what it needs. */
export async function prepareStart(packing: Packing): Promise<void> {
  if (findTool(packing) !== undefined) return;
  try {
    await loadDecoder(packing);
  } catch {
    // reading will tell
  }
}

/** The first 64 KiB, unpacked. Not to be changed. */
export function packedHead(file: Pick<InputFile, 'full' | 'size' | 'mtime' | 'identity'>, packing: Packing): Buffer {
  const key = `${file.identity} ${file.size} ${file.mtime}`;
  let head = heads.get(key);
  if (head === undefined) {
    head = unpackedStart(file.full, packing, HEAD_BYTES);
    if (heads.size >= HEADS) heads.clear();
    heads.set(key, head);
  }
  return head;
}

/** At most `most` unpacked bytes from the beginning of a file. */
export function unpackedStart(full: string, packing: Packing, most: number): Buffer {
  const tool = findTool(packing);
  const make = loadedDecoder(packing);
  try {
    if (tool !== undefined) return startByTool(full, tool, packing, most);
    if (make !== undefined) return startInside(full, make, most);
  } catch {
    // gone, not readable, no room for a child
  }
  return NOTHING;
}

/** The tool is ended as soon as it gave more than is asked for. */
function startByTool(full: string, tool: string, packing: Packing, most: number): Buffer {
  const fd = openSync(full, 'r');
  try {
    const { stdout } = spawnSync(tool, toolArguments(packing), {
      stdio: [fd, 'pipe', 'ignore'],
      env: toolEnvironment(),
      maxBuffer: most,
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
    }) as { stdout: Buffer | null };
    return stdout?.subarray(0, most) ?? NOTHING;
  } finally {
    closeSync(fd);
  }
}

/** Reading the file will tell. */
const ignore = (): undefined => undefined;

function startInside(full: string, make: MakeDecoder, most: number): Buffer {
  const bytes = new InsideBytes(make, new FileBytes('', openSync(full, 'r'), ignore), ignore);
  const parts: Buffer[] = [];
  for (let left = most; left > 0;) {
    const part = Buffer.allocUnsafeSlow(Math.min(left, PART_BYTES));
    const count = bytes.read(part, 0, part.length);
    if (count <= 0) break;
    parts.push(part.subarray(0, count));
    left -= count;
  }
  bytes.close();
  return Buffer.concat(parts);
}
