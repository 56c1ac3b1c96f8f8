/**
 * Runs one commander command: its errors become ours, its help goes where we say.
 */
import type { Command } from 'commander';
import { CommanderError, Option } from 'commander';
import { UsageError, nearest } from '../errors.ts';
import type { Io } from '../io.ts';
import { proseWidth } from '../render/prose.ts';
import { joinBetween } from './filter-options.ts';
import { redactWord } from './redact-word.ts';
import type { NewCommand } from './registry.ts';
import { checkBounds } from './scoping.ts';

/** Parses and runs. Throws UsageError for a wrong option. */
export async function runCommand(
  newCommand: NewCommand,
  args: readonly string[],
  io: Io,
  signal?: AbortSignal,
): Promise<number> {
  let status = 0;
  const command = newCommand(
    io,
    (value) => {
      status = value;
    },
    signal,
  );
  prepare(command, io);
  command.hook('preAction', async () => {
    await checkBounds(command, io);
    // it looks as if nothing went on
    if (io.stdinIsTty && command.args.includes('-'))
      io.stderr.write('- is this terminal: what is typed here is read, up to Ctrl-D\n');
  });
  try {
    await command.parseAsync(joinBetween(args.map(redactWord)), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code !== 'commander.helpDisplayed' && error.code !== 'commander.help') throw usageErrorOf(error, command);
  }
  return status;
}

function prepare(command: Command, io: Io): void {
  const width = proseWidth(io.columns);
  command
    .name(`mailtrace ${command.name()}`)
    .addHelpOption(
      new Option('-h, --help', 'this help').helpGroup(command.options.length > 2 ? 'General:' : 'Options:'),
    )
    .exitOverride()
    .configureHelp({ helpWidth: width, minWidthToWrap: 20 })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => undefined,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getOutHelpWidth: () => width,
    });
}

/** What other programs (mutt, notmuch, exiqgrep, webmail) call what we have. */
const CALLED: Readonly<Record<string, string>> = {
  to: 'recipient',
  rcpt: 'recipient',
  from: 'sender',
  id: 'queue-id',
  msgid: 'message-id',
  after: 'since',
  before: 'until',
  size: 'min-size',
  delay: 'min-delay',
};

/** Commander's message, in our words: `--stauts: unknown option`, with the option that was probably meant. */
function usageErrorOf(error: CommanderError, command: Command): UsageError {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const name = command.name();
  const where = name.replace(/^mailtrace /, '');
  const help = `${name} --help lists the options`;
  switch (error.code) {
    case 'commander.unknownOption': {
      const typed = quoted.replace(/=.*$/s, '');
      const known = command.options.flatMap(({ long }) => long ?? []);
      if (known.includes(typed)) return new UsageError({ where: typed, what: 'takes no value', help });
      const base = typed.replace(/^-+/, '');
      const longs = known.map((long) => long.slice(2));
      const called = Object.hasOwn(CALLED, base) ? CALLED[base] : undefined;
      const guess = called !== undefined && longs.includes(called) ? called : nearest(base, longs);
      return new UsageError({
        where: typed,
        what: 'unknown option',
        help: guess === undefined ? help : `did you mean '--${guess}'?`,
      });
    }
    case 'commander.optionMissingArgument': {
      const long = /--[\w-]+/.exec(quoted)?.[0] ?? quoted;
      const isBetween = /^--(?:not-)?between$/.test(long);
      return new UsageError({ where: long, what: isBetween ? 'needs two addresses' : 'needs a value', help });
    }
    case 'commander.missingArgument':
      return new UsageError({
        where,
        what: `${quoted.toUpperCase()} is missing`,
        help: command.helpInformation().split('\n', 1)[0]?.replace('Usage: ', '') ?? help,
      });
    case 'commander.excessArguments':
      return new UsageError({ where, what: 'too many arguments', help });
    default:
      return new UsageError({ where, what: error.message.replace(/^error: /, '').toLowerCase(), help });
  }
}
