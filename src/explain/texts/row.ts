/**
 * A row of a text table in one line: where a provider's text means no more than its reason does, the reason's own words are
 * the explanation.
 */
import type { Advice, TextRow } from '../advice.ts';
import { REASON_ADVICE, type Reason } from '../reason-words.ts';

/** What a row may say beside its reason. */
type More = Partial<Advice> & Pick<Partial<TextRow>, 'codes' | 'weak' | 'wholeWords' | 'source'>;

/** id, reason, texts, an answer as it is documented or written, what is special. */
export type Line = readonly [id: string, reason: Reason, texts: readonly string[], sample: string, more?: More];

/** Rows of one provider, documented on one page. */
export function rowsOf(provider: string, source: string, lines: readonly Line[]): TextRow[] {
  return lines.map(([id, reason, texts, sample, more = {}]) => ({
    ...REASON_ADVICE[reason],
    id,
    provider,
    texts,
    reason,
    source,
    sample,
    ...more,
  }));
}
