/**
 * Plans the counting of a Postfix log: which of its lines must be read, and for how many mails each stands.
 * Most mails of a log are alike but for names, numbers and times. The first of each shape is read and counts as many times as
 * there are of it; whatever is not plain is read whole. The count is the same as if every line were read.
 */
import { fstatSync, statSync } from 'node:fs';
import type { Phase } from '../model/run.ts';
import type { Status } from '../model/words.ts';
import { WAIT } from '../sources/byte-source.ts';
import type { InputFile } from '../sources/input-file.ts';
import { openAt, type ReadAt } from '../sources/spool/read-at.ts';
import { Breather } from '../util/breather.ts';
import { sharesOf } from '../util/memory.ts';
import { helpersFor } from '../util/threads.ts';
import { Chosen, type Piece, type TimedSelection } from './chosen.ts';
import { type Counter, openCounter, tellSigns } from './counter.ts';
import { ANSWERED, ASKS, FILE_ENDS, FRONT_BYTES, REFUSED } from './front-slots.ts';
import { Front } from './front.ts';
import { unpackedSize } from './one-log.ts';
import { FOREIGN, Programs, SIGNS } from './programs.ts';
import { type LineMarks, Marker } from './sieve.ts';

/** Mails that need no line to be read, and what became of their recipients. */
export interface Tally {
  readonly messages: number;
  readonly byStatus: ReadonlyMap<Status, number>;
}

export interface CountPlan extends Tally {
  /** by InputFile.identity */
  readonly selections: ReadonlyMap<string, TimedSelection>;
  /** the files as they lie in the one long log */
  readonly pieces: readonly Piece[];
  /** The files are still those that were looked over: not rotated away, not cut. */
  isCurrent(): boolean;
}

export interface PlanOptions {
  signal?: AbortSignal | undefined;
  onPhase?: ((phase: Phase) => void) | undefined;
  /**
   * Mails are not weighed: their chains are told as they are over, `count` of them at byte `at` of the memory. `onPass`: a
   * pass begins, what was told so far is void. `finish`: all are told; lines that must be read after all go to `chosen`.
   * `isAlone`: nothing is asked of a mail but its chain (chains.ts of the machine).
   */
  chains?: {
    readonly isAlone?: boolean;
    /** sessions that brought no mail are told as chains too */
    readonly hasSessions?: boolean;
    onPass(): void;
    take(memory: ArrayBuffer, at: number, count: number, pieces: readonly Piece[], chosen: Chosen): void;
    finish?(pieces: readonly Piece[], chosen: Chosen): Promise<void>;
    /** bytes that are kept of them */
    held?(): number;
  };
  /**
   * Mails are not weighed but told (told.ts): `take` is called for what came since the last time. `onPass`: a pass begins with
   * this machine, what was told so far is void. `tagOf`: what a program is called in what is told (Programs.of). `what`,
   * `outcomes`: as wantTold() of the machine has them.
   */
  told?: {
    readonly what: number;
    readonly outcomes: number;
    onPass(counter: Counter): void;
    take(): void;
    tagOf(program: string, isClaimed: boolean): number;
    held?(): number;
  };
  /** Lines that may show these needles are marked. */
  sieve?: { readonly needles: readonly Uint8Array[]; readonly marks: LineMarks } | undefined;
  /** as RunRequest.memory: a log that needs more of it than a plan's share is given up */
  memory?: number | undefined;
  /** passes over the log at most, before it is given up */
  passes?: number;
  /** bytes read at once */
  blockSize?: number;
}

/** Each pass learns what touches what; where that does not end, the log is read whole. */
const MOST_PASSES = 3;
const READ_BYTES = 256 * 1024;
const LF = 10;
/** Its addresses are signed. */
const MOST_MACHINE = 1.5 * 2 ** 30;
/** tags have 15 bits in the machine (head.ts) */
const MOST_TAGS = 2 ** 15;

/**
 * `files`: one log in its order, plain or spooled files (areAtHand). A tally alone: the signal stopped it, that is what was counted so far.
 * Undefined: it is not worth it, or cannot be: read every line.
 */
export async function planCount(
  files: readonly InputFile[],
  options: PlanOptions = {},
): Promise<CountPlan | (Tally & { selections?: undefined }) | undefined> {
  const clashes: number[] = [];
  const size = unpackedSize(files);
  const most = sharesOf(options.memory).plan;
  let isAhead = helpersFor(size) > 0;
  let counter: Counter | undefined;
  for (let pass = 0; pass < (options.passes ?? MOST_PASSES); pass++) {
    counter = await openCounter(size, Math.min(most, MOST_MACHINE), counter);
    const look = new Look(counter, files, options, most);
    if (options.chains !== undefined) {
      look.counter.module.wantChains(options.chains.isAlone === true, options.chains.hasSessions === true);
      options.chains.onPass();
    }
    if (options.told !== undefined) {
      look.counter.module.wantTold(options.told.what, options.told.outcomes);
      options.told.onPass(look.counter);
    }
    for (let i = 0; i < clashes.length; i += 2)
      look.counter.module.forceKey(clashes[i] as number, clashes[i + 1] as number);
    const isRead = isAhead && look.counter.shared !== undefined ? await look.readBehind() : await look.read();
    if (!isRead && options.signal?.aborted === true) return look.tally();
    if (!isRead && !look.isBehindFailed) return undefined;
    if (!isRead) {
      isAhead = false;
      pass--;
      continue;
    }
    const found = look.clashes();
    if (found.length === 0) {
      await look.finish();
      return look.plan();
    }
    clashes.push(...found);
  }
  return undefined;
}

/** The outcomes of outcomes.ts, from DEFERRED on, as correlate/ends.ts calls them. */
const STATUSES: readonly Status[] = ['deferred', 'bounced', 'delivered', 'discarded', 'relayed', 'expired'];

/** Enough lines to tell whether it is worth it. */
const ENOUGH_LINES = 50_000;

interface Opened {
  full: string;
  dev: number;
  ino: number;
  piece: Piece;
}

/** One pass over the log. */
class Look {
  readonly counter: Counter;
  private readonly files: readonly InputFile[];
  private readonly options: PlanOptions;
  private readonly most: number;
  private readonly programs = new Programs();
  private readonly chosen = new Chosen();
  private readonly pieces: Piece[] = [];
  /** what stat(2) says of a file that was opened */
  private readonly opened: Opened[] = [];
  private marker: Marker | undefined;
  private done = 0;
  /** the thread before this one failed: the log is to be read without it */
  isBehindFailed = false;

  constructor(counter: Counter, files: readonly InputFile[], options: PlanOptions, most: number) {
    this.counter = counter;
    this.most = most;
    this.files = files;
    this.options = options;
    const total = files.reduce((sum, { size }) => sum + size, 0);
    options.onPhase?.({ what: 'looking over', total, done: () => this.done });
  }

  /** False: give it up. */
  async read(): Promise<boolean> {
    const { sieve } = this.options;
    this.marker = sieve && new Marker(sieve);
    if (!tellSigns(this.counter, SIGNS)) return false;
    const breather = new Breather();
    for (const file of this.files) if (!(await this.readFile(file, breather))) return false;
    return this.endOfLog();
  }

  /** As `read`, behind a thread that reads plain files and the heads of their lines. */
  async readBehind(): Promise<boolean> {
    const { shared } = this.counter;
    if (shared === undefined || !tellSigns(this.counter, SIGNS)) return false;
    const open: ReadAt[] = [];
    let front: Front | undefined;
    try {
      for (const file of this.files) open.push(openAt(file));
      if (open.some(({ fd }) => fd === undefined)) throw new Error('it is unpacked in this thread');
      front = new Front(open, this.counter.module.lend(FRONT_BYTES), shared, this.options.sieve?.needles);
      const breather = new Breather();
      for (const [i, file] of this.files.entries())
        if (!(await this.takeFile(front, file, open[i] as ReadAt, breather))) return false;
    } catch {
      this.isBehindFailed = true;
      return false;
    } finally {
      await front?.end();
      for (const one of open) one.close();
    }
    return this.endOfLog();
  }

  private async takeFile(front: Front, file: InputFile, bytes: ReadAt, breather: Breather): Promise<boolean> {
    const { module } = this.counter;
    const piece = this.begin(file, bytes);
    const doneBefore = this.done;
    for (;;) {
      const slot = await front.next(breather, this.options.signal);
      if (slot === undefined) {
        this.isBehindFailed = this.options.signal?.aborted !== true;
        return false;
      }
      if (slot.state === REFUSED) return false;
      if (slot.state === FILE_ENDS) {
        piece.bytes = slot.place;
        front.free(slot);
        break;
      }
      if (slot.state === ASKS) {
        const answer = this.answer(slot.name);
        if (answer === undefined) return false;
        slot.answer = answer;
        slot.state = ANSWERED;
        continue;
      }
      module.base(piece.offset + slot.place);
      this.done = doneBefore + (bytes.taken ?? slot.place + slot.size);
      const before = module.linesSeen();
      module.turnTo(slot.block, slot.records);
      module.scanTold(slot.count);
      this.options.sieve?.marks.add(before, module.linesSeen() - before, slot.marked);
      if (this.isGivenUp()) return false;
      this.drain();
      front.free(slot);
      if (breather.isDue) await breather.breathe();
      if (this.options.signal?.aborted === true || !this.isWorthIt()) return false;
    }
    piece.lines = module.linesSeen() - piece.line;
    return true;
  }

  private endOfLog(): boolean {
    this.counter.module.finish();
    this.drain();
    return !this.isGivenUp();
  }

  /** The file is the next piece of the log. */
  private begin(file: InputFile, { fd }: ReadAt): Piece {
    const before = this.pieces.at(-1);
    const offset = before === undefined ? 0 : before.offset + before.bytes + 1;
    const piece: Piece = { identity: file.identity, offset, line: this.counter.module.linesSeen(), bytes: 0, lines: 0 };
    this.pieces.push(piece);
    if (fd !== undefined && file.spool === undefined) {
      const { dev, ino } = fstatSync(fd);
      this.opened.push({ full: file.full, dev, ino, piece });
    }
    return piece;
  }

  private async readFile(file: InputFile, breather: Breather): Promise<boolean> {
    const { module } = this.counter;
    let bytes: ReadAt;
    try {
      bytes = openAt(file);
    } catch {
      return false;
    }
    const piece = this.begin(file, bytes);
    const { offset } = piece;
    const doneBefore = this.done;
    try {
      for (let filled = 0; ;) {
        const at = module.buffer();
        const room = Math.min(this.options.blockSize ?? READ_BYTES, module.room() - filled);
        const block = Buffer.from(this.counter.memory());
        const n = room > 0 ? bytes.read(block, at + filled, room, piece.bytes + filled) : 0;
        if (n === WAIT) {
          await bytes.fill();
          if (this.options.signal?.aborted === true) return false;
          continue;
        }
        if (n < 0 || (n === 0 && room <= 0)) return false;
        // zero bytes end a line for the formats (framing/framer.ts), not for the machine
        if (block.subarray(at + filled, at + filled + n).includes(0)) return false;
        filled += n;
        const last = n === 0 ? filled : block.subarray(at, at + filled).lastIndexOf(LF) + 1;
        if (n === 0 && filled > 0) block[at + filled] = LF;
        module.base(offset + piece.bytes);
        this.marker?.mark(block.subarray(at, n === 0 ? at + filled : at + last), module.linesSeen());
        if (last > 0 && !this.scan(at, n === 0 ? at + filled + 1 : at + last)) return false;
        this.drain();
        if (n === 0) {
          piece.bytes += filled;
          break;
        }
        if (last > 0) Buffer.from(this.counter.memory()).copyWithin(at, at + last, at + filled);
        filled -= last;
        piece.bytes += last;
        this.done = bytes.taken === undefined ? this.done + n : doneBefore + bytes.taken;
        if (breather.isDue) await breather.breathe();
        if (this.options.signal?.aborted === true || !this.isWorthIt()) return false;
      }
    } finally {
      bytes.close();
    }
    piece.lines = module.linesSeen() - piece.line;
    return true;
  }

  private scan(from: number, to: number): boolean {
    const { module } = this.counter;
    for (let at = from; ;) {
      at = module.scan(at, to);
      if (at >= to) return !this.isGivenUp();
      const memory = Buffer.from(this.counter.memory());
      const name = memory.toString('utf8', module.askedStart(), module.askedEnd());
      const answer = this.answer(name);
      if (answer === undefined) return false;
      module.program(answer.kind, answer.instance);
    }
  }

  /** What the machine is told of a program; undefined: the log is not one for it. */
  private answer(name: string): { kind: number; instance: number } | undefined {
    const { kind, instance } = this.programs.of(name);
    const tag = this.options.told?.tagOf(name, kind !== FOREIGN) ?? 0;
    return this.programs.hasOthers || tag >= MOST_TAGS ? undefined : { kind: kind | (tag << 8), instance };
  }

  private drain(): void {
    const { module } = this.counter;
    const count = module.outLength();
    if (count > 0) this.chosen.take(this.counter.memory(), module.outStart(), count);
    module.outTaken();
    const chains = module.chainsSeen();
    if (chains > 0)
      this.options.chains?.take(this.counter.memory(), module.chainsStart(), chains, this.pieces, this.chosen);
    module.chainsTaken();
    if (module.toldLength() > 0) {
      // what is void anyway need not be read
      if (module.clashesSeen() === 0) this.options.told?.take();
      module.toldTaken();
    }
  }

  private isGivenUp(): boolean {
    const { module } = this.counter;
    if (module.isCrowded() || module.isLost()) return true;
    const { chains, told } = this.options;
    return module.bytesTaken() + this.chosen.bytes + (chains?.held?.() ?? 0) + (told?.held?.() ?? 0) > this.most;
  }

  private isWorthIt(): boolean {
    const lines = this.counter.module.linesSeen();
    return lines < ENOUGH_LINES || this.chosen.count * 3 < lines * 2;
  }

  async finish(): Promise<void> {
    await this.options.chains?.finish?.(this.pieces, this.chosen);
  }

  clashes(): number[] {
    const { module } = this.counter;
    return [...new Int32Array(this.counter.memory(), module.clashesStart(), module.clashesSeen() * 2)];
  }

  tally(): Tally {
    const { module } = this.counter;
    const [messages = 0, , ...outcomes] = new Uint32Array(this.counter.memory(), module.talliesStart(), 8);
    return { messages, byStatus: new Map(STATUSES.map((status, i) => [status, outcomes[i] ?? 0])) };
  }

  plan(): CountPlan {
    const { module } = this.counter;
    const weights = new Uint32Array(this.counter.memory(), module.weightsStart(), module.shapesSeen() + 1);
    // whoever holds the plan must not hold the machine
    const { opened } = this;
    return {
      ...this.tally(),
      selections: this.chosen.selections(this.pieces, weights),
      pieces: this.pieces,
      isCurrent: () => opened.every(isStillThere),
    };
  }
}

function isStillThere({ full, dev, ino, piece }: Opened): boolean {
  const now = statSync(full, { throwIfNoEntry: false });
  return now !== undefined && now.dev === dev && now.ino === ino && now.size >= piece.bytes;
}
