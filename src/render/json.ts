/**
 * Messages as JSON: the output contract, version 1.
 * Shape:  NDJSON = one object a line; JSON = the same objects as one array, `[]` where there is none. Fields stand in the
 *         order of contract.ts; a field that is undefined, and an empty list but for `hops` and `recipients`, is left out.
 * Source: RFC 8259. Beyond it, what a terminal would obey or hide (C1 controls, bidi, zero-width) is written as \uXXXX,
 *         which reads back as the same text.
 * Speed:  writers are put together once for the fields asked for; a text of plain ASCII is checked by one regular expression
 *         and copied. Measured (20,000 messages of two recipients, 1 kB each): 9 us a message; JSON.stringify of a copy with
 *         times as text 8 us, and it would still need a pass over what a terminal obeys; a writer written out by hand 7 us,
 *         which is not worth a second list of all fields.
 */
import type { Instant, Message } from '../model/message.ts';
import { decodeText } from '../model/frame.ts';
import { HIDDEN } from '../util/visible.ts';
import { ALWAYS, MESSAGE_FIELDS } from './contract.ts';
import type { FieldKind, Fields, PrintedLine, RawLine } from './contract.ts';
import type { FieldTree } from './fields.ts';
import type { Clock } from './times.ts';

/** ASCII that JSON takes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** \uXXXX for each UTF-16 unit of a character. */
function escapeUnits(character: string): string {
  let text = '';
  for (let i = 0; i < character.length; i++) text += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return text;
}

/** A JSON string, quotes included. */
export function jsonString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(HIDDEN, escapeUnits);
}

type Source = Readonly<Record<string, unknown>>;
/** The JSON of a value, or '' where it is left out. */
type Write = (value: unknown) => string;

function writerOfKind(kind: FieldKind, clock: Clock, tree: FieldTree | undefined): Write {
  if (kind === 'text') return (value) => jsonString(value as string);
  if (kind === 'word') return (value) => `"${value as string}"`;
  if (kind === 'time') return (value) => `"${clock.iso(value as Instant)}"`;
  // JSON knows no NaN or Infinity; a log that leads to one says nothing.
  if (kind === 'number') return (value) => (Number.isFinite(value) ? String(value) : '');
  if (kind === 'flag') return (value) => (value === true ? 'true' : '');
  if (kind === 'texts') return (value) => listOf(value as readonly string[], (text) => jsonString(text as string));
  if (isList(kind)) {
    const write = writerOfObject(kind[0], clock, tree);
    return (value) => listOf(value as readonly unknown[], write);
  }
  return writerOfObject(kind, clock, tree);
}

function isList(kind: FieldKind): kind is readonly [Fields] {
  return Array.isArray(kind);
}

function listOf(values: readonly unknown[], write: Write): string {
  if (values.length === 0) return '';
  let text = '[';
  for (const value of values) text += text.length === 1 ? write(value) : `,${write(value)}`;
  return `${text}]`;
}

/** `tree`: the fields asked for; undefined = all. */
function writerOfObject(fields: Fields, clock: Clock, tree: FieldTree | undefined): Write {
  const members = Object.entries(fields)
    .filter(([name]) => tree === undefined || tree.has(name))
    .map(([name, kind]) => ({
      name,
      start: `"${name}":`,
      empty: ALWAYS.has(name) ? '[]' : '',
      write: writerOfKind(kind, clock, tree?.get(name)),
    }));
  return (value) => {
    let text = '{';
    for (const { name, start, empty, write } of members) {
      const member = (value as Source)[name];
      if (member === undefined) continue;
      const written = write(member) || empty;
      if (written === '') continue;
      text += text.length === 1 ? start + written : `,${start}${written}`;
    }
    return `${text}}`;
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

/** A writer for the fields asked for (undefined = all); make one per run. */
export function messageWriter(clock: Clock, tree?: FieldTree): MessageWriter {
  const { lines: lineKind, ...others } = MESSAGE_FIELDS;
  const write = writerOfObject(others, clock, tree);
  const writeLines = writerOfKind(lineKind, clock, tree?.get('lines'));
  const wantsLines = tree === undefined || tree.has('lines');
  return (message, lines) => {
    const text = write(message);
    if (!wantsLines || lines === undefined || lines.length === 0) return text;
    const member = `"lines":${writeLines(lines.map(lineObject))}}`;
    return text === '{}' ? `{${member}` : `${text.slice(0, -1)},${member}`;
  };
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
