/**
 * What every report is: a tally that takes messages one by one and keeps numbers, and at the end tells a document's parts.
 */
import type { LineWatch } from '../model/line-watch.ts';
import type { Instant, Message, Recipient, Session } from '../model/message.ts';
import type { PlainDelivery } from '../model/plain-mail.ts';
import type { RunSummary } from '../model/run.ts';
import type { Status } from '../model/words.ts';
import type { ReportDocument } from './document.ts';
import type { Period, Standing } from './period.ts';

export interface ReportContext {
  readonly period: Period;
  /** addresses that our server added count too */
  readonly withAdded: boolean;
  /** rows of a table; Infinity = all there are */
  readonly top: number;
  /** minutes east of UTC in the zone printed */
  readonly minutesEast: (at: Instant) => number;
  /** whether some filter leaves mail out: then numbers of the whole log tell nothing of it */
  readonly isFiltered: boolean;
  /** numbers of the log's lines too, where the report has them */
  readonly asLogged: boolean;
  /** whether own domains or networks are configured: else a direction may be unknown */
  readonly knowsOwn: boolean;
}

/** A recipient that counts, and how. */
export interface CountedEntry {
  readonly recipient: Recipient;
  readonly standing: Exclude<Standing, 'out'>;
  readonly time: Instant;
  /** refused for now, and came back: what became of the retry counts in its place */
  readonly isBack: boolean;
}

export type Parts = Pick<ReportDocument, 'figures' | 'charts' | 'sections' | 'notes' | 'empty'>;

/** What a tally counts of mails that it tells nothing more of: then these can be known as numbers alone. */
export interface Results {
  /** of mails with a recipient that became one of these it tells more */
  readonly read: readonly Status[];
  /** …and of each refusal */
  readonly refusals: boolean;
  /** A recipient of a mail of kind `mail` of whom nothing more is told; `isBack`: as of an entry. */
  add(standing: Exclude<Standing, 'out'>, isBack: boolean): void;
  /** Whom it was sent to in the period, where more is told of these. */
  readonly sent?: (mail: PlainDelivery, i: number) => void;
  /** Rows that were let go: what is told hangs on the order of mails then. */
  letGo(): number;
}

export interface Tally {
  readonly results?: Results;
  /** A message of which at least one recipient counts in the period. Whatever its kind: a tally says which it counts. */
  add(message: Message, entries: readonly CountedEntry[]): void;
  /** A session that brought no mail, in the period; `times`: how many like it. */
  session?(session: Session, times: number): void;
  /** asked of every line of the log, where the report tells of more than mails */
  readonly watches?: readonly LineWatch[];
  parts(summary: RunSummary): Parts;
}
