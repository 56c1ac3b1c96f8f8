/**
 * A helper of the first pass, a thread: looks at stripes of the files, and tells what it saw. The build makes a script of
 * its own of this file (dist/crew-worker.cjs).
 * Errors: none: where a stripe cannot be read, all threads stop.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { openKernel } from '../kernel/index.ts';
import type { CrewAnswer, CrewStart, StripeTold } from './crew-task.ts';
import { StripeLooks } from './stripe-look.ts';

const start = workerData as CrewStart;
const kernel = openKernel();
const looks = new StripeLooks(start, kernel);

function tell(answer: CrewAnswer, transfer: ArrayBuffer[]): void {
  parentPort?.postMessage(answer, transfer);
}

function buffersOf({ shelves, words }: StripeTold): ArrayBuffer[] {
  const packs = words.flatMap(({ bytes, ends, offsets, lines }) => [bytes, ends, offsets, lines]);
  return [...shelves.map(({ noted }) => noted), ...packs].map(({ buffer }) => buffer as ArrayBuffer);
}

for (let told = looks.next(); told !== undefined; told = looks.next()) tell(told, buffersOf(told));
const heads = start.heads ? Uint8Array.from(kernel.heads) : undefined;
const { traps, isWhole } = looks;
tell({ heads, traps: traps.seen, isWhole }, heads === undefined ? [] : [heads.buffer]);
