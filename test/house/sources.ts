/**
 * Reads the project's own sources for the tests of the house: code without comments, and what each file imports.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** One file below src. */
export interface SourceFile {
  /** Path below src, with `/`. */
  readonly path: string;
  /** The text with comments blanked out; lines keep their numbers. */
  readonly code: string;
  /** What stands in its imports and exports from, dynamic and type-only ones too. */
  readonly imports: readonly string[];
}

const TOKEN = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`/g;

/** Blanks out comments; strings stay. A regex literal that holds a quote or `//` may blank the rest of its line. */
export function withoutComments(text: string): string {
  return text.replace(TOKEN, (token) => (/^\/[/*]/.test(token) ? token.replaceAll(/[^\n]/g, ' ') : token));
}

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/g;

/** The specifiers of `import … from`, `export … from`, `import '…'` and `import('…')`. */
export function importsOf(code: string): string[] {
  return [...code.matchAll(IMPORT)].map((match) => match[2] ?? '');
}

/** All TypeScript files below src; none if there is no src yet. */
export function sourceFiles(): SourceFile[] {
  const src = join(root, 'src');
  if (!existsSync(src)) return [];
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const code = withoutComments(readFileSync(file, 'utf8'));
      return { path: relative(src, file).split(sep).join('/'), code, imports: importsOf(code) };
    });
}

/** Where a relative import leads, as a path below src (`../x` if it leads out of it). */
export function targetOf(file: string, specifier: string): string {
  return posix.normalize(posix.join(dirname(file), specifier));
}
