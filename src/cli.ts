/**
 * Where the process begins and ends: streams, signals, exit status. The work is in src/commands, loaded when it is needed.
 */
import { version } from './version.ts';

const args = process.argv.slice(2);

// who comes through sudo may be one to whom nothing is told
if (process.env['SUDO_UID'] === undefined && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`mailtrace ${version}\n`);
} else {
  void start();
}

async function start(): Promise<void> {
  const [{ main }, { processIo }] = await Promise.all([import('./commands/main.ts'), import('./io.ts')]);
  const controller = new AbortController();
  process.on('SIGINT', () => {
    // The second one ends it at once.
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  });
  const status = await main(args, processIo(), controller.signal);
  process.exitCode = status;
  // An input that nobody reads any more (a terminal, a pipe that stays open) must not keep the process.
  process.exit(status);
}
