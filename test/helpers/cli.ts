/** Runs the built command as a user would. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../house/sources.ts';

export const BIN = join(root, 'bin/mailtrace.js');

export interface CliResult {
  status: number | null;
  out: string;
  err: string;
}

export interface CliOptions {
  cwd: string;
  stdin?: string | Buffer;
  env?: Readonly<Record<string, string>>;
}

const environment = (env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  TZ: 'UTC',
  ...env,
});

/** To its end; standard input is empty unless given. */
export function cli(args: readonly string[], { cwd, stdin = '', env }: CliOptions): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    input: stdin,
    env: environment(env),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status, out: stdout, err: stderr };
}

/** A line of shell; `$MT` is the command. */
export function shell(line: string, { cwd, env }: CliOptions): CliResult {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line], {
    cwd,
    env: { ...environment(env), MT: `${process.execPath} ${BIN}` },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status, out: stdout, err: stderr };
}

/** Starts the command with standard input open; `when` is called with what it wrote to stderr or stdout, or after a while. */
export function interrupt(args: readonly string[], input: Buffer, { cwd, env }: CliOptions): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd,
      env: environment(env),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => (out += piece));
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (err += piece));
    child.on('error', reject);
    child.on('close', (status) => {
      resolve({ status, out, err });
    });
    child.stdin.on('error', () => undefined);
    // More than a pipe holds: when it is gone, the command reads, and its handler of signals is in place.
    child.stdin.write(input, () => {
      child.kill('SIGINT');
    });
  });
}
