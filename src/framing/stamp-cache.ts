/**
 * The stamps of stamps.ts, with the last minute remembered: lines of one minute are told by comparing whole words, and
 * only seconds and fraction are read.
 * Shape:  `Nov 21 09:15` (three words) and `2026-11-21T09:15` (four words) are what is remembered.
 * Errors: as in stamps.ts: -1.
 */
import { NO_ZONE, readBsdStamp, readIsoStamp, Stamp } from './stamps.ts';

const SPACE = 0x20;
const COLON = 0x3a;
const DOT = 0x2e;

/** The stamp of one shape as it was last read in full. */
class Minute {
  w0 = 0;
  w1 = 0;
  w2 = 0;
  w3 = 0;
  year = 0;
  month = 0;
  day = 0;
  /** of the minute's first second, ms */
  tod = 0;

  keep(view: DataView, p: number, stamp: Stamp): void {
    this.w0 = view.getInt32(p, true);
    this.w1 = view.getInt32(p + 4, true);
    this.w2 = view.getInt32(p + 8, true);
    this.w3 = view.getInt32(p + 12, true);
    this.year = stamp.year;
    this.month = stamp.month;
    this.day = stamp.day;
    this.tod = stamp.tod - (stamp.tod % 60_000);
  }
}

export class StampCache {
  readonly stamp = new Stamp();
  private readonly bsdMinute = new Minute();
  private readonly isoMinute = new Minute();
  /** `+01:00` as two overlapping words, and what it means */
  private zoneA = 0;
  private zoneB = 0;
  private zone = 0;

  /** As readBsdStamp() into `stamp`; `view` shows the bytes of b. */
  bsd(view: DataView, b: Uint8Array, p: number, end: number): number {
    const { bsdMinute: kept, stamp } = this;
    if (
      end - p >= 16 &&
      view.getInt32(p, true) === kept.w0 &&
      view.getInt32(p + 4, true) === kept.w1 &&
      view.getInt32(p + 8, true) === kept.w2 &&
      b[p + 12] === COLON &&
      b[p + 15] === SPACE
    ) {
      const seconds = secondsAt(b, p + 13);
      if (seconds >= 0) {
        stamp.year = 0;
        stamp.month = kept.month;
        stamp.day = kept.day;
        stamp.tod = kept.tod + seconds * 1000;
        stamp.zone = NO_ZONE;
        return p + 15;
      }
    }
    const next = readBsdStamp(b, p, end, stamp);
    if (next === p + 15 && next < end && stamp.year === 0 && b[p + 12] === COLON) kept.keep(view, p, stamp);
    return next;
  }

  /** As readIsoStamp() into `stamp`, for the usual `2026-11-21T09:15:02.418233+01:00 `. */
  iso(view: DataView, b: Uint8Array, p: number, end: number): number {
    const { isoMinute: kept, stamp } = this;
    if (
      end - p > 32 &&
      view.getInt32(p + 12, true) === kept.w3 &&
      view.getInt32(p + 8, true) === kept.w2 &&
      view.getInt32(p + 4, true) === kept.w1 &&
      view.getInt32(p, true) === kept.w0 &&
      b[p + 16] === COLON &&
      b[p + 19] === DOT &&
      b[p + 32] === SPACE &&
      view.getInt32(p + 26, true) === this.zoneA &&
      view.getInt32(p + 28, true) === this.zoneB
    ) {
      const seconds = secondsAt(b, p + 17);
      const micros = microsAt(b, p + 20);
      if (seconds >= 0 && micros >= 0) {
        stamp.year = kept.year;
        stamp.month = kept.month;
        stamp.day = kept.day;
        stamp.tod = kept.tod + seconds * 1000 + micros / 1000;
        stamp.zone = this.zone;
        stamp.isSpaced = false;
        stamp.isColonless = false;
        return p + 32;
      }
    }
    const next = readIsoStamp(b, p, end, stamp);
    if (next === p + 32 && next < end && b[p + 19] === DOT && !stamp.isSpaced && !stamp.isColonless) {
      kept.keep(view, p, stamp);
      this.zone = stamp.zone;
      this.zoneA = view.getInt32(p + 26, true);
      this.zoneB = view.getInt32(p + 28, true);
    }
    return next;
  }
}

/** Two digits up to 59, or -1 (a leap second is read in full). */
function secondsAt(b: Uint8Array, p: number): number {
  const x = (b[p] as number) - 0x30;
  const y = (b[p + 1] as number) - 0x30;
  return x >>> 0 > 5 || y >>> 0 > 9 ? -1 : x * 10 + y;
}

/** Six digits, or -1. */
function microsAt(b: Uint8Array, p: number): number {
  let micros = 0;
  for (let i = p; i < p + 6; i++) {
    const digit = (b[i] as number) - 0x30;
    if (digit >>> 0 > 9) return -1;
    micros = micros * 10 + digit;
  }
  return micros;
}
