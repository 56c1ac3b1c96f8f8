/**
 * A finished report, before any form is given to it: src/report makes it of messages, src/render/report prints it as text,
 * Markdown, JSON, CSV or HTML.
 * Shape: texts are plain and hostile (log text as it stood, not escaped); numbers are numbers; `undefined` = the log does not say.
 * Units: times in ms since 1970-01-01T00:00Z, durations in ms, sizes in bytes, shares in percent.
 */
import type { Instant } from '../model/message.ts';

export const REPORT_KINDS = ['bounces', 'rejects', 'deferred', 'quarantine', 'traffic', 'delays', 'auth'] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

export type Unit = 'bytes' | 'ms' | 'percent';

/** A finished report, ready to be printed in any form. */
export interface ReportDocument {
  readonly kind: ReportKind;
  /** `Bounces` */
  readonly title: string;
  /** the window asked for, and the first and last stamp of the logs read */
  readonly period: {
    readonly since?: Instant;
    readonly until?: Instant;
    readonly first?: Instant;
    readonly last?: Instant;
  };
  /** what `Figure.previous` and `Row.isNew` are held against */
  readonly compared?: { readonly label: string; readonly since: Instant; readonly until: Instant };
  /** '' or the filter in words */
  readonly filters: string;
  /** headline numbers, most important first */
  readonly figures: readonly Figure[];
  readonly charts: readonly Chart[];
  /** the first is the report's one table in CSV */
  readonly sections: readonly Section[];
  /** what was assumed, not understood, left out */
  readonly notes: readonly string[];
  /** nothing to report */
  readonly empty: boolean;
}

export interface Figure {
  /** stable, of the JSON: `bounced_mails` */
  readonly name: string;
  /** `mails bounced` */
  readonly label: string;
  readonly value: number;
  readonly unit?: Unit;
  /** the same figure of the period compared with */
  readonly previous?: number;
  /** what it counts, in a few words */
  readonly hint?: string;
  /** part of a figure above it: for people, left out where it is 0 */
  readonly isPart?: true;
}

export interface Chart {
  readonly name: string;
  readonly title: string;
  /** columns: over time, left to right; bars: a ranking, top to bottom */
  readonly form: 'columns' | 'bars';
  readonly unit?: Unit;
  readonly labels: readonly string[];
  /** stacked upon each other where they are several; `values` as long as `labels` */
  readonly series: readonly Series[];
}

export interface Series {
  readonly name: string;
  readonly label: string;
  readonly tone: 'good' | 'wait' | 'bad' | 'stop' | 'plain';
  readonly values: readonly number[];
}

export interface Column {
  /** stable, of JSON and CSV */
  readonly name: string;
  readonly label: string;
  readonly align?: 'right';
  readonly unit?: Unit | 'time';
  /** a long text: given the room that is left, or a line of its own */
  readonly wide?: true;
  /** for JSON and CSV alone: what people read in the heading or elsewhere */
  readonly isData?: true;
}

export type Cell = string | number | undefined;

export interface Section {
  /** stable, of the JSON */
  readonly name: string;
  readonly title: string;
  readonly text?: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** rows left out */
  readonly more?: number;
}

export interface Row {
  /** as many as the section's columns */
  readonly cells: readonly Cell[];
  /** group heading in plain words, printed above; the cells then are the group's sums */
  readonly heading?: string;
  /** what to do about it */
  readonly advice?: string;
  /** details, in the same columns */
  readonly rows?: readonly Row[];
  /** details left out */
  readonly more?: number;
  /** not there in the period compared with */
  readonly isNew?: true;
}
