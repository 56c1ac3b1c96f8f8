/** All targets of the fuzzer. */
import type { Target } from '../target.ts';
import { formats } from './formats.ts';
import { framing } from './framing.ts';
import { kernel } from './kernel.ts';

export const TARGETS: readonly Target[] = [formats, framing, kernel];
