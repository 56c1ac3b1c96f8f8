/**
 * What a policy lets be read: a question asked of a path after its links are resolved.
 * Shape:  the folder of a source as it is written is resolved once; what follows it must stand in the resolved path as it is
 *         written. So a log that is itself a link is refused, wherever it was found (in a folder, in a rotated set), unless
 *         where it leads is a source too.
 */
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function pathTest(sources: readonly string[]): (real: string) => boolean {
  const patterns = sources.map(patternOf);
  return (real) => patterns.some((pattern) => pattern.test(real));
}

function patternOf(source: string): RegExp {
  const names = source.split('/').filter((name) => name !== '');
  const first = names.findIndex((name) => /[*?]/.test(name));
  const count = first < 0 ? Math.max(0, names.length - 1) : first;
  const base = `/${names.slice(0, count).join('/')}`;
  const rest = names.slice(count).map(nameOf).join('');
  // a source that is a folder is all that is in it
  return new RegExp(`^${escaped(realOf(base)).replace(/\/$/, '')}${rest}(?:/.*)?$`, 'su');
}

/** The path itself where there is none: nothing can be read there. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path === '/' ? path : join(realOf(dirname(path)), path.slice(path.lastIndexOf('/') + 1));
  }
}

function nameOf(name: string): string {
  if (name === '**') return '(?:/[^/]+)*';
  return `/${escaped(name)
    .replaceAll(String.raw`\*`, '[^/]*')
    .replaceAll(String.raw`\?`, '[^/]')}`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
