/**
 * Runs before each test file. What the terminal asks for must not change what the tests see, and the properties of fast-check use
 * one seed, unless MAILTRACE_FUZZ asks for new ones.
 */
import fc from 'fast-check';

const isFuzz = process.env['MAILTRACE_FUZZ'] !== undefined && process.env['MAILTRACE_FUZZ'] !== '';

fc.configureGlobal(isFuzz ? { numRuns: 5000 } : { seed: 1, numRuns: 200 });

for (const name of ['NO_COLOR', 'FORCE_COLOR', 'COLUMNS', 'LINES']) Reflect.deleteProperty(process.env, name);
