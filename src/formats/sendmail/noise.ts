/**
 * Lines that say nothing of a mail's way, by their beginning: the daemon's own state, configuration, connections out.
 * Those with a queue id join its chain.
 * Source: sendmail daemon.c, main.c, queue.c, deliver.c, tls.c, alias.c, recipient.c, milter.c, headers.c, usersmtp.c, err.c.
 */
import { startsAt } from '../postfix/bytes.ts';
import type { Line } from './line.ts';

/** Beginnings by their first byte. */
const BY_FIRST: Uint8Array[][] = [];

for (const word of [
  // with an id
  'forward ', // alias.c, recipient.c
  'alias ', // alias.c: `alias x => y`, `alias database … rebuilt`
  'SYSERR', // err.c
  'NOTICE',
  'queueup',
  'sendenvelope, ',
  'dropenvelope, ',
  'Saved message in ',
  'savemail: ',
  'returntosender: ',
  'losing ', // queue.c loseqfile()
  'makeconnection ',
  'SMTP outgoing connect on ',
  'Warning: ',
  'WARNING: ',
  'Truncated ',
  'Fixed MIME ',
  'Dropped invalid comments',
  'setsender: ',
  'cannot prescan from',
  'header overflow ',
  'headers too large ',
  'timeout waiting for input from ',
  'timeout writing message to ',
  'Timeout.to_aconnect',
  'locked', // queue.c: `locked` by another queue run
  'grew WorkList ',
  'WorkList ',
  '--- ', // err.c putoutmsg(), at log levels above 14: what was answered (answers.ts)
  '<-- ', // srvrsmtp.c: what was asked
  'Authentication-Warning: ', // main.c, util.c auth_warning()
  'include ',
  'hash map ',
  'dbm map ',
  'map ',
  'RCPT ',
  'rcpt=',
  'delaying=', // srvrsmtp.c
  'clt_features=',
  'ERROR',
  'error',
  'MIME',
  'aliasing/forwarding loop ',
  'deferred: udbexpand',
  'possible spam ',
  'hops=', // Too many hops
  'too many hops',
  'filesys_update',
  'stat=',
  'size=',
  'ctladdr=',
  'smtpquit: ',
  'server=',
  'str_union',
  'dup_df: ',
  'dfopen',
  'queuegroup',
  'quarantine', // queue.c quarantine_queue_item(): an administrator's
  'Quarantine',
  'release',
  // without one
  'gethostby',
  'getrequests: ',
  'starting daemon ',
  'stopping daemon',
  'restarting ',
  'started as: ',
  'daemon ',
  'accepting connections',
  'accepting new messages',
  'rejecting connections on ',
  'rejecting new messages',
  'rejecting commands from ',
  'refusing connections',
  'runqueue',
  'rq: ',
  'rqe: ',
  'rwg: ',
  'sqr: ',
  'restart queue',
  'checkqueuerunner',
  'gatherq',
  'queue ',
  'Queue ',
  'QueueGroup',
  'sync_dir',
  'STARTTLS',
  'TLS',
  'AUTH',
  'DANE',
  'DNS',
  'engine=', // tls.c, at log levels above 12
  'hostsignature',
  'host map',
  'My unqualified host name',
  'unable to qualify',
  'unauthorized PIPELINING',
  'invalid domain name',
  'lost input channel',
  'connect from ',
  'Milter',
  'milter_',
  'could not ',
  'cannot ',
  "can't ",
  'problem ',
  'opendaemonsocket',
  'open',
  'bad ',
  'unknown ',
  'unsafe ',
  'file ',
  'sendmail',
  'sm-mta',
  'Illegal',
  'illegal',
  'reload',
  'socket ',
  'setuid',
  'setgid',
  'getauth',
  'encode64',
  'ruleset ',
  'shutdown',
  'signal ',
  'collect: ',
  'ldap',
  'LDAP',
  'mci_',
  'smtps: ',
  'proxy mode ',
  'control ',
  '/',
])
  (BY_FIRST[word.charCodeAt(0)] ??= []).push(Buffer.from(word));

/** What follows the client's name (srvrsmtp.c). */
const OF_CLIENT = [
  ': possible SMTP attack: ',
  ': Possible SMTP RCPT flood',
  ': probable open proxy: ',
  ': SMTP violation',
  ': ETRN ',
  ': EXPN ',
  ': VRFY ',
  ': expn ',
  ': vrfy ',
  ' [rejected]',
  '" command from ',
  ' command (',
  ': SMTP MAIL protocol error',
  ': SMTP RCPT protocol error',
  ': SMTP DATA-',
  ' aliases, longest ',
  ': unsafe directory path',
  ': user ',
  ', marked unsafe',
  ' writable ',
].map((word) => Buffer.from(word));

/** A client's name stands before; what follows is looked for no farther. */
const NAME_MOST = 300;

export function isNoise(line: Line): boolean {
  const { bytes, a, b } = line;
  for (const word of BY_FIRST[bytes[a] as number] ?? []) if (startsAt(bytes, a, b, word)) return true;
  const limit = Math.min(b, a + NAME_MOST);
  for (let i = a; i < limit; i++) {
    const c = bytes[i];
    if (c !== 0x3a && c !== 0x20 && c !== 0x22 && c !== 0x2c) continue;
    for (const word of OF_CLIENT) if (startsAt(bytes, i, b, word)) return true;
  }
  return false;
}
