/**
 * What the fuzzer begins with: the lines of all fixtures, and a dictionary of what means something to a reader: the markers of
 * the formats' own sources, and the words that stand again and again in the lines.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../house/sources.ts';

/** The lines of one file. */
export interface Family {
  readonly name: string;
  readonly lines: readonly Buffer[];
}

export interface Corpus {
  /** logs, in their order */
  readonly logs: readonly Family[];
  /** one line each; the rows of an export with their header */
  readonly shapes: readonly Family[];
  readonly markers: readonly Buffer[];
}

const FIXTURES = join(root, 'fixtures');
const LOG = /(?:^|[-.])(?:log|mainlog|rejectlog|current|json|csv)(?:\.\d)?$/i;
/** of a file no more is taken: the mutations are many, the lines alike */
const MOST_LINES = 4000;

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

export function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const lf = bytes.indexOf(10, at);
    const end = lf < 0 ? bytes.length : lf;
    lines.push(bytes.subarray(at, end));
    at = end + 1;
  }
  return lines;
}

function logsOf(files: readonly string[]): Family[] {
  return files
    .filter((file) => LOG.test(file) && !/expected\.json$|recording\.json$/.test(file) && statSync(file).size > 0)
    .map((file) => ({
      name: file.slice(FIXTURES.length + 1),
      lines: splitLines(readFileSync(file)).slice(0, MOST_LINES),
    }));
}

function shapesOf(files: readonly string[]): Family[] {
  return files
    .filter((file) => file.endsWith('lines.jsonl'))
    .map((file) => ({
      name: file.slice(FIXTURES.length + 1),
      lines: splitLines(readFileSync(file))
        .filter((row) => row.length > 0)
        .map((row) => Buffer.from((JSON.parse(row.toString('utf8')) as { line: string }).line)),
    }));
}

const QUOTED = /'((?:[^'\\\n]|\\.){1,60})'/g;

/** The string literals of what reads lines. */
function markersOfSources(): Set<string> {
  const found = new Set<string>();
  for (const part of ['formats', 'framing', 'kernel', 'correlate', 'bounce']) {
    for (const file of filesOf(join(root, 'src', part))) {
      if (!file.endsWith('.ts')) continue;
      for (const row of readFileSync(file, 'utf8').split('\n')) {
        if (/^(?:import|export .* from)\b|^\s*(?:\*|\/\/)/.test(row)) continue;
        for (const [, text = ''] of row.matchAll(QUOTED)) found.add(unescaped(text));
      }
    }
  }
  return found;
}

function unescaped(text: string): string {
  return text
    .replaceAll(/\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})/g, (_, u, x) =>
      String.fromCharCode(Number.parseInt(u ?? x, 16)),
    )
    .replaceAll('\\n', '\n')
    .replaceAll('\\t', '\t')
    .replaceAll(/\\(.)/g, '$1');
}

/** Words of the lines that stand in several of them. */
function markersOfLines(families: readonly Family[]): Set<string> {
  const seen = new Map<string, number>();
  for (const { lines } of families)
    for (const line of lines)
      for (const [word] of line.toString('latin1').matchAll(/[a-zA-Z_-]{2,24}[=:]<?|\([a-z ]{3,30}\)|[;,] [a-z]+=/g))
        seen.set(word, (seen.get(word) ?? 0) + 1);
  return new Set([...seen].filter(([, count]) => count > 2).map(([word]) => word));
}

/** What no list of markers holds: delimiters, line ends of others, numbers, bytes that are no text. */
const SHARP = [
  ...'\0\t\r :;,=<>[](){}"\'#%\\/|-+.@*!?&~^`$'.split(''),
  ...[
    '\\"',
    '""',
    '<>',
    '[]',
    '()',
    ': ',
    '; ',
    ', ',
    ']: ',
    '> ',
    '>, ',
    '\\n',
    '#012',
    '#011',
    '\\x',
    '\\u00',
    '\\123',
  ],
  ...[
    '\x1b[31m',
    '\x1b]0;x\x07',
    '\x7f',
    '\x9b',
    '\xff',
    '\xc3',
    '\xe2\x80\xae',
    '\xe2\x80\x8b',
    '\xef\xbb\xbf',
    '\xc3\xa9',
  ],
  ...['=?utf-8?q?', '=?iso-8859-1?b?', '?=', '../', '=cmd|', '0', '00', '-1', '99999999999999999999', '1e999', 'NaN'],
  ...['NOQUEUE: ', 'a@b.example', '<a@b.example>', '[192.0.2.1]', 'unknown[unknown]', 'localhost[127.0.0.1]', '[::1]'],
  ...[
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'last message repeated 2 times',
    'message repeated 3 times: [ ',
  ],
];

let loaded: Corpus | undefined;

export function corpus(): Corpus {
  if (loaded !== undefined) return loaded;
  const files = filesOf(FIXTURES).filter((file) => !file.includes('/fuzz/'));
  const [logs, shapes] = [logsOf(files), shapesOf(files)];
  const texts = new Set([...SHARP, ...markersOfSources(), ...markersOfLines([...logs, ...shapes])]);
  texts.delete('\n');
  const markers = [...texts].toSorted().map((text) => Buffer.from(text, 'latin1'));
  loaded = { logs, shapes, markers };
  return loaded;
}
