/**
 * A finished mail handed to the local `sendmail` command: Postfix, Exim, Sendmail, OpenSMTPD, msmtp, dma all bring one.
 * Source: sendmail(1) of Postfix: `-i` (a dot alone ends nothing), `-f` (envelope sender); statuses of sysexits(3).
 * Errors: UserError where there is none, or it refuses; what it wrote is in the text.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UserError } from '../errors.ts';
import { onOneLine } from '../util/trim.ts';

export interface SendmailRequest {
  /** envelope sender; left out: the command's own choice */
  readonly from?: string;
  readonly to: readonly string[];
}

/** cron's PATH lacks the folders of system programs. */
const FOLDERS = ['/usr/sbin', '/usr/lib', '/usr/local/sbin', '/sbin'];
const PATIENCE_MS = 300_000;
const MOST_TOLD = 2000;

function commandOf(env: Readonly<Record<string, string | undefined>>): string {
  const folders = [...(env['PATH'] ?? '').split(delimiter).filter((folder) => folder.startsWith('/')), ...FOLDERS];
  for (const folder of folders) {
    const command = join(folder, 'sendmail');
    try {
      accessSync(command, constants.X_OK);
      return command;
    } catch {
      // in another folder
    }
  }
  throw new UserError({
    where: '--mail-to',
    what: 'there is no sendmail command on this machine',
    help: 'give a server with --smtp HOST, or write the report with --output FILE',
  });
}

/** Resolves when the command has taken the mail. */
export async function sendBySendmail(
  message: Buffer,
  { from, to }: SendmailRequest,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const command = commandOf(env);
  const args = ['-i', ...(from === undefined ? [] : ['-f', from]), '--', ...to];
  const { status, told } = await run(command, args, message);
  if (status === 0) return;
  const words = onOneLine(told, '; ');
  throw new UserError({
    where: command,
    what: `${status}${words === '' ? '' : `: ${words}`}`,
    help: 'the report was not sent',
  });
}

/** `status`: 0, else why not. */
function run(command: string, args: readonly string[], input: Buffer): Promise<{ status: 0 | string; told: string }> {
  return new Promise((resolve) => {
    let told = '';
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], timeout: PATIENCE_MS });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        if (told.length < MOST_TOLD) told += text;
      });
    }
    child.on('error', (error) => {
      resolve({ status: 'it cannot be started', told: error.message });
    });
    child.on('close', (code, signal) => {
      resolve({
        status: code === 0 ? 0 : code === null ? `it was ended (${signal ?? 'killed'})` : `exit status ${code}`,
        told,
      });
    });
    // it may end without reading: its exit status says why
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
