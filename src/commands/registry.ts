/**
 * The commands: what the overview says of each, and how to load it. Each is a chunk of its own in the build.
 */
import type { Command } from 'commander';
import type { Io } from '../io.ts';

/** Defines a command; `done` gets its exit status. */
export type NewCommand = (io: Io, done: (status: number) => void, signal?: AbortSignal) => Command;

export interface CommandEntry {
  usage: string;
  summary: string;
  load(): Promise<NewCommand>;
  /** Parses and runs. Returns the exit status; throws UsageError for a wrong option. */
  start(args: readonly string[], io: Io, signal?: AbortSignal): Promise<number>;
}

function entry(usage: string, summary: string, load: () => Promise<NewCommand>): CommandEntry {
  return {
    usage,
    summary,
    load,
    async start(args, io, signal) {
      const [newCommand, { runCommand }] = await Promise.all([load(), import('./run-command.ts')]);
      return runCommand(newCommand, args, io, signal);
    },
  };
}

export const COMMANDS = {
  search: entry(
    'search [PATH…] [filters]',
    'the messages that match, one row a recipient',
    async () => (await import('./search.ts')).newSearchCommand,
  ),
  show: entry(
    'show ID [PATH…]',
    'one message whole: what happened, why, and its log lines',
    async () => (await import('./show.ts')).newShowCommand,
  ),
  report: entry(
    'report NAME [PATH…] [filters]',
    'bounces, rejects, deferred, quarantine, traffic, delays or auth, for cron and people',
    async () => (await import('./report.ts')).newReportCommand,
  ),
  explain: entry(
    'explain CODE…|LINE|FILE [PATH…]',
    'what a code, an answer or a bounce means, and who must act',
    async () => (await import('./explain.ts')).newExplainCommand,
  ),
  formats: entry(
    'formats [PATH…]',
    'the log formats it knows; what these files are',
    async () => (await import('./formats.ts')).newFormatsCommand,
  ),
  doctor: entry(
    'doctor [PATH…]',
    'what a set of logs cannot tell, and the one setting to turn on',
    async () => (await import('./doctor.ts')).newDoctorCommand,
  ),
  schema: entry('schema', 'the JSON Schema of a message', async () => (await import('./schema.ts')).newSchemaCommand),
  completion: entry(
    'completion SHELL',
    'completion for bash, zsh or fish',
    async () => (await import('./completion.ts')).newCompletionCommand,
  ),
} as const satisfies Readonly<Record<string, CommandEntry>>;

export type CommandName = keyof typeof COMMANDS;

export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}
