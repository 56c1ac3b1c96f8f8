/**
 * What a row of the table is. The rows themselves are in `rows/`.
 */
import path from 'node:path';
import type { LogOptions } from './generator/options.ts';
import { CACHE, type GeneratedLog } from './logs.ts';
import type { Command, Run } from './measure.ts';
import { PEER_PATH } from './peers.ts';

export interface BenchOptions {
  /** Our program; a `.js`, `.mjs` or `.ts` is run by this Node. */
  bin: string;
  rounds: number;
  /** Of the logs; each row has its own size. */
  log: Omit<LogOptions, 'bytes'>;
}

/** `x`: times as fast as the peer, more is better. `B` (bytes) and `ms`: less is better. */
export type Unit = 'x' | 'B' | 'ms';

/** What a row is to reach. */
export interface Target {
  least: number;
  aim: number;
}

/** What was found of a run's content before any time is taken. */
export interface Verdict {
  /** What is wrong with it; then there is no figure. */
  wrong?: string;
  note?: string;
}

/** One of our calls against a peer, on a log of each of some sizes. */
export interface RaceRow {
  kind: 'race';
  name: string;
  /** Rows of one group and size are timed in turn in the same rounds; their peers run once a round. */
  group: string;
  targets: Targets;
  /** The log, or why there is none. */
  log: (options: LogOptions) => Promise<GeneratedLog | string> | GeneratedLog | string;
  args: (log: GeneratedLog) => string[];
  /** `command` is undefined where the peer is not installed. */
  peer: { name: string; command: (log: GeneratedLog) => Command | undefined };
  check: (found: Found) => Verdict | Promise<Verdict>;
}

/** A figure of our own program alone. */
export interface SoloRow {
  kind: 'solo';
  name: string;
  targets: Targets;
  measure: (options: BenchOptions, bytes: number) => Promise<Measured> | Measured;
}

export type Row = RaceRow | SoloRow;

/** The sizes that a row is measured at if none is asked for; what it is to reach there, if anything. */
export type Targets = ReadonlyMap<number, Target | undefined>;

/** What a check may look at. */
export interface Found {
  ours: Run;
  log: GeneratedLog;
  /** The peer's run, made now; undefined where it is not installed. */
  peer: () => Run | undefined;
  /** Another call of ours. */
  run: (args: readonly string[]) => Run;
}

/** One line of the table. Times in ms, memory in bytes. */
export interface Measured {
  row: string;
  /** Size of the log. */
  bytes?: number;
  ours?: number;
  peer?: string;
  theirs?: number;
  unit: Unit;
  /** What is judged, in `unit`. */
  figure?: number;
  target?: Target;
  mark?: Mark;
  /** Why there is no figure, or what was seen. */
  note?: string;
  rounds?: { ours: number[]; theirs: number[] };
}

/** `wrong`: the content is; no time was taken. */
export type Mark = 'aim' | 'least' | 'missed' | 'wrong';

/** Whether the figure reaches the target; undefined where there is none. */
export function judge(unit: Unit, figure: number, target: Target | undefined): Mark | undefined {
  if (target === undefined) return undefined;
  const reaches = (wanted: number): boolean => (unit === 'x' ? figure >= wanted : figure <= wanted);
  return reaches(target.aim) ? 'aim' : reaches(target.least) ? 'least' : 'missed';
}

/** Our command line with these arguments. Peers that were unpacked are behind all else in its PATH. */
export function ours(options: BenchOptions, args: readonly string[]): Command {
  const script = /\.[cm]?[jt]s$/.test(options.bin);
  return {
    argv: [...(script ? [process.execPath] : []), options.bin, ...args],
    env: {
      TZ: 'UTC',
      LC_ALL: 'C.UTF-8',
      HOME: CACHE,
      XDG_CONFIG_HOME: CACHE,
      PATH: `${process.env['PATH']}${path.delimiter}${PEER_PATH}`,
    },
  };
}
