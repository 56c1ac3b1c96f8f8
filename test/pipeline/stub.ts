/**
 * Logs and streams for the tests. A line `123 text` has the stamp 123; `+text` is a piece that the next line finishes,
 * `#text` is noise; any other line has no stamp.
 */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Frame } from '../../src/model/frame.ts';
import type { InputProblem } from '../../src/model/run.ts';
import type { FileReading, LineFramer } from '../../src/pipeline/line-stream.ts';
import { mergeStreams } from '../../src/pipeline/merge.ts';
import { openStreams, type FileFacts, type StreamsOptions } from '../../src/pipeline/streams.ts';
import { discover } from '../../src/sources/discover.ts';
import type { InputFile } from '../../src/sources/input-file.ts';
import { temporaryFolder } from '../sources/bytes.ts';

function stubFramer(): LineFramer {
  return {
    frame(bytes: Buffer, start: number, end: number, frame: Frame) {
      const text = bytes.toString('latin1', start, end);
      if (text.startsWith('#')) return 'skip';
      if (text.startsWith('+')) return 'hold';
      const stamp = /^\d+(?= )/.exec(text)?.[0];
      frame.bytes = bytes;
      frame.body = start;
      frame.end = end;
      frame.at = stamp === undefined ? Number.NaN : Number(stamp);
      frame.framing = stamp === undefined ? 'none' : 'syslog';
      return 'line';
    },
  };
}

export interface Taken {
  text: string;
  file: string;
  stream: number;
  line: number;
  offset: number;
  length: number;
  duplicate: boolean;
}

export interface Run {
  lines: Taken[];
  readings: FileReading[];
  problems: InputProblem[];
  facts: Map<string, FileFacts>;
}

/** Writes files by name into a folder, last written at `mtimes[name]` (ms) where given. */
export function writeLogs(
  logs: Readonly<Record<string, string | Buffer>>,
  mtimes: Readonly<Record<string, number>> = {},
  folder = temporaryFolder(),
): string {
  for (const [name, content] of Object.entries(logs)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    const mtime = mtimes[name];
    if (mtime !== undefined) utimesSync(path, mtime / 1000, mtime / 1000);
  }
  return folder;
}

/** Reads these paths of the folder as a run does. */
export async function readLogs(
  folder: string,
  paths: readonly string[],
  options: Partial<StreamsOptions> & { signal?: AbortSignal; onTaken?: (taken: Taken) => void } = {},
): Promise<Run> {
  const { files, problems } = await discover(paths, { cwd: folder, standardPlaces: [] });
  const facts = new Map<string, FileFacts>();
  const streams = await openStreams(files, {
    now: 0,
    onProblem: (problem) => problems.push(problem),
    makeFramer: (file, its) => {
      if (!its.isPeek) facts.set(file.path, its);
      return stubFramer();
    },
    ...options,
  });
  const lines: Taken[] = [];
  await mergeStreams(
    streams,
    (frame, stream) => {
      const taken = {
        text: stream.bytes.toString('latin1', stream.lineStart, stream.lineEnd),
        file: (files[frame.source] as InputFile).path,
        stream: frame.stream,
        line: frame.line,
        offset: frame.offset,
        length: frame.length,
        duplicate: frame.duplicate,
      };
      lines.push(taken);
      options.onTaken?.(taken);
    },
    { signal: options.signal },
  );
  return { lines, readings: streams.flatMap((stream) => stream.readings), problems, facts };
}

/** A stream of these bytes in pieces of `size`. */
export function pipeOf(text: string, size: number): Readable {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let i = 0; i < bytes.length; i += size) pieces.push(bytes.subarray(i, i + size));
  return Readable.from(pieces);
}

export const textsOf = (run: Run): string[] => run.lines.map((line) => line.text);
