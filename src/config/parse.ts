/**
 * The text of a configuration file -> the configuration, or what is wrong with it and where.
 */
import { LineCounter, parseDocument } from 'yaml';
import { type Config, configShape, knownWords } from './shape.ts';

/** One thing that is wrong; `line` from 1, undefined where the file as a whole is meant. */
export interface ConfigFault {
  line: number | undefined;
  what: string;
}

export function parseConfig(text: string): { config: Config } | { fault: ConfigFault } {
  const lines = new LineCounter();
  // No tags, and no aliases that unfold to gigabytes: a configuration needs neither.
  // No warnings, which the process would print with the file's own bytes in them: what they are about is refused below.
  const document = parseDocument(text, { lineCounter: lines, schema: 'core', prettyErrors: false, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) return { fault: { line: lines.linePos(error.pos[0]).line, what: wordsOf(error) } };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    return { fault: { line: undefined, what: wordsOf(cause) } };
  }
  const result = configShape.safeParse(value ?? {});
  if (result.success) return { config: result.data };
  const [issue] = result.error.issues;
  if (issue === undefined) return { fault: { line: undefined, what: 'it cannot be read' } };
  const path = issue.path.map(String);
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const place = unknown === undefined ? path : [...path, unknown];
  // what is missing has no line: that of what it is missing in
  let depth = place.length;
  let node = depth === 0 ? undefined : document.getIn(place, true);
  while (node === undefined && --depth > 0) node = document.getIn(place.slice(0, depth), true);
  const range = isRanged(node) ? node.range : undefined;
  const what =
    unknown === undefined
      ? `${place.length === 0 ? 'the file' : place.join('.')}: ${issue.message}`
      : `unknown word '${unknown}'; known ${path.length === 0 ? 'are' : `in ${path.join('.')} are`} ${knownWords(path[0]).join(', ')}`;
  return { fault: { line: range === undefined ? undefined : lines.linePos(range[0]).line, what } };
}

function isRanged(node: unknown): node is { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && Array.isArray((node as { range?: unknown }).range);
}

/** The reader calls itself for what is nested, and a stack has an end. */
const TOO_DEEP = /^Maximum call stack/;

function wordsOf(error: unknown): string {
  const [words = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
  return TOO_DEEP.test(words) ? 'it is nested too deeply' : words;
}
