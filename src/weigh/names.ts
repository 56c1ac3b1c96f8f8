/**
 * The names that the machine knows by number (kernel/assembly/count/names.ts): addresses, clients, what lines say; their texts are
 * made where somebody asks for them.
 */
import { decodeText, type Frame } from '../model/frame.ts';
import { type NameRole, type PlainNames, RANK_BYTES } from '../model/plain-mail.ts';
import type { Counter } from './counter.ts';

/** As in names.ts there. */
const ROLES: Readonly<Record<NameRole, number>> = { address: 0x41444452, domain: 0x444f4d41, client: 0x50454552 };
/** A client whose name is not known is told by its address, others as `name [address]`. */
const NAMELESS = 'unknown[';
const OPEN = 0x5b;
const SPACE = 0x20;
/** words of a name's entry: place in the pool, length, owner, whether it is odd */
const ENTRY = 4;
const IS_BARE = 2;

/** The names that the machine knows by number. */
export class Names implements PlainNames {
  readonly #texts: (string | undefined)[] = [];
  readonly #counter: Counter;
  #memory: ArrayBuffer | undefined;
  #bytes = Buffer.alloc(0);
  #words = new Int32Array(0);
  #entries = 0;
  #pool = 0;

  constructor(counter: Counter) {
    this.#counter = counter;
  }

  /** The machine has gone on: what it knows may lie elsewhere. */
  refresh(): void {
    const memory = this.#counter.memory();
    const { module } = this.#counter;
    this.#entries = module.namesStart() / 4;
    this.#pool = module.namesPool();
    if (memory === this.#memory) return;
    this.#memory = memory;
    this.#bytes = Buffer.from(memory);
    this.#words = new Int32Array(memory);
  }

  of(number: number): string {
    let text = this.#texts[number];
    if (text === undefined) {
      const [from, to] = this.#range(number);
      text = decodeText(this.#bytes, from, to);
      this.#texts[number] = text;
    }
    return text;
  }

  #range(number: number): [number, number] {
    const entry = this.#entries + number * ENTRY;
    const from = this.#pool + (this.#words[entry] as number);
    return [from, from + (this.#words[entry + 1] as number)];
  }

  ownerOf(number: number): number {
    return this.#words[this.#entries + number * ENTRY + 2] as number;
  }

  isOdd(number: number): boolean {
    return this.#words[this.#entries + number * ENTRY + 3] !== 0;
  }

  isBare(number: number): boolean {
    return this.#words[this.#entries + number * ENTRY + 3] === IS_BARE;
  }

  find(role: NameRole, text: string): number {
    const { module } = this.#counter;
    const length = Buffer.from(this.#counter.memory()).write(text, module.buffer(), 'utf8');
    return module.numberOf(ROLES[role], length);
  }

  rank(number: number, from: number): number {
    const [start, end] = this.#range(number);
    return this.#rankOf(start + from, end, 0);
  }

  clientRank(number: number, from: number): number {
    const [start, end] = this.#range(number);
    if (this.#bytes.toString('latin1', start, start + NAMELESS.length) === NAMELESS)
      return this.#rankOf(start + NAMELESS.length + from, end - 1, 0);
    return this.#rankOf(start + from, end, OPEN);
  }

  /** `space`: a byte that a space stands before. */
  #rankOf(from: number, end: number, space: number): number {
    let rank = 0;
    for (let at = from; at < from + RANK_BYTES; at++) {
      const byte = at < end ? (this.#bytes[at] as number) : 0;
      rank = rank * 256 + (byte === space && byte !== 0 ? SPACE : byte);
    }
    return rank;
  }

  /** Puts a name where a line's text is. */
  into(frame: Frame, number: number): Frame {
    frame.bytes = this.#bytes;
    [frame.body, frame.end] = this.#range(number);
    return frame;
  }
}
