/**
 * The systemd journal, as `journalctl -o json` tells it: one JSON object a line.
 * Source: journalctl(1), systemd.journal-fields(7). Matches of different fields joined by `+` are alternatives.
 * Errors: a journalctl that is not there or fails is told as a problem; what it printed is used.
 */
import { spawn } from 'node:child_process';
import type { Instant } from '../model/message.ts';
import { StreamBytes, WAIT, type ByteSource } from './byte-source.ts';
import { errorCode, type OnProblem } from './problems.ts';

/** Facility 2 is mail; the rest are mail systems that log with another one, or to their standard output. */
const MATCHES = [
  'SYSLOG_FACILITY=2',
  'SYSLOG_IDENTIFIER=exim',
  'SYSLOG_IDENTIFIER=exim4',
  'SYSLOG_IDENTIFIER=rspamd',
  '_SYSTEMD_UNIT=postfix.service',
  '_SYSTEMD_UNIT=postfix@-.service',
  '_SYSTEMD_UNIT=exim.service',
  '_SYSTEMD_UNIT=exim4.service',
  '_SYSTEMD_UNIT=rspamd.service',
];

/** The fields that framing reads; the object's own ones (`__…`) are always there. */
const FIELDS = 'MESSAGE,SYSLOG_IDENTIFIER,SYSLOG_PID,_PID,_COMM,_HOSTNAME,_SOURCE_REALTIME_TIMESTAMP';

const STDERR_BYTES = 4096;

/** What of the journal is read: all of it, where nothing is said. */
export interface JournalSpan {
  since?: Instant | undefined;
  until?: Instant | undefined;
}

/** journalctl's arguments; its seconds are whole. */
function journalArguments({ since, until }: JournalSpan): string[] {
  const matches = MATCHES.flatMap((match, i) => (i === 0 ? [match] : ['+', match]));
  // --all: a field above 4 KiB would be null
  const options = ['-o', 'json', '--no-pager', '--all', `--output-fields=${FIELDS}`];
  if (since !== undefined) options.push(`--since=@${Math.floor(since / 1000)}`);
  if (until !== undefined) options.push(`--until=@${Math.ceil(until / 1000)}`);
  return [...options, ...matches];
}

/** Starts journalctl. Frees (ends) it on close. */
export function openJournal(onProblem: OnProblem, span: JournalSpan = {}, command = 'journalctl'): ByteSource {
  const child = spawn(command, journalArguments(span), { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let isClosed = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (said.length < STDERR_BYTES) said += text;
  });
  const tell = (what: string): void => {
    if (isClosed) return;
    isClosed = true;
    onProblem({ where: 'journal', what, help: 'name the logs: mailtrace search … /var/log/mail.log' });
  };
  child.on('error', (error) => {
    tell(
      errorCode(error) === 'ENOENT'
        ? 'no log in the usual places, and no journalctl'
        : `journalctl: ${errorCode(error)}`,
    );
  });
  child.on('close', (status) => {
    const first = said.trim().split('\n', 1)[0] ?? '';
    if (status !== 0)
      tell(`journalctl ended with status ${status ?? 'of a signal'}${first === '' ? '' : `: ${first}`}`);
    else if (first.startsWith('Hint:')) tell('not all of it may be read by this user');
  });
  const bytes = new StreamBytes('journal', child.stdout, onProblem);
  let isOver = false;
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      isOver = true;
      resolve();
    };
    child.on('error', end).on('close', end);
  });
  let isDrained = false;
  return {
    read: (into, at, room) => {
      const count = isDrained ? 0 : bytes.read(into, at, room);
      isDrained = count === 0;
      // its exit status comes after its output
      return count === 0 && !isOver ? WAIT : count;
    },
    fill: () => (isDrained ? ended : bytes.fill()),
    close: () => {
      isClosed = true;
      bytes.close();
      child.kill();
    },
  };
}
