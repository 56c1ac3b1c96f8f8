/**
 * Every format over lines that nobody wrote: nothing throws, every field lies within its line, numbers are numbers, and what is
 * said of a line does not hang on where it lies in memory, nor on how the block was cut.
 */
import { FORMATS } from '../../../src/formats/index.ts';
import { Framer } from '../../../src/framing/framer.ts';
import { Dispatcher } from '../../../src/pipeline/dispatch.ts';
import { Frame } from '../../../src/model/frame.ts';
import { F, type FieldIndex, type LogEvent } from '../../../src/model/log-event.ts';
import { someBlock } from '../blocks.ts';
import { splitLines } from '../corpus.ts';
import type { Random } from '../random.ts';
import { Broken, must, mustEqual, type Target } from '../target.ts';

const FIELDS = Object.entries(F) as [string, FieldIndex][];
const NUMBERS = [
  'code',
  'size',
  'nrcpt',
  'delayMs',
  'port',
  'mailOk',
  'mailAll',
  'rcptOk',
  'rcptAll',
  'dataOk',
  'dataAll',
] as const;
const WORDS = [
  'system',
  'instance',
  'outcome',
  'how',
  'what',
  'stage',
  'action',
  'origin',
  'relation',
  'engine',
] as const;
const BOUND = Date.UTC(2026, 10, 22, 12);

/** What is wrong with an event in itself; '' where nothing is. */
function faultOf(event: LogEvent): string {
  const { frame } = event;
  for (const [name, field] of FIELDS) {
    if (!event.has(field)) continue;
    const start = event.start(field);
    if (start < 0) {
      if (typeof event.text(field) !== 'string') return `${name} is ${String(event.text(field))}`;
      continue;
    }
    const stop = event.stop(field);
    if (start < frame.body || stop < start || stop > frame.end)
      return `${name} [${start}, ${stop}) is not in [${frame.body}, ${frame.end})`;
  }
  for (const name of NUMBERS)
    if (!Number.isFinite(event[name]) || (name !== 'delayMs' && !Number.isInteger(event[name])))
      return `${name} is ${event[name]}`;
  for (const name of ['score', 'threshold'] as const)
    if (!Number.isFinite(event[name]) && !Number.isNaN(event[name])) return `${name} is ${event[name]}`;
  for (const name of WORDS) if (typeof event[name] !== 'string') return `${name} is ${String(event[name])}`;
  return '';
}

/** Everything that an event says, as a number. */
function printOf(event: LogEvent): number {
  let print = event.mask;
  for (const [, field] of FIELDS) if (event.has(field)) print = (Math.imul(print, 31) + event.hash(field, field)) | 0;
  for (const name of NUMBERS) print = (Math.imul(print, 31) + event[name]) | 0;
  for (const name of WORDS) print = (Math.imul(print, 31) + hashOf(event[name])) | 0;
  return (Math.imul(print, 31) + hashOf(event.kind)) | 0;
}

const hashes = new Map<string, number>();

function hashOf(word: string): number {
  let hash = hashes.get(word);
  if (hash === undefined) {
    hash = [...word].reduce((sum, letter) => (Math.imul(sum, 31) + (letter.codePointAt(0) as number)) | 0, 7);
    if (hashes.size < 10_000) hashes.set(word, hash);
  }
  return hash;
}

interface Said {
  /** by event: the line and the print */
  prints: number[];
  tallies: unknown;
}

interface Placed {
  bytes: Buffer;
  start: number;
  end: number;
}

/** What the formats say of these lines. */
function saidOf(places: Iterable<Placed>, isStable: boolean): Said {
  const prints: number[] = [];
  const framer = new Framer({ zone: 'UTC', bound: BOUND });
  const frame = new Frame();
  const dispatcher = new Dispatcher(FORMATS, (event) => {
    const fault = faultOf(event);
    if (fault !== '') throw new Broken(`${event.system} ${event.kind}, line ${event.frame.line}: ${fault}`);
    prints.push(event.frame.line, printOf(event));
  });
  let before: Buffer | undefined;
  for (const { bytes, start, end } of places) {
    if (isStable && bytes !== before) framer.startBlock(bytes);
    before = bytes;
    frame.line++;
    frame.length = end - start;
    if (framer.frame(bytes, start, end, frame) !== 'line') continue;
    must(frame.body >= 0 && frame.body <= frame.end && frame.end <= frame.bytes.length, 'the body is not in the bytes');
    must(frame.host !== '' && Number.isInteger(frame.pid) && frame.repeated >= 1, 'a frame that is none');
    dispatcher.take(frame);
  }
  dispatcher.finish();
  return { prints, tallies: dispatcher.tallies };
}

function* inBlock(block: Buffer): Generator<Placed> {
  for (const line of splitLines(block)) {
    const start = line.byteOffset - block.byteOffset;
    yield { bytes: block, start, end: start + line.length };
  }
}

/** Each line alone, with bytes around it that mean something. */
function* alone(block: Buffer, random: Random): Generator<Placed> {
  for (const line of splitLines(block)) {
    const [before, after] = [random.below(9), random.below(9)];
    const bytes = Buffer.concat([
      Buffer.from('status=s)').subarray(0, before),
      line,
      Buffer.from('>: 5.1.1 x').subarray(0, after),
    ]);
    yield { bytes, start: before, end: before + line.length };
  }
}

export const formats: Target = {
  name: 'formats',
  title: 'framing and every format: no throw, fields within the line, the same wherever the line lies',
  make: (random) => someBlock(random),
  check(block, random) {
    const whole = saidOf(inBlock(block), random.is(0.5));
    const apart = saidOf(alone(block, random), false);
    mustEqual('a block and its lines alone', whole, apart);
  },
};
