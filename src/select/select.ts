/**
 * The selective path: the lines of the mails that a search can match, found without parsing the others.
 * Rules:  a first pass over the bytes looks for what every match shows; the lines found are parsed as ever, and what they
 *         name is looked for in further passes until nothing new is named (closure.ts). The run then reads these lines
 *         alone, and tells of the mails in them what it would tell with all lines.
 * Errors: undefined where that is not sure: a pipe, too large a packed file, what closure.ts and timeline.ts doubt; then the log is
 *         read whole, as without this path.
 */
import { FORMATS } from '../formats/index.ts';
import type { Kernel } from '../kernel/index.ts';
import type { Phase, RunRequest } from '../model/run.ts';
import type { RunIo } from '../pipeline/run.ts';
import type { InputFile } from '../sources/input-file.ts';
import type { LineSelection } from '../sources/line-selection.ts';
import { areAtHand } from '../sources/spool/read-at.ts';
import { Closure } from './closure.ts';
import { Interpreter } from './interpreter.ts';
import { type Place, Places } from './places.ts';
import type { Query } from './query.ts';
import type { Rec } from './record.ts';
import { eachFound, scanFile, type ScanFile } from './scan.ts';
import { Timeline } from './timeline.ts';
import { Traps } from './traps.ts';

export interface SelectOptions {
  query: Query;
  asksStatus: boolean;
  asksLinks: boolean;
  kernel: Kernel;
  signal?: AbortSignal | undefined;
  onPhase?: ((phase: Phase) => void) | undefined;
}

/** Above this share of the log it is not worth while. */
const MOST_SHARE = 0.35;
const FEW_LINES = 200_000;
const NEEDLES_AT_ONCE = 64;

const SIGNS = FORMATS.flatMap(({ refusedSigns = [] }) => refusedSigns);
/** An answer names the id under which the next system took the mail (model/remote-id.ts). */
const NAMES_ID = /queued as|\bid=|message accepted|message queued/i;

/** One file of the search. */
interface Source extends ScanFile {
  readonly timeline: Timeline;
  readonly chosen: Places;
  /** found in this round, not looked at yet */
  found: Places;
  /** deliveries that were refused, and their offsets while they are read for that alone */
  readonly refusedLines: Places;
  readonly refused: Set<number>;
  addresses: readonly string[];
  readonly perhaps: { recs: readonly Rec[]; places: readonly Place[] }[];
  readonly seen: Set<number>;
  /** offsets of lines that the search itself looks for */
  readonly hits: Set<number>;
}

/** Why the log must be read whole, for those who look into it. */
export interface Selected {
  selections: ReadonlyMap<string, LineSelection> | undefined;
  why: string | undefined;
  /** passes over the bytes, and lines chosen */
  passes: number;
  lines: number;
}

export async function selectLines(
  files: readonly InputFile[],
  request: RunRequest,
  io: RunIo,
  options: SelectOptions,
): Promise<Selected> {
  const selector = new Selector(files, request, io, options);
  const why = await selector.run();
  const lines = selector.sources.reduce((sum, { chosen }) => sum + chosen.count, 0);
  const { passes } = selector;
  return { selections: why === undefined ? selector.selections() : undefined, why, passes, lines };
}

class Selector {
  readonly sources: Source[];
  passes = 0;
  readonly #options: SelectOptions;
  readonly #request: RunRequest;
  readonly #closure: Closure;
  readonly #interpreter: Interpreter;
  readonly #traps = new Traps();

  constructor(files: readonly InputFile[], request: RunRequest, io: RunIo, options: SelectOptions) {
    this.#options = options;
    this.#request = request;
    const { kernel, query, asksStatus, asksLinks } = options;
    const encoder = new TextEncoder();
    this.#interpreter = new Interpreter(files, request, io);
    this.sources = files.map((file) => ({
      file,
      bytes: -1,
      lines: 0,
      timeline: new Timeline(this.#interpreter.lookAt(file), files.length > 1),
      chosen: new Places(),
      found: new Places(),
      refusedLines: new Places(),
      refused: new Set<number>(),
      addresses: [],
      perhaps: [],
      seen: new Set<number>(),
      hits: new Set<number>(),
    }));
    this.#closure = new Closure({
      asksStatus,
      asksLinks,
      hosts: () => new Set(this.sources.flatMap(({ timeline }) => [...timeline.hosts])).size,
      isNoHead: (word) => {
        const bytes = encoder.encode(word);
        return asksStatus && bytes.length <= 64 && !kernel.mayHead(this.#interpreter.hash(bytes));
      },
      isSearched: (address) => {
        const bytes = Buffer.from(`<${address}>`);
        const low = address.toLowerCase();
        return (
          query.needles.some((needle) => low.includes(Buffer.from(needle).toString('latin1').toLowerCase())) &&
          query.accepts(bytes, 0, bytes.length)
        );
      },
    });
  }

  /** Undefined where all is sure. */
  async run(): Promise<string | undefined> {
    const { kernel, query } = this.#options;
    if (this.sources.length === 0) return 'no inputs';
    if (!areAtHand(this.sources.map(({ file }) => file))) return 'not all can be read at any place';
    const marks = [...SIGNS, ...Traps.needles].map((mark) => Buffer.from(mark));
    if (!kernel.setNeedles([...query.needles, ...marks])) return 'too much to look for';
    if (!(await this.#firstPass())) return 'a file changed, or has a line without end';
    if (this.sources.some(({ timeline }) => timeline.isUnsure)) return 'stamps that hang on all lines';
    if (this.#traps.doubt !== undefined) return this.#traps.doubt;
    for (;;) {
      const clocks = await this.#interpreter.read(this.sources, this.#closure, this.#request.wantLines);
      if (clocks !== undefined) return clocks;
      this.#closure.fronts = this.#traps.fronts;
      this.#closure.settle();
      const words = this.#closure.nextWords();
      const needles = this.#closure.nextNeedles();
      const relays = this.#closure.nextRelays();
      if (this.#closure.doubt !== undefined) return this.#closure.doubt;
      const asksRefused = this.#takeRefused();
      if (words.length + needles.length + relays.length === 0 && !asksRefused) break;
      if (!(await this.#pass(words, needles, relays))) return 'a file changed';
      this.#addRefused();
      if (this.#isTooMuch()) return 'most of the log';
    }
    this.#closure.close();
    for (const { chosen, perhaps } of this.sources)
      for (const { recs, places } of perhaps)
        if (recs.some((rec) => this.#closure.isChosen(rec)))
          for (const { offset, length, line } of places) chosen.add(offset, length, line);
    return this.#closure.doubt;
  }

  /** Refused deliveries of addresses in question are read with what is found next; false where nobody asks. */
  #takeRefused(): boolean {
    const addresses = [...this.#closure.refused];
    this.#closure.refused.clear();
    for (const source of this.sources) {
      source.refused.clear();
      source.addresses = addresses;
      if (addresses.length === 0) continue;
      for (const { offset } of source.refusedLines.all()) if (!source.chosen.has(offset)) source.refused.add(offset);
    }
    return addresses.length > 0;
  }

  /** Those that nothing else was found in: added last. */
  #addRefused(): void {
    for (const source of this.sources) {
      if (source.refused.size === 0) continue;
      for (const { offset, length, line } of source.refusedLines.all())
        if (source.refused.has(offset) && !source.found.add(offset, length, line)) source.refused.delete(offset);
    }
  }

  selections(): ReadonlyMap<string, LineSelection> {
    return new Map(
      this.sources.map(({ file, chosen, timeline, lines, bytes }) => [
        file.identity,
        chosen.selection(timeline.anchors.values(), lines, bytes),
      ]),
    );
  }

  #isTooMuch(): boolean {
    let chosen = 0;
    let lines = 0;
    for (const source of this.sources) {
      chosen += source.chosen.count + source.found.count;
      lines += source.lines;
    }
    return chosen > FEW_LINES && chosen > lines * MOST_SHARE;
  }

  async #firstPass(): Promise<boolean> {
    const { kernel, query, asksStatus } = this.#options;
    const { buffer } = kernel;
    return this.#scan('searching', (source, block) => {
      const hit = (start: number, end: number, offset: number, line: number): void => {
        source.hits.add(offset);
        source.found.add(offset, end - start, line);
      };
      source.timeline.see(buffer, block, (start, end, line) => {
        if (query.acceptsForeign(buffer, start, end)) hit(start, end, block.base + start, line);
      });
      if (asksStatus) kernel.noteHeads(block.end);
      const found = kernel.findNeedles(block.end);
      eachFound(found, block, (start, end, offset, line) => {
        if (query.accepts(buffer, start, end)) hit(start, end, offset, line);
        const text = buffer.toString('latin1', start, end);
        this.#traps.look(text);
        if (SIGNS.some((sign) => text.includes(sign))) source.refusedLines.add(offset, end - start, line);
      });
      return found.lines;
    });
  }

  /** Looks for words and needles; the lines found that are not chosen yet are read next. */
  async #pass(words: readonly string[], needles: readonly string[], relays: readonly string[]): Promise<boolean> {
    const { kernel } = this.#options;
    const { buffer } = kernel;
    const hashes = words.map((word) => this.#interpreter.hash(Buffer.from(word, 'latin1')));
    if (hashes.length > 0) kernel.setWords(hashes);
    const batches = [...batchesOf(needles, false), ...batchesOf(relays, true)];
    for (let i = 0; i < Math.max(batches.length, hashes.length > 0 ? 1 : 0); i++) {
      const batch = batches[i];
      const hasWords = i === 0 && hashes.length > 0;
      if (batch !== undefined && !kernel.setNeedles(batch.needles)) return false;
      const done = await this.#scan('gathering', (source, block) => {
        let lines = 0;
        const take = (start: number, end: number, offset: number, line: number): void => {
          if (!source.chosen.has(offset) && !source.seen.has(offset)) source.found.add(offset, end - start, line);
        };
        if (hasWords) {
          const found = kernel.findWords(block.end);
          lines = found.lines;
          eachFound(found, block, take);
        }
        if (batch === undefined) return lines;
        const found = kernel.findNeedles(block.end);
        lines = found.lines;
        eachFound(found, block, (start, end, offset, line) => {
          if (!batch.isRelay || NAMES_ID.test(buffer.toString('latin1', start, end))) take(start, end, offset, line);
        });
        return lines;
      });
      if (!done) return false;
    }
    return true;
  }

  async #scan(
    what: string,
    onBlock: (source: Source, block: { base: number; end: number; line: number }) => number,
  ): Promise<boolean> {
    this.passes++;
    let before = 0;
    let now = 0;
    const total = this.sources.reduce((sum, source) => sum + sizeOf(source), 0);
    this.#options.onPhase?.({ what, total, done: () => before + now });
    for (const source of this.sources) {
      const size = sizeOf(source);
      const isRead = await scanFile(source, this.#options.kernel.buffer, (block) => onBlock(source, block), {
        signal: this.#options.signal,
        onBytes: (bytes) => {
          now = bytes;
        },
      });
      if (!isRead) return false;
      if (what === 'searching') source.timeline.close();
      before += size;
      now = 0;
    }
    return true;
  }
}

/** What a pass reads of it: of a packed file the first time the packed bytes. */
const sizeOf = ({ file, bytes }: Source): number => (bytes < 0 ? file.size : bytes);

interface Batch {
  needles: Buffer[];
  isRelay: boolean;
}

function batchesOf(texts: readonly string[], isRelay: boolean): Batch[] {
  const out: Batch[] = [];
  for (let from = 0; from < texts.length; from += NEEDLES_AT_ONCE)
    out.push({
      needles: texts.slice(from, from + NEEDLES_AT_ONCE).map((text) => Buffer.from(text, 'latin1')),
      isRelay,
    });
  return out;
}
