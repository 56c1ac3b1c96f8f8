/**
 * The first pass over the files of a search: their blocks with marks, what their stamps decide, the lines that the search itself
 * looks for, and traps. Large plain files are looked at in stripes by several threads (crew.ts), others by this one.
 * Rules:  what a stripe tells counts lines from 1 at its own first, and is put in order when all are looked at. Lines that have to be
 *         asked of a framer, and those of stripes that tell too many, are looked at again here.
 * Errors: false where a file changed, has a line without end, or Ctrl-C was pressed. Where a helper fails, or a file shrinks,
 *         all is looked at by this thread.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import type { Kernel } from '../kernel/index.ts';
import type { Phase } from '../model/run.ts';
import { isSeekable, type InputFile } from '../sources/input-file.ts';
import { Breather } from '../util/breather.ts';
import type { Blocks } from './blocks.ts';
import { helpersFor } from '../util/threads.ts';
import { Crew } from './crew.ts';
import { SHARED, type CrewStart, type Stripe, type StripeTold, type ToldLine } from './crew-task.ts';
import { FirstNeedles } from './first-needles.ts';
import { eachForeign } from '../util/foreign-lines.ts';
import { LinePacker, type LinePack } from './line-pack.ts';
import type { Place, Places } from './places.ts';
import type { Query } from './query.ts';
import { eachFound, scanBlocks, scanFile, type Block } from './scan.ts';
import { SHELF_BLOCKS } from './shelf.ts';
import { StripeLooks } from './stripe-look.ts';
import type { Timeline } from './timeline.ts';
import { TRAP_WORDS } from './trap-words.ts';
import { KIND, type Traps } from './traps.ts';
import { MOST_WORD_BYTES, type WordLines } from './word-lines.ts';

/** Blocks of a stripe: some ms of a thread. Where lines end it mostly has one more, and their marks one shelf. */
const STRIPE_BLOCKS = SHELF_BLOCKS - 1;
const LARGEST_STRIPE = 8 * 1024 * 1024;
/** So many lines are packed before they are put with the others: too many of them are found out then. */
const MANY_WORDS = 4096;

/** What is noted of a file. */
export interface Scanned {
  readonly file: InputFile;
  readonly blocks: Blocks;
  readonly timeline: Timeline;
  readonly found: Places;
  /** lines that may name a mail by its envelope */
  readonly words: WordLines;
  /** offsets of lines that the search itself looks for */
  readonly hits: Set<number>;
  bytes: number;
  lines: number;
}

export interface FirstPassOptions {
  readonly kernel: Kernel;
  readonly query: Query;
  readonly asksStatus: boolean;
  readonly blockBytes: number;
  readonly signal?: AbortSignal | undefined;
  readonly onPhase?: ((phase: Phase) => void) | undefined;
}

/** What a stripe told, without the text of lines that are none of the search. */
interface Kept {
  readonly told: Pick<StripeTold, 'blocks' | 'shelves' | 'end' | 'lines' | 'timeline' | 'isCrowded'>;
  readonly hits: readonly Place[];
  readonly words: readonly LinePack[];
}

export class FirstPass {
  readonly #sources: readonly Scanned[];
  readonly #options: FirstPassOptions;
  readonly #traps: Traps;
  readonly #needles: FirstNeedles;
  readonly #words = new LinePacker();
  readonly #done = new Set<Scanned>();
  /** of stripes that were looked at: lines of the search, bytes of lines that may name a mail by its envelope */
  #hits = 0;
  #wordBytes = 0;
  /** bytes of files that are over, and of this one */
  readonly #progress = { before: 0, now: (): number => 0 };

  constructor(sources: readonly Scanned[], traps: Traps, options: FirstPassOptions) {
    this.#sources = sources;
    this.#traps = traps;
    this.#options = options;
    this.#needles = new FirstNeedles(options.kernel, options.query.needles, traps);
  }

  async run(): Promise<boolean> {
    const progress = this.#progress;
    const total = this.#sources.reduce((sum, { file }) => sum + file.size, 0);
    this.#options.onPhase?.({ what: 'searching', total, done: () => progress.before + progress.now() });
    const plain = this.#sources.filter(({ file }) => isSeekable(file));
    const count = helpersFor(plain.reduce((sum, { file }) => sum + file.size, 0));
    if (count > 0 && !(await this.#inStripes(plain, count))) return false;
    if (!this.#needles.set()) return false;
    for (const source of this.#sources) if (!this.#done.has(source) && !(await this.#scan(source))) return false;
    return true;
  }

  /** Looks at these files with so many helpers, if it can; false: Ctrl-C was pressed, or a file changed. */
  async #inStripes(plain: readonly Scanned[], count: number): Promise<boolean> {
    const { signal } = this.#options;
    const fds: number[] = [];
    try {
      for (const { file } of plain) fds.push(openSync(file.full, 'r'));
      const start = this.#startOf(plain, fds);
      const kept = await this.#lookWith(count, start);
      if (this.#isTooMuch) return false;
      if (kept !== undefined && !(await this.#put(plain, kept, start.stripes))) return false;
    } catch {
      // a file that cannot be opened: this thread tells
    } finally {
      for (const fd of fds) closeSync(fd);
    }
    return signal?.aborted !== true;
  }

  #startOf(plain: readonly Scanned[], fds: readonly number[]): CrewStart {
    const { query, asksStatus, blockBytes } = this.#options;
    const size = Math.max(blockBytes, Math.min(blockBytes * STRIPE_BLOCKS, LARGEST_STRIPE));
    const stripes: Stripe[] = [];
    for (const source of plain.keys()) {
      const fd = fds[source] as number;
      const end = fstatSync(fd).size;
      for (let from = 0; from < end; from += size) stripes.push({ fd, source, from, to: from + size, end });
    }
    return {
      stripes,
      blockBytes,
      shared: new SharedArrayBuffer(SHARED.count * 4),
      needles: query.needles.map((needle) => Buffer.from(needle).toString('latin1')),
      traps: TRAP_WORDS,
      heads: asksStatus,
      ordered: this.#sources.length > 1,
    };
  }

  /** What was seen of each stripe; undefined where not all could be. */
  async #lookWith(count: number, start: CrewStart): Promise<Kept[] | undefined> {
    const { kernel, signal } = this.#options;
    const shared = new Int32Array(start.shared);
    this.#progress.now = () => (shared[SHARED.done] as number) * 1024;
    const kept: Kept[] = [];
    const take = (told: StripeTold): void => {
      kept[told.index] = this.#keep(told);
      if (this.#isTooMuch) looks.stop();
    };
    const crew = new Crew(count, start, kernel, this.#traps, take);
    const looks = new StripeLooks(start, kernel);
    const stop = (): void => looks.stop();
    signal?.addEventListener('abort', stop);
    try {
      const breather = new Breather();
      for (let told = looks.next(); told !== undefined; told = looks.next()) {
        take(told);
        await breather.breathe();
      }
      await crew.finish();
    } finally {
      signal?.removeEventListener('abort', stop);
      await crew.end();
    }
    this.#traps.add(looks.traps.seen);
    this.#progress.now = () => 0;
    return looks.isWhole && crew.isWhole ? kept : undefined;
  }

  #keep({ blocks, shelves, end, lines, timeline, isCrowded, found, foreign, words }: StripeTold): Kept {
    const { query } = this.#options;
    const hits: Place[] = [];
    const hit = ({ offset, line, text }: ToldLine, isForeign: boolean): void => {
      const bytes = Buffer.from(text, 'latin1');
      const { length } = bytes;
      if (isForeign ? query.acceptsForeign(bytes, 0, length) : query.accepts(bytes, 0, length))
        hits.push({ offset, line, length });
    };
    if (!isCrowded) {
      for (const one of found) hit(one, false);
      for (const one of foreign) hit(one, true);
    }
    this.#hits += hits.length;
    for (const { bytes } of words) this.#wordBytes += bytes.length;
    // more of these than are kept: they are looked for like other lines
    const isKept = !isCrowded && this.#wordBytes <= MOST_WORD_BYTES;
    if (this.#wordBytes > MOST_WORD_BYTES) for (const source of this.#sources) source.words.forget();
    return { told: { blocks, shelves, end, lines, timeline, isCrowded }, hits, words: isKept ? words : [] };
  }

  /** There is no memory for all the lines of the search. */
  get #isTooMuch(): boolean {
    return this.#sources.some(({ found }) => found.isOverfull || this.#hits > found.most);
  }

  /** Puts what was seen in the order of the files. False where something could not be read again. */
  async #put(plain: readonly Scanned[], kept: readonly Kept[], stripes: readonly Stripe[]): Promise<boolean> {
    for (const [i, { source, end }] of stripes.entries()) {
      const one = plain[source] as Scanned;
      const { told } = kept[i] as Kept;
      if (!(await this.#putStripe(one, kept[i] as Kept))) return false;
      one.lines += told.lines;
      one.bytes = end;
    }
    for (const source of plain) {
      source.timeline.close();
      this.#progress.before += source.file.size;
      this.#done.add(source);
    }
    return true;
  }

  async #putStripe(source: Scanned, { told, hits, words }: Kept): Promise<boolean> {
    if (source.found.isOverfull) return false;
    const { blocks, timeline, lines: before } = source;
    const first = blocks.count;
    for (const [i, { base, times, line }] of told.blocks.entries())
      blocks.know(base, before + line, told.blocks[i + 1]?.base ?? told.end, times);
    for (const shelf of told.shelves) blocks.knowMarks(shelf);
    for (const { offset, length, line } of hits)
      if (source.found.add(offset, length, before + line)) source.hits.add(offset);
    source.words.add(words, before);
    const isOdd = told.timeline === undefined;
    if (told.timeline !== undefined) timeline.join(told.timeline, before);
    if (!isOdd && !told.isCrowded) return true;
    timeline.forgetUsual();
    const own = told.blocks.map((_, i) => first + i);
    const { kernel, signal } = this.#options;
    const look = (block: Block): void => {
      if (isOdd) timeline.see(block, () => undefined);
      if (!told.isCrowded) return;
      eachForeign(kernel.buffer, block, (start, stop, number) => this.#takeForeign(source, block, start, stop, number));
      this.#find(source, block);
    };
    const isRead = await scanBlocks(source.file, blocks, own, kernel.buffer, look, { signal });
    source.words.add(this.#words.take(), 0);
    return isRead;
  }

  async #scan(source: Scanned): Promise<boolean> {
    const { kernel, signal, blockBytes } = this.#options;
    const progress = this.#progress;
    const { file } = source;
    let now = 0;
    progress.now = () => now;
    const onBytes = (bytes: number): void => {
      now = bytes;
    };
    source.timeline.forgetUsual();
    const read = await scanFile(file, blockBytes, kernel.buffer, (block) => this.#look(source, block), {
      signal,
      onBytes,
    });
    source.words.add(this.#words.take(), 0);
    if (read === undefined) return false;
    Object.assign(source, read);
    source.timeline.close();
    progress.now = () => 0;
    progress.before += file.size;
    return true;
  }

  /** Looks at a block for the first time. */
  #look(source: Scanned, block: Block): number {
    const { kernel, asksStatus } = this.#options;
    const { timeline } = source;
    const isWalked = timeline.see(block, (start, end, line) => this.#takeForeign(source, block, start, end, line));
    const marks = kernel.noteWords(block.end);
    if (asksStatus) kernel.noteHeads(block.end);
    source.blocks.add(block.base, block.line, block.base + block.end, marks, timeline.times.told);
    return this.#find(source, block, isWalked);
  }

  /** Looks for needles and traps; gives how many lines the block has. `isWalked`: the timeline saw them all. */
  #find(source: Scanned, block: Block, isWalked = false): number {
    const { kernel, query } = this.#options;
    const { buffer } = kernel;
    const found = kernel.findNeedles(block.end, isWalked);
    eachFound(found, block, (start, end, offset, line, index) => {
      const kinds = this.#needles.kindsOf(found, index);
      if ((kinds & KIND.search) !== 0 && query.accepts(buffer, start, end)) this.#hit(source, start, end, offset, line);
      const text = buffer.toString('latin1', start, end);
      if (this.#traps.look(text, kinds)) this.#words.add(buffer, start, end, offset, line);
    });
    if (this.#words.count >= MANY_WORDS) source.words.add(this.#words.take(), 0);
    const { lines } = found;
    if (this.#traps.hasNews) this.#needles.set();
    return lines;
  }

  #takeForeign(source: Scanned, block: Block, start: number, end: number, line: number): void {
    const { kernel, query } = this.#options;
    if (query.acceptsForeign(kernel.buffer, start, end)) this.#hit(source, start, end, block.base + start, line);
  }

  #hit({ hits, found }: Scanned, start: number, end: number, offset: number, line: number): void {
    if (found.add(offset, end - start, line)) hits.add(offset);
  }
}
