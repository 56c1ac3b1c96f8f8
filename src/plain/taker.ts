/** Who takes the messages that are written as JSON, and keeps them. */
import type { Clock } from '../render/times.ts';

export interface PlainTaker {
  readonly clock: Clock;
  /** What parts objects: `,` and a line feed before each; else a line feed behind. It is part of what `add` is given. */
  readonly isList: boolean;
  /**
   * The message json[from, to), which stays as it is until `settle`. `idHash`: the lower 32 bits of hashText() of its id, `time`
   * in ms, `order` as Message.order, `rows`: recipients of a table. Returns a number of it, -1: there was no room.
   */
  add(json: Uint8Array, from: number, to: number, idHash: number, time: number, order: number, rows: number): number;
  /** Something was not kept that links may ask for. */
  readonly isFull?: boolean;
  /** What was given is no longer there. */
  settle(): void;
  /** What was added with this number is void. */
  drop(number: number): void;
  /** The message that was added with this number, as it was printed, and its time. Undefined: there was no room for it. */
  read(number: number): { json: string; time: number } | undefined;
}
