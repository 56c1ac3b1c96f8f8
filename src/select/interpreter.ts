/**
 * Chosen lines parsed as a run parses them (the same streams, framer and formats), for what they say of ids, sessions and
 * addresses.
 */
import type { Closure } from './closure.ts';
import { FORMATS } from '../formats/index.ts';
import { Framer } from '../framing/framer.ts';
import type { YearHint } from '../framing/years.ts';
import { makeZone } from '../framing/zone.ts';
import type { Frame } from '../model/frame.ts';
import type { RunRequest } from '../model/run.ts';
import { Dispatcher } from '../pipeline/dispatch.ts';
import type { LineStream } from '../pipeline/line-stream.ts';
import { boundOf } from '../pipeline/rotation.ts';
import type { RunIo } from '../pipeline/run.ts';
import { openStreams } from '../pipeline/streams.ts';
import { framerOptions, zonesOf, type Zones } from '../pipeline/zones.ts';
import type { InputFile } from '../sources/input-file.ts';
import type { LineSelection } from '../sources/line-selection.ts';
import { peekPieces } from '../sources/peek.ts';
import { Breather } from '../util/breather.ts';
import { Places, type Place } from './places.ts';
import { recordOf, type Rec } from './record.ts';
import type { Timeline } from './timeline.ts';

const DAY = 86_400_000;
const LONGEST_DAYS = 400;
const WORD = /[0-9A-Za-z-]+/g;

/** What is read of a file: `found` moves to `chosen`, or is forgotten. */
export interface Readable {
  readonly file: InputFile;
  readonly timeline: Timeline;
  readonly chosen: Places;
  found: Places;
  readonly hits: ReadonlySet<number>;
  /** lines that were taken perhaps */
  readonly perhaps: { recs: readonly Rec[]; places: readonly Place[] }[];
  /** their offsets */
  readonly seen: Set<number>;
  readonly lines: number;
  readonly bytes: number;
}

export class Interpreter {
  /** by index of a file: the stream that it is part of */
  readonly streamOf = new Map<number, number>();
  /** by InputFile.identity: what a look at the files said of their years */
  readonly hints = new Map<string, YearHint>();

  readonly #files: readonly InputFile[];
  readonly #request: RunRequest;
  readonly #zones: Zones;
  #span: { first: number; last: number } | undefined;
  #formats = new Map(FORMATS.map((format) => [format.name, format]));

  constructor(files: readonly InputFile[], request: RunRequest, io: RunIo) {
    this.#files = files;
    this.#request = request;
    this.#zones = zonesOf(request, io.timeZone);
  }

  /** A framer for a look at single lines. */
  lookAt(file: InputFile): Framer {
    const bound = boundOf(file.path, file.mtime, this.#request.now);
    return new Framer(
      framerOptions(file, { bound, isPeek: true, look: () => peekPieces(file) }, this.#zones, this.hints),
    );
  }

  /**
   * Reads what was found in this round, and lets the closure choose. Gives why chosen lines are not enough to tell the
   * times of lines; undefined where they are.
   */
  async read(sources: readonly Readable[], closure: Closure, wantLines: boolean): Promise<string | undefined> {
    for (const { years, shifts } of [...this.hints.values()].map((hint) => ({
      years: hint.overruled,
      shifts: hint.shifts,
    })))
      if (years === true || (shifts !== undefined && shifts.size > 0)) return 'clocks that ids overrule';
    const selections = new Map<string, LineSelection>();
    const isFirst = this.#span === undefined;
    for (const source of sources) {
      const groups = withGroups(source);
      selections.set(
        source.file.identity,
        groups.selection(isFirst ? source.timeline.anchors.values() : [], source.lines, source.bytes),
      );
    }
    const streams = await openStreams(this.#files, {
      makeFramer: (file, facts) => new Framer(framerOptions(file, facts, this.#zones, this.hints)),
      onProblem: () => undefined,
      now: this.#request.now,
      selections,
    });
    for (const [i, { readings }] of streams.entries()) for (const { source } of readings) this.streamOf.set(source, i);
    const reader = new Reader(sources, closure, wantLines, this.#formats);
    for (const stream of streams) await reader.read(stream);
    if (isFirst) this.#noteSpan(streams);
    for (const source of sources) source.found = new Places(source.found.most);
    return reader.doubt ?? this.#changes(sources);
  }

  #noteSpan(streams: readonly LineStream[]): void {
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    for (const stream of streams)
      for (const reading of stream.readings) {
        first = Math.min(first, reading.first ?? first);
        last = Math.max(last, reading.last ?? last);
      }
    this.#span = { first, last };
  }

  /** Clocks of some zone change within the log: the hour that comes twice is told by the lines around it. */
  #changes(sources: readonly Readable[]): string | undefined {
    const { first, last } = this.#span as { first: number; last: number };
    if (!(first <= last) || sources.every(({ timeline }) => !timeline.hasNoZone)) return undefined;
    const from = Math.floor(first / DAY) - 2;
    const to = Math.floor(last / DAY) + 2;
    if (to - from > LONGEST_DAYS) return 'a log of years';
    const { machine, hosts, globs } = this.#zones;
    for (const name of new Set([machine, ...hosts.values(), ...globs.map(({ zone }) => zone)])) {
      const zone = makeZone(name);
      for (let day = from; day <= to; day++) {
        const { before, after } = zone.day(day);
        if (before !== after) return 'clocks change within the log';
      }
    }
    return undefined;
  }
}

/** Reads streams line by line; lines without a stamp are judged with the line that they belong to. */
class Reader {
  doubt: string | undefined;
  readonly #sources: readonly Readable[];
  readonly #closure: Closure;
  readonly #formats: ReadonlyMap<string, (typeof FORMATS)[number]>;
  readonly #dispatcher: Dispatcher;
  readonly #breather = new Breather();
  #recs: Rec[] = [];
  #group: Place[] = [];
  #isNamed = false;
  #isHit = false;
  /** a line of the entry is looked for */
  #isHitGroup = false;
  #source: Readable | undefined;

  constructor(
    sources: readonly Readable[],
    closure: Closure,
    wantLines: boolean,
    formats: ReadonlyMap<string, (typeof FORMATS)[number]>,
  ) {
    this.#sources = sources;
    this.#closure = closure;
    this.#formats = formats;
    this.#dispatcher = new Dispatcher(
      FORMATS,
      (ev) => {
        if (this.#formats.get(ev.system)?.isContextual?.(ev.frame) === true)
          this.doubt = 'lines that are read with what far lines say';
        this.#recs.push(recordOf(ev, ev.frame.source, ev.frame.line, this.#isHit));
      },
      wantLines ? (frame) => this.#name(frame) : undefined,
    );
  }

  async read(stream: LineStream): Promise<void> {
    const { frame } = stream;
    for (let n = 0; ; n++) {
      if (n % 1024 === 0) await this.#breather.breathe();
      const state = stream.next();
      if (state === 'end') break;
      if (state === 'wait') {
        await stream.fill();
        continue;
      }
      if (frame.framing !== 'none') this.#flush();
      this.#source = this.#sources[frame.source];
      this.#isHit = this.#source?.hits.has(frame.offset) === true;
      this.#isHitGroup ||= this.#isHit;
      this.#group.push({ offset: frame.offset, length: stream.rawLength, line: frame.line });
      this.#dispatcher.take(frame);
    }
    this.#flush();
    stream.close();
  }

  /** The lines of one entry are over. */
  #flush(): void {
    const source = this.#source;
    if (this.#isHitGroup) for (const rec of this.#recs) rec.hit = true;
    this.#isHitGroup = false;
    const taken = this.#recs.length === 0 ? 'no' : this.#closure.take(this.#recs);
    if (source !== undefined && (taken === 'yes' || this.#isNamed))
      for (const { offset, length, line } of this.#group) source.chosen.add(offset, length, line);
    else if (source !== undefined && taken === 'perhaps') {
      source.perhaps.push({ recs: this.#recs, places: [...this.#group] });
      for (const { offset } of this.#group) source.seen.add(offset);
    }
    if (this.#recs.length > 0) this.#recs = [];
    this.#group.length = 0;
    this.#isNamed = false;
  }

  /** A line of a program that no format knows. */
  #name(frame: Frame): void {
    const text = frame.bytes.toString('latin1', frame.body, frame.end);
    for (const [word] of text.matchAll(WORD)) if (this.#closure.takeWord(word, this.#isHit)) this.#isNamed = true;
  }
}

/** What was found, with the lines that belong together with it. */
function withGroups({ found, timeline }: Readable): Places {
  const { unstamped } = timeline;
  if (unstamped.count === 0) return found;
  const rest = unstamped.done(0, 0);
  const out = new Places();
  for (const place of found.all()) {
    out.add(place.offset, place.length, place.line);
    let i = indexOf(rest, place.line);
    if (i < 0) continue;
    while (i > 0 && rest.silent?.[i] !== 1) i--;
    do {
      out.add(rest.offsets[i] as number, rest.lengths[i] as number, rest.lines[i] as number);
      i++;
    } while (i < rest.count && rest.silent?.[i] !== 1);
  }
  return out;
}

/** Index of the line of that number; -1 where it is not there. */
function indexOf({ lines, count }: LineSelection, line: number): number {
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = lines[middle] as number;
    if (at === line) return middle;
    if (at < line) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
