/**
 * Passes over the blocks of the files that may hold what the closure asks for: the lines found are read next.
 * Errors: false where a file changed, or Ctrl-C was pressed.
 */
import { needleMarks, wordMarks, wordHash, type FoundLines, type Kernel } from '../kernel/index.ts';
import type { Phase } from '../model/run.ts';
import type { InputFile } from '../sources/input-file.ts';
import { AddressLines } from './address-lines.ts';
import { areNear, type Times } from './block-times.ts';
import type { Blocks, Marks } from './blocks.ts';
import { LinkLines, WriterLines } from './link-lines.ts';
import type { Places } from './places.ts';
import { RefusedLines } from './refused.ts';
import { eachFound, scanBlocks, type Block } from './scan.ts';
import { Sifter } from './sifter.ts';
import type { NearWanted, Pair, Wanted, Word } from './wants.ts';
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
  /** more is not looked at: `gather` is false then */
  mostBytes?: number | undefined;
  /** blocks' times tell how far apart lines of a host were written */
  areComparable: () => boolean;
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
  /** bytes that were looked at */
  bytes = 0;
  readonly #sources: readonly Gathering[];
  readonly #options: GatherOptions;

  constructor(sources: readonly Gathering[], options: GatherOptions) {
    this.#sources = sources;
    this.#options = options;
  }

  async gather({ words, needles, writers, nears, pairs, links, relays, refused, walks }: Wanted): Promise<boolean> {
    const isRefused = new RefusedLines(refused);
    const isLink = new LinkLines(links);
    const isWriter = new WriterLines(writers);
    return (
      (words.length === 0 || (await this.#words(words))) &&
      (await this.#needles(needles, () => true)) &&
      (await this.#needles(isWriter.needles, (text) => isWriter.has(text))) &&
      (await this.#nears(nears)) &&
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

  /** Lines with texts, in blocks that were written near to other lines. */
  #nears(nears: readonly NearWanted[]): Promise<boolean> {
    if (!this.#options.areComparable())
      return this.#needles(
        nears.map(({ needle }) => needle),
        () => true,
      );
    const around = nears.map(({ places }) => {
      const known = new Map<string, { times: Times; ms: number }>();
      for (const { file, offset, ms } of places) {
        const blocks = this.#sources[file]?.blocks;
        const block = blocks?.at(offset) ?? 0;
        known.set(`${file} ${block} ${ms}`, { times: blocks?.times(block), ms });
      }
      return [...known.values()];
    });
    const isNear = ({ blocks }: Gathering, block: number, which: number): boolean => {
      const own = blocks.times(block);
      return (around[which] ?? []).some(({ times, ms }) => areNear(own, times, ms));
    };
    return this.#needles(
      nears.map(({ needle }) => needle),
      () => true,
      isNear,
    );
  }

  /**
   * Lines with texts: all are looked for at once where they are few, else in each block those that it may hold. `mayHave`:
   * whether lines of a block that have the text (by index) are of use.
   */
  async #needles(
    texts: readonly string[],
    isWanted: (text: string) => boolean,
    mayHave?: (source: Gathering, block: number, which: number) => boolean,
  ): Promise<boolean> {
    if (texts.length === 0) return true;
    const { kernel } = this.#options;
    const marks = texts.map((text) => listed(needleMarks(text)));
    const needles = texts.map((text) => Buffer.from(text, 'latin1'));
    const isFew = texts.length <= NEEDLES_AT_ONCE && mayHave === undefined;
    const addresses = texts.length > NEEDLES_AT_ONCE ? new AddressLines(texts) : undefined;
    const others = addresses && new Set(addresses.others);
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
        if (mayHave !== undefined)
          for (const [at, which] of each) {
            const left = which.filter((i) => mayHave(source, at, i));
            if (left.length > 0) each.set(at, left);
            else each.delete(at);
          }
        held.set(source, each);
        return [...each.keys()];
      },
      look: (source, block, index) => {
        if (isFew) {
          find(source, block);
          return;
        }
        const all = held.get(source)?.get(index) ?? [];
        const asked = addresses && new Set(all);
        const take = taker(source);
        addresses?.find(
          kernel.buffer,
          block.end,
          (i) => asked?.has(i) === true,
          (start, end, line, text) => {
            if (isWanted(text)) take(start, end, block.base + start, block.line + line);
          },
        );
        const which = others === undefined ? all : all.filter((i) => others.has(i));
        for (let from = 0; from < which.length; from += NEEDLES_AT_ONCE) {
          isSet &&= kernel.setNeedles(which.slice(from, from + NEEDLES_AT_ONCE).map((i) => needles[i] as Buffer));
          if (isSet) find(source, block);
        }
      },
    });
    return isDone && isSet;
  }

  /** Lines of processes in some pieces of the files each. */
  #walk(walks: readonly Walk[]): Promise<boolean> {
    const { kernel } = this.#options;
    const byBlock = this.#sources.map(() => new Map<number, Walk[]>());
    for (const walk of walks) {
      const { blocks } = this.#sources[walk.file] as Gathering;
      const last = blocks.at(walk.to - 1);
      for (let block = blocks.at(walk.from); block <= last; block++) {
        const list = byBlock[walk.file]?.get(block);
        if (list === undefined) byBlock[walk.file]?.set(block, [walk]);
        else list.push(walk);
      }
    }
    return this.#pass({
      blocksOf: (_, index) => [...(byBlock[index] as Map<number, Walk[]>).keys()].sort((a, b) => a - b),
      look: (source, block, index) => {
        const own = byBlock[this.#sources.indexOf(source)]?.get(index) ?? [];
        const take = taker(source);
        kernel.setWords([...new Set(own.map(({ pid }) => pid))].map((pid) => hashOf(String(pid))));
        eachFound(kernel.findWords(block.end), block, (start, end, offset, line) => {
          const near = own.filter(({ from, to }) => offset >= from && offset < to);
          if (near.length === 0) return;
          const text = kernel.buffer.toString('latin1', start, end);
          if (near.some(({ pid }) => text.includes(String(pid)))) take(start, end, offset, line);
        });
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
    this.bytes += total;
    if (this.bytes > (this.#options.mostBytes ?? Infinity)) return false;
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
