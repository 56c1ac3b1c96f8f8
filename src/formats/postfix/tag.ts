/**
 * The tag of a Postfix line: `<syslog_name>/<service…>/<daemon>`, `postfix/submission/smtpd`.
 * The first part is the instance (syslog_name, postconf(5)), the last the program that logged (mail_task.c).
 * RFC 5424 writers keep the first part alone (rsyslog's programname ends at the slash): the daemon is then not told.
 */

/** Families of daemons, by how their lines are read. */
export const DAEMON = {
  /** not told, or not known */
  none: 0,
  smtpd: 1,
  cleanup: 2,
  qmgr: 3,
  pickup: 4,
  /** smtp, lmtp, local, virtual, pipe, error, retry, discard: they log recipients */
  delivery: 5,
  lmtp: 6,
  bounce: 7,
  postscreen: 8,
  postsuper: 9,
  dnsblog: 10,
  /** knows nothing of a mail */
  other: 11,
} as const;
export type Daemon = (typeof DAEMON)[keyof typeof DAEMON];

const DAEMONS: ReadonlyMap<string, Daemon> = new Map<string, Daemon>([
  ['smtpd', DAEMON.smtpd],
  ['qmqpd', DAEMON.smtpd],
  ['cleanup', DAEMON.cleanup],
  ['qmgr', DAEMON.qmgr],
  ['nqmgr', DAEMON.qmgr],
  ['oqmgr', DAEMON.qmgr],
  ['pickup', DAEMON.pickup],
  ['smtp', DAEMON.delivery],
  ['lmtp', DAEMON.lmtp],
  ['local', DAEMON.delivery],
  ['virtual', DAEMON.delivery],
  ['pipe', DAEMON.delivery],
  ['error', DAEMON.delivery],
  ['retry', DAEMON.delivery],
  ['discard', DAEMON.delivery],
  ['bounce', DAEMON.bounce],
  ['defer', DAEMON.bounce],
  ['trace', DAEMON.bounce],
  ['postscreen', DAEMON.postscreen],
  ['postsuper', DAEMON.postsuper],
  ['dnsblog', DAEMON.dnsblog],
  ...[
    'anvil master postfix-script postfix-wrapper postfix-tls-script postfix-files postlogd postlog tlsmgr tlsproxy',
    'trivial-rewrite rewrite proxymap proxywrite verify scache showq flush postdrop sendmail spawn postqueue postmap',
    'postalias postconf postmulti postkick postlock postcat fsstone posttls-finger mailq newaliases rmail nbdb_reindexd',
    'set-permissions post-install aliasesdb configure-instance.sh',
  ].flatMap((names) => names.split(' ').map((name): [string, Daemon] => [name, DAEMON.other])),
]);

export interface Tag {
  instance: string;
  daemon: Daemon;
}

export function readTag(program: string): Tag {
  const first = program.indexOf('/');
  if (first < 0) return { instance: program, daemon: DAEMON.none };
  const name = program.slice(program.lastIndexOf('/') + 1);
  return { instance: program.slice(0, first), daemon: DAEMONS.get(name) ?? DAEMON.none };
}

/** Whether a tag is Postfix's, as far as the tag alone can tell. */
export function isPostfixTag(program: string): boolean {
  if (program.startsWith('postfix')) return true;
  return program.includes('/') && readTag(program).daemon !== DAEMON.none;
}
