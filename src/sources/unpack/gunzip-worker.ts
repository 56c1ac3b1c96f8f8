/**
 * A thread that unpacks a gzip file into another, which can be read while it grows (gunzip-file.ts). The build makes a script
 * of its own of this file (dist/gunzip-worker.cjs).
 * Errors: none: what went wrong is told at the end.
 */
import { openSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { InputProblem } from '../../model/run.ts';
import { FileBytes, WAIT } from '../byte-source.ts';
import { GunzipBytes } from '../gunzip.ts';
import { problemOf } from '../problems.ts';
import { PEN, SHARED, type GunzipStart, type GunzipTold } from './gunzip-task.ts';

const { full, path, fd, shared } = workerData as GunzipStart;
const words = new Int32Array(shared);
const problems: InputProblem[] = [];
const onProblem = (problem: InputProblem): void => {
  problems.push(problem);
};

function open(): FileBytes | undefined {
  try {
    return new FileBytes(path, openSync(full, 'r'), onProblem);
  } catch (error) {
    onProblem(problemOf(path, error));
    return undefined;
  }
}

/** False where it cannot be written, or must not any more. */
function write(bytes: Buffer, place: number): boolean {
  for (let written = 0; written < bytes.length;) {
    if (Atomics.compareExchange(words, SHARED.pen, PEN.free, PEN.held) !== PEN.free) return false;
    try {
      written += writeSync(fd, bytes, written, bytes.length - written, place + written);
    } catch {
      // the disk is full
      return false;
    } finally {
      Atomics.compareExchange(words, SHARED.pen, PEN.held, PEN.free);
      Atomics.notify(words, SHARED.pen);
    }
  }
  return true;
}

async function unpack(source: FileBytes): Promise<GunzipTold['failure']> {
  const gunzip = new GunzipBytes(path, source, onProblem, open);
  try {
    for (let place = 0; ;) {
      const bytes = gunzip.next();
      if (bytes === WAIT) await gunzip.fill();
      else if (bytes === undefined) return undefined;
      else {
        if (!write(bytes, place)) return 'room';
        place += bytes.length;
        Atomics.store(words, SHARED.taken, Math.floor(gunzip.taken / 1024));
      }
    }
  } finally {
    gunzip.close();
  }
}

async function run(): Promise<void> {
  const source = open();
  const failure = source === undefined ? 'unable' : await unpack(source);
  parentPort?.postMessage({ failure, problems } satisfies GunzipTold);
}

void run();
