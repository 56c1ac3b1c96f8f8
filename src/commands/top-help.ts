/**
 * What `mailtrace --help` says: the commands and three examples.
 */
import { proseWidth, wrap } from '../render/prose.ts';
import { COMMANDS } from './registry.ts';

/** `columns`: of the terminal; 80 in a pipe. */
export function topHelp(columns: number): string {
  const rows = Object.values(COMMANDS).map(({ usage, summary }) => [usage, summary] as const);
  const words = ['WORD… [filters]', 'search for an address, domain, IP, queue id or Message-ID'] as const;
  const all = [...rows, words];
  const first = Math.max(...all.map(([usage]) => usage.length));
  const width = proseWidth(columns);
  const lines = all.map(([usage, summary]) => wrap(summary, width, `  ${usage.padEnd(first)}  `));
  return `Usage: mailtrace COMMAND …

${wrap('Finds a mail in the logs of mail servers and says what happened to it and why.', width)}
Commands:
${lines.join('')}
Examples:
  mailtrace search --recipient bob@example.com /var/log/mail.log*
  mailtrace search --status failed --since yesterday
  mailtrace show 4bXkWz1HqGz2xQr /var/log/mail.log*

${wrap('mailtrace COMMAND --help lists its options; mailtrace --version says which it is.', width)}`;
}
