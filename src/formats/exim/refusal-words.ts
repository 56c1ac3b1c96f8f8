/**
 * The words after the host group that tell a refusal, and the answers that Exim's source fixes for them.
 *
 * Source: src/smtp_in.c smtp_handle_acl_fail(), src/globals.c acl_wherenames and acl_wherecodes, src/receive.c.
 * The log has no code unless the ACL's message begins with one: 550 for `rejected`, 451 for `temporarily rejected`.
 */
import { hasAt } from './scan.ts';

/** What a `rejected …` was about. `session`: it ends no transaction (VRFY, AUTH, …). */
export interface Refused {
  words: string;
  stage: string;
  /** what follows the words: nothing, an address, or an argument of another kind */
  argument: 'none' | 'recipient' | 'sender' | 'helo' | 'other';
  final: boolean;
  session: '' | 'probe' | 'auth-failed' | 'tls' | 'other';
  code: number;
}

const END = 'END-OF-MESSAGE';

function refused(
  words: string,
  stage: string,
  argument: Refused['argument'],
  code = 550,
  session: Refused['session'] = '',
): Refused {
  return { words, stage, argument, final: stage === END || stage === 'DATA', session, code };
}

/** The order matters where one is the beginning of another. */
const REFUSED: readonly Refused[] = [
  refused('RCPT ', 'RCPT', 'recipient'),
  refused('MAIL ', 'MAIL', 'sender'),
  refused('after DATA', END, 'none'),
  refused('during MIME ACL', END, 'none'),
  refused('by local_scan()', END, 'none'),
  refused('by non-SMTP ACL', END, 'none'),
  refused('DATA', 'DATA', 'none'),
  refused('PREDATA', 'DATA', 'none'),
  refused('DKIM', END, 'none'),
  refused('connection ', 'CONNECT', 'other'),
  refused('EHLO or HELO ', 'HELO', 'helo'),
  refused('VRFY', 'VRFY', 'other', 252, 'probe'),
  refused('EXPN', 'EXPN', 'other', 550, 'probe'),
  refused('ETRN', 'ETRN', 'other', 458, 'probe'),
  refused('ATRN', 'ATRN', 'other', 450, 'probe'),
  refused('WELLKNOWN', 'WELLKNOWN', 'other', 550, 'probe'),
  refused('AUTH', 'AUTH', 'other', 503, 'auth-failed'),
  refused('MAILAUTH', 'MAIL', 'other', 0, 'other'),
  refused('STARTTLS', 'STARTTLS', 'other', 550, 'tls'),
  refused('QUIT', 'QUIT', 'other', 0, 'other'),
  refused('NOTQUIT', 'QUIT', 'other', 0, 'other'),
];

/** The refusal whose words stand at i, undefined for none. */
export function refusedAt(bytes: Uint8Array, i: number, end: number): Refused | undefined {
  for (const one of REFUSED) if (hasAt(bytes, i, end, one.words)) return one;
  return undefined;
}

/** Stage of an SMTP command as the log quotes it; '' for one that belongs to no stage. */
export function stageOfCommand(bytes: Uint8Array, i: number, end: number): string {
  const words: readonly (readonly [string, string])[] = [
    ['MAIL', 'MAIL'],
    ['RCPT', 'RCPT'],
    ['DATA', 'DATA'],
    ['BDAT', 'DATA'],
    ['EHLO', 'HELO'],
    ['HELO', 'HELO'],
    ['AUTH', 'AUTH'],
    ['STARTTLS', 'STARTTLS'],
  ];
  for (const [word, stage] of words) {
    if (hasAt(bytes, i, end, word) || hasAt(bytes, i, end, word.toLowerCase())) return stage;
  }
  return '';
}
