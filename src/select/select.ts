/**
 * The selective path: the lines of the mails that a search can match, found without parsing the others.
 * Rules:  a first pass over the bytes looks for what every match shows; the lines found are parsed as ever, and what they
 *         name is looked for in further passes until nothing new is named (closure.ts). The run then reads these lines
 *         alone, and tells of the mails in them what it would tell with all lines.
 * Errors: undefined where that is not sure: a pipe, too large a packed file, what closure.ts and timeline.ts doubt; then the log is
 *         read whole, as without this path.
 */
import type { YearHint } from '../framing/years.ts';
import type { Kernel } from '../kernel/index.ts';
import type { Phase, RunRequest } from '../model/run.ts';
import type { RunIo } from '../pipeline/run.ts';
import type { InputFile } from '../sources/input-file.ts';
import type { LineSelection } from '../sources/line-selection.ts';
import { areAtHand } from '../sources/spool/read-at.ts';
import { sharesOf } from '../util/memory.ts';
import { Blocks } from './blocks.ts';
import { Closure } from './closure.ts';
import { FirstPass } from './first-pass.ts';
import { Gatherer, taker } from './gather.ts';
import { Interpreter } from './interpreter.ts';
import { type Place, Places } from './places.ts';
import type { Query } from './query.ts';
import type { Rec } from './record.ts';
import { sampledHits } from './sample.ts';
import { blockBytesOf } from './scan.ts';
import { Timeline } from './timeline.ts';
import { TRAP_WORDS } from './trap-words.ts';
import { Traps } from './traps.ts';
import type { Wanted } from './wants.ts';
import { WordLines } from './word-lines.ts';

export interface SelectOptions {
  query: Query;
  asksStatus: boolean;
  asksLinks: boolean;
  /** where there are many lines to be looked for, another way is faster than this one (weigh/sieve.ts) */
  hasOtherWay?: boolean | undefined;
  /** size of the blocks; by default, by that of the logs */
  blockBytes?: number | undefined;
  kernel: Kernel;
  signal?: AbortSignal | undefined;
  onPhase?: ((phase: Phase) => void) | undefined;
}

/** Lines that are looked at for what they name cost twice those of a plain run: above this share of the log it is no gain. */
const MOST_SHARE = 0.25;
const FEW_LINES = 20_000;
/**
 * Lines that the search itself looks for: of more, reading a log whole is faster (80 ms a MiB, each of these lines one or more),
 * or another way, if there is one (6 ms a MiB). At least so many, and so many in a MiB.
 */
const MANY_HITS = { least: 20_000, perMiB: 50 };
const MANY_HITS_BESIDE = { least: 500, perMiB: 4 };
/** Links are asked for in a pass over most of the log for every few lines: of more of them, or of more passes, another way is faster. */
const MANY_LINKED = 200;
const MOST_LINK_PASSES = 8;
/** What those of the search name is kept, about 1 KiB a line; of the others, mostly more than half, nothing. */
const MOST_LINES = 1_500_000;
const LINE_COST = 1024;

/** One file of the search. */
interface Source {
  readonly file: InputFile;
  readonly blocks: Blocks;
  bytes: number;
  lines: number;
  readonly timeline: Timeline;
  readonly chosen: Places;
  /** found in this round, not looked at yet */
  found: Places;
  /** lines that may name a mail by its envelope */
  readonly words: WordLines;
  readonly perhaps: { recs: readonly Rec[]; places: readonly Place[] }[];
  readonly seen: Set<number>;
  /** offsets of lines that the search itself looks for */
  readonly hits: Set<number>;
}

/** Why the log must be read whole, for those who look into it. */
export interface Selected {
  selections: ReadonlyMap<string, LineSelection> | undefined;
  /** what a look at the files said of their years */
  hints: ReadonlyMap<string, YearHint>;
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
  const passes = 1 + selector.gatherer.passes;
  const { hints } = selector.interpreter;
  return { selections: why === undefined ? selector.selections() : undefined, hints, why, passes, lines };
}

function isNothing(wanted: Wanted): boolean {
  return Object.values(wanted).every((list: readonly unknown[]) => list.length === 0);
}

class Selector {
  readonly sources: Source[];
  readonly gatherer: Gatherer;
  readonly interpreter: Interpreter;
  readonly #options: SelectOptions;
  readonly #request: RunRequest;
  readonly #closure: Closure;
  readonly #traps = new Traps(TRAP_WORDS);
  readonly #blockBytes: number;
  /** lines that there is memory for */
  readonly #mostLines: number;
  /** lines that were looked at for what they name */
  #read = 0;

  constructor(files: readonly InputFile[], request: RunRequest, io: RunIo, options: SelectOptions) {
    this.#options = options;
    this.#request = request;
    const { kernel, query, asksStatus, asksLinks } = options;
    const encoder = new TextEncoder();
    this.#mostLines = Math.min(MOST_LINES, Math.floor(sharesOf(request.memory).select / LINE_COST));
    this.interpreter = new Interpreter(files, request, io);
    this.sources = files.map((file) => ({
      file,
      blocks: new Blocks(),
      bytes: 0,
      lines: 0,
      timeline: new Timeline(this.interpreter.lookAt(file), files.length > 1, kernel),
      chosen: new Places(),
      found: new Places(this.#mostLines),
      words: new WordLines(),
      perhaps: [],
      seen: new Set<number>(),
      hits: new Set<number>(),
    }));
    this.#blockBytes = options.blockBytes ?? blockBytesOf(files.reduce((sum, { size }) => sum + size, 0));
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    this.gatherer = new Gatherer(this.sources, {
      ...options,
      mostBytes: options.hasOtherWay === true && asksLinks ? MOST_LINK_PASSES * bytes : undefined,
      areComparable: () => this.#areComparable(),
    });
    this.#closure = new Closure({
      asksStatus,
      asksLinks,
      blocksOf: (file) => (this.sources[file] as Source).blocks,
      blockBytes: this.#blockBytes,
      isOnlyFile: () => files.length === 1,
      isInOneStream: ({ host }) => this.#isInOneStream(host.toLowerCase()),
      hosts: () => new Set(this.sources.flatMap(({ timeline }) => [...timeline.hosts])).size,
      isNoHead: (word) => {
        const bytes = encoder.encode(word);
        return asksStatus && bytes.length <= 64 && !kernel.mayHead(bytes);
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
    if (this.sources.length === 0) return 'no inputs';
    if (!areAtHand(this.sources.map(({ file }) => file))) return 'not all can be read at any place';
    if (this.#areTooMany(this.#sampledHits())) return 'too many lines';
    const first = new FirstPass(this.sources, this.#traps, { ...this.#options, blockBytes: this.#blockBytes });
    if (!(await first.run())) return 'too much to look for, a file changed, or has a line without end';
    if (this.#areTooMany(this.sources.reduce((sum, { hits }) => sum + hits.size, 0))) return 'too many lines';
    if (this.sources.some(({ timeline }) => timeline.isUnsure)) return 'stamps that hang on all lines';
    if (this.#traps.doubt !== undefined) return this.#traps.doubt;
    this.#closure.traps = this.#traps;
    this.#expectWords();
    for (;;) {
      if (this.#isTooMuch()) return 'most of the log';
      const clocks = await this.interpreter.read(this.sources, this.#closure, this.#request.wantLines);
      if (clocks !== undefined) return clocks;
      this.#closure.settle();
      let wanted = this.#closure.next();
      if (isNothing(wanted) && this.#closure.askMore()) wanted = this.#closure.next();
      if (this.#closure.doubt !== undefined) return this.#closure.doubt;
      if (isNothing(wanted)) break;
      this.#takeWords(wanted.envelopes);
      if (!(await this.gatherer.gather(wanted))) return 'a file changed, or too much to look for';
    }
    this.#closure.close();
    for (const { chosen, perhaps } of this.sources)
      for (const { recs, places } of perhaps)
        if (recs.some((rec) => this.#closure.isChosen(rec)))
          for (const { offset, length, line } of places) chosen.add(offset, length, line);
    return this.#closure.doubt;
  }

  selections(): ReadonlyMap<string, LineSelection> {
    return new Map(
      this.sources.map(({ file, chosen, timeline, lines, bytes }) => [
        file.identity,
        chosen.selection(timeline.anchors.values(), lines, bytes),
      ]),
    );
  }

  /** Lines that may name a mail by its envelope are read before others of its sender, where they are few. */
  #expectWords(): void {
    const lines = this.sources.reduce((sum, source) => sum + source.lines, 0);
    const count = this.sources.reduce((sum, { words }) => sum + words.count, 0);
    const most = Math.max(FEW_LINES / 4, Math.min(this.#mostLines, lines * MOST_SHARE) / 4);
    if (count > most || this.sources.some(({ words }) => words.isTooMuch))
      for (const { words } of this.sources) words.forget();
    else if (count > 0) this.#closure.expectWords();
  }

  #takeWords(names: readonly string[]): void {
    if (names.length === 0) return;
    for (const source of this.sources) {
      const take = taker(source);
      source.words.taking(names, this.#options.kernel, ({ offset, length, line }) => take(0, length, offset, line));
    }
  }

  #sampledHits(): number {
    const { query, kernel } = this.#options;
    const files = this.sources.map(({ file }) => file);
    try {
      return sampledHits(files, query, kernel) ?? 0;
    } catch {
      // a file that cannot be opened: the first pass tells
      return 0;
    }
  }

  #areTooMany(hits: number): boolean {
    const bytes = this.sources.reduce((sum, { file, bytes: read }) => sum + Math.max(read, file.size), 0);
    const { hasOtherWay, asksLinks } = this.#options;
    if (hasOtherWay === true && asksLinks) return hits > MANY_LINKED;
    const { least, perMiB } = hasOtherWay === true ? MANY_HITS_BESIDE : MANY_HITS;
    return hits > Math.max(least, (perMiB * bytes) / 2 ** 20);
  }

  /** Whether those read so far and those to be read now are too many. */
  #isTooMuch(): boolean {
    let lines = 0;
    for (const source of this.sources) {
      this.#read += source.found.count;
      lines += source.lines;
    }
    return (
      this.sources.some(({ found }) => found.isOverfull) ||
      (this.#read > FEW_LINES && this.#read > Math.min(this.#mostLines, lines * MOST_SHARE))
    );
  }

  /** Whether the times of all files' blocks can be compared: one host's stamps differ as the times that they mean. */
  #areComparable(): boolean {
    const scales = new Set(this.sources.map(({ timeline }) => timeline.scale));
    return (
      scales.size === 1 && !scales.has(undefined) && (this.sources.length === 1 || this.#request.logZones.length === 0)
    );
  }

  /** Whether the lines of a host follow each other: sessions are whole in one place. */
  #isInOneStream(host: string): boolean {
    if (this.sources.length === 1) return true;
    const streams = new Set<number | undefined>();
    for (const [i, { timeline }] of this.sources.entries())
      if (timeline.mayHaveHost(host)) streams.add(this.interpreter.streamOf.get(i));
    return streams.size === 1;
  }
}
