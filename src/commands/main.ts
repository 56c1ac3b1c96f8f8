/**
 * From the arguments to a command: chooses it, loads it alone, and makes every error a message and an exit status.
 */
import { UserError, UsageError, didYouMean } from '../errors.ts';
import type { Io } from '../io.ts';
import { problemText } from '../render/problem.ts';
import { EXIT } from './exit.ts';
import { COMMANDS, isCommand } from './registry.ts';
import { heldGrant, mayBeBound } from './held-grant.ts';
import { topHelp } from './top-help.ts';

const BUG = 'this is a bug of mailtrace: please report it with the command and, if you can, the line';

/** Runs what was typed. Returns the exit status. */
export async function main(args: readonly string[], io: Io, signal?: AbortSignal): Promise<number> {
  try {
    // somebody to whom the policy shows nothing is told so and nothing else
    await heldGrant(io);
    const status = await dispatch(args, io, signal);
    await io.stdout.flush();
    await io.stderr.flush();
    return status;
  } catch (error) {
    return tell(error, args, io);
  }
}

async function dispatch(args: readonly string[], io: Io, signal: AbortSignal | undefined): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined) {
    io.stderr.write(topHelp(io.columns));
    return EXIT.trouble;
  }
  if (first === '--help' || first === '-h' || first === 'help') return help(rest, io);
  if (isCommand(first)) return COMMANDS[first].start(rest, io, signal);
  if (first.startsWith('-') && first !== '-') {
    throw new UsageError({ where: first, what: 'a command comes first', help: `mailtrace search ${first} …` });
  }
  const { wordRun } = await import('./word.ts');
  return wordRun(args, io, signal);
}

async function help(rest: readonly string[], io: Io): Promise<number> {
  const [name] = rest;
  if (name === undefined || name.startsWith('-')) {
    io.stdout.write(topHelp(io.columns));
    return EXIT.found;
  }
  if (isCommand(name)) return COMMANDS[name].start(['--help'], io);
  throw new UsageError({ where: 'help', what: `no command '${name}'`, help: didYouMean(name, Object.keys(COMMANDS)) });
}

async function tell(error: unknown, args: readonly string[], io: Io): Promise<number> {
  // what an error of ours says may be text of a log
  const isBound = mayBeBound(io);
  const debug = args.includes('--debug') && !isBound;
  const screen = { tty: io.stderrIsTty, columns: io.columns };
  if (error instanceof UserError) {
    io.stderr.write(problemText(error.problem, screen));
    if (debug) io.stderr.write(`${error.stack ?? ''}\n`);
  } else {
    const { stack, message } = error instanceof Error ? error : { stack: String(error), message: String(error) };
    const what = isBound ? 'it failed' : message;
    io.stderr.write(problemText({ what, help: debug ? BUG : `${BUG} (--debug says where)` }, screen));
    if (debug) io.stderr.write(`${stack ?? ''}\n`);
  }
  // What was printed before still counts.
  await io.stdout.flush().catch(() => undefined);
  await io.stderr.flush().catch(() => undefined);
  return EXIT.trouble;
}
