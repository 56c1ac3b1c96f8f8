/**
 * Which part of src may import which, as src/README.md tells it. The linter holds the same rules (.oxlintrc.json) and
 * says so while one types; this table is the one that is complete.
 */
import { targetOf } from './sources.ts';

/** Leaves: what everybody may use. */
const LEAVES = ['model', 'util', 'errors.ts', 'version.ts'];

/** The stages a mail's lines go through. They meet in types of src/model and are joined in src/pipeline and src/commands only. */
const STAGES = [
  'sources',
  'framing',
  'formats',
  'correlate',
  'filter',
  'report',
  'render',
  'deliver',
  'explain',
  'bounce',
  'store',
];

/** Part of src (folder or file) -> the other parts it may import. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'version.ts': [],
  util: [],
  model: [],
  kernel: [],
  'errors.ts': ['model', 'util'],
  config: ['model', 'util', 'errors.ts'],
  policy: ['model', 'util', 'errors.ts'],
  'io.ts': LEAVES,
  ...Object.fromEntries(STAGES.map((stage) => [stage, LEAVES])),
  render: [...LEAVES, 'explain', 'report'],
  report: [...LEAVES, 'explain'],
  scope: [...LEAVES, 'render'],
  pipeline: [...LEAVES, 'sources', 'framing', 'formats', 'correlate', 'kernel'],
  weigh: [...LEAVES, 'kernel', 'sources', 'formats', 'pipeline'],
  plain: [...LEAVES, 'kernel', 'sources', 'framing', 'formats', 'correlate', 'render', 'pipeline', 'weigh'],
  select: [...LEAVES, 'kernel', 'sources', 'framing', 'formats', 'correlate', 'filter', 'pipeline'],
  commands: [...LEAVES, ...STAGES, 'pipeline', 'weigh', 'plain', 'select', 'config', 'policy', 'scope', 'io.ts'],
  'cli.ts': [...LEAVES, ...STAGES, 'io.ts', 'commands'],
  'boot.ts': ['version.ts'],
};

/** Package -> the parts that may import it. One that is not named here is free. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  chalk: ['render'],
  'cli-table3': ['render'],
  commander: ['cli.ts', 'commands'],
  re2js: ['filter'],
  assemblyscript: [],
  esbuild: [],
  tsx: [],
  vitest: [],
};

/** The only parts of `process` that a file may use; elsewhere none of PROCESS_WORDS. */
const PROCESS_ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'cli.ts': ['exit', 'exitCode', 'stdin', 'stdout', 'stderr', 'argv'],
  'boot.ts': ['stdout', 'argv'],
  'io.ts': ['stdin', 'stdout', 'stderr'],
};
const PROCESS_WORDS = ['exit', 'exitCode', 'stdin', 'stdout', 'stderr', 'argv'];

const partOf = (path: string): string => path.split('/', 1)[0] ?? '';

/** Why this import is not allowed, with what to do instead; undefined if it is. */
export function importFault(file: string, specifier: string): string | undefined {
  const from = partOf(file);
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) {
    return `src/${file}: src/${from} is not part of the house: move it into a folder, or add it to test/house/layers.ts, .oxlintrc.json and src/README.md`;
  }
  if (!specifier.startsWith('.')) {
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
    const users = PACKAGES[name];
    if (users === undefined || users.includes(from)) return undefined;
    return `src/${file} imports ${name}: ${users.length === 0 ? 'that is a tool of development' : `leave that to src/${users.join(' and src/')}`}`;
  }
  const target = targetOf(file, specifier);
  const to = partOf(target);
  if (to === from || allowed.includes(to)) return undefined;
  if (to === '..')
    return `src/${file} imports ${specifier}: nothing outside src is imported (the build would leave it out)`;
  const instead =
    STAGES.includes(from) && STAGES.includes(to)
      ? 'stages meet in a type of src/model; src/pipeline and src/commands join them'
      : `src/${from} may import ${allowed.length === 0 ? 'nothing else of the project' : allowed.join(', ')}`;
  return `src/${file} imports src/${target}: ${instead}`;
}

/** Uses of the process' streams, arguments and exit where they do not belong: one text each. */
export function processFaults(file: string, code: string): string[] {
  const allowed = PROCESS_ALLOWED[file] ?? [];
  const words = PROCESS_WORDS.filter((word) => !allowed.includes(word));
  if (words.length === 0) return [];
  const access = new RegExp(`\\bprocess\\s*(?:\\?\\.|\\.)\\s*(${words.join('|')})\\b|\\bprocess\\s*\\[`, 'g');
  const destructured = new RegExp(
    `\\{[^{}]*\\b(${words.join('|')})\\b[^{}]*\\}\\s*(?:=\\s*process\\b|from\\s*['"](?:node:)?process['"])`,
    'g',
  );
  return [...code.matchAll(access), ...code.matchAll(destructured)].map((match) => {
    const line = code.slice(0, match.index).split('\n').length;
    return `src/${file}:${line} uses process.${match[1] ?? '[…]'}: take it from the IO object (src/io.ts), or throw or return and let src/cli.ts set the exit status`;
  });
}
