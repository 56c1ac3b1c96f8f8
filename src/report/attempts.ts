/**
 * Attempts that were refused for now, held until the run has ended: only then it is known which of them came back, and those
 * count once, as what became of the retry.
 * Units: at most MOST_HELD messages and HELD_BYTES, less with less memory; of more, the oldest are counted as if they had not
 *        come back.
 */
import type { Message } from '../model/message.ts';
import { isOpenRefusal } from './period.ts';
import { boundOf } from './top-table.ts';

export const MOST_HELD = 50_000;
const HELD_BYTES = 160 << 20;
/** What V8 takes for a message about, and for each recipient and line of it. */
const MESSAGE_BYTES = 2500;
const RECIPIENT_BYTES = 600;
const LINE_BYTES = 64;

function bytesOf({ recipients, lines }: Message): number {
  return MESSAGE_BYTES + recipients.length * RECIPIENT_BYTES + (lines?.length ?? 0) * LINE_BYTES;
}

export class Attempts {
  readonly #held = new Map<string, Message>();
  readonly #back = new Set<string>();
  readonly #most: number;
  readonly #mostBytes = boundOf(HELD_BYTES);
  #bytes = 0;
  /** attempts of which nobody asked any more whether they came back */
  letGo = 0;

  constructor(most = MOST_HELD) {
    this.#most = boundOf(most);
  }

  /** The message to count now: the one given, one that is let go for it, or none. */
  take(message: Message): Message | undefined {
    if (!message.recipients.some(isOpenRefusal)) return message;
    const before = this.#held.get(message.id);
    if (before !== undefined) this.#bytes -= bytesOf(before);
    this.#held.set(message.id, message);
    this.#bytes += bytesOf(message);
    if (this.#held.size <= this.#most && this.#bytes <= this.#mostBytes) return undefined;
    const [oldest] = this.#held;
    if (oldest === undefined) return undefined;
    this.#held.delete(oldest[0]);
    this.#bytes -= bytesOf(oldest[1]);
    this.letGo++;
    return oldest[1];
  }

  get held(): number {
    return this.#held.size;
  }

  /** The message of this id came back. */
  cameBack(id: string): void {
    if (this.#held.has(id)) this.#back.add(id);
  }

  /** All that is held, each with whether it came back. */
  *release(): Generator<{ message: Message; isBack: boolean }, void> {
    for (const [id, message] of this.#held) yield { message, isBack: this.#back.has(id) };
    this.#held.clear();
  }
}
