/**
 * Passes over the blocks of the files that may hold what the closure asks for: the lines found are read next.
 * Errors: false where a file changed, or Ctrl-C was pressed.
 */
import { needleMarks, wordMarks, wordHash, type FoundLines, type Kernel } from '../kernel/index.ts';
import type { Phase } from '../model/run.ts';
import type { InputFile } from '../sources/input-file.ts';
import type { Blocks, Marks } from './blocks.ts';
import { LinkLines } from './link-lines.ts';
import type { Places } from './places.ts';
import { RefusedLines } from './refused.ts';
import { eachFound, scanBlocks, type Block } from './scan.ts';
import { Sifter } from './sifter.ts';
import type { Pair, Wanted, Word } from './wants.ts';
import type { Walk } from './walks.ts';

const NEEDLES_AT_ONCE = 64;
/** with more words, their lines are better read than asked which word it was */
const MOST_SIFTED = 2000;
/** so many are found sooner one by one, wherever they stand: what they stand in is read too */
const FEW_WORDS = 3;

/** An answer names the id under which the next system took the mail (model/remote-id.ts). */
const NAMES_ID = /queued as|\bid=|message accepted|message queued/i;

/** What is gathered of a file. */
export interface Gathering {
  readonly file: InputFile;
  readonly blocks: Blocks;
  readonly chosen: Places;
  readonly found: Places;
  readonly seen: ReadonlySet<number>;
}

export interface GatherOptions {
  kernel: Kernel;
  signal?: AbortSignal | undefined;
  onPhase?: ((phase: Phase) => void) | undefined;
}

/** A word, and marks of the blocks that may hold it (kernel/word-marks.ts). */
interface Asked {
  word: string;
  marks: Marks;
}

/** One pass: the blocks of each file, and what is asked of each. */
interface Pass {
  blocksOf: (source: Gathering, index: number) => number[];
  look: (source: Gathering, block: Block, index: number) => void;
}

export class Gatherer {
  passes = 0;
  readonly #sources: readonly Gathering[];
  readonly #options: GatherOptions;

  constructor(sources: readonly Gathering[], options: GatherOptions) {
    this.#sources = sources;
    this.#options = options;
  }

  async gather({ words, needles, pairs, links, relays, refused, walks }: Wanted): Promise<boolean> {
    const isRefused = new RefusedLines(refused);
    const isLink = new LinkLines(links);
    return (
      (words.length === 0 || (await this.#words(words))) &&
      (await this.#needles(needles, () => true)) &&
      (await this.#pairs(pairs)) &&
      (await this.#needles(isLink.needles, (text) => isLink.has(text))) &&
      (await this.#needles(relays, (text) => NAMES_ID.test(text))) &&
      (await this.#needles(isRefused.needles, (text) => isRefused.has(text))) &&
      (walks.length === 0 || (await this.#walk(walks)))
    );
  }

  /** Lines with words; of ids first those that do not stand in an address or a name, then the others of ids that there are. */
  async #words(words: readonly Word[]): Promise<boolean> {
    if (words.length > MOST_SIFTED)
      return this.#wordsIn(
        words.map(({ word }) => ({ word, marks: undefined })),
        undefined,
      );
    const sifter = new Sifter(words);
    const asked = words.flatMap(({ word, text, id }): Asked[] => {
      const own = wordMarks(word);
      const more = needleMarks(text ?? '');
      if (own === undefined) return [{ word, marks: listed(more) }];
      if (id === word) return [{ word, marks: [own.alone] }];
      return [own.alone, own.joined].map((mark) => ({ word, marks: [mark, ...more] }));
    });
    if (!(await this.#wordsIn(asked, sifter))) return false;
    const ids = sifter.finish().map(({ word }) => ({ word, marks: listOf(wordMarks(word)?.joined) }));
    return ids.length === 0 || this.#wordsIn(ids, undefined);
  }

  /** In each block the words that it may hold. */
  #wordsIn(asked: readonly Asked[], sifter: Sifter | undefined): Promise<boolean> {
    const { kernel } = this.#options;
    const hashes = asked.map(({ word }) => hashOf(word));
    const needles = asked.map(({ word }) => [Buffer.from(word, 'latin1')]);
    const isEvery = asked.length > MOST_SIFTED;
    if (isEvery) kernel.setWords(hashes);
    const held = new Map<Gathering, Map<number, number[]>>();
    const look = (source: Gathering, block: Block, found: FoundLines): void => {
      const take = taker(source);
      eachFound(found, block, (start, end, offset, line) => {
        if (sifter === undefined) take(start, end, offset, line);
        else
          sifter.look(kernel.buffer.toString('latin1', start, end), () => {
            take(start, end, offset, line);
          });
      });
    };
    return this.#pass({
      blocksOf: (source) => {
        const marks = asked.map((one) => one.marks);
        if (isEvery) return source.blocks.holding(marks);
        const each = source.blocks.holdingEach(marks);
        held.set(source, each);
        return [...each.keys()];
      },
      look: (source, block, index) => {
        if (isEvery) return look(source, block, kernel.findWords(block.end));
        const which = held.get(source)?.get(index) ?? [];
        if (which.length > FEW_WORDS) {
          kernel.setWords(which.map((i) => hashes[i] as number));
          look(source, block, kernel.findWords(block.end));
        } else
          for (const i of which) {
            kernel.setNeedles(needles[i] as Buffer[]);
            look(source, block, kernel.findNeedles(block.end));
          }
      },
    });
  }

  #pairs(pairs: readonly Pair[]): Promise<boolean> {
    const texts = new Set(pairs.map(({ needle }) => needle));
    return this.#needles([...texts], (text) => {
      const line = text.toLowerCase();
      return pairs.some((pair) => line.includes(pair.needle) && line.includes(pair.text));
    });
  }

  /** Lines with texts: all are looked for at once where they are few, else in each block those that it may hold. */
  async #needles(texts: readonly string[], isWanted: (text: string) => boolean): Promise<boolean> {
    if (texts.length === 0) return true;
    const { kernel } = this.#options;
    const marks = texts.map((text) => listed(needleMarks(text)));
    const needles = texts.map((text) => Buffer.from(text, 'latin1'));
    const isFew = texts.length <= NEEDLES_AT_ONCE;
    const held = new Map<Gathering, Map<number, number[]>>();
    let isSet = !isFew || kernel.setNeedles(needles);
    if (!isSet) return false;
    const find = (source: Gathering, block: Block): void => {
      const take = taker(source);
      eachFound(kernel.findNeedles(block.end), block, (start, end, offset, line) => {
        if (isWanted(kernel.buffer.toString('latin1', start, end))) take(start, end, offset, line);
      });
    };
    const isDone = await this.#pass({
      blocksOf: (source) => {
        if (isFew) return source.blocks.holding(marks);
        const each = source.blocks.holdingEach(marks);
        held.set(source, each);
        return [...each.keys()];
      },
      look: (source, block, index) => {
        if (isFew) {
          find(source, block);
          return;
        }
        const which = held.get(source)?.get(index) ?? [];
        for (let from = 0; from < which.length; from += NEEDLES_AT_ONCE) {
          isSet &&= kernel.setNeedles(which.slice(from, from + NEEDLES_AT_ONCE).map((i) => needles[i] as Buffer));
          if (isSet) find(source, block);
        }
      },
    });
    return isDone && isSet;
  }

  /** Lines of processes in some blocks each. */
  #walk(walks: readonly Walk[]): Promise<boolean> {
    const { kernel } = this.#options;
    const pids = new Map<string, Set<string>>();
    const blocks = this.#sources.map(() => new Set<number>());
    for (const { pid, file, block } of walks) {
      blocks[file]?.add(block);
      const place = `${file} ${block}`;
      const list = pids.get(place);
      if (list === undefined) pids.set(place, new Set([String(pid)]));
      else list.add(String(pid));
    }
    return this.#pass({
      blocksOf: (_, index) => [...(blocks[index] as Set<number>)].sort((a, b) => a - b),
      look: (source, block, index) => {
        const wanted = pids.get(`${this.#sources.indexOf(source)} ${index}`) as Set<string>;
        kernel.setWords([...wanted].map((pid) => hashOf(pid)));
        eachFound(kernel.findWords(block.end), block, taker(source));
      },
    });
  }

  async #pass({ blocksOf, look }: Pass): Promise<boolean> {
    this.passes++;
    const { kernel, signal, onPhase } = this.#options;
    const parts = this.#sources.map((source, i) => ({ source, wanted: blocksOf(source, i) }));
    let before = 0;
    let now = 0;
    let total = 0;
    for (const { source, wanted } of parts)
      for (const block of wanted) total += source.blocks.base(block + 1) - source.blocks.base(block);
    onPhase?.({ what: 'gathering', total, done: () => before + now });
    for (const { source, wanted } of parts) {
      const onBytes = (bytes: number): void => {
        now = bytes;
      };
      const onBlock = (block: Block, index: number): void => look(source, block, index);
      if (wanted.length === 0) continue;
      if (!(await scanBlocks(source.file, source.blocks, wanted, kernel.buffer, onBlock, { signal, onBytes })))
        return false;
      before += now;
      now = 0;
    }
    return true;
  }
}

const listOf = (mark: number | undefined): Marks => (mark === undefined ? undefined : [mark]);

const listed = (marks: readonly number[]): Marks => (marks.length === 0 ? undefined : marks);

function hashOf(word: string): number {
  const bytes = Buffer.from(word, 'latin1');
  return wordHash(bytes, 0, bytes.length);
}

/** Takes lines that were not read yet. */
export function taker({
  chosen,
  seen,
  found,
}: Gathering): (start: number, end: number, offset: number, line: number) => void {
  return (start, end, offset, line) => {
    if (!chosen.has(offset) && !seen.has(offset)) found.add(offset, end - start, line);
  };
}
