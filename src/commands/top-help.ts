/**
 * What `mailtrace --help` says: the commands and three examples.
 */
import { COMMANDS } from './registry.ts';

export function topHelp(): string {
  const rows = Object.values(COMMANDS).map(({ usage, summary }) => [usage, summary] as const);
  const words = ['WORD… [filters]', 'search for an address, domain, IP, queue id or Message-ID'] as const;
  const all = [...rows, words];
  const width = Math.max(...all.map(([usage]) => usage.length));
  const lines = all.map(([usage, summary]) => `  ${usage.padEnd(width)}  ${summary}\n`);
  return `Usage: mailtrace COMMAND …

Finds a mail in the logs of mail servers and says what happened to it and why.

Commands:
${lines.join('')}
Examples:
  mailtrace search --recipient bob@example.com /var/log/mail.log*
  mailtrace search --status failed --since yesterday
  mailtrace show 4bXkWz1HqGz2xQr /var/log/mail.log*

mailtrace COMMAND --help lists the options; mailtrace --version says which this is.
`;
}
