/** mails.ts and the memory it works in, as plain TypeScript. The memory is that of the other twin (count/twin.ts), which is through. */
export * from './mails.ts';
export { memoryOf } from '../count/memory.ts';
