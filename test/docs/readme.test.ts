/** README.md tells every command and option, and what it shows of the command is what the command prints. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/fixtures.ts';
import { root } from '../house/sources.ts';
import { COMMAND_NAMES, CONSOLE, commandTree, commandsOf, madeAnew, prepareClone } from './readme.ts';

const README = join(root, 'README.md');
const text = readFileSync(README, 'utf8');
const blocks = [...text.matchAll(CONSOLE)].map((match) => match[1] ?? '');
const folder = temporaryFolder();
let tree: Awaited<ReturnType<typeof commandTree>>;

beforeAll(async () => {
  prepareClone(folder.path);
  tree = await commandTree();
});
afterAll(folder.remove);

/** The word itself: `--tz` does not stand in `--log-tz`. */
const has = (word: string): boolean => new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(text);
const NOT = /^--not-/;

describe('README.md', () => {
  test.each(COMMAND_NAMES)('names every option of %s', (name) => {
    expect(has(`mailtrace ${name}`)).toBe(true);
    const longs = (tree.get(name)?.options ?? []).flatMap(({ long }) => long ?? []);
    expect(longs.length).toBeGreaterThan(0);
    // Each filter has its opposite, told once for all of them.
    expect(longs.filter((long) => !NOT.test(long) && !has(long))).toEqual([]);
    if (longs.some((long) => NOT.test(long))) expect(text).toContain('`--not-…`');
  });

  test('names no option that is not there', () => {
    const known = new Set([...tree.values()].flatMap(({ options }) => options.flatMap(({ long }) => long ?? [])));
    for (const general of ['--help', '--version']) known.add(general);
    // `npm install --global`
    known.add('--global');
    const named = [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*[a-z](?![\w-])/g)].map(([word]) => word);
    expect(named.filter((word) => !known.has(word))).toEqual([]);
  });

  test('has an option table for each command that takes more than search does', () => {
    expect([...text.matchAll(/^<!-- options of ([a-z]+) -->$/gm)].map((match) => match[1])).toEqual([
      'search',
      'show',
      'report',
      'explain',
      'formats',
      'doctor',
    ]);
  });

  test('shows the command at work', () => {
    const lines = blocks.flatMap(commandsOf);
    expect(lines.length).toBeGreaterThan(8);
    expect(lines.filter((line) => !/(?:^(?:[A-Z_]+=\w+ )?|\| )(?:npx )?mailtrace /.test(line))).toEqual([]);
    for (const name of ['search', 'show', 'report', 'explain', 'formats', 'doctor'])
      expect(lines.some((line) => line.includes(` ${name} `))).toBe(true);
  });

  // Says too where an option table differs from --help. `npm run golden:update` writes both.
  test('shows what the built command prints, and the options as --help tells them', async (context) => {
    // Elsewhere `script` takes other arguments, and jq may be missing.
    const tools = spawnSync('sh', ['-c', 'script --version && jq --version']);
    if (tools.status !== 0 && process.env['CI'] === undefined) context.skip();
    await expect(await madeAnew(text, tree, folder.path)).toMatchFileSnapshot(README);
  }, 240_000);

  test.each(['README.md', 'docs/report.md', 'src/README.md', 'src/formats/README.md', 'fixtures/README.md'])(
    'the files and folders that %s links to are there',
    (name) => {
      const links = [...readFileSync(join(root, name), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)];
      const missing = links.map((match) => match[1] ?? '').filter((to) => !existsSync(join(root, dirname(name), to)));
      expect(missing).toEqual([]);
    },
  );
});
