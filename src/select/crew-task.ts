/** What the thread of the first pass and its helpers (crew.ts, crew-worker.ts) tell each other. */
import type { LinePack } from './line-pack.ts';
import type { StripeNotes } from './stripe.ts';
import type { TrapWords, TrapsSeen } from './traps.ts';

/** A part of a file, open as `fd`. */
export interface Stripe {
  readonly fd: number;
  readonly source: number;
  readonly from: number;
  readonly to: number;
  /** bytes of the file */
  readonly end: number;
}

/** What all threads are told. */
export interface CrewStart {
  readonly stripes: readonly Stripe[];
  /** taken one after the other by any thread: see SHARED */
  readonly shared: SharedArrayBuffer;
  readonly blockBytes: number;
  /** what the search looks for, as latin1 */
  readonly needles: readonly string[];
  readonly traps: TrapWords;
  /** heads of lines are noted too */
  readonly heads: boolean;
  /** there are other streams (timeline.ts) */
  readonly ordered: boolean;
}

/** 32-bit numbers that all threads see: the next stripe, whether to stop, how many KiB are done. */
export const SHARED = { next: 0, stop: 1, done: 2, count: 3 } as const;

/** A line; `line` counts from 1 at the first of its stripe. */
export interface ToldLine {
  readonly offset: number;
  readonly line: number;
  /** its bytes as latin1 */
  readonly text: string;
}

/** What is told of a stripe. */
export interface StripeTold extends StripeNotes {
  readonly index: number;
  /** lines with a needle of the search; lines beyond ASCII; lines that may name a mail by its envelope, counted as those */
  readonly found: readonly ToldLine[];
  readonly foreign: readonly ToldLine[];
  readonly words: readonly LinePack[];
  /** there are more such lines than are told: the main thread looks for them itself */
  readonly isCrowded: boolean;
}

export type CrewAnswer =
  | StripeTold
  /** All stripes are done, or one could not be read. */
  | { readonly heads: Uint8Array | undefined; readonly traps: TrapsSeen; readonly isWhole: boolean };
