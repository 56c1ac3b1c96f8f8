/**
 * An answer of a mail server -> what it means, whose side must act, what to do, and the one stable word for why.
 * Order of trust: the provider's or server's own exact text, an enhanced code that names a cause, general words,
 * the other enhanced codes, their subject, the SMTP code, the class.
 * Permanence: the SMTP code wins over the class of the enhanced code (`550 4.4.7` is permanent), and a status that
 * says the mail waits (`deferred`, `greylisted`) wins over both.
 * Errors: none; `undefined` where the status is a success or nothing at all is known.
 */
import type { Advice, CodeRow, TableSide, TextRow } from './advice.ts';
import { ENHANCED_CLASSES, ENHANCED_CODES, ENHANCED_SUBJECTS, REGISTRY_URL } from './enhanced-codes-table.ts';
import { REASON_ADVICE, REASONS } from './reason-words.ts';
import type { Reason } from './reason-words.ts';
import { isAboutSender, readReply } from './reply-text.ts';
import type { ReplyText } from './reply-text.ts';
import { SMTP_CODES } from './smtp-codes-table.ts';
import { CHECKED_ROWS } from './texts/checked.ts';
import { TEXTS } from './texts/index.ts';
import { WORDS_AT } from './texts/words-at.ts';
import { compileTexts, parseEnhanced } from './text-matcher.ts';
import { todoFor } from './todo.ts';
import type { View } from './todo.ts';
import type { EnhancedCode } from './text-matcher.ts';

/** Who must act, seen from the server whose logs are read. */
type Side = 'sender' | 'recipient' | 'us' | 'remote' | 'network' | 'nobody';

/** What is known of one recipient's end; field names as in the output contract. */
export interface ReplyFacts {
  /** The contract's status word; left out for a bare reply line or code. */
  readonly status?: string | undefined;
  readonly code?: string | undefined;
  readonly dsn?: string | undefined;
  readonly reply?: string | undefined;
  /** Name of the server that gave the answer. */
  readonly relay?: string | undefined;
  /** True if our own server gave the answer; left out: judged by status and relay. */
  readonly local?: boolean | undefined;
  /** True if it is known that the answer was given to MAIL: it is about the sender, whatever its words name. */
  readonly toMail?: boolean | undefined;
}

/** An explanation in plain words. `meaning` and `todo` may hold `{domain}`: see fillDomain(). */
export interface Explanation {
  readonly meaning: string;
  readonly side: Side;
  readonly todo: string;
  readonly reason: Reason | undefined;
  /** The document that the explanation rests on. */
  readonly source: string;
  readonly matchedBy: 'provider' | 'enhanced' | 'smtp' | 'status';
  /** Id of the text row, or the code that matched. */
  readonly rule: string;
  /** `undefined`: neither code nor status tells. */
  readonly permanence: 'temporary' | 'permanent' | undefined;
}

/** What a reply was recognised by: the row and how. Not yet seen from a side. */
interface Finding {
  readonly row: Advice & { readonly reason: Reason | undefined; readonly source: string };
  readonly matchedBy: Explanation['matchedBy'];
  readonly rule: string;
}

/** True for the statuses that need no reason. */
export function isSuccess(status: string | undefined): boolean {
  return status === 'delivered' || status === 'relayed' || status === 'expanded';
}

const matchStrong = compileTexts(TEXTS.filter((row) => row.weak !== true));
const WEAK = TEXTS.filter((row) => row.weak === true);
const matchWeak = compileTexts(WEAK);
const WEAK_IDS: ReadonlySet<string> = new Set(WEAK.map((row) => row.id));

/** True if the document was opened and says what the explanation says; codes are those of RFC 3463 and its registry. */
export function isSourceChecked({ matchedBy, rule }: Pick<Explanation, 'matchedBy' | 'rule'>): boolean {
  return matchedBy !== 'provider' || CHECKED_ROWS.has(rule);
}

/** Where the words stand, if the page that the explanation names does not hold them itself. */
export function wordsAt({ matchedBy, rule }: Pick<Explanation, 'matchedBy' | 'rule'>): string | undefined {
  return matchedBy === 'provider' ? WORDS_AT.get(rule) : undefined;
}

/** True for a row of general words. */
export function isWeakRule(rule: string): boolean {
  return WEAK_IDS.has(rule);
}

/** The reply code; one that is not three characters long is none. */
function codeOf(facts: ReplyFacts, read: ReplyText): string | undefined {
  return facts.code?.length === 3 ? facts.code : read.code;
}

/** 4 or 5 for a failure, 2 for a success, `undefined` if nothing tells. */
function classOf(status: string | undefined, code: string | undefined, enhanced: EnhancedCode | undefined) {
  if (status === 'deferred' || status === 'greylisted') return 4;
  const first = code?.charCodeAt(0);
  if (first === 50 || first === 52 || first === 53) return first - 48;
  return enhanced?.cls;
}

function byEnhanced(enhanced: EnhancedCode, cls: number): Finding | undefined {
  if (enhanced.subject === 0) return undefined;
  const tail = `${enhanced.subject}.${enhanced.detail}`;
  const rule = `${cls}.${tail}`;
  const row: CodeRow | undefined =
    ENHANCED_CODES.get(rule) ?? ENHANCED_CODES.get(`x.${tail}`) ?? ENHANCED_SUBJECTS.get(enhanced.subject);
  return row && { row, matchedBy: 'enhanced', rule };
}

/** `x.S.0` and `x.7.1` only name a field, not a cause. */
function namesCause(enhanced: EnhancedCode): boolean {
  return enhanced.detail !== 0 && !(enhanced.subject === 7 && enhanced.detail === 1);
}

function byClass(cls: number, code: string | undefined): Finding | undefined {
  const row = ENHANCED_CLASSES.get(cls);
  return row && { row, matchedBy: code === undefined ? 'enhanced' : 'smtp', rule: String(cls) };
}

function byStatus(status: string | undefined): Finding | undefined {
  const reason = status === 'greylisted' || status === 'expired' ? status : undefined;
  if (reason === undefined) return undefined;
  return { row: { ...REASON_ADVICE[reason], reason, source: REGISTRY_URL }, matchedBy: 'status', rule: reason };
}

/** A success code on a mail that was stopped (`250 2.7.0 Ok, discarded`) says nothing of why. */
const isEmptyPraise = (cls: number, facts: ReplyFacts): boolean => cls === 2 && facts.status !== undefined;

const byText = (row: TextRow): Finding => ({ row, matchedBy: 'provider', rule: row.id });

/** Looks an answer up in all tables. */
function lookUp(facts: ReplyFacts, read: ReplyText): Finding | undefined {
  const code = codeOf(facts, read);
  const enhanced = parseEnhanced(facts.dsn) ?? parseEnhanced(read.dsn);
  const strong = matchStrong(read.text, code, enhanced);
  if (strong !== undefined) return byText(strong);
  const cls = classOf(facts.status, code, enhanced);
  const exact = enhanced && cls !== undefined && !isEmptyPraise(cls, facts) ? byEnhanced(enhanced, cls) : undefined;
  if (exact !== undefined && enhanced !== undefined && namesCause(enhanced)) return exact;
  const weak = matchWeak(read.text, code, enhanced);
  // a refusal of our own that was greylisting has the status that says so
  if (weak !== undefined && !(weak.reason === 'greylisted' && facts.status === 'rejected')) return byText(weak);
  if (exact !== undefined) return exact;
  if (cls !== undefined && isEmptyPraise(cls, facts)) return undefined;
  const smtp = code === undefined ? undefined : SMTP_CODES.get(code);
  if (smtp !== undefined && code !== undefined) return { row: smtp, matchedBy: 'smtp', rule: code };
  const status = byStatus(facts.status);
  if (status !== undefined || cls === undefined || (code ?? enhanced) === undefined) return status;
  return byClass(cls, code);
}

const RFC5321 = 'https://www.rfc-editor.org/rfc/rfc5321';

/** What words that name an address, a domain or an account mean where they are about the sender. */
const OF_SENDER: Partial<Record<Reason, Reason>> = {
  'user-unknown': 'bad-sender',
  'bad-address': 'bad-sender',
  dns: 'bad-sender',
  'mailbox-disabled': 'sender-blocked',
};

/** RFC 5321 section 3.3: MAIL names the sender, nobody else is named before its answer. */
function ofSender(found: Finding | undefined): Finding | undefined {
  const reason = found?.row.reason === undefined ? undefined : OF_SENDER[found.row.reason];
  if (reason === undefined) return found;
  return { row: { ...REASON_ADVICE[reason], reason, source: RFC5321 }, matchedBy: 'status', rule: 'about-sender' };
}

/**
 * What an answer was recognised by. `read` is the reply as readReply() gives it.
 * Of an expired mail that is why its last answer failed, and that it expired only where the answer is vague.
 */
export function findAnswer(facts: ReplyFacts, read: ReplyText): Finding | undefined {
  if (facts.status === 'greylisted') return byStatus('greylisted');
  const first = lookUp(facts, read);
  const found = facts.toMail === true || isAboutSender(read.text) ? ofSender(first) : first;
  const isVague = found?.row.reason === undefined || found.row.reason === 'refused';
  return facts.status === 'expired' && isVague ? byStatus('expired') : found;
}

/** Postfix relay words that name no other server: src/local, src/virtual, and `none` where none was reached. */
const OWN_RELAYS = new Set(['local', 'virtual', 'none']);
const OWN_DECISIONS = new Set(['rejected', 'greylisted', 'quarantined', 'discarded', 'held', 'removed']);

/** True if our own server spoke: it refused the mail itself, or failed without asking another server. */
function isOwnAnswer(facts: ReplyFacts, code: string | undefined): boolean {
  if (facts.local !== undefined) return facts.local;
  if (facts.status === undefined || (facts.relay !== undefined && !OWN_RELAYS.has(facts.relay))) return false;
  return OWN_DECISIONS.has(facts.status) || code === undefined;
}

function seenFrom(side: TableSide, own: boolean): Side {
  if (side === 'sending-server') return own ? 'remote' : 'us';
  if (side === 'receiving-server') return own ? 'us' : 'remote';
  return side;
}

/** `cls` is that of the answer, 4 or 5. */
function viewOf(status: string | undefined, own: boolean, cls: number | undefined): View {
  const over = status === 'expired' || status === 'bounced' || status === 'removed' || cls === 5;
  return { own, over, waits: !over && (status === 'deferred' || cls === 4), expired: status === 'expired' };
}

/** Explains one answer; `undefined` for a success and where nothing is known. */
export function explainReply(facts: ReplyFacts): Explanation | undefined {
  if (isSuccess(facts.status)) return undefined;
  const read = readReply(facts.reply ?? '');
  const found = findAnswer(facts, read);
  if (found === undefined) return undefined;
  const enhanced = parseEnhanced(facts.dsn) ?? parseEnhanced(read.dsn);
  const code = codeOf(facts, read);
  const cls = facts.status === 'expired' ? 5 : classOf(facts.status, code, enhanced);
  const own = isOwnAnswer(facts, code);
  return {
    meaning: found.row.meaning,
    side: seenFrom(found.row.side, own),
    todo: todoFor(found.row, viewOf(facts.status, own, cls)),
    reason: found.row.reason,
    source: found.row.source,
    matchedBy: found.matchedBy,
    rule: found.rule,
    permanence: cls === 4 ? 'temporary' : cls === 5 ? 'permanent' : undefined,
  };
}

/** What the word for why means, where no answer is known that says more; undefined for a word that is none of ours. */
export function explainReason(word: string, facts: ReplyFacts): Omit<Advice, 'side'> | undefined {
  const reason = REASONS.find((known) => known === word);
  if (reason === undefined) return undefined;
  const row = { ...REASON_ADVICE[reason], reason };
  const view = viewOf(facts.status, isOwnAnswer(facts, facts.code), undefined);
  return { meaning: row.meaning, todo: todoFor(row, view) };
}

/** Puts a domain in the place of `{domain}`; without one, neutral words. The result may hold log text: escape it. */
export function fillDomain(text: string, domain: string | undefined): string {
  const filled = text.split('{domain}').join(domain ?? 'the receiving side');
  return domain === undefined && filled.startsWith('the ') ? `T${filled.slice(1)}` : filled;
}
