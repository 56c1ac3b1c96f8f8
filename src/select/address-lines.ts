/**
 * Lines with any of many addresses: each @ of a block is looked up by the bytes on both sides of it. With more needles than the
 * kernel takes at once this is one look at a block in place of many.
 */
import { besideMark, BESIDE } from '../kernel/index.ts';

const AT = 0x40;
const LF = 10;

export class AddressLines {
  /** texts that cannot be looked for so: too few bytes before or behind the @ */
  readonly others: readonly number[];
  readonly #texts: readonly string[];
  readonly #byMark = new Map<number, number[]>();

  /** `texts` in small letters. */
  constructor(texts: readonly string[]) {
    this.#texts = texts;
    this.others = texts.flatMap((text, i) => (this.#add(text, i) ? [] : [i]));
  }

  /** Calls `take` with lines of buffer[0, end) that hold some of these, by index, the index of the line and the line; each once. */
  find(
    buffer: Buffer,
    end: number,
    isAsked: (text: number) => boolean,
    take: (start: number, stop: number, index: number, text: string) => void,
  ): void {
    let start = 0;
    let index = 0;
    for (let at = buffer.indexOf(AT, BESIDE); at >= 0 && at + 1 + BESIDE <= end;) {
      const some = this.#byMark.get(besideMark(buffer, at));
      let next = at + 1;
      if (some !== undefined) {
        let stop = buffer.indexOf(LF, start);
        for (; stop >= 0 && stop < at; stop = buffer.indexOf(LF, start)) {
          start = stop + 1;
          index++;
        }
        if (stop < 0 || stop > end) stop = end;
        const text = buffer.toString('latin1', start, stop);
        const line = text.toLowerCase();
        if (some.some((i) => isAsked(i) && line.includes(this.#texts[i] as string))) {
          take(start, stop, index, text);
          next = stop;
        }
      }
      at = buffer.indexOf(AT, next);
    }
  }

  /** Whether the text has a mark. */
  #add(text: string, i: number): boolean {
    const bytes = Buffer.from(text, 'latin1');
    const at = bytes.indexOf(AT);
    if (at < BESIDE || at + 1 + BESIDE > bytes.length) return false;
    const mark = besideMark(bytes, at);
    const some = this.#byMark.get(mark);
    if (some === undefined) this.#byMark.set(mark, [i]);
    else some.push(i);
    return true;
  }
}
