/**
 * A helper of the first pass, a thread: notes the words of blocks, and the heads of their lines. The build makes a script of
 * its own of this file (dist/crew-worker.cjs).
 * Errors: none: of a block that cannot be read nothing is known.
 */
import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { openKernel } from '../kernel/index.ts';
import { sortedMarks } from './blocks.ts';
import type { CrewAnswer, CrewStart, CrewTask } from './crew-task.ts';

const port = parentPort;
const { heads } = workerData as CrewStart;
const kernel = openKernel();

function noteBlock(fd: number, base: number, end: number): Uint16Array | undefined {
  const size = end - base;
  for (let filled = 0; filled < size;) {
    const count = readSync(fd, kernel.buffer, filled, size - filled, base + filled);
    if (count <= 0) throw new Error('the file is shorter than it was');
    filled += count;
  }
  if (heads) kernel.noteHeads(size);
  const marks = kernel.noteWords(size);
  return marks && sortedMarks(marks);
}

function tell(answer: CrewAnswer, transfer: ArrayBuffer[]): void {
  port?.postMessage(answer, transfer);
}

port?.on('message', (task: CrewTask | undefined) => {
  if (task === undefined) {
    const bytes = heads ? Uint8Array.from(kernel.heads) : undefined;
    tell({ heads: bytes }, bytes === undefined ? [] : [bytes.buffer]);
    port.close();
    return;
  }
  const { fd, source, first, bounds } = task;
  const noted = bounds.slice(1).map((end, i) => noteBlock(fd, bounds[i] as number, end));
  tell(
    { source, first, noted },
    noted.flatMap((one) => (one === undefined ? [] : [one.buffer as ArrayBuffer])),
  );
});
