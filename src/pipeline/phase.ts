/**
 * How far the reading of streams is, from the counters that they keep anyway.
 */
import type { Phase } from '../model/run.ts';
import type { InputFile } from '../sources/input-file.ts';
import type { LineStream } from './line-stream.ts';

/** `total` is known where all are files. */
export function readingPhase(streams: readonly LineStream[]): Phase {
  const readings = streams.flatMap((stream) => stream.readings);
  const isKnown = readings.every(({ file }) => file.kind === 'file');
  return {
    what: 'reading',
    total: isKnown ? readings.reduce((sum, { file }) => sum + sizeOf(file), 0) : undefined,
    done: () => readings.reduce((sum, { taken }) => sum + taken, 0),
  };
}

/** Bytes on the disk that are read of it. */
function sizeOf({ size, part }: InputFile): number {
  return part === undefined ? size : Math.min(size, part.to) - part.from;
}
