/**
 * Opens the kernel: in WASM where the machine has WASM SIMD, else in TypeScript, silently: both give the same answers.
 * MAILTRACE_KERNEL=twin takes the second (for the tests).
 */
import type { Kernel } from './door.ts';
import { TwinKernel } from './twin.ts';
import { openWasmKernel } from './wasm.ts';

export { HEAD_REACH, wordHash, type FoundLines, type Kernel } from './door.ts';
export { distFile, openModule } from './module.ts';
export { BESIDE, besideMark, needleMarks, wordMarks } from './word-marks.ts';

export function openKernel(): Kernel {
  return openWasmKernel() ?? new TwinKernel();
}
