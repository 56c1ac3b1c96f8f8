/**
 * What of all the lines of a file decides how the chosen ones are read: which lines have no stamp of their own (they belong
 * to the line before them), where the date changes (the year of stamps that have none follows from line to line), and
 * which lines are later than lines behind them (the order among other files follows the latest so far).
 * Shape:  `Nov 21 22:31:18 …`, `2026-11-21[T ]22:31:18[.5…]…` are told by their bytes; any other line is asked of a framer. Places as in a LineSelection.
 * Of a stripe of a file (stripe.ts) any thread looks at the lines: what it noted is put behind what is known (`join`). More
 * lines are anchors then, at the ends of stripes: an anchor too much is only read.
 * Bounds: `isUnsure` where there is more of it than is worth keeping: then the log is read whole.
 */
import type { Kernel } from '../kernel/index.ts';
import { Frame } from '../model/frame.ts';
import { SelectionBuilder } from '../sources/line-selection.ts';
import { bareTextAt, IS_SYSLOG } from './bare-text.ts';
import { BlockTimes } from './block-times.ts';
import { eachForeign } from '../util/foreign-lines.ts';
import type { Place } from './places.ts';
import type { Block } from './scan.ts';
import type { Looker, TimelinePart } from './timeline-part.ts';
import { two } from '../util/digits.ts';

const LF = 10;
const CR = 13;
const SPACE = 0x20;
const COLON = 0x3a;
const DOT = 0x2e;
const PLUS = 0x2b;
const DASH = 0x2d;
const ZULU = 0x5a;
const MOST_TURNS = 200_000;
/** more than one is all that matters */
const MOST_HOSTS = 16;
const MOST_UNSTAMPED = 4_000_000;
/** shorter lines may have a stamp and nothing else */
const LEAST = 24;

export class Timeline {
  /** lines at both sides of a change of the date, the first line, the last, and latest lines */
  readonly anchors = new Map<number, Place>();
  /** lines without a stamp, and (silent) before them the line that they belong to */
  readonly unstamped = new SelectionBuilder();
  isUnsure = false;
  /** what stands where a host does, empty where none does: as many hosts as wrote the file, or more */
  readonly hosts = new Set<string>();
  /** some stamp names no zone */
  hasNoZone = false;
  /** stamps are of several shapes or zones: their times cannot be compared as they stand there */
  hasZones = false;
  /** without a framer: a line was met that has to be asked of one */
  isOdd = false;
  /** times of the block that was seen last */
  readonly times = new BlockTimes();

  readonly #framer: Looker | undefined;
  readonly #frame = new Frame();
  readonly #ordered: boolean;
  readonly #kernel: Kernel;
  /** the same as bytes, to compare: `Nov 21 ` or `2026-11-21` */
  #prefix: Buffer = Buffer.alloc(0);
  readonly #last: Place = { offset: -1, length: 0, line: 0 };
  readonly #latest: Place = { offset: -1, length: 0, line: 0 };
  #latestTod = -1;
  #latestNoted = true;
  /** of the latest line: its stamp behind the date, up to the space before the host */
  #latestStamp: Buffer | undefined;
  /** what the kernel knows */
  #isFirst = true;
  #told: Buffer | undefined;
  #toldPrefix: Buffer = Buffer.alloc(0);
  readonly #toldHosts = new Set<string>();
  #zone = '';
  #isBsd: boolean | undefined;
  /** the host of the line before, with the spaces around it; of a line without one what parts stamp and text */
  #host: Buffer = Buffer.from('\n');
  #isBare = false;
  /** date and time of the stamp that was read last are parted by a space */
  #isSpaced = false;
  /** such lines have hosts here */
  #isSpacedSyslog = false;
  /** behind the stamp that was read last */
  #behind = 0;
  /** the line that the last ones without a stamp belong to */
  #ownerLine = 0;

  /** `ordered`: the latest lines are wanted too (there are other streams). `framer`: undefined in another thread. */
  constructor(framer: Looker | undefined, ordered: boolean, kernel: Kernel) {
    this.#framer = framer;
    this.#ordered = ordered;
    this.#kernel = kernel;
  }

  /** Looks at the lines of a block in the kernel's buffer; `foreign` gets those beyond ASCII. Whether it looked at all. */
  see(block: Block, foreign: (start: number, end: number, line: number) => void): boolean {
    const kernel = this.#kernel;
    const bytes = kernel.buffer;
    const { base, end } = block;
    if (this.#isFirst) kernel.clearUsual();
    this.#isFirst = false;
    this.times.begin();
    let line = block.line;
    for (let start = 0; start < end && !this.isOdd; line++) {
      const next = kernel.passUsual(start, end);
      const passed = kernel.passedLines;
      if (passed > 0) {
        this.times.see(kernel.earliestUsual * 1000);
        this.times.see(kernel.latestUsual * 1000);
        line += passed;
        this.#passed(kernel.lastUsual, next < end || bytes[end - 1] === LF ? next - 1 : end, base, line - 1);
        if (next >= end) break;
        start = next;
      }
      const lf = bytes.indexOf(LF, start);
      const stop = lf < 0 || lf > end ? end : lf;
      this.#line(bytes, start, stop, base + start, line);
      this.#tellUsual();
      start = stop + 1;
    }
    eachForeign(bytes, block, foreign);
    return !this.isOdd;
  }

  /** Whether lines of this host (in small letters) may stand in the file. */
  mayHaveHost(host: string): boolean {
    if (this.hosts.size >= MOST_HOSTS || this.hosts.has(host)) return true;
    return [...this.hosts].some((one) => one.startsWith('?'));
  }

  /** The file is over: its last line, and its latest. */
  close(): void {
    this.#noteLatest();
    this.#anchor(this.#last);
  }

  /** How its stamps name times; undefined: in several ways. */
  get scale(): string | undefined {
    return this.hasZones ? undefined : `${this.#isBsd} ${this.#zone}`;
  }

  /** What was noted, once it is closed; undefined where a framer must be asked. */
  part(): TimelinePart | undefined {
    if (this.isOdd) return undefined;
    const { hasNoZone, hasZones, isUnsure } = this;
    return {
      anchors: [...this.anchors.values()],
      last: this.#last,
      hosts: [...this.hosts],
      zone: this.#zone,
      isBsd: this.#isBsd,
      hasNoZone,
      hasZones,
      isUnsure,
    };
  }

  /** Lines behind those seen so far: `before` lines in all. */
  join(part: TimelinePart, before: number): void {
    if (part.last.line === 0) return;
    this.close();
    const at = (place: Place): Place => ({ ...place, line: place.line + before });
    for (const place of part.anchors) this.#anchor(at(place));
    Object.assign(this.#last, at(part.last));
    for (const host of part.hosts) if (this.hosts.size < MOST_HOSTS) this.hosts.add(host);
    this.hasNoZone ||= part.hasNoZone;
    this.hasZones ||= part.hasZones;
    this.isUnsure ||= part.isUnsure;
    if (part.zone !== '') this.#seeZone(part.zone);
    if (part.isBsd !== undefined) this.#seeShape(part.isBsd);
    // the next line is told as if its date were another
    this.#prefix = Buffer.alloc(0);
    this.#latestTod = -1;
    this.forgetUsual();
  }

  /** The kernel was used for other lines. */
  forgetUsual(): void {
    this.#isFirst = true;
    this.#told = undefined;
    this.#toldPrefix = Buffer.alloc(0);
    this.#toldHosts.clear();
    this.#host = Buffer.from('\n');
    this.#isBare = false;
  }

  #line(bytes: Buffer, start: number, stop: number, offset: number, number: number): void {
    const { length } = this.#prefix;
    let same = length > 0 && stop - start >= LEAST;
    for (let i = 0; same && i < length; i++) same = bytes[start + i] === this.#prefix[i];
    const tod = same || this.#turn(bytes, start, stop) ? this.#todAt(bytes, start + this.#prefix.length, stop) : -1;
    if (tod < 0) {
      this.#other(bytes, start, stop, offset, number);
      return;
    }
    if (!same || this.#last.line === 0) {
      this.#anchor(this.#last);
      this.#noteLatest();
      this.#anchor({ offset, length: stop - start, line: number });
      // a new date: what is late is told by the framer from both sides of the change
      this.#latestTod = -1;
    }
    this.times.see(tod);
    this.#seeHost(bytes, stop);
    this.#last.offset = offset;
    this.#last.length = stop - start;
    this.#last.line = number;
    if (!this.#ordered || tod >= this.#latestTod)
      this.#latestStamp = Buffer.from(bytes.subarray(start + this.#prefix.length, this.#behind));
    if (!this.#ordered) return;
    if (tod >= this.#latestTod) {
      this.#latestTod = tod;
      this.#latest.offset = offset;
      this.#latest.length = stop - start;
      this.#latest.line = number;
      this.#latestNoted = false;
    } else this.#noteLatest();
  }

  /** Lines were passed of which this was the last: each was not earlier than the one before. */
  #passed(start: number, stop: number, base: number, number: number): void {
    const { buffer } = this.#kernel;
    const tod = this.#todAt(buffer, start + this.#prefix.length, stop);
    Object.assign(this.#last, { offset: base + start, length: stop - start, line: number });
    if (!this.#ordered) return;
    this.#latestTod = tod;
    this.#latestStamp = Buffer.from(buffer.subarray(start + this.#prefix.length, this.#behind));
    Object.assign(this.#latest, this.#last);
    this.#latestNoted = false;
  }

  /** Tells the kernel what the lines after this one are compared with. */
  #tellUsual(): void {
    const { length } = this.#prefix;
    const stamp = this.#latestStamp;
    if (stamp === this.#told && length === this.#toldPrefix.length && this.#prefix.equals(this.#toldPrefix)) return;
    // stamps of another shape: what stands behind them is asked anew
    if (length !== this.#toldPrefix.length) this.#tellHosts();
    this.#told = stamp;
    this.#toldPrefix = this.#prefix;
    const fraction = stamp === undefined ? 0 : /^.?\d\d:\d\d:\d\d\.(\d+)/.exec(stamp.toString('latin1'))?.[1]?.length;
    this.#kernel.setUsual(
      length === 0 || stamp === undefined
        ? undefined
        : { date: this.#prefix, stamp, fraction: fraction ?? 0, isOrdered: this.#ordered, isBare: this.#isBare },
    );
  }

  /** Only this host is known from now on. */
  #tellHosts(): void {
    this.#kernel.clearUsual();
    this.#toldHosts.clear();
    this.#tellHost();
    this.#told = undefined;
  }

  #tellHost(): void {
    const host = this.#host.toString('latin1');
    if ((!host.endsWith(' ') && !this.#isBare) || this.#toldHosts.has(host) || this.#toldHosts.size > MOST_HOSTS)
      return;
    this.#toldHosts.add(host);
    this.#kernel.addUsualHost(this.#host);
  }

  #seeHost(bytes: Buffer, stop: number): void {
    const from = this.#behind;
    const text = this.#isSpaced && !this.#isSpacedSyslog ? bareTextAt(bytes, from, stop) : -1;
    if (text === IS_SYSLOG) this.#isSpacedSyslog = true;
    const isBare = text >= 0;
    const host = this.#host;
    if (isBare === this.#isBare) {
      const { length } = host;
      let same = isBare ? from + length === text : from + length <= stop;
      for (let i = 0; same && i < length; i++) same = bytes[from + i] === host[i];
      if (same) return;
    }
    let to = isBare ? text : bytes.indexOf(SPACE, from + 1);
    if (to < 0 || to > stop) to = stop;
    this.#host = Buffer.from(bytes.subarray(from, isBare ? to : Math.min(stop, to + 1)));
    if (isBare === this.#isBare) this.#tellHost();
    else {
      this.#isBare = isBare;
      this.#tellHosts();
    }
    if (this.hosts.size < MOST_HOSTS)
      this.hosts.add(isBare ? '' : bytes.toString('latin1', from + 1, to).toLowerCase());
  }

  /** Whether the line begins with a date of another day, which is the date from now on. */
  #turn(bytes: Buffer, start: number, stop: number): boolean {
    if (stop - start < LEAST) return false;
    const c = bytes[start] as number;
    const isBsd = c >= 0x41 && c <= 0x5a;
    const length = isBsd ? 7 : 10;
    const date = bytes.toString('latin1', start, start + length);
    if (!(isBsd ? /^[A-Z][a-z]{2} [ 123]\d $/ : /^\d{4}-\d\d-\d\d$/).test(date)) return false;
    if (isBsd) this.hasNoZone = true;
    this.#seeShape(isBsd);
    this.#prefix = Buffer.from(date, 'latin1');
    this.times.turn(date);
    return true;
  }

  /** Time of the day, ms, of `HH:MM:SS` at p (behind `T` or a space after an ISO date); -1 where there is none. */
  #todAt(bytes: Buffer, from: number, stop: number): number {
    let p = from;
    const isIso = this.#prefix.length === 10;
    this.#isSpaced = false;
    if (isIso) {
      const c = bytes[p++];
      if (c !== 0x54 && c !== SPACE) return -1;
      this.#isSpaced = c === SPACE;
    }
    if (bytes[p + 2] !== COLON || bytes[p + 5] !== COLON) return -1;
    const h = two(bytes, p);
    const m = two(bytes, p + 3);
    const s = two(bytes, p + 6);
    if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59) return -1;
    let tod = ((h * 60 + m) * 60 + s) * 1000;
    let i = p + 8;
    this.#behind = i;
    if (!isIso) return bytes[i] === SPACE && bytes[i + 1] !== SPACE ? tod : -1;
    if (bytes[i] === DOT) {
      let scale = 100;
      for (i++; i < stop && ((bytes[i] as number) - 0x30) >>> 0 <= 9; i++, scale /= 10)
        tod += ((bytes[i] as number) - 0x30) * scale;
    }
    this.#checkZone(bytes, i, stop);
    this.#behind = bytes.indexOf(SPACE, i);
    if (this.#behind < 0 || this.#behind > stop) this.#behind = stop;
    return tod;
  }

  /** Stamps of several offsets cannot be compared by their bytes. */
  #checkZone(bytes: Buffer, from: number, stop: number): void {
    const first = bytes[from] === SPACE ? from + 1 : from;
    const c = bytes[first] as number;
    if (c !== PLUS && c !== DASH && c !== ZULU) this.hasNoZone = true;
    this.#seeZone(
      c === ZULU ? 'Z' : c === PLUS || c === DASH ? bytes.toString('latin1', first, Math.min(stop, first + 6)) : '-',
    );
  }

  #seeShape(isBsd: boolean): void {
    if (isBsd !== (this.#isBsd ??= isBsd)) this.hasZones = true;
  }

  #seeZone(zone: string): void {
    if (this.#zone === '') this.#zone = zone;
    if (this.#zone === zone) return;
    this.hasZones = true;
    if (this.#ordered) this.isUnsure = true;
  }

  /** A line of another shape: with a stamp, it is an anchor, for nothing more is known of it. */
  #other(bytes: Buffer, start: number, stop: number, offset: number, number: number): void {
    this.times.isVague = true;
    if (this.#framer === undefined) {
      this.isOdd = true;
      return;
    }
    let end = stop;
    if (end > start && bytes[end - 1] === CR) end--;
    const place = { offset, length: stop - start, line: number };
    const result = this.#framer.frame(bytes, start, end, this.#frame);
    if (result === 'hold' || this.#frame.framing === 'journald') this.isUnsure = true;
    if (result === 'line' && !Number.isNaN(this.#frame.at)) {
      this.hasNoZone = true;
      if (this.hosts.size < MOST_HOSTS) this.hosts.add(`?${this.#frame.host ?? ''}`);
      this.#anchor(this.#last);
      this.#noteLatest();
      this.#anchor(place);
      this.#latestTod = -1;
      this.#prefix = Buffer.alloc(0);
      if (this.anchors.size > MOST_TURNS) this.isUnsure = true;
      Object.assign(this.#last, place);
      return;
    }
    if (number === 1) this.#anchor(place);
    if (this.unstamped.count < MOST_UNSTAMPED) {
      const { line, offset: at, length } = this.#last;
      if (line > 0 && line > this.#ownerLine) this.unstamped.add(at, length, line, true);
      this.#ownerLine = line;
      this.unstamped.add(offset, place.length, number);
    } else this.isUnsure = true;
  }

  #noteLatest(): void {
    if (this.#latestNoted) return;
    this.#latestNoted = true;
    if (this.#ordered) this.#anchor(this.#latest);
  }

  #anchor({ offset, length, line }: Place): void {
    // about 100 MB: late lines of a log that is read beside others
    if (this.anchors.size > 5 * MOST_TURNS) this.isUnsure = true;
    else if (line > 0) this.anchors.set(offset, { offset, length, line });
  }
}
