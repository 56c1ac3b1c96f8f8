/**
 * Loads a WASM module that the build made (.scripts/assembly.mjs), with a memory of its own.
 * Shape:  the module imports `env.memory`; who opens it tells it by its functions what lies where.
 * Errors: none: undefined where there is no such module, or the machine has no WASM SIMD. The caller has a twin for that.
 */
import { readFileSync } from 'node:fs';

/** WASM's unit of memory. */
const PAGE_BYTES = 64 * 1024;

export interface OpenModule<Exports> {
  readonly exports: Exports;
  readonly memory: ArrayBuffer;
}

/** dist, seen from a chunk in it or from this source file (the tests). */
const DIST = import.meta.url.endsWith('.ts') ? '../../dist/' : './';

/** A file that the build made. */
export function distFile(name: string): URL {
  return new URL(`${DIST}${name}`, import.meta.url);
}

/**
 * Opens dist/<name>.wasm with `bytes` of memory, all 0, that never grows and so never moves. Memory that is not touched
 * costs nothing.
 */
export function openModule<Exports>(name: string, bytes: number): OpenModule<Exports> | undefined {
  if (process.env['MAILTRACE_KERNEL'] === 'twin') return undefined;
  try {
    const module = new WebAssembly.Module(readFileSync(distFile(`${name}.wasm`)));
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    return { exports: exports as Exports, memory: memory.buffer };
  } catch {
    return undefined;
  }
}
