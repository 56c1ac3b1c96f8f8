/**
 * What servers do not log unless they are told to: the one setting for each fact, and the document that says so.
 * Shape:  texts are complete sentences without a full stop; nothing in them is from a log.
 */

export type LoggedFact =
  | 'subject'
  | 'recipients'
  | 'tls'
  | 'mailbox'
  | 'message-id'
  | 'long-ids'
  | 'precise-stamps'
  | 'repeats'
  | 'long-lines';

export interface LogSetting {
  readonly fact: LoggedFact;
  /** name of the format, or `syslog` */
  readonly system: string;
  readonly text: string;
  readonly source: string;
}

const EXIM_LOGS = 'https://www.exim.org/exim-html-current/doc/html/spec_html/ch-log_files.html';

export const LOG_SETTINGS: readonly LogSetting[] = [
  {
    fact: 'subject',
    system: 'postfix',
    text: "Postfix logs them with header_checks = pcre:/etc/postfix/header_checks and in that file the line '/^Subject:/ WARN'",
    source: 'https://www.postfix.org/header_checks.5.html',
  },
  { fact: 'subject', system: 'exim', text: 'Exim logs them with log_selector = +subject', source: EXIM_LOGS },
  {
    fact: 'recipients',
    system: 'exim',
    text: 'Exim names the recipients of every mail that it takes with log_selector = +received_recipients',
    source: EXIM_LOGS,
  },
  {
    fact: 'recipients',
    system: 'rspamd',
    text: 'Rspamd names the recipients with $if_smtp_rcpts{, rcpts: <$>} in log_format, in local.d/logging.inc',
    source: 'https://docs.rspamd.com/configuration/logging',
  },
  {
    fact: 'tls',
    system: 'postfix',
    text: 'Postfix logs the TLS of each session with smtpd_tls_loglevel = 1 (and smtp_tls_loglevel = 1 of those to other servers)',
    source: 'https://www.postfix.org/postconf.5.html#smtpd_tls_loglevel',
  },
  {
    fact: 'mailbox',
    system: 'dovecot',
    text: 'Dovecot logs the folder that each mail is stored in at level info: doveadm log find tells in which file',
    source: 'https://manpages.debian.org/unstable/dovecot-core/doveadm-log.1.en.html',
  },
  {
    fact: 'message-id',
    system: 'dovecot',
    text: "Dovecot puts it before each delivery with deliver_log_format = 'msgid=%{msgid}: %{message}' (before 2.4: 'msgid=%m: %$'), which is its default",
    source: 'https://github.com/dovecot/core/blob/main/src/lib-lda/lda-settings.c',
  },
  {
    fact: 'long-ids',
    system: 'postfix',
    text: 'Postfix makes queue ids that never come again with enable_long_queue_ids = yes',
    source: 'https://www.postfix.org/postconf.5.html#enable_long_queue_ids',
  },
  {
    fact: 'precise-stamps',
    system: 'syslog',
    text: 'rsyslog writes year, zone and microseconds with $ActionFileDefaultTemplate RSYSLOG_FileFormat',
    source: 'https://www.rsyslog.com/doc/reference/templates/templates-reserved-names.html',
  },
  {
    fact: 'repeats',
    system: 'syslog',
    text: 'rsyslog writes every line with $RepeatedMsgReduction off',
    source: 'https://www.rsyslog.com/doc/configuration/action/rsconf1_repeatedmsgreduction.html',
  },
  {
    fact: 'long-lines',
    system: 'syslog',
    text: 'rsyslog takes longer lines with $MaxMessageSize 64k at the top of rsyslog.conf, over TCP in place of UDP',
    source: 'https://www.rsyslog.com/doc/global.html',
  },
];

/** The settings for a fact on these systems, in the order of the table. */
export function settingsFor(fact: LoggedFact, systems: ReadonlySet<string>): LogSetting[] {
  return LOG_SETTINGS.filter((row) => row.fact === fact && (row.system === 'syslog' || systems.has(row.system)));
}
