/**
 * The regular expressions of the sources, and texts that make a backtracking engine slow if anything does: for each part that
 * may repeat without end, what leads there, the part very often, and something that does not fit.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AST, RegExpParser } from '@eslint-community/regexpp';
import { parseSync } from 'oxc-parser';
import { root, sourceFiles } from './sources.ts';

export interface Pattern {
  /** path below src, and line */
  readonly where: string;
  readonly source: string;
  readonly flags: string;
}

interface Node {
  readonly type?: string;
  readonly start?: number;
  readonly regex?: { readonly pattern: string; readonly flags: string };
}

/** All regular expressions that stand in the sources as literals, each once. */
export function literals(): Pattern[] {
  const found = new Map<string, Pattern>();
  for (const { path } of sourceFiles()) {
    if (path.startsWith('kernel/assembly/')) continue;
    const text = readFileSync(join(root, 'src', path), 'utf8');
    const { program, errors } = parseSync(path, text);
    if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
    walk(program, ({ regex, start = 0 }) => {
      if (regex === undefined) return;
      const where = `${path}:${text.slice(0, start).split('\n').length}`;
      const key = `/${regex.pattern}/${regex.flags}`;
      if (!found.has(key)) found.set(key, { where, source: regex.pattern, flags: regex.flags });
    });
  }
  return [...found.values()];
}

function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) for (const one of node) walk(one, visit);
  else if (typeof node === 'object' && node !== null) {
    if ('type' in node && node.type === 'Literal') visit(node as Node);
    for (const value of Object.values(node)) walk(value, visit);
  }
}

/** What a class is tried with: letters, digits, signs of addresses, blanks, and beyond ASCII. */
const LETTERS = Array.from('a0A1 .-_@<>()[]{}=,;:"\'\\/+*?!#%&|~^$z\tX\n\r\0\u00e9\u4e2d\u00ad');

/** Characters that this part of a pattern takes, a few that differ. */
function charactersOf(node: AST.Element, flags: string): string[] {
  const one = new RegExp(`^(?:${node.raw})$`, flags.replaceAll(/[gyd]/g, ''));
  return LETTERS.filter((letter) => one.test(letter)).slice(0, 3);
}

/** The shortest text that a part fits, by its first way. */
function sample(node: AST.Element | AST.Alternative | AST.Pattern, flags: string): string {
  switch (node.type) {
    case 'Pattern':
    case 'Group':
    case 'CapturingGroup':
      return sample(node.alternatives[0] as AST.Alternative, flags);
    case 'Alternative':
      return node.elements.map((element) => sample(element, flags)).join('');
    case 'Quantifier':
      return sample(node.element, flags).repeat(node.min);
    case 'Character':
      return String.fromCodePoint(node.value);
    case 'CharacterSet':
    case 'CharacterClass':
    case 'ExpressionCharacterClass':
      return charactersOf(node, flags)[0] ?? '';
    default:
      return '';
  }
}

/** Texts that one turn of a repeated part may take. */
function turns(node: AST.Element, flags: string): string[] {
  if (node.type === 'Group' || node.type === 'CapturingGroup')
    return node.alternatives.map((alternative) => sample(alternative, flags)).filter((text) => text !== '');
  if (node.type === 'CharacterSet' || node.type === 'CharacterClass') return charactersOf(node, flags);
  return [sample(node, flags)].filter((text) => text !== '');
}

/** What stands before a part, in its sequence and those around it. */
function before(node: AST.Element, flags: string): string {
  let text = '';
  for (let part: AST.Node | null = node; part !== null; part = part.parent) {
    const { parent }: AST.Node = part;
    if (parent?.type !== 'Alternative') continue;
    const place = parent.elements.indexOf(part as AST.Element);
    text =
      parent.elements
        .slice(0, place)
        .map((element) => sample(element, flags))
        .join('') + text;
  }
  return text;
}

/** More often than this is without end. */
const MANY = 400;

function repeated(node: unknown, out: AST.Quantifier[] = []): AST.Quantifier[] {
  if (typeof node !== 'object' || node === null) return out;
  const part = node as AST.Node;
  if (part.type === 'Quantifier' && part.max > MANY) out.push(part);
  const parts =
    'alternatives' in part && part.type !== 'ClassStringDisjunction'
      ? part.alternatives
      : part.type === 'Alternative'
        ? part.elements
        : part.type === 'Quantifier'
          ? [part.element]
          : [];
  for (const one of parts) repeated(one, out);
  return out;
}

/** Texts of about `length` characters that try the pattern. */
export function attacks({ source, flags }: Pattern, length: number): string[] {
  const pattern = new RegExpParser().parsePattern(source, 0, source.length, { unicode: flags.includes('u') });
  const out = new Set<string>();
  for (const part of repeated(pattern)) {
    const head = before(part, flags);
    for (const turn of turns(part.element, flags)) {
      const once = turn.repeat(Math.ceil(length / turn.length));
      const often = (head + turn).repeat(Math.ceil(length / (head + turn).length));
      for (const end of ['\u0001', '\n\u0001']) {
        out.add(head + once + end);
        out.add(often + end);
      }
    }
  }
  return [...out];
}
