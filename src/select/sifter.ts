/**
 * Which of the lines with a wanted word are of use: all of them; those with a whole Message-ID; of what may be an id, those
 * of ids that some line begins with.
 * Source: `noteHeads` (kernel/door.ts) says where ids stand; no log writes an id as a part of an address or a name.
 */
import { HEAD_REACH } from '../kernel/index.ts';
import type { Word } from './wants.ts';

const WORDS = /[0-9A-Za-z-]+/g;
const MARK = /\[\d+\]: /;
const JOINS = /[@._+]/;

interface Asked {
  isAny: boolean;
  readonly texts: string[];
  isId: boolean;
  /** of ids that are this word and nothing more */
  isWhole: boolean;
  /** some line begins with it */
  isHead: boolean;
  /** lines to take when one does */
  waiting: (() => void)[];
}

export class Sifter {
  readonly #asked = new Map<string, Asked>();

  constructor(words: readonly Word[]) {
    for (const { word, text, id } of words) {
      let asked = this.#asked.get(word);
      if (asked === undefined) {
        asked = { isAny: false, texts: [], isId: false, isWhole: true, isHead: false, waiting: [] };
        this.#asked.set(word, asked);
      }
      if (id !== undefined) {
        asked.isId = true;
        asked.isWhole &&= id === word;
      } else if (text === undefined) asked.isAny = true;
      else asked.texts.push(text);
    }
  }

  /** Calls `take` now or in `finish`, or never. */
  look(line: string, take: () => void): void {
    let reach = -1;
    for (const { 0: word, index } of line.matchAll(WORDS)) {
      const asked = this.#asked.get(word);
      if (asked === undefined) continue;
      if (asked.isAny || asked.texts.some((text) => line.includes(text))) return take();
      if (!asked.isId) continue;
      if (!asked.isHead) {
        if (reach < 0) reach = reachOf(line);
        const end = index + word.length;
        const isPart = asked.isWhole && (JOINS.test(line.charAt(index - 1)) || JOINS.test(line.charAt(end)));
        asked.isHead = index < reach && !isPart;
      }
      if (asked.isHead) return take();
      asked.waiting.push(take);
    }
  }

  /** All lines were looked at: the words of ids that some line begins with. */
  finish(): Word[] {
    const ids: Word[] = [];
    for (const [word, { isHead, isWhole, isId, waiting }] of this.#asked) {
      if (!isHead) continue;
      for (const take of waiting) take();
      if (isId && isWhole) ids.push({ word });
    }
    return ids;
  }
}

/** Up to where an id may begin. */
function reachOf(line: string): number {
  const mark = MARK.exec(line);
  return mark === null ? line.length : mark.index + mark[0].length + HEAD_REACH;
}
