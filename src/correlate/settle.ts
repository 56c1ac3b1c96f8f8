/**
 * When a mail is told: its hops have left their queues and nothing more is awaited, or the input ends.
 *
 * A hop is kept for a while after its end, because the next host's lines may come late (merged streams, skewed clocks)
 * and a bounce or a re-injection is tied by later lines. As long as few hops are live none is told before the end of the
 * input: then every join is made with everything known.
 */
export interface SettleOptions {
  /** log time that a finished hop is kept for lines that join it, ms */
  holdMs: number;
  /** this many finished hops are kept in any case */
  keepAtLeast: number;
}

/** The rule for the next hop's first line is 600 s; twice that leaves room for skewed clocks. */
export const DEFAULT_SETTLE: SettleOptions = { holdMs: 1_200_000, keepAtLeast: 4_096 };
