/**
 * Where a report goes, and what a cron job wants of it: checked whole before a byte is read.
 * Errors: UsageError for every value that is wrong; UserError for a configuration or a password file that is.
 */
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { loadSettings } from '../config/index.ts';
import { failOverOf } from '../deliver/fail-over.ts';
import type { FailOver } from '../deliver/fail-over.ts';
import { mailAddressOf, mailAddressesOf, smtpServerOf, usualSender } from '../deliver/mail-address.ts';
import type { SmtpServer } from '../deliver/mail-address.ts';
import { checkTarget } from '../deliver/whole-file.ts';
import { UsageError, UserError } from '../errors.ts';
import type { Io } from '../io.ts';
import { textOf } from './common-options.ts';
import type { Values } from './filter-options.ts';

export interface MailOptions {
  readonly to: readonly string[];
  /** header and, where it was given, the envelope */
  readonly from: string;
  readonly isFromGiven: boolean;
  /** undefined: the sendmail command */
  readonly smtp?: SmtpServer;
  readonly login?: { readonly user: string; readonly password: string };
}

export interface DeliveryOptions {
  /** undefined: standard output, unless it is mailed */
  readonly output?: string;
  readonly mail?: MailOptions;
  readonly quietIfEmpty: boolean;
  readonly failOver?: FailOver;
  /** as typed, for the message */
  readonly failOverText: string;
}

const DELIVERY = 'Delivery:';

const collect = (value: string, previous: readonly string[] | undefined): string[] => [...(previous ?? []), value];

const option = (flags: string, help: string): Option => new Option(flags, help).helpGroup(DELIVERY);

export function addDeliveryOptions(command: Command): Command {
  return command
    .addOption(option('--output <file>', 'write it there, whole or not at all; its ending chooses the format'))
    .addOption(option('--mail-to <addr>', 'mail it, as text and HTML; may be given again').argParser(collect))
    .addOption(option('--mail-from <addr>', 'the sender of that mail'))
    .addOption(option('--smtp <host[:port]>', 'by this server; else by the sendmail command'))
    .addOption(option('--state <name>', 'of --since last-run: keep it under this name'))
    .addOption(option('--quiet-if-empty', 'no output and no mail where there is nothing to report'))
    .addOption(option('--fail-over <limit>', 'exit status 3 from 10 recipients, or from 5% of all'));
}

/** Formats by the ending of --output. */
const ENDINGS: Readonly<Record<string, string>> = {
  html: 'html',
  htm: 'html',
  md: 'markdown',
  markdown: 'markdown',
  json: 'json',
  csv: 'csv',
};

/** The values with the format that the ending of --output means, where none was given. */
export function withFormatOfOutput(values: Values): Values {
  const ending = /\.([a-z]+)$/i.exec(textOf(values['output']))?.[1]?.toLowerCase() ?? '';
  const format = ENDINGS[ending];
  return format === undefined || values['format'] !== undefined || values['json'] === true
    ? values
    : { ...values, format };
}

export async function deliveryOptionsOf(values: Values, io: Io): Promise<DeliveryOptions> {
  const output = outputOf(values, io);
  const mail = await mailOf(values, io);
  if (mail !== undefined && output === undefined && (values['format'] !== undefined || values['json'] === true)) {
    throw new UsageError({
      where: '--format',
      what: 'a mailed report is text and HTML',
      help: 'leave it out, or add --output FILE for a file beside the mail',
    });
  }
  const failOver = values['failOver'] === undefined ? undefined : failOverOf(textOf(values['failOver']), '--fail-over');
  return {
    ...(output === undefined ? {} : { output }),
    ...(mail === undefined ? {} : { mail }),
    quietIfEmpty: values['quietIfEmpty'] === true,
    ...(failOver === undefined ? {} : { failOver }),
    failOverText: textOf(values['failOver']),
  };
}

function outputOf(values: Values, io: Io): string | undefined {
  if (values['output'] === undefined) return undefined;
  const typed = textOf(values['output']);
  if (typed === '') throw new UsageError({ where: '--output', what: 'needs a file' });
  if (typed === '-') return '-';
  const isFolder = typed.endsWith('/');
  const path = isAbsolute(typed) ? typed : resolve(io.cwd, typed);
  checkTarget(isFolder && !path.endsWith('/') ? `${path}/` : path);
  return path;
}

async function mailOf(values: Values, io: Io): Promise<MailOptions | undefined> {
  const typed = values['mailTo'];
  if (!Array.isArray(typed)) {
    const other = (['mailFrom', 'smtp'] as const).find((name) => values[name] !== undefined);
    if (other === undefined) return undefined;
    const where = other === 'smtp' ? '--smtp' : '--mail-from';
    throw new UsageError({ where, what: 'nothing is mailed', help: 'add --mail-to ADDR' });
  }
  const { config, path = '' } = await loadSettings(textOf(values['config']) || undefined, io.env);
  const { mail: configured = {} } = config;
  const server = typeof values['smtp'] === 'string' ? values['smtp'] : configured.smtp;
  const smtp =
    server === undefined
      ? undefined
      : smtpServerOf(server, values['smtp'] === undefined ? `${path}: mail.smtp` : '--smtp');
  const isLocal = smtp === undefined;
  const from = values['mailFrom'] === undefined ? configured.from : textOf(values['mailFrom']);
  const where = values['mailFrom'] === undefined ? `${path}: mail.from` : '--mail-from';
  const login = smtp === undefined ? undefined : loginOf(configured);
  return {
    to: mailAddressesOf(typed as string[], '--mail-to', isLocal),
    from: from === undefined ? usualSenderOf() : mailAddressOf(from, where, false),
    isFromGiven: from !== undefined,
    ...(smtp === undefined ? {} : { smtp }),
    ...(login === undefined ? {} : { login }),
  };
}

function usualSenderOf(): string {
  let user = '';
  try {
    user = userInfo().username;
  } catch {
    // a number without a name in /etc/passwd
  }
  let mailName: string | undefined;
  try {
    // Debian's name of this machine for mail (Debian Policy 11.6)
    mailName = readFileSync('/etc/mailname', 'utf8');
  } catch {
    // other systems have none
  }
  return usualSender(user, mailName);
}

function loginOf({
  user,
  passwordFile,
}: {
  user?: string | undefined;
  passwordFile?: string | undefined;
}): MailOptions['login'] {
  if (user === undefined || passwordFile === undefined) return undefined;
  try {
    return { user, password: readFileSync(passwordFile, 'utf8').replace(/\r?\n$/, '') };
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'error';
    throw new UserError({ where: passwordFile, what: `the password cannot be read (${code})` });
  }
}
