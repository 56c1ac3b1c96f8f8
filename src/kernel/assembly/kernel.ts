/** What the WASM module of the kernel gives to src/kernel/wasm.ts. AssemblyScript, which reads no `export … from '….ts'`. */
import { lineCount, placeFound } from './found.ts';
import { placeGroups } from './groups.ts';
import { placeLines } from './lines.ts';
import { findNeedles, placeNeedles } from './needles.ts';
import { noteWords, placeMarks } from './notes.ts';
import { earliestUsual, lastUsual, latestUsual, passUsual, passedLines, placeUsual } from './usual.ts';
import { findWords, noteHeads, placeHeads, placeWords } from './words.ts';

export {
  earliestUsual,
  findNeedles,
  findWords,
  lastUsual,
  latestUsual,
  lineCount,
  noteHeads,
  noteWords,
  passUsual,
  passedLines,
  placeMarks,
  placeFound,
  placeGroups,
  placeHeads,
  placeLines,
  placeNeedles,
  placeUsual,
  placeWords,
};
