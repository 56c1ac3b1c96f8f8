/**
 * All rows, in the order of the table.
 */
import type { Row } from '../row.ts';
import { COMPRESSED } from './compressed.ts';
import { EVERYTHING } from './everything.ts';
import { SOLO } from './solo.ts';
import { TRACE_ROWS } from './traces.ts';

export const ROWS: readonly Row[] = [...EVERYTHING, ...TRACE_ROWS, ...COMPRESSED, ...SOLO];
