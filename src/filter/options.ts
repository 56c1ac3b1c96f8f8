/**
 * The filters of a search as they were typed: texts by option name, not parsed yet.
 * Values of one option are OR, options are AND; `not` holds the `--not-…` of the same names.
 */

/** Filters that may be given several times. */
export const LIST_FILTERS = [
  'recipient',
  'sender',
  'address',
  'between',
  'domain',
  'subject',
  'ip',
  'action',
  'status',
  'direction',
  'messageId',
  'queueId',
  'quarantineId',
  'code',
  'host',
  'relay',
  'user',
  'engine',
  'reason',
  'mailbox',
  'text',
] as const;
export type ListFilter = (typeof LIST_FILTERS)[number];

/** Filters of which the last one given holds. */
export const SINGLE_FILTERS = ['since', 'until', 'minDelay', 'minSize'] as const;
export type SingleFilter = (typeof SINGLE_FILTERS)[number];

export type FilterName = ListFilter | SingleFilter;
export const FILTER_NAMES: readonly FilterName[] = [...LIST_FILTERS, ...SINGLE_FILTERS];

export type FilterTexts = { [K in ListFilter]?: readonly string[] } & { [K in SingleFilter]?: string };

export interface FilterOptions extends FilterTexts {
  not?: FilterTexts;
  /** no folding of +tags, SRS, BATV and addresses without a domain */
  exact?: boolean;
}

/** Between the two addresses of one `--between`. */
export const BETWEEN_SEPARATOR = '\0';

/** `messageId` -> `--message-id`, as the user typed it. */
export function optionName(name: FilterName, negated: boolean): string {
  return `--${negated ? 'not-' : ''}${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
