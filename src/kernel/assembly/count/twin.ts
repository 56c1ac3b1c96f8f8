/** count.ts and the memory it works in, as plain TypeScript. One at a time: the memory is the module's. */
export * from './count.ts';
export { memoryOf } from './memory.ts';
