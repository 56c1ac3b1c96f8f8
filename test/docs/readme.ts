/**
 * README.md as it ought to be: its option tables made from the commands' own definitions, its `console` blocks with what
 * the built command prints.
 * Shape: an option table stands behind `<!-- options of NAME -->` and its title; a `console` block is commands, each behind
 *        `$ `, and what a terminal of 80 columns shows of them (output and messages, without colour).
 */
import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { COMMANDS, type CommandName } from '../../src/commands/registry.ts';
import { RECORDED } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';
import { root } from '../house/sources.ts';

/** Noon after the recordings: a terminal leaves out the year of times of this year. */
const NOW = Date.UTC(2026, 10, 22, 12);

export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[];

/** The commander tree: each command with its options. */
export async function commandTree(): Promise<Map<CommandName, Command>> {
  const tree = new Map<CommandName, Command>();
  for (const name of COMMAND_NAMES)
    tree.set(
      name,
      (await COMMANDS[name].load())(fakeIo(), () => undefined),
    );
  return tree;
}

const same = (a: Option, b: Option): boolean => a.flags === b.flags && a.description === b.description;

/** The options of a command that --help shows; of the other commands those that search has not, word for word. */
function shownOptions(tree: ReadonlyMap<CommandName, Command>, name: CommandName): Option[] {
  const shown = (tree.get(name)?.options ?? []).filter(({ hidden }) => !hidden);
  if (name === 'search') return shown;
  const known = tree.get('search')?.options ?? [];
  return shown.filter((option) => !known.some((other) => same(option, other)));
}

/** The order in which --help shows the groups. */
const GROUPS = ['Who', 'What', 'Which mail', 'When', 'Where', 'Output', 'General'];

function optionTable(options: readonly Option[]): string {
  const groupOf = (option: Option): string => (option.helpGroupHeading ?? 'Options:').replace(/:$/, '');
  const ordered = options.toSorted((a, b) => GROUPS.indexOf(groupOf(a)) - GROUPS.indexOf(groupOf(b)));
  const rows = ordered.map((option, i) => {
    const before = ordered[i - 1];
    const isFirst = before === undefined || groupOf(before) !== groupOf(option);
    return [isFirst ? groupOf(option) : '', `\`${option.flags}\``, option.description.replace(/'<>'/, "`'<>'`")];
  });
  const cells = [['', 'option', 'what it does'], ...rows];
  const widths = [0, 1, 2].map((i) => Math.max(...cells.map((row) => (row[i] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join('\n');
}

/** Copies the fixtures, with the time of change of the recordings, and puts `mailtrace` and `npx` on a PATH of its own. */
export function prepareClone(folder: string): void {
  cpSync(join(root, 'fixtures'), join(folder, 'fixtures'), { recursive: true });
  for (const entry of readdirSync(join(folder, 'fixtures'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    chmodSync(file, 0o644);
    utimesSync(file, RECORDED, RECORDED);
  }
  mkdirSync(join(folder, 'bin'));
  const shims = { mailtrace: `exec '${process.execPath}' '${join(root, 'bin/mailtrace.js')}' "$@"`, npx: 'exec "$@"' };
  for (const [name, text] of Object.entries(shims))
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

/** What a terminal of 80 columns shows of a line of shell typed in the clone. */
function screenOf(line: string, folder: string): Promise<string> {
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
    HOME: '/nonexistent',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    NO_COLOR: '1',
    NODE_OPTIONS: `--import=data:text/javascript,Date.now=()=>${NOW}`,
    LINE: line,
  };
  // eval: the line is a whole line of shell, with its own pipes and quotes
  const shell = `bash -c 'stty cols 80 rows 50; eval "$LINE"'`;
  return new Promise((resolve) => {
    // The line's own exit status is shown where it asks for it.
    const child = execFile(
      'bash',
      ['-c', 'script -qec "$0" /dev/null', shell],
      { cwd: folder, env, maxBuffer: 1 << 26 },
      // the progress line, which a busy machine brings, is erased from the screen before anything else is written
      (_, stdout) =>
        resolve(
          stdout
            .replaceAll('\r\n', '\n')
            .replaceAll(/\r[^\r\n]*\u001b\[K/g, '')
            .replace(/\n$/, ''),
        ),
    );
    child.stdin?.end();
  });
}

/** The screens of these lines, a few made at a time. */
async function screensOf(lines: readonly string[], folder: string): Promise<Map<string, string>> {
  const screens = new Map<string, string>();
  const waiting = [...new Set(lines)];
  const work = async (): Promise<void> => {
    for (let line = waiting.shift(); line !== undefined; line = waiting.shift())
      screens.set(line, await screenOf(line, folder));
  };
  await Promise.all([work(), work(), work()]);
  return screens;
}

/** The commands of a `console` block. */
export function commandsOf(block: string): string[] {
  return block.split('\n').flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : []));
}

export const CONSOLE = /^```console\n([\s\S]*?)\n```$/gm;
const TABLE = /^<!-- options of ([a-z]+) -->\n\n(?:\|.*\n)*/gm;

/** The text with every table and every block made anew. */
export async function madeAnew(text: string, tree: ReadonlyMap<CommandName, Command>, folder: string): Promise<string> {
  const lines = [...text.matchAll(CONSOLE)].flatMap((match) => commandsOf(match[1] ?? ''));
  const screens = await screensOf(lines, folder);
  return text
    .replaceAll(
      TABLE,
      (_, name: CommandName) => `<!-- options of ${name} -->\n\n${optionTable(shownOptions(tree, name))}\n`,
    )
    .replaceAll(CONSOLE, (_, block: string) => {
      const shown = commandsOf(block).map((line) => `$ ${line}\n${screens.get(line) ?? ''}`.trimEnd());
      return `\`\`\`console\n${shown.join('\n')}\n\`\`\``;
    });
}
