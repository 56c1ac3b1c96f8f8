/**
 * Of all lines those by which hours without any line of a host can be told: of each run of lines of a host within an hour of
 * its stamps the first and the latest, and every line that is not plainly stamped. What a framer and pipeline/gaps.ts see in
 * them is what they see in all lines: within the hour no two are more than an hour apart.
 * Shape:  `Nov 21 22:31:18 host …`, `2026-11-21T22:31:18[.5][zone] host …`.
 * Bounds: `isTooMuch` where there are more hosts or lines of it than are worth keeping.
 */
import type { LineSelection } from '../sources/line-selection.ts';
import { Places } from './places.ts';
import { two } from '../util/digits.ts';

const SPACE = 0x20;
const DOT = 0x2e;
const COLON = 0x3a;
const MOST_RUNS = 256;
const MOST_ODD = 20_000;
const MOST_LINES = 200_000;
/** bytes up to the hour */
const BSD_HOUR = 10;
const ISO_HOUR = 14;
const LONGEST_KEY = 300;

/** Lines of a host, in one hour. */
interface Run {
  /** what stands between the seconds and the text: the zone, the host */
  readonly key: Buffer;
  readonly index: number;
  hour: Buffer;
  latest: number;
  offset: number;
  length: number;
  line: number;
  isNoted: boolean;
}

export class HourEnds {
  isTooMuch = false;
  readonly #places = new Places(MOST_LINES);
  readonly #runs: Run[] = [];
  #run: Run | undefined;
  #odd = 0;
  readonly #before = { offset: -1, length: 0, line: 0 };
  /** of noted lines whose stamps name no zone: seconds of the day, and whose */
  readonly #clocks = new Map<number, { readonly second: number; readonly of: number }>();

  /** A line at buffer[start, stop), which is at `offset` of the file. */
  see(buffer: Buffer, start: number, stop: number, offset: number, line: number): void {
    const micros = this.#microsOf(buffer, start, stop);
    if (micros < 0) this.#seeOdd(offset, stop - start, line);
    else this.#seeAt(micros, offset, stop - start, line);
    this.#before.offset = offset;
    this.#before.length = stop - start;
    this.#before.line = line;
  }

  /** The file is over. */
  selection(totalLines: number, totalBytes: number): LineSelection {
    for (const run of this.#runs) this.#note(run);
    const selection = this.#places.selection([], totalLines, totalBytes);
    const shifts = new Map<number, number>();
    const onPlaced = (i: number, at: number): void => {
      const clock = this.#clocks.get(selection.offsets[i] as number);
      if (clock === undefined || Number.isNaN(at)) return;
      const shift = (((Math.floor(at / 1000) - clock.second) % 86_400) + 86_400) % 86_400;
      if (shift !== (shifts.get(clock.of) ?? shift)) this.isTooMuch = true;
      shifts.set(clock.of, shift);
    };
    return { ...selection, onPlaced };
  }

  /** Time within the hour; the run is set. -1: an odd line. */
  #microsOf(buffer: Buffer, start: number, stop: number): number {
    const isIso = (buffer[start] as number) < COLON;
    const at = start + (isIso ? ISO_HOUR : BSD_HOUR);
    if (stop - at < 8 || buffer[at - 1] !== COLON || buffer[at + 2] !== COLON) return -1;
    const minute = two(buffer, at);
    const second = two(buffer, at + 3);
    if (minute < 0 || minute > 59 || second < 0 || second > 59) return -1;
    let micros = (minute * 60 + second) * 1_000_000;
    let p = at + 5;
    if (buffer[p] === DOT) {
      let scale = 100_000;
      for (p++; p < stop && ((buffer[p] as number) - 0x30) >>> 0 <= 9; p++, scale /= 10)
        micros += ((buffer[p] as number) - 0x30) * scale;
    }
    const last = this.#run;
    if (last !== undefined && isSame(buffer, start, last.hour) && isSame(buffer, p, last.key)) return micros;
    return this.#find(buffer, start, at, p, stop, isIso) ? micros : -1;
  }

  #find(buffer: Buffer, start: number, hourEnd: number, from: number, stop: number, isIso: boolean): boolean {
    let run = this.#runs.find(({ key }) => from + key.length <= stop && isSame(buffer, from, key));
    if (run === undefined) {
      const host = buffer[from] === SPACE ? from + 1 : buffer.indexOf(SPACE, from) + 1;
      const end = host === 0 ? -1 : buffer.indexOf(SPACE, host);
      if (end <= host || end >= stop || end - from > LONGEST_KEY) return false;
      if (this.#runs.length >= MOST_RUNS) this.isTooMuch = true;
      const key = Buffer.from(buffer.subarray(from, end + 1));
      run = {
        key,
        index: this.#runs.length,
        hour: Buffer.alloc(0),
        latest: 0,
        offset: 0,
        length: 0,
        line: 0,
        isNoted: true,
      };
      if (!this.isTooMuch) this.#runs.push(run);
    }
    if (run.hour.length === 0 || !isSame(buffer, start, run.hour)) {
      const hour = buffer.toString('latin1', start, hourEnd);
      if (!(isIso ? /^\d{4}-\d\d-\d\dT[012]\d:$/ : /^[A-Z][a-z]{2} [ 123]\d [012]\d:$/).test(hour)) return false;
      this.#note(run);
      run.hour = Buffer.from(hour, 'latin1');
      run.latest = -1;
    }
    this.#run = run;
    return true;
  }

  #seeAt(micros: number, offset: number, length: number, line: number): void {
    const run = this.#run as Run;
    if (micros <= run.latest) return;
    const isFirst = run.latest < 0;
    run.latest = micros;
    run.offset = offset;
    run.length = length;
    run.line = line;
    run.isNoted = false;
    if (isFirst) this.#note(run);
  }

  #note(run: Run): void {
    if (run.isNoted) return;
    run.isNoted = true;
    this.#places.add(run.offset, run.length, run.line);
    if (run.hour.length === BSD_HOUR) {
      const hour = Number(run.hour.toString('latin1', BSD_HOUR - 3, BSD_HOUR - 1));
      this.#clocks.set(run.offset, { second: hour * 3600 + Math.floor(run.latest / 1_000_000), of: run.index });
    }
    this.isTooMuch ||= this.#places.isOverfull;
  }

  /** A line of another shape, with the one before it, which it may belong to. */
  #seeOdd(offset: number, length: number, line: number): void {
    if (++this.#odd > MOST_ODD) this.isTooMuch = true;
    const before = this.#before;
    if (before.line > 0) this.#places.add(before.offset, before.length, before.line);
    this.#places.add(offset, length, line);
  }
}

function isSame(buffer: Buffer, at: number, bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length; i++) if (buffer[at + i] !== bytes[i]) return false;
  return true;
}
