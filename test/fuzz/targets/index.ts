/** All targets of the fuzzer. */
import type { Target } from '../target.ts';
import { redact, unpack } from './bytes.ts';
import { formats } from './formats.ts';
import { framing } from './framing.ts';
import { kernel } from './kernel.ts';
import { plans, runs, selected } from './runs.ts';
import { bounces, config, filters, replies } from './texts.ts';

export const TARGETS: readonly Target[] = [
  formats,
  framing,
  kernel,
  runs,
  plans,
  selected,
  filters,
  config,
  bounces,
  replies,
  unpack,
  redact,
];
