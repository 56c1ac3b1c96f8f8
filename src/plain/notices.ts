/**
 * Mails that name a notice which Postfix wrote of them (a bounce, a delay notice), and those notices: told together, with links to
 * each other, once both were written. What stays alone is given back.
 */
import type { LinkType } from '../model/words.ts';

/** A message that was written, and waits. */
export interface Written {
  readonly id: string;
  readonly hash: number;
  /** ms */
  readonly time: number;
  readonly order: number;
  readonly rows: number;
  readonly json: Buffer;
  /** of each recipient the pair (attempts.ts) */
  readonly pairs: readonly number[];
  /** of each line offset, length and number, in the one long log */
  readonly lines: readonly number[];
  /** of a mail: what its notice is, and when it was told, ms */
  readonly notice: { kind: number; at: number } | undefined;
}

/** As src/kernel/assembly/mails has it. */
const DELAY = 2;
/** A notice is logged within this time of the line that names it (src/correlate/tracker.ts). */
const NEAR_MS = 600_000;
/** `{"v":1,"id":"20261120-082400-08ysc8000","kind":"bounce"`: where the kind stands */
const KIND_START = 48;

export interface Pair {
  readonly mail: Written;
  readonly notice: Written;
  readonly down: LinkType;
  readonly up: LinkType;
}

export class Notices {
  /** by the notice's queue id and who wrote it */
  readonly #waiting = new Map<string, Written>();
  /** more than two have these */
  readonly #spoilt = new Set<string>();
  readonly #kindStart: number;

  /** `lead`: bytes before the object of a message. */
  constructor(lead: number) {
    this.#kindStart = lead + KIND_START;
  }

  /** The pair that this one completes; undefined: it waits, or is alone. `alone` takes those that will never be told. */
  add(key: string, one: Written, alone: (one: Written) => void): Pair | undefined {
    const other = this.#waiting.get(key);
    if (this.#spoilt.has(key)) {
      alone(one);
      return undefined;
    }
    if (other === undefined) {
      this.#waiting.set(key, one);
      return undefined;
    }
    this.#waiting.delete(key);
    this.#spoilt.add(key);
    const [mail, notice] = one.notice === undefined ? [other, one] : [one, other];
    if (mail.notice === undefined || notice.notice !== undefined || Math.abs(notice.time - mail.notice.at) > NEAR_MS) {
      alone(one);
      alone(other);
      return undefined;
    }
    const isDelay = mail.notice.kind === DELAY;
    if (isDelay) notice.json.write('notice', this.#kindStart, 'latin1');
    return {
      mail,
      notice,
      down: isDelay ? 'notified-by' : 'bounced-by',
      up: isDelay ? 'notice-of' : 'bounce-of',
    };
  }

  /** All that still wait. */
  *left(): Generator<Written> {
    yield* this.#waiting.values();
    this.#waiting.clear();
  }
}
