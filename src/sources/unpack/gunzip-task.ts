/** What the thread that unpacks gzip data into a file (gunzip-worker.ts) and who began it (gunzip-file.ts) tell each other. */
import type { InputProblem } from '../../model/run.ts';

export interface GunzipStart {
  /** the packed file by its absolute path, and as problems name it */
  readonly full: string;
  readonly path: string;
  /** where to write */
  readonly fd: number;
  /** see SHARED */
  readonly shared: SharedArrayBuffer;
}

/** 32-bit numbers that both see: the pen (PEN), KiB of the packed file that were taken. */
export const SHARED = { pen: 0, taken: 1, count: 2 } as const;

/** Nobody writes; the thread does; nobody may any more: the descriptor may be another file's by then. */
export const PEN = { free: 0, held: 1, gone: 2 } as const;

/** All is unpacked, or no more can be. */
export interface GunzipTold {
  /** `room`: it could not be written; `unable`: nothing was done */
  readonly failure: 'room' | 'unable' | undefined;
  readonly problems: readonly InputProblem[];
}
