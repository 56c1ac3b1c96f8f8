/**
 * Messages as JSON: the output contract, version 1.
 * Shape:  NDJSON = one object a line; JSON = the same objects as one array, `[]` where there is none. Fields stand in the
 *         order of contract.ts; a field that is undefined, and an empty list but for `hops` and `recipients`, is left out.
 * Source: RFC 8259. Beyond it, what a terminal would obey or hide (C1 controls, bidi, zero-width) is written as \uXXXX,
 *         which reads back as the same text.
 * Speed:  writers are put together once for the fields asked for, and append bytes to one buffer: a text of plain ASCII is
 *         copied while it is checked, of a time only seconds and below are worked out anew.
 */
import type { Instant, Message } from '../model/message.ts';
import { decodeText } from '../model/frame.ts';
import { ByteWriter } from '../util/byte-writer.ts';
import { HIDDEN } from '../util/visible.ts';
import { ALWAYS, MESSAGE_FIELDS } from './contract.ts';
import type { FieldKind, Fields, PrintedLine, RawLine } from './contract.ts';
import type { FieldTree } from './fields.ts';
import type { Clock } from './times.ts';

/** ASCII that JSON takes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** \uXXXX for each UTF-16 unit of a character. */
export function escapeUnits(character: string): string {
  let text = '';
  for (let i = 0; i < character.length; i++) text += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return text;
}

/** A JSON string, quotes included. */
export function jsonString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(HIDDEN, escapeUnits);
}

const QUOTE = 0x22;

/** Bytes that stand in a JSON string as they are: printable ASCII without quotes and backslashes. */
const IS_PLAIN = Uint8Array.from({ length: 256 }, (_, code) => (PLAIN.test(String.fromCharCode(code)) ? 1 : 0));

function putString(text: string, out: ByteWriter): void {
  const { length } = text;
  out.reserve(length + 2);
  const { bytes, length: start } = out;
  let at = start;
  bytes[at++] = QUOTE;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    // undefined beyond ASCII
    if (IS_PLAIN[code] !== 1) {
      out.text(jsonString(text));
      return;
    }
    bytes[at++] = code;
  }
  bytes[at++] = QUOTE;
  out.length = at;
}

type Source = Readonly<Record<string, unknown>>;
/** Appends the JSON of a value; nothing where it is left out. */
type Write = (value: unknown, out: ByteWriter) => void;

const putText: Write = (value, out) => putString(value as string, out);

function putWord(value: unknown, out: ByteWriter): void {
  out.byte(QUOTE);
  out.ascii(value as string);
  out.byte(QUOTE);
}

function putNumber(value: unknown, out: ByteWriter): void {
  // JSON knows no NaN or Infinity; a log that leads to one says nothing.
  if (Number.isFinite(value)) out.ascii(String(value));
}

function putFlag(value: unknown, out: ByteWriter): void {
  if (value === true) out.ascii('true');
}

const MINUTE = 60_000;
/** As Clock.iso: beyond it there is no date (ECMA-262 21.4.1.1). */
const LAST_INSTANT = 8.64e15 - 86_400_000;
const ZERO = 0x30;
/** `02.120+01:00"` at the end of a time: what differs within a minute, and the rest. */
const SECONDS_FROM_END = 12;
const ZONE_FROM_END = 6;

/** Writes times; minutes come again and again, and are kept (offsets are whole minutes). */
function timeWriter(clock: Clock): Write {
  let kept = Number.NaN;
  let start = '';
  let end = '';
  return (value, out) => {
    const at = Math.floor(value as Instant);
    const minute = Math.floor(at / MINUTE);
    if (minute !== kept) {
      if (!(Math.abs(at) < LAST_INSTANT)) {
        putWord(clock.iso(value as Instant), out);
        return;
      }
      const text = clock.iso(minute * MINUTE);
      start = `"${text.slice(0, -SECONDS_FROM_END)}`;
      end = `${text.slice(-ZONE_FROM_END)}"`;
      kept = minute;
    }
    const ms = at - minute * MINUTE;
    const seconds = Math.floor(ms / 1000);
    const rest = ms - seconds * 1000;
    out.ascii(start);
    out.reserve(6);
    const { bytes } = out;
    let place = out.length;
    bytes[place++] = ZERO + Math.floor(seconds / 10);
    bytes[place++] = ZERO + (seconds % 10);
    bytes[place++] = 0x2e;
    bytes[place++] = ZERO + Math.floor(rest / 100);
    bytes[place++] = ZERO + (Math.floor(rest / 10) % 10);
    bytes[place++] = ZERO + (rest % 10);
    out.length = place;
    out.ascii(end);
  };
}

/** `putTime`: how a time is written. */
function writerOfKind(kind: FieldKind, putTime: Write, tree: FieldTree | undefined): Write {
  if (kind === 'text') return putText;
  if (kind === 'word') return putWord;
  if (kind === 'time') return putTime;
  if (kind === 'number') return putNumber;
  if (kind === 'flag') return putFlag;
  if (kind === 'texts') return (value, out) => putList(value as readonly string[], putText, out);
  if (isList(kind)) {
    const write = writerOfObject(kind[0], putTime, tree);
    return (value, out) => putList(value as readonly unknown[], write, out);
  }
  return writerOfObject(kind, putTime, tree);
}

function isList(kind: FieldKind): kind is readonly [Fields] {
  return Array.isArray(kind);
}

function putList(values: readonly unknown[], write: Write, out: ByteWriter): void {
  if (values.length === 0) return;
  let before = 0x5b;
  for (const value of values) {
    out.byte(before);
    write(value, out);
    before = 0x2c;
  }
  out.byte(0x5d);
}

/** `tree`: the fields asked for; undefined = all. */
function writerOfObject(fields: Fields, putTime: Write, tree: FieldTree | undefined): Write {
  const members = Object.entries(fields)
    .filter(([name]) => tree === undefined || tree.has(name))
    .map(([name, kind]) => ({
      name,
      start: `,"${name}":`,
      isAlways: ALWAYS.has(name),
      write: writerOfKind(kind, putTime, tree?.get(name)),
    }));
  return (value, out) => {
    // the first comma becomes the brace
    const begin = out.length;
    for (const { name, start, isAlways, write } of members) {
      const member = (value as Source)[name];
      if (member === undefined) continue;
      const before = out.length;
      out.ascii(start);
      const after = out.length;
      write(member, out);
      if (out.length > after) continue;
      if (isAlways) out.ascii('[]');
      else out.length = before;
    }
    if (out.length === begin) out.byte(0x7b);
    else out.bytes[begin] = 0x7b;
    out.byte(0x7d);
  };
}

/** A raw line as the contract shows it: text is UTF-8, or Latin-1 where the bytes are not. */
export function lineObject(line: RawLine): PrintedLine {
  const bytes = Buffer.from(line.bytes.buffer, line.bytes.byteOffset, line.bytes.byteLength);
  const text = decodeText(bytes, 0, bytes.length);
  return { file: line.file, line: line.line, ...(line.host === undefined ? {} : { host: line.host }), text };
}

/** JSON of one message, without a line end; `lines` is its raw chain, where asked for. */
export type MessageWriter = (message: Message, lines?: readonly RawLine[]) => string;
/** The same, appended to `out`. */
export type MessagePutter = (message: Message, out: ByteWriter, lines?: readonly RawLine[]) => void;

function putterOf(putTime: Write, tree: FieldTree | undefined): MessagePutter {
  const { lines: lineKind, ...others } = MESSAGE_FIELDS;
  const write = writerOfObject(others, putTime, tree);
  const writeLines = writerOfKind(lineKind, putTime, tree?.get('lines'));
  const wantsLines = tree === undefined || tree.has('lines');
  return (message, out, lines) => {
    const begin = out.length;
    write(message, out);
    if (!wantsLines || lines === undefined || lines.length === 0) return;
    out.length--;
    if (out.length > begin + 1) out.byte(0x2c);
    out.ascii('"lines":');
    writeLines(lines.map(lineObject), out);
    out.byte(0x7d);
  };
}

/** A putter for the fields asked for (undefined = all); make one per run. */
export function messagePutter(clock: Clock, tree?: FieldTree): MessagePutter {
  return putterOf(timeWriter(clock), tree);
}

/** A writer for the fields asked for (undefined = all); make one per run. */
export function messageWriter(clock: Clock, tree?: FieldTree): MessageWriter {
  const put = messagePutter(clock, tree);
  const out = new ByteWriter();
  return (message, lines) => {
    out.length = 0;
    put(message, out, lines);
    return out.view().toString('utf8');
  };
}

/** Writes what was printed and read again (JSON.parse), as it was: times are texts in it. */
export function printedPutter(tree?: FieldTree): (printed: unknown, out: ByteWriter) => void {
  return writerOfObject(MESSAGE_FIELDS, putWord, tree);
}

/** The pieces around and between the objects of an output: an array that streams, or a line each. */
export class JsonStream {
  readonly #write: MessageWriter;
  readonly #array: boolean;
  #count = 0;

  constructor(write: MessageWriter, format: 'json' | 'ndjson') {
    this.#write = write;
    this.#array = format === 'json';
  }

  /** Text to print for one more message. */
  message(message: Message, lines?: readonly RawLine[]): string {
    const text = this.#write(message, lines);
    this.#count++;
    if (!this.#array) return `${text}\n`;
    return this.#count === 1 ? `[\n${text}` : `,\n${text}`;
  }

  /** Text to print at the end: `[]` where nothing was printed. */
  end(): string {
    if (!this.#array) return '';
    return this.#count === 0 ? '[]\n' : '\n]\n';
  }
}
