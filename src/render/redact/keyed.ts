/**
 * Where log lines name a person, a host or a subject by a word before it. What has the shape of an address, a host with dots
 * or an IP address needs no such word (text.ts).
 * Source: the daemons' files, beside each row; formats/ reads the same shapes.
 */

import type { Search } from './pieces.ts';
import { KeyedSearch, nameAndBrackets, runBefore, upTo, upToClient } from './search.ts';

export type KeyedKind = 'subject' | 'people' | 'host' | 'user' | 'id' | 'text' | 'paths';

export interface KeyedShape {
  readonly kind: KeyedKind;
  /** lower case: a text with none of them has no match, and the pattern is not asked */
  readonly hints: readonly string[];
  /** flags `dgu`, or a search by hand; the group `v` is replaced */
  readonly pattern: Search;
}

const SUBJECTS = 'subject|thread-topic|comments|keywords';
const PEOPLE =
  '(?:resent-)?(?:from|to|cc|bcc|reply-to|sender|return-path|disposition-notification-to|x-original-to|delivered-to|apparently-to)';
const BODY_ACT =
  '(?:warning|reject|discard|hold|info|filter|redirect|replace|prepend|bcc|strip): (?:mime-|nested-)?body';

/** To the end of the text, on one line. */
const restOfLine = runBefore(/.*/y, /$/y);

/** A line of cleanup, up to the last words that tell the client, for a subject may hold the same; then one cut before them. */
function cleanupShapes(kind: KeyedKind, hint: string, before: string): KeyedShape[] {
  return [upToClient, restOfLine].map((valueAt) => ({
    kind,
    hints: [hint],
    pattern: new KeyedSearch(new RegExp(`${before} `, 'giu'), valueAt),
  }));
}

export const SUBJECT_SHAPES: readonly KeyedShape[] = [
  // Postfix cleanup_message.c, cleanup_act_log
  ...cleanupShapes('subject', 'header ', `header (?:${SUBJECTS}):`),
  ...cleanupShapes('people', 'header ', `header ${PEOPLE}:`),
  ...cleanupShapes('text', 'body ', BODY_ACT),
  // Exim log_selector +subject: T="…", quotes and backslashes escaped (spec: log_selector)
  { kind: 'subject', hints: ['t="'], pattern: /\bT="(?<v>(?:[^"\\]|\\.)*)(?:"|$)/dgu },
  // header lines: Exim's rejectlog, and what filters print
  {
    kind: 'subject',
    hints: ['subject:', 'thread-topic:'],
    pattern: /^\s*(?:\[\d+[\\/]\d+\] )?(?:[A-Z*] +|\d+ +)?(?:subject|thread-topic): *(?<v>\S.*)$/dgiu,
  },
  {
    kind: 'people',
    hints: ['from:', 'to:', 'cc:', 'sender:'],
    pattern: /^\s*(?:\[\d+[\\/]\d+\] )?(?:[A-Z*] +|\d+ +)?(?:from|to|cc|bcc|reply-to|sender): *(?<v>\S.*)$/dgiu,
  },
  // Amavis, Rspamd, Haraka, PMG, Cisco: Subject: "…", subject="…", subj=…, Subject '…'
  {
    kind: 'subject',
    hints: ['subj', 'message-subject', 'message_subject'],
    pattern: /\b(?:subject|subj|message[-_]subject)["']?\s*(?:[:=]\s*)?"(?<v>(?:[^"\\]|\\.|"")*)(?:"|$)/dgiu,
  },
  {
    kind: 'subject',
    hints: ['subj'],
    pattern: new KeyedSearch(/\b(?:subject|subj)\s*(?:[:=]\s*)?'/giu, upTo(/'(?=$|[\s,;)])|[\n\r\u2028\u2029]/g)),
  },
  { kind: 'subject', hints: ['subj'], pattern: /\b(?:subject|subj)=<(?<v>[^>]*)(?:>|$)/dgiu },
  { kind: 'subject', hints: ['subj'], pattern: /\b(?:subject|subj)\s*[:=]\s*(?<v>[^"'<\s,;][^,;]*)/dgiu },
  {
    kind: 'people',
    hints: ['from: ', 'from_header: '],
    pattern: new KeyedSearch(/\bFrom(?:_header)?: /gu, nameAndBrackets),
  },
  {
    kind: 'subject',
    hints: ['=?'],
    pattern: /(?<v>=\?[\w.:+*-]{1,60}\?[bq]\?[^?\s"]*(?:\?=)?(?:[ ?]*=\?[\w.:+*-]{1,60}\?[bq]\?[^?\s"]*(?:\?=)?)*)/dgiu,
  },
];

export const NAME_SHAPES: readonly KeyedShape[] = [
  { kind: 'host', hints: ['helo'], pattern: /\bhelo(?:_name)?[=:]\s?<(?<v>[^<>]*)(?:>|$)/dgiu },
  {
    kind: 'host',
    hints: ['helo=', 'rhost=', 'rdns=', 'hostname=', '_name=', 'host=', 'client='],
    pattern: /\b(?:helo|rhost|rdns|hostname|client_name|server_name|host|client)=(?<v>[^\s,;<>"()[\]]+)/dgiu,
  },
  {
    kind: 'host',
    hints: ['helo', 'ehlo', 'lhlo'],
    pattern: /\b(?:HELO|EHLO|LHLO)\b[ :]+(?:command )?(?<v>[^\s<>"(),;\]]+)/dgu,
  },
  // what stands before an IP address, which is done and so ends the piece. Exim: H=name (helo) [ip], H=(helo) [ip]; Sendmail and OpenSMTPD: relay=name [ip]
  {
    kind: 'host',
    hints: ['h=', 'relay=', 'host=', 'mx='],
    pattern: new KeyedSearch(/\b(?:H|relay|host|mx)=/giu, runBefore(/[^\s,;<>"()[\]]+/uy, /(?= ?[([]|,|$)/uy)),
  },
  { kind: 'host', hints: [') ['], pattern: /\((?<v>[^()\s<>"]+)\) \[$/dgu },
  // Courier: (localhost [127.0.0.1])
  { kind: 'host', hints: ['(', '; '], pattern: /(?:\(|; )(?<v>[^()\s<>"=]+) (?:\(|\[)+$/dgu },
  {
    kind: 'host',
    hints: ['['],
    pattern: /(?<![\p{L}\p{N}_-])(?<v>[\p{L}\p{N}_-]+)(?=\[(?:IPv6:)?(?:$|unknown\]|unix:|private\/))/dgu,
  },
  {
    kind: 'host',
    hints: [' [', ' ('],
    pattern: /\b(?:host|from|to|server|by|peer|with) (?<v>[\p{L}\p{N}_-]+)(?= [([]$)/dgiu,
  },
  // logins: Postfix smtpd_sasl_glue.c, Exim A=auth:login and U=, Dovecot user=<…>, Courier auth=
  {
    kind: 'user',
    hints: ['sasl_', 'set_id=', 'user', 'login=', 'auth', 'recip', 'owner='],
    pattern:
      /\b(?:sasl_username|sasl_sender|set_id|username|user|login|auth_?user|authid|authenticated_as|ruser|recip(?:ient)?|mailbox_owner)=<?(?<v>[^\s,;:<>"'()[\]]+)/dgiu,
  },
  {
    kind: 'user',
    hints: ['auth='],
    pattern: new KeyedSearch(/\bauth=/gu, runBefore(/[^\s,;:<>"'()[\]]+/uy, /(?=[:,]|$)/uy)),
  },
  { kind: 'user', hints: ['a='], pattern: /\bA=[\w-]+:(?<v>[^\s,]+)/dgu },
  { kind: 'user', hints: ['u='], pattern: /\bU=(?<v>[^\s,]+)/dgu },
  // local names without a domain
  {
    kind: 'user',
    hints: ['<'],
    pattern:
      /\b(?:to|from|orig_to|ctladdr|rcpt|rcpts|sender|recipient|addr|for|user|F|P)[=:]? ?<(?<v>[^<>@\s]+)(?:>|$)/dgu,
  },
  {
    kind: 'user',
    hints: ['to=', 'from=', 'ctladdr=', 'addr='],
    pattern: new KeyedSearch(/\b(?:to|from|ctladdr|addr)=/gu, runBefore(/[^\s<>@,|/"'()[\]:;]+/uy, /(?=,| \(|$)/uy)),
  },
  {
    kind: 'user',
    hints: ['<= ', '=> ', '-> ', '>> ', '** ', '== '],
    pattern: /(?:<=|[=-]>|>>|\*\*|==) (?<v>[^\s@<>|/:"(]+)(?=[ :]|$)/dgu,
  },
  { kind: 'user', hints: ['to local '], pattern: /\bto local (?<v>[^\s@]+)/dgu },
  // Dovecot lmtp(bob)<pid><session>, lda(bob), imap(bob)
  {
    kind: 'user',
    hints: ['('],
    pattern: new KeyedSearch(
      /\b(?:lmtp|lda|deliver|imap|pop3|submission|managesieve|doveadm|indexer-worker|quota-status)\((?:\d+, ?)?/gu,
      // not a number alone: a process
      runBefore(/\d*[^)\s,\d@][^)\s,@]*/uy, /[,)]/uy),
    ),
  },
  // who called sendmail: `fatal: ann(1000): message file too big` (postfix src/sendmail/sendmail.c)
  {
    kind: 'user',
    hints: ['): '],
    pattern: /\b(?:fatal|error|warning|panic): (?<v>[^\s:@<>()]+)(?=\(\d+\): )/dgu,
  },
  // spamd: … for bob:1001
  { kind: 'user', hints: ['for '], pattern: /\bfor (?<v>[^\s:@<>]+)(?=:\d+\b)/dgu },
  {
    kind: 'user',
    hints: ['user', 'recipient', 'mailbox'],
    pattern:
      /\b(?:unknown|no such|mailbox|setuid to|account) (?:local )?(?:user|recipient|mailbox)[:]? ["'`]?(?<v>[^\s"'`@<>:;,.]+)["'`]/dgiu,
  },
  // Cyrus: to mailbox: user.bob.Junk, example.org!user.bob
  { kind: 'user', hints: ['user.', 'user/'], pattern: /\buser[./](?<v>[\p{L}\p{N}^_-]+)/dgu },
  // spamd, GECOS of Postfix pickup; SOME/path/of/bob
  {
    kind: 'paths',
    hints: ['/home/', '/mail/', '/vmail/', '/users/', '/virtual/', '/mailboxes/', '/domains/'],
    pattern: /(?<=\/(?:home|mail|vmail|users|virtual|mailboxes|domains)\/)(?<v>[^\s:;,'"()<>]+)/dgiu,
  },
  // ids without a domain
  {
    kind: 'id',
    hints: ['message-id', 'msgid', 'mid', 'in-reply-to'],
    pattern: new KeyedSearch(
      /\b(?:message-id|msgid|resent-message-id|in-reply-to|r?mid)[=:] ?<?/giu,
      runBefore(/[^<>@\s,;"]+/uy, /[>,;]|$/uy),
    ),
  },
  // names in certificates: Postfix tls_misc.c, Exim DN=
  { kind: 'text', hints: ['_cn=', 'issuer='], pattern: /\b(?:subject_CN|issuer_CN|issuer)=(?<v>[^,]+)/dgu },
  { kind: 'text', hints: ['dn="'], pattern: /\bDN="(?<v>[^"]*)"/dgu },
];

/** The host behind the stamp of a syslog line; replaced only where it is the one that the line is of. */
export const STAMPED_HOST =
  /^(?:<\d+>)?(?:1 )?(?:[A-Z][a-z]{2} [ \d]\d(?: \d{4})? [\d:.]+|\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d)?) (?<v>\S+)/dgu;
