/** A framer for a file of which lines are read beside a run, as the run's own would be. */
import { Framer } from '../framing/framer.ts';
import type { RunRequest } from '../model/run.ts';
import type { InputFile } from '../sources/input-file.ts';
import { peekPieces } from '../sources/peek.ts';
import { boundOf } from './rotation.ts';
import type { RunIo } from './run.ts';
import { framerOptions, zonesOf } from './zones.ts';

export function framerOf(file: InputFile, request: RunRequest, io: RunIo): Framer {
  const bound = boundOf(file.path, file.mtime, request.now);
  const facts = { bound, isPeek: false, look: () => peekPieces(file) };
  return new Framer(framerOptions(file, facts, zonesOf(request, io.timeZone), new Map()));
}
