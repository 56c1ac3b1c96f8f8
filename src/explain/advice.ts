/**
 * The shape of an explanation, shared by all tables of this folder.
 * Units: texts are single plain English sentences; `{domain}` stands for the recipient's domain
 * (see fillDomain in explain.ts). No text holds anything from a log.
 */
import type { Reason } from './reason-words.ts';

/**
 * Who must act, as the tables know it. A reply is read the same way whether we gave or got it, so the tables
 * say `sending-server` and `receiving-server`; explain.ts makes `us` and `remote` of them.
 */
export type TableSide = 'sender' | 'recipient' | 'sending-server' | 'receiving-server' | 'us' | 'network' | 'nobody';

/** What something means and what to do about it. */
export interface Advice {
  readonly meaning: string;
  readonly side: TableSide;
  readonly todo: string;
  /** what to do where our own server gave the answer, if that is another thing (see todo.ts) */
  readonly ownTodo?: string;
}

/** An advice with its stable word (`undefined`: a success or a neutral reply) and the document it rests on. */
export interface CodeRow extends Advice {
  readonly reason: Reason | undefined;
  readonly source: string;
}

/**
 * A text that servers answer with.
 * `texts`: any one of them must be in the reply, in lower case; `*` stands for anything between two pieces, `~` for a few
 * words of the same sentence.
 * Every run of digits is written `0`, as reply-text.ts masks it. Empty: the code alone decides.
 * `codes`: any one must fit: `550` (SMTP), `5.7.1`, `x.7.1` (any class), `5.7.606-649`. Left out: any.
 * `weak`: general words; an exact enhanced code that names a cause goes before them.
 * `wholeWords`: the pieces match only as words of their own, never inside a host name or longer word.
 */
export interface TextRow extends Advice {
  readonly id: string;
  readonly provider: string;
  readonly texts: readonly string[];
  readonly codes?: readonly string[];
  readonly wholeWords?: true;
  readonly weak?: true;
  readonly reason: Reason;
  readonly source: string;
  /** an answer as it is documented, or as a server writes it */
  readonly sample?: string;
}
