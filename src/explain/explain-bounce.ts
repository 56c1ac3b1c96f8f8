/**
 * One recipient of a bounce -> why, whose side must act, what to do.
 * Order of trust: the answer in the server's own words; where that says nothing exact, what the report says to people beside
 * the address; last the codes.
 * Errors: none; no `explanation` of what arrived, and where nothing is known.
 */
import type { BounceAction, BounceRecipient } from '../model/bounce.ts';
import { explainReply, isWeakRule, type Explanation, type ReplyFacts } from './explain.ts';
import { listIn, type NamedList } from './lists-table.ts';
import { readReply } from './reply-text.ts';

export interface Explained {
  readonly recipient: BounceRecipient;
  /** the status word of the output contract */
  readonly status: string;
  readonly explanation: Explanation | undefined;
  readonly list: NamedList | undefined;
  /** the answer in the logs that it rests on, where the report's says less */
  readonly logged?: Pick<BounceRecipient, 'reply' | 'code' | 'dsn' | 'remote'>;
}

/** Retries were used up, in the words of servers: Exim, Exchange, Postfix, Sendmail, qmail. */
const EXPIRED =
  /retry time(?:out)?(?: was)? (?:exceeded|not reached for any host after)|message expired|been in (?:the )?queue too long|in queue too long|queue\.expired|could not (?:send|be delivered) (?:message )?for (?:the )?(?:past|last)|too long in (?:the )?queue|delivery time expired|could not deliver for the last|multiple retries, giving up|not delivered within|retry limit|failing for a long time|envelope expired/i;

/**
 * The answer was given to MAIL: Exim src/transports/smtp.c ("after MAIL FROM:<x>"), qmail-remote.c ("but sender was rejected"),
 * the line before the answer in Sendmail's transcript.
 */
const TO_MAIL =
  /\bafter (?:pipelined )?(?:sending )?mail from:|\bbut sender was rejected|>>> mail from:\S{0,320}(?: [a-z0-9]{2,10}=\S{0,100}){0,6} <<< [45]\d\d/i;

function statusOf({ action, dsn, code, reply, said }: BounceRecipient): string {
  if (action === 'delayed') return 'deferred';
  if (action === 'delivered' || action === 'expanded') return 'delivered';
  if (action === 'relayed') return 'relayed';
  const temporary = code === undefined ? dsn?.startsWith('4') === true : code.startsWith('4');
  return temporary || EXPIRED.test(reply ?? '') || EXPIRED.test((said ?? '').slice(0, 600)) ? 'expired' : 'bounced';
}

/** Names no cause: any text may say more. */
function isVague(found: Explanation | undefined): boolean {
  if (found?.reason === undefined || found.reason === 'refused') return true;
  if (found.reason === 'expired') return true;
  if (found.matchedBy === 'smtp' || isWeakRule(found.rule)) return true;
  // x.S.0 names a field, 7.1 and 5.0 are what servers say that know no better; 1.10 is a null MX (RFC 7505), to Microsoft any
  // recipient that was not found
  return found.matchedBy === 'enhanced' && /^.(?:$|\.\d+\.0$|\.7\.1$|\.1\.10$|\.3\.|\.5\.)/.test(found.rule);
}

/** A report that says no more than that the mail failed. */
const UNSAID: Explanation = {
  meaning: 'The report does not say why the mail could not be delivered.',
  todo: 'Look at the log of the server that reports, or ask the recipient by other means.',
  side: 'remote',
  reason: 'refused',
  source: 'https://www.rfc-editor.org/rfc/rfc3463',
  matchedBy: 'status',
  rule: 'no-reason',
  permanence: 'permanent',
};

/** By what the report says to people. */
function bySaid(facts: ReplyFacts, said: string): Explanation | undefined {
  const dsn = /^[45]\.4\.7$/.test(facts.dsn ?? '') ? undefined : facts.dsn;
  const head = explainReply({ ...facts, dsn, reply: said });
  // long reports end with who wrote them, and where help is
  return isVague(head) && said.length > 1000 ? explainReply({ ...facts, dsn, reply: said.slice(-900) }) : head;
}

/**
 * Sendmail reports any 550 without an enhanced code as 5.1.1 (usersmtp.c smtprcpt(): EX_NOUSER): words of the server that
 * name another cause say more. `policy` is what vague words are read as.
 */
function byWordsAlone(facts: ReplyFacts, own: string | undefined, reported: string | undefined) {
  if (own !== undefined || reported !== '5.1.1' || facts.reply === undefined) return undefined;
  const found = explainReply({ ...facts, dsn: undefined });
  const { matchedBy, reason, rule } = found ?? {};
  const isVagueWord = reason === undefined || reason === 'refused' || reason === 'user-unknown' || rule === 'policy';
  return matchedBy === 'provider' && !isVagueWord ? found : undefined;
}

/**
 * What is known of a bounced recipient. `local`: the server that reports is ours, and it decided itself.
 * `subject`: of the report, where it quotes nothing of the mail: the last resort (`Returned mail: User unknown`).
 */
export function explainRecipient(recipient: BounceRecipient, local: boolean, subject?: string): Explained {
  const status = statusOf(recipient);
  const { reply, said, code, remote } = recipient;
  const own = reply === undefined ? undefined : readReply(reply).dsn;
  // the answer's own code is what the server said, Status what the reporter made of it
  const told = own ?? recipient.dsn;
  // x.4.7 says that tries are over: why they failed is in the answer
  const dsn = status === 'expired' && reply !== undefined && /^[45]\.4\.7$/.test(told ?? '') ? undefined : told;
  const toMail = TO_MAIL.test(said ?? '');
  const facts: ReplyFacts = { status, code, dsn, reply, relay: remote, local: local && remote === undefined, toMail };
  const first = byWordsAlone(facts, own, recipient.dsn) ?? explainReply(facts);
  let explanation = first;
  if (isVague(first) && status === 'expired' && told !== dsn) explanation = explainReply({ ...facts, dsn: told });
  if (isVague(first) && said !== undefined) {
    const second = bySaid(facts, said);
    const isPoor = explanation?.reason === undefined || explanation.reason === 'refused';
    const isBetter = second?.matchedBy === 'provider' && (second.reason !== 'expired' || isPoor);
    if (isBetter && (isPoor || !isWeakRule(second.rule))) explanation = second;
    else explanation ??= second;
  }
  if (explanation === undefined && subject !== undefined) {
    const third = explainReply({ status, reply: subject });
    if (third?.matchedBy === 'provider') explanation = third;
  }
  // rows that ask for a code: a report without one is of a failure, and that is what 550 says
  if (explanation === undefined && status === 'bounced' && said !== undefined) {
    const fourth = explainReply({ ...facts, code: '550', reply: said });
    if (fourth?.matchedBy === 'provider') explanation = fourth;
  }
  if (explanation === undefined && (status === 'bounced' || status === 'expired')) explanation = UNSAID;
  // `4.0.0` and nothing else: a server that does not say why
  if (explanation?.rule === '4' && reply === undefined) explanation = undefined;
  return { recipient, status, explanation, list: listOf(explanation, `${reply ?? ''} ${said ?? ''}`) };
}

/** An answer or code that stands alone: nobody knows whose it is. */
export function explainAnswer(recipient: BounceRecipient): Explained {
  const { code, dsn, reply } = recipient;
  const explanation = explainReply({ code, dsn, reply });
  return { recipient, status: '', explanation, list: listOf(explanation, reply ?? '') };
}

/** The same with the log's own answer, where the report's is vague: a server that gives up often keeps to itself why tries failed. */
export function withLogged(explained: Explained, logged: Explained): Explained {
  const { matchedBy, reason } = logged.explanation ?? {};
  const saysMore = matchedBy !== undefined && matchedBy !== 'smtp' && reason !== 'refused' && reason !== 'expired';
  if (!saysMore || !isVague(explained.explanation)) return explained;
  // general words of the log beside words of the report that say as much
  if (
    isVague(logged.explanation) &&
    explained.explanation?.matchedBy === 'provider' &&
    explained.explanation.reason !== 'expired'
  )
    return explained;
  const { reply, code, dsn, remote } = logged.recipient;
  return {
    ...explained,
    explanation: logged.explanation,
    list: logged.list,
    ...(reply === undefined
      ? {}
      : {
          logged: {
            reply,
            ...(code === undefined ? {} : { code }),
            ...(dsn === undefined ? {} : { dsn }),
            ...(remote === undefined ? {} : { remote }),
          },
        }),
  };
}

/** What a log says of a recipient. */
export function explainLogged(recipient: BounceRecipient, status: string): Explained {
  const { code, dsn, reply, remote } = recipient;
  const explanation = explainReply({ status, code, dsn, reply, relay: remote });
  return { recipient, status, explanation, list: listOf(explanation, reply ?? '') };
}

function listOf(explanation: Explanation | undefined, words: string): NamedList | undefined {
  const { reason } = explanation ?? {};
  return reason === 'blocklist' || reason === 'reputation' || reason === 'spam' ? listIn(words) : undefined;
}

/**
 * What a mailbox's own refusal means: the cause that its words name (Dovecot refuses so what does not fit into the mailbox),
 * else a rule of its owner (RFC 5429 section 2.1, Sieve reject).
 */
export function explainRefusal(recipient: BounceRecipient): Explained {
  const named = recipient.said === undefined ? undefined : explainReply({ status: 'bounced', reply: recipient.said });
  const isCause = named?.reason === 'mailbox-full' || named?.reason === 'too-big' || named?.reason === 'user-unknown';
  const explanation: Explanation = {
    meaning: 'A rule of the mailbox refused the mail.',
    todo: 'Ask the recipient by other means to change the rule if the mail was wanted.',
    side: 'recipient',
    reason: 'policy',
    source: 'https://www.rfc-editor.org/rfc/rfc5429',
    matchedBy: 'status',
    rule: 'mailbox-refusal',
    permanence: 'permanent',
  };
  return { recipient, status: 'bounced', explanation: isCause ? named : explanation, list: undefined };
}

/** Words of an automatic answer that say that the address is of no more use. */
const GONE: ReadonlySet<string | undefined> = new Set(['user-unknown', 'mailbox-disabled', 'mailbox-moved']);

/** An automatic answer: the mail arrived; what counts is whether it says that the address is given up, or that a moderator has it. */
export function explainAutomatic(recipient: BounceRecipient): Explained {
  const { said } = recipient;
  const found = said === undefined ? undefined : explainReply({ status: 'bounced', code: '550', reply: said });
  const isGone = found?.matchedBy === 'provider' && (GONE.has(found.reason) || found.rule === 'list-held');
  return { recipient, status: 'delivered', explanation: isGone ? found : undefined, list: undefined };
}

/** Shown for `action` in a sentence. */
export const ACTION_WORDS: Readonly<Record<BounceAction, string>> = {
  failed: 'not delivered',
  delayed: 'not delivered yet; the server goes on trying',
  delivered: 'delivered',
  relayed: 'handed on to a server that sends no receipts',
  expanded: 'taken by a list, which writes to its members itself',
};
