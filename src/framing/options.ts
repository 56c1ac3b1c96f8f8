/** What a framer is told of its file. */
import type { Instant } from '../model/message.ts';
import type { JsonFields } from '../model/run.ts';
import type { YearHint } from './years.ts';

export interface FramerOptions {
  /** zone of stamps that have none: IANA name, `UTC`, `local` or `+02:00` */
  zone: string;
  /** other zones by host name */
  hostZones?: ReadonlyMap<string, string>;
  /** the file's time; of a pipe: now */
  bound: Instant;
  /** what surveyYears() or lastYearOf() of survey.ts saw of the file before its first line is framed */
  years?: YearHint;
  /** see Times: chosen lines alone are read */
  isWatchful?: boolean;
  /** where a collector's JSON has the line, where that was configured */
  json?: JsonFields;
}
