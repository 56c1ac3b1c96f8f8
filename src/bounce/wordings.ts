/**
 * How mail servers word their reports: whose words they are, where the mail that they quote begins, what says that the
 * mail only waits.
 * Source: the program's own source or manual in each row; else the page that shows such a report.
 */

/** A server's wording; the first that fits names the form. */
interface Wording {
  readonly form: string;
  readonly pattern: RegExp;
  readonly source: string;
}

export const WORDINGS: readonly Wording[] = [
  {
    form: 'qmail',
    pattern:
      /this is the (?:qmail-send program|notqmail|.{1,40} program) at (?!host )|I'm afraid I wasn't able to deliver your message/i,
    source: 'https://cr.yp.to/proto/qsbmf.txt',
  },
  {
    form: 'exim',
    pattern: /this message was created automatically by (?:the )?mail delivery (?:software|system)/i,
    source: 'https://github.com/Exim/exim/blob/master/src/src/deliver.c',
  },
  {
    form: 'postfix',
    pattern: /this is the (?:mail system|postfix program) at host/i,
    source: 'https://www.postfix.org/bounce.5.html',
  },
  {
    form: 'sendmail',
    pattern: /----- the following addresses (?:had|have) |----- transcript of session follows -----/i,
    source: 'https://ftp.sendmail.org/',
  },
  {
    form: 'gmail',
    pattern:
      /delivery to the following recipients? (?:failed permanently|has been delayed)|\*\* (?:address not found|message (?:not delivered|blocked|too large)|delivery incomplete)/i,
    source: 'https://support.google.com/mail/answer/6596',
  },
  {
    form: 'exchange',
    pattern:
      /delivery has failed to these recipients or groups|generating server:|diagnostic information for administrators|your message did not reach some or all of the intended recipients|error details[^]{0,40}reported error/i,
    source:
      'https://learn.microsoft.com/en-us/exchange/mail-flow/non-delivery-reports-and-bounce-messages/non-delivery-reports-and-bounce-messages',
  },
  {
    form: 'yahoo',
    pattern: /message from\s+yahoo|sorry, we were unable to deliver your message to the following address/i,
    source: 'https://senders.yahooinc.com/smtp-error-codes',
  },
  {
    form: 'courier',
    pattern: /running the courier mail server|this is a delivery status notification from/i,
    source: 'https://www.courier-mta.org/courier.html',
  },
  {
    form: 'notes',
    pattern: /---\s{0,20}failure reasons\s{0,20}---/i,
    source: 'https://help.hcl-software.com/domino/14.0.0/admin/conf_mailruleconditionsandactions_c.html',
  },
  {
    form: 'opensmtpd',
    pattern: /this is the MAILER-DAEMON, please do not reply/i,
    source: 'https://github.com/OpenSMTPD/OpenSMTPD/blob/master/usr.sbin/smtpd/bounce.c',
  },
  {
    form: 'hmailserver',
    pattern: /hmailserver (?:sent|\(www)|error type: smtp/i,
    source: 'https://www.hmailserver.com/documentation/latest/?page=reference_servermessages',
  },
  {
    form: 'mdaemon',
    pattern: /had permanent fatal delivery errors|--- session transcript ---/i,
    source: 'https://www.mdaemon.com/support/',
  },
  {
    form: 'list',
    pattern:
      /not (?:a )?member of (?:this|the) (?:mailing )?list|not allowed to post to this (?:mailing )?list|loop alert: duplicated message-id/i,
    source: 'https://gitlab.com/mailman/mailman/-/tree/master/src/mailman/templates/en',
  },
  {
    form: 'james',
    pattern: /hi\. this is the james mail server at/i,
    source: 'https://github.com/apache/james-project',
  },
];

/** A line that stands before the mail that a report quotes. */
export const ORIGINAL_MARKS: readonly RegExp[] = [
  // qmail-send.c; Exim deliver.c; Sendmail savemail.c; Courier dsn; Gmail; Exchange; Notes; James
  /^\s*-{3,}\s*below (?:this line|the next line) is a copy of the (?:message|first)/i,
  /^\s*-{3,}\s*this is a copy of (?:the|your) message/i,
  /^\s*-{2,}\s*(?:original|unsent|returned|undelivered|forwarded) message (?:follows |header[s]? |begins )?.{0,20}-*\s*$/i,
  /^\s*-{3,}\s*(?:original message|message header|message text|unsent message) (?:follows|below)/i,
  /^\s*(?:the )?(?:original|returned) message (?:headers?|follows?|is (?:attached|below|included))[^]{0,60}$/i,
  /^\s*original message(?: headers?)?:?\s*$/i,
  /^\s*-{3,}\s*(?:included is a copy|here is a copy|copy of|start of|header of|the header of|your message)/i,
  /^\s*below (?:is|are) (?:a copy of|the headers? of)/i,
  /^\s*ursprüngliche (?:nachrichtenkopfzeilen|nachricht)/i,
  /^\s*-{2,}\s*(?:ursprüngliche nachricht|message d'origine|mensaje original|messaggio originale|mensagem original)/i,
  /^\s*(?:en-têtes de message d[’']origine|encabezados de mensajes? originales?|intestazioni messaggio originale)/i,
  /^\s*元のメッセージ(?:ヘッダー?)?[:：]?/,
];

/** The mail waits and is tried again: nothing has failed yet. */
export const DELAY =
  /delayed mail|delivery (?:status notification \(delay|has been delayed|is delayed|delayed|attempts? will continue)|has not (?:yet )?been delivered|not yet been delivered|could not (?:yet )?be delivered (?:yet|so far)|will (?:continue|keep) (?:trying|to try)|(?:being|will be|still) (?:re)?tr(?:ied|ying)|no action is required on your part|warning message only|do not need to resend|not need to (?:re)?send your message|delayed \d+ (?:hours?|minutes?|days?)|could not send message for past|zustellung verzögert|verzögerte zustellung|wurde noch nicht zugestellt|remise (?:différée|retardée)|配信が遅れ|配信の遅延/i;

/** Tries go on for sure, even where the subject says "failure" (FirstClass and others, in their warnings). */
export const STILL_TRIED =
  /attempts (?:to deliver (?:it|(?:the|your) message) )?will continue to be made|(?:we|it) will (?:continue|keep) (?:to )?(?:attempt|try)(?:ing)?\b|message will be retried for \d|gmail will retry for \d/i;

/** A list manager did not take the mail: Mailman templates/en/*.txt, ezmlm, majordomo, fml, Sympa, LISTSERV. */
export const LIST_REFUSED =
  /(?:you are )?not (?:a )?member of (?:this|the) (?:mailing )?list|not allowed to post to this (?:mailing )?list|only (?:members|subscribers) (?:of this list )?(?:can|may|are allowed to) post|not authorized to send (?:mail|messages?) to (?:the .{1,80} |this )list|post by non-?members? to a members-only list/i;

/** A list has the mail and asks its moderator: nothing has failed. Mailman templates/en/postheld.txt, Sympa, Majordomo, Google Groups. */
export const LIST_HELD =
  /held until the (?:list )?moderator|awaits moderator approval|waiting for moderator approval|held for moderat|pending (?:moderation|moderator approval)|awaiting moderation|(?:submitted|forwarded) to the (?:list )?(?:moderator|editor)|has been forwarded to editor/i;

/** Words that say that tries are over, whatever else the text says. */
export const FAILED =
  /failed permanently|permanent (?:error|fatal|failure)|given up|returning (?:message|mail)|returned (?:mail|to sender)|undeliver(?:able|ed (?:mail|message))|delivery (?:status notification \((?:failure|failed)|has failed|failed|failure|incomplete)|could(?:n't| not) be delivered|cannot be delivered|unzustellbar|nicht zugestellt werden|non remis|échec de (?:la )?remise|配信できません|配信不能/i;

/** From and Subject of reports. */
export const REPORTERS =
  /mailer-?daemon|post_master|mail delivery (?:sub)?system|postmaster|mail ?administrator|mail system|microsoft ?(?:exchange|outlook)|mdaemon|bounce/i;
export const SUBJECTS =
  /undeliver|deliver(?:y|ed)?[^]{0,40}(?:fail|status|delay|problem|error|incomplete)|fail(?:ure|ed)[^]{0,20}(?:notice|notification|deliver)|returned (?:mail|to sender)|mail (?:could not|not) (?:be )?deliver|could not send message|warning: (?:message|could not)|non-?deliver|message (?:not sent|undeliverable|status|delayed|blocked|rejected)|rejected:|address not found|unzustellbar|nicht zugestellt|zustell(?:ung|fehler)|rückläufer|non remis|échec|no se puede entregar|no entregado|error de entrega|mancato recapito|impossibile consegnare|não (?:entregue|foi possível entregar)|niet (?:bezorgd|afgeleverd)|kan niet worden (?:bezorgd|afgeleverd)|niedostarcz|не доставлен|недостав|メールエラー|エラー通知|配信(?:不能|エラー|失敗|できません)|送信(?:エラー|失敗)|系统退信|退信|投递失败|배달 ?(?:실패|불가)/i;
