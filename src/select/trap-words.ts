/** The words of traps (traps.ts) that formats name: what a thread that loads no format is told. */
import { FORMATS } from '../formats/index.ts';
import { LAST_HOPS } from '../model/last-hops.ts';
import type { TrapWords } from './traps.ts';

export const TRAP_WORDS: TrapWords = {
  besides: FORMATS.flatMap(({ besides }) => besides?.traps ?? []),
  mids: FORMATS.flatMap(({ besides }) => besides?.mids ?? []),
  envelopes: FORMATS.flatMap(({ besides }) => besides?.envelopes ?? []),
  stored: LAST_HOPS.map((name) => `delivered via ${name}`),
};
