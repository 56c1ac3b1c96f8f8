/** The subject of a mailed report: `mailtrace report bounces, 2026-11-20: 31 recipients whose mail came back`. */
import type { ReportDocument } from '../../report/document.ts';
import { visible } from '../../util/visible.ts';
import type { Clock } from '../times.ts';
import { periodText } from './period.ts';
import { numberText } from './values.ts';

/** One line of plain text. */
export function reportSubject({ kind, period, figures, empty }: ReportDocument, clock: Clock): string {
  const [first] = figures;
  const headline =
    empty || first === undefined ? 'nothing to report' : `${numberText(first.value, first.unit)} ${first.label}`;
  return visible(`mailtrace report ${kind}, ${periodText(period, clock)}: ${headline}`);
}
