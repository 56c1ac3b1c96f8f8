/**
 * A mail that reports on another mail, as src/bounce reads it: a bounce, a delay notice, a receipt, or a complaint.
 * Shape:  `undefined` = the mail does not say. Texts are hostile: whoever prints them makes them visible first.
 * Source: RFC 3464 (fields), RFC 6533 (addresses in Unicode), RFC 5965 (complaints), RFC 8098 (dispositions).
 */
import type { Instant } from './message.ts';

/** What the report says became of a recipient: RFC 3464 section 2.3.3, with `delayed` and the like as they stand there. */
export type BounceAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';

/** One recipient that a report tells of. */
export interface BounceRecipient {
  /** where the reporting server tried to deliver */
  readonly address?: string;
  /** as the sender addressed it, where that is another */
  readonly original?: string;
  readonly action: BounceAction;
  /** `5.1.1`: the field Status, or what stands in the text */
  readonly dsn?: string;
  /** `550` */
  readonly code?: string;
  /** the answer in the words of whoever gave it */
  readonly reply?: string;
  /** what the report says of it to people, where that is more than the answer */
  readonly said?: string;
  /** the server that gave the answer: Remote-MTA */
  readonly remote?: string;
  /** when tries end: Will-Retry-Until */
  readonly retriesUntil?: Instant;
  readonly lastAttempt?: Instant;
}

/** What the report quotes of the mail that it is about. */
export interface OriginalMail {
  /** without `<` `>` */
  readonly messageId?: string;
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  readonly date?: Instant;
  /** envelope sender: Return-Path, X-Postfix-Sender, Original-Mail-From */
  readonly sender?: string;
  /** the lines Received, the newest first: who took it, from whom, under which id */
  readonly received: readonly ReceivedLine[];
}

/** One Received line (RFC 5321 section 4.4). */
export interface ReceivedLine {
  /** the server that wrote it */
  readonly by?: string;
  /** the client as it called itself or was found, with its address */
  readonly from?: string;
  readonly ip?: string;
  readonly id?: string;
  readonly date?: Instant;
}

export type BounceKind =
  /** at least one recipient failed */
  | 'bounce'
  /** none failed; at least one still waits */
  | 'delay'
  /** delivered, relayed, expanded: a receipt of a server */
  | 'receipt'
  /** an answer of a mailbox: read, or refused by a rule of its owner (RFC 8098) */
  | 'disposition'
  /** a user called the mail spam (RFC 5965) */
  | 'complaint'
  /** a mailbox answered by itself: vacation, out of office; the mail arrived (RFC 3834) */
  | 'auto-reply'
  /** a mail that reports nothing that we can read */
  | 'other';

/** A complaint's own fields (RFC 5965 section 3). */
export interface Complaint {
  /** `abuse`, `fraud`, `virus`, `not-spam`, `auth-failure`, `opt-out`, … */
  readonly type: string;
  /** who reports: User-Agent */
  readonly reporter?: string;
  readonly sourceIp?: string;
  readonly reportedDomains: readonly string[];
  readonly recipients: readonly string[];
  readonly incidents?: number;
  /** `dkim`, `spf`, `dmarc`, … of an auth-failure report (RFC 6591) */
  readonly authFailure?: string;
}

/** A mail that reports on another. */
export interface BounceReport {
  readonly kind: BounceKind;
  /** how it was read: `rfc3464`, `arf`, `disposition`, or the words of a server: `qmail`, `exim`, … ; `text` = general words */
  readonly form: string;
  readonly recipients: readonly BounceRecipient[];
  readonly original: OriginalMail;
  readonly complaint?: Complaint;
  /** the server that reports: Reporting-MTA, or the text's own */
  readonly reporter?: string;
  /** the mail's own fields */
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  readonly date?: Instant;
  readonly messageId?: string;
  readonly received: readonly ReceivedLine[];
  /** ids of the mail reported on, in the reporting server's queue */
  readonly queueIds: readonly string[];
  /** Original-Envelope-Id (RFC 3461 ENVID) */
  readonly envelopeId?: string;
  /** the mail was larger than is read, or broken: only its beginning was looked at */
  readonly isCut: boolean;
  /** only its empty return path says that this is a report: without a reason in it, it is none */
  readonly isGuess?: true;
}
