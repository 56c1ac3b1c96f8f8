/** All recordings of real servers that there are: those of fixtures/ and, where MAILTRACE_SHARED names a folder, those there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { root } from '../../house/sources.ts';
import { type Logs, RECORDINGS } from '../properties/harness.ts';

/** After the last line of all of them; their stamps name no year. */
export const WRITTEN = new Date('2026-11-23T06:00:00Z');

const logs = (...names: string[]): Logs =>
  Object.fromEntries(names.map((name) => [basename(name), readFileSync(join(root, 'fixtures', name))]));

function shared(): Record<string, Logs> {
  const folder = resolve(root, process.env['MAILTRACE_SHARED'] ?? 'absent', 'truth');
  if (!existsSync(folder)) return {};
  const found: Record<string, Logs> = {};
  for (const { parentPath, name } of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (name !== 'recording.json') continue;
    const { runs } = JSON.parse(readFileSync(join(parentPath, name), 'utf8')) as {
      runs: { name: string; files: string[] }[];
    };
    for (const { name: run, files } of runs) {
      const paths = files.map((file) => [file, join(parentPath, 'logs', basename(file))] as const);
      if (!paths.every(([, path]) => existsSync(path) && !/\.(?:gz|xz|zst|bz2)$/.test(path))) continue;
      found[`shared ${parentPath.slice(folder.length + 1)}: ${run}`] = Object.fromEntries(
        paths.map(([file, path]) => [basename(file), readFileSync(path)]),
      );
    }
  }
  return found;
}

export const ALL: Readonly<Record<string, Logs>> = {
  ...RECORDINGS,
  qmail: logs('qmail/mail.log'),
  'haraka default': logs('haraka/default.log'),
  'haraka logfmt': logs('haraka/logfmt.log'),
  'haraka json': logs('haraka/json.log'),
  mimedefang: logs('mimedefang/mail.log'),
  spamassassin: logs('spamassassin/mail.log'),
  'relayed, one log': logs('relayed-auth/logs/mail.log'),
  'relayed, each its own': logs('relayed-auth/logs/mainlog', 'relayed-auth/logs/mx.log'),
  'sendmail, submission queue': logs('more-servers/sendmail/mail.log'),
  'exim, syslog without stamps': logs('more-servers/exim-syslog/mail.log'),
  'postfix instances': logs('more-servers/postfix-instances/mail.log'),
  ...shared(),
};
