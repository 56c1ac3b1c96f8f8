/**
 * What helps where a search found nothing in a large log, looked for without reading its lines by the formats: one pass over the
 * bytes for addresses that come near, hours without lines, and refusals that name no recipient; then a query for the mails
 * that the help speaks of, with which the machine goes through the log (weigh/chain-run.ts).
 * Errors: undefined where it cannot be told that way: then the log is read whole.
 */
import type { NearText } from '../filter/near.ts';
import { fold } from '../filter/glob.ts';
import type { AddressPattern } from '../filter/address.ts';
import { openKernel } from '../kernel/index.ts';
import { decodeText } from '../model/frame.ts';
import type { Phase } from '../model/run.ts';
import type { InputFile } from '../sources/input-file.ts';
import type { LineSelection } from '../sources/line-selection.ts';
import { HourEnds } from './hour-ends.ts';
import { NearTokens } from './near-tokens.ts';
import type { Query } from './query.ts';
import { eachFound, scanFile, type Block } from './scan.ts';

const LF = 10;
const BLOCK_BYTES = 512 * 1024;
/** needles that the kernel takes, less those of refusals */
const MOST_NEEDLES = 60;
const MOST_NEEDLE_BYTES = 3500;
/** Lines of what came near that are read with their mails; of what stands in more, only how often is told. */
const MOST_NEAR_LINES = 10_000;
/** Refusals that are read; of more it is not told how many. */
const MOST_UNNAMED = 20_000;

/** `milter-reject: `, `proxy-reject: ` too: src/formats/postfix/smtpd.ts, queued mail in cleanup.ts */
const REFUSES = 'reject';
const NAMES = ' to=<';

export interface NearLook {
  /** by InputFile.identity: lines by which the gaps are told */
  readonly gaps: ReadonlyMap<string, LineSelection>;
  /** of the mails and refusals that the help is about */
  readonly query: Query;
  /** what came near in so many lines that they are not read */
  readonly known: readonly NearText[];
  /** refusals that name no recipient are too many to be read: there are some, and those of the domains asked for are not told */
  readonly hasManyUnnamed: boolean;
  /** the gaps are not to be trusted, once their lines were read */
  isDoubted(): boolean;
}

export interface NearOptions {
  readonly query: Query;
  readonly patterns: readonly AddressPattern[];
  readonly signal?: AbortSignal | undefined;
  readonly onPhase?: ((phase: Phase) => void) | undefined;
}

export async function lookNear(files: readonly InputFile[], options: NearOptions): Promise<NearLook | undefined> {
  const tokens = new NearTokens(options.patterns);
  // a name without a dot may stand where no @ is
  if (tokens.near.wanted.domains.some((domain) => !domain.includes('.'))) return undefined;
  const look = new Look(files, tokens, options);
  if (!(await look.run())) return undefined;
  return look.told();
}

class Look {
  readonly #files: readonly InputFile[];
  readonly #tokens: NearTokens;
  readonly #options: NearOptions;
  readonly #kernel = openKernel();
  readonly #gaps = new Map<string, LineSelection>();
  readonly #hours: HourEnds[] = [];
  #unnamed = 0;

  constructor(files: readonly InputFile[], tokens: NearTokens, options: NearOptions) {
    this.#files = files;
    this.#tokens = tokens;
    this.#options = options;
  }

  async run(): Promise<boolean> {
    const { signal, onPhase } = this.#options;
    const total = this.#files.reduce((sum, { size }) => sum + size, 0);
    let before = 0;
    let now = 0;
    onPhase?.({ what: 'looking for what comes near', total, done: () => before + now });
    if (!this.#kernel.setNeedles([Buffer.from(REFUSES)])) return false;
    const onBytes = (bytes: number): void => {
      now = bytes;
    };
    for (const file of this.#files) {
      const hours = new HourEnds();
      this.#hours.push(hours);
      const onBlock = (block: Block): number => this.#look(block, hours);
      const read = await scanFile(file, BLOCK_BYTES, this.#kernel.buffer, onBlock, { signal, onBytes });
      if (read === undefined || hours.isTooMuch) return false;
      if (read.lines > 0) this.#gaps.set(file.identity, hours.selection(read.lines, read.bytes));
      before += file.size;
      now = 0;
    }
    return true;
  }

  #look(block: Block, hours: HourEnds): number {
    const { buffer } = this.#kernel;
    const { base, end } = block;
    let { line } = block;
    for (let start = 0; start < end; line++) {
      const lf = buffer.indexOf(LF, start);
      const stop = lf < 0 || lf > end ? end : lf;
      hours.see(buffer, start, stop, base + start, line);
      start = stop + 1;
    }
    if (!this.#tokens.near.idle) this.#tokens.look(buffer, end);
    eachFound(this.#kernel.findNeedles(end), block, (start, stop) => {
      if (isUnnamed(buffer.toString('latin1', start, stop))) this.#unnamed++;
    });
    return line - block.line;
  }

  told(): NearLook | undefined {
    const { query } = this.#options;
    const { near, isForeign } = this.#tokens;
    const known: NearText[] = [];
    const read: string[] = [];
    let lines = 0;
    let bytes = query.needles.reduce((sum, { length }) => sum + length, 0);
    for (const one of near.seen) {
      lines += one.count;
      const text = one.text.includes('@') ? one.text : `@${one.text}`;
      const isRoom = query.needles.length + read.length < MOST_NEEDLES && bytes + text.length <= MOST_NEEDLE_BYTES;
      if (isRoom && lines <= MOST_NEAR_LINES) {
        read.push(text);
        bytes += text.length;
      } else known.push(one);
    }
    if (query.needles.length > MOST_NEEDLES || bytes > MOST_NEEDLE_BYTES) return undefined;
    const hasManyUnnamed = this.#unnamed > MOST_UNNAMED;
    const readsUnnamed = this.#unnamed > 0 && !hasManyUnnamed;
    const isDoubted = (): boolean => this.#hours.some(({ isTooMuch }) => isTooMuch);
    return {
      gaps: this.#gaps,
      query: unionOf(query, read, isForeign, readsUnnamed),
      known,
      hasManyUnnamed,
      isDoubted,
    };
  }
}

/** Whether a line refuses, and names nobody. */
function isUnnamed(text: string): boolean {
  return !text.includes(NAMES) || text.includes(`${NAMES}>`);
}

/** What the search looks for, what came near, and refusals. */
function unionOf(query: Query, near: readonly string[], isForeign: boolean, readsUnnamed: boolean): Query {
  const isOf = (folded: string, text: string): boolean =>
    near.some((one) => folded.includes(one)) || (readsUnnamed && folded.includes(REFUSES) && isUnnamed(text));
  return {
    needles: [
      ...query.needles,
      ...near.map((text) => Buffer.from(text)),
      ...(readsUnnamed ? [Buffer.from(REFUSES)] : []),
    ],
    accepts(bytes, start, end) {
      const text = bytes.toString('latin1', start, end);
      return isOf(text.toLowerCase(), text) || query.accepts(bytes, start, end);
    },
    acceptsForeign(bytes, start, end) {
      if (isForeign) return true;
      const text = decodeText(bytes, start, end);
      return isOf(fold(text), text) || query.acceptsForeign(bytes, start, end);
    },
  };
}
