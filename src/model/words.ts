/**
 * The closed vocabularies of the output contract, version 1.
 * Stored and printed as these words, never as ordinals.
 */

export const STATUSES = [
  'delivered',
  'relayed',
  'expanded',
  'deferred',
  'greylisted',
  'held',
  'pending',
  'bounced',
  'expired',
  'rejected',
  'removed',
  'aborted',
  'quarantined',
  'discarded',
] as const;
/** What became of one recipient: the last word over all hops in the logs given. */
export type Status = (typeof STATUSES)[number];

export const STATUS_GROUPS = ['sent', 'waiting', 'failed', 'stopped'] as const;
export type StatusGroup = (typeof STATUS_GROUPS)[number];

export const GROUP_OF_STATUS: Readonly<Record<Status, StatusGroup>> = {
  delivered: 'sent',
  relayed: 'sent',
  expanded: 'sent',
  deferred: 'waiting',
  greylisted: 'waiting',
  held: 'waiting',
  pending: 'waiting',
  bounced: 'failed',
  expired: 'failed',
  rejected: 'failed',
  removed: 'failed',
  aborted: 'failed',
  quarantined: 'stopped',
  discarded: 'stopped',
};

/** Filter actions, in the order in which the first that was carried out is a recipient's action; `would-reject` is of verdicts alone. */
export const ACTIONS = [
  'rejected',
  'discarded',
  'bounced-by-filter',
  'quarantined',
  'held',
  'greylisted',
  'tempfailed',
  'redirected',
  'modified',
  'subject-modified',
  'tagged',
  'copied',
  'bypassed',
  'accepted',
] as const;
export type Action = (typeof ACTIONS)[number];
export type VerdictAction = Action | 'would-reject';

export const KINDS = ['mail', 'bounce', 'notice', 'auto-reply'] as const;
export type MessageKind = (typeof KINDS)[number];

export const STATES = ['complete', 'open', 'partial'] as const;
export type MessageState = (typeof STATES)[number];

export const DIRECTIONS = ['inbound', 'outbound', 'internal', 'transit', 'unknown'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export const LINK_TYPES = [
  'bounce-of',
  'bounced-by',
  'notice-of',
  'notified-by',
  'reply-to',
  'replied-by',
  'copy-of',
  'copied-as',
  'forward-of',
  'forwarded-as',
  'expanded-from',
  'expanded-to',
  'retry-of',
  'retried-by',
] as const;
export type LinkType = (typeof LINK_TYPES)[number];

export const NOTE_TYPES = ['ambiguous-join', 'ambiguous-retry', 'clock-skew', 'let-go', 'year-assumed'] as const;
export type NoteType = (typeof NOTE_TYPES)[number];
