/** What loadEngine() loads, at once: two imports would be twice the chunks in the build. */
export { classify } from '../explain/reason.ts';
export { discoverInputs, readLines, run } from '../pipeline/run.ts';
