/** What the first pass and its helpers (crew.ts, crew-worker.ts) tell each other. */

/** For all tasks of a helper. */
export interface CrewStart {
  /** heads of lines are noted too */
  readonly heads: boolean;
}

/** Blocks of one open file; `undefined` in place of a task: there are no more. */
export interface CrewTask {
  readonly fd: number;
  /** of the source */
  readonly source: number;
  /** number of the first block; they follow each other */
  readonly first: number;
  /** where each begins, and the end of the last: bytes in the file */
  readonly bounds: readonly number[];
}

export type CrewAnswer =
  | {
      readonly source: number;
      readonly first: number;
      /** of each block (blocks.ts); undefined: all words may be there */
      readonly noted: readonly (Uint16Array | undefined)[];
    }
  /** All tasks are done. */
  | { readonly heads: Uint8Array | undefined };
