/**
 * Recipients of plain messages as attempts that may be retries, or have some (src/correlate/retries.ts): a hash of sender and
 * recipient, and whose it is. Memory: 12 bytes each.
 */
import type { OtherAttempt } from '../correlate/retries.ts';

const FIRST_SIZE = 4096;
/** `{"v":1,"id":"20261120-082400-08ysc8000","kind":"mail"`: where the id begins, and what stands behind it */
const ID_START = 13;
const MAIL = '","kind":"mail"';

/** A message as it was printed, and its time. */
interface Printed {
  json: string;
  time: number;
}

export class Attempts {
  /** pairs that have an attempt that was refused for now */
  readonly open: number[] = [];
  #pairs = new Float64Array(FIRST_SIZE);
  /** twice the number of the message, and one more where it was refused for now */
  #numbers = new Uint32Array(FIRST_SIZE);
  #count = 0;
  readonly #dropped = new Set<number>();

  /** `isOpen`: it was refused for now. */
  add(pair: number, number: number, isOpen: boolean): void {
    if (this.#count === this.#pairs.length) this.#grow();
    this.#pairs[this.#count] = pair;
    this.#numbers[this.#count++] = 2 * number + (isOpen ? 1 : 0);
    if (isOpen) this.open.push(pair);
  }

  drop(number: number): void {
    this.#dropped.add(number);
  }

  /**
   * The attempts of mails that have such a pair, but for those that are alone: `hasOwn` tells of which pairs the run has one.
   * `read`: the message with this number.
   */
  *of(
    isWanted: (pair: number) => boolean,
    hasOwn: (pair: number) => boolean,
    read: (number: number) => Printed | undefined,
  ): Generator<OtherAttempt> {
    const wanted: number[] = [];
    const counts = new Map<number, number>();
    for (let i = 0; i < this.#count; i++) {
      const pair = this.#pairs[i] as number;
      if (!isWanted(pair) || this.#dropped.has((this.#numbers[i] as number) >>> 1)) continue;
      wanted.push(i);
      counts.set(pair, (counts.get(pair) ?? (hasOwn(pair) ? 1 : 0)) + 1);
    }
    for (const i of wanted) {
      const pair = this.#pairs[i] as number;
      if (counts.get(pair) === 1) continue;
      const number = this.#numbers[i] as number;
      const printed = read(number >>> 1);
      const attempt = printed === undefined ? undefined : attemptOf(printed, pair, (number & 1) === 1);
      if (attempt !== undefined) yield attempt;
    }
  }

  #grow(): void {
    const pairs = new Float64Array(this.#count * 2);
    pairs.set(this.#pairs);
    this.#pairs = pairs;
    const numbers = new Uint32Array(this.#count * 2);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }
}

/** Undefined: it is no mail but a notice. A quote within a text has a backslash: a member's name stands nowhere else. */
function attemptOf({ json, time }: Printed, pair: number, open: boolean): OtherAttempt | undefined {
  const end = json.indexOf('"', ID_START);
  if (!json.startsWith(MAIL, end)) return undefined;
  const at = json.indexOf(',"client":{');
  const client = at < 0 ? '' : json.slice(at, json.indexOf('}', at));
  return {
    pair,
    id: json.slice(ID_START, end),
    time,
    open,
    messageId: textOf(json, ',"messageId":"'),
    ip: textOf(client, '"ip":"'),
    helo: textOf(client, '"helo":"'),
  };
}

/** The plain text that begins behind `name`. */
function textOf(json: string, name: string): string | undefined {
  const at = json.indexOf(name);
  return at < 0 ? undefined : json.slice(at + name.length, json.indexOf('"', at + name.length));
}
