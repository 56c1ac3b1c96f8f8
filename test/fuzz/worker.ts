/**
 * A thread of the fuzzer: case after case, until it is told to end. Its input stands in shared memory while it is checked, with
 * a beat that the other thread watches: a case that does not end is found, and kept, from outside.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { runCase, type Find } from './case.ts';
import { TARGETS } from './targets/index.ts';

/** What a thread begins with. */
export interface Work {
  readonly seed: number;
  /** number of the first case */
  readonly first: number;
  readonly targets: readonly string[];
  /** Int32: beat, case, index of the target, length of the input */
  readonly beat: SharedArrayBuffer;
  readonly input: SharedArrayBuffer;
}

/** What it tells: after some cases, and at each find. */
export interface Told {
  readonly target: string;
  readonly cases: number;
  readonly lines: number;
  readonly next: number;
  readonly find?: Find;
}

export const [BEAT, CASE, TARGET, LENGTH] = [0, 1, 2, 3] as const;
/** Cases of a target before the next has its turn. */
const TURN = 50;

async function work({ seed, first, targets, beat, input }: Work): Promise<void> {
  const state = new Int32Array(beat);
  const shown = new Uint8Array(input);
  const chosen = TARGETS.filter(({ name }) => targets.includes(name));
  for (let from = first; ; from += TURN) {
    for (const [i, target] of chosen.entries()) {
      let lines = 0;
      const until = Date.now() + 5000;
      let index = from;
      for (; index < from + TURN && (index === from || Date.now() < until); index++) {
        state[CASE] = index;
        state[TARGET] = i;
        const result = await runCase(target, seed, index, (bytes) => {
          state[LENGTH] = Math.min(bytes.length, shown.length);
          shown.set(bytes.subarray(0, shown.length));
        });
        state[BEAT] = (state[BEAT] as number) + 1;
        lines += result.lines;
        if (result.find !== undefined)
          parentPort?.postMessage({
            target: target.name,
            cases: 0,
            lines: 0,
            next: from,
            find: result.find,
          } satisfies Told);
      }
      parentPort?.postMessage({ target: target.name, cases: index - from, lines, next: from + TURN } satisfies Told);
      // lets the messages go
      await new Promise((done) => setImmediate(done));
    }
  }
}

if (parentPort !== null) void work(workerData as Work);
