/** What the WASM module of the kernel gives to src/kernel/wasm.ts. AssemblyScript, which reads no `export … from '….ts'`. */
import { lineCount, placeFound } from './found.ts';
import { findNeedles, placeNeedles } from './needles.ts';
import { findWords, noteHeads, placeHeads, placeWords } from './words.ts';

export { findNeedles, findWords, lineCount, noteHeads, placeFound, placeHeads, placeNeedles, placeWords };
