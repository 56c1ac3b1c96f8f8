/**
 * Whether inputs are one large log that the machine may go through: what is known of them without a look at their lines.
 */
import type { RunRequest } from '../model/run.ts';
import { oneLogOf, type RunIo } from '../pipeline/run.ts';
import type { InputFile } from '../sources/input-file.ts';
import type { Discovered } from '../sources/discover.ts';
import { areAtHand } from '../sources/spool/read-at.ts';

/** Below this the ordinary run is as fast. */
const LEAST_BYTES = 4 * 1024 * 1024;

/** Logs pack to about a seventh. */
const USUAL_RATIO = 7;

/** The files of that log in its order; undefined: all inputs must be read by `run`. `leastBytes`: smaller ones are. */
export async function oneLargeLog(
  files: readonly InputFile[],
  request: RunRequest,
  io: RunIo,
  leastBytes = LEAST_BYTES,
): Promise<InputFile[] | undefined> {
  const isLarge = files.length > 0 && areAtHand(files) && unpackedSize(files) >= leastBytes;
  return isLarge ? oneLogOf(files, request, io) : undefined;
}

/** Whether the inputs are a log of which the machine may put chains together, as far as is known without a look into it. */
export async function mayChain(request: RunRequest, io: RunIo, { files }: Discovered): Promise<boolean> {
  return !isConfigured(request) && (await oneLargeLog(files, request, io)) !== undefined;
}

/** A configured filter decides what is delivered, an added address is no recipient: the plan knows only what the log shows. */
export function isConfigured({ own }: RunRequest): boolean {
  return own?.isFilter !== undefined || own?.isAdded !== undefined;
}

/** Bytes of the log, about. */
export function unpackedSize(files: readonly InputFile[]): number {
  return files.reduce((bytes, { size, spool }) => bytes + size * (spool === undefined ? 1 : USUAL_RATIO), 0);
}
