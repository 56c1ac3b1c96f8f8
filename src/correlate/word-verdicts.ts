/**
 * Words of filters and delivery programs -> the verdicts that the message tells.
 */
import type { RuleHit, Verdict } from '../model/message.ts';
import type { VerdictAction } from '../model/words.ts';
import type { Hop } from './hop.ts';
import type { Word } from './word.ts';

/** A filter may name any number of rules. */
const MOST_RULES = 500;
/** What a delivery program does with a mail that it does not simply store. */
const STORED_ACTIONS: Readonly<Record<string, VerdictAction>> = {
  discarded: 'discarded',
  forwarded: 'redirected',
  rejected: 'rejected',
};

/** Dovecot drops or refuses mail only where a Sieve script says so. Source: pigeonhole lib-lda/lda-sieve-plugin.c. */
const SIEVE = 'by a Sieve rule of the mailbox';

export function hasWords(hop: Hop): boolean {
  return hop.words !== undefined || hop.ends.some((end) => end.stored !== undefined);
}

export function addWordVerdicts(out: Verdict[], hop: Hop): void {
  for (const word of hop.words ?? []) {
    const action = actionOf(hop, word);
    if (action !== '') out.push(verdictOf(word, action));
  }
  for (const end of hop.ends)
    for (const word of end.stored ?? []) {
      const action = STORED_ACTIONS[word.what];
      if (action === undefined) continue;
      const verdict = verdictOf(word, action);
      verdict.recipients = [end.address];
      if (word.target !== undefined && action === 'redirected') verdict.reason = `to ${word.target}`;
      else if (word.engine === 'dovecot') verdict.reason ??= SIEVE;
      out.push(verdict);
    }
}

/** What policy services said of a refusal, without an id. */
export function addProposals(out: Verdict[], words: readonly Word[]): void {
  for (const word of words) {
    const action = word.action === '' && word.what === 'auth' ? 'accepted' : word.action;
    if (action !== '') out.push(verdictOf(word, action));
  }
}

function actionOf(hop: Hop, word: Word): VerdictAction | '' {
  if (word.kind === 'stored') return STORED_ACTIONS[word.what] ?? '';
  if (word.action === '' && word.what === 'auth') return carriedOut(hop, word);
  return word.action === 'tagged' && ALIKE.has(word.engine) ? actedOn(hop, word) : word.action;
}

/** Engines that log what they found alike, whatever is done for it (clamfi.c, clamsmtpd.c, md_graphdefang_log()). */
const ALIKE: ReadonlySet<string> = new Set(['clamav', 'clamsmtpd', 'mimedefang']);

/** What the server's lines say was done when that was found; without one the mail was let pass. */
function actedOn(hop: Hop, word: Word): VerdictAction | '' {
  const isNow = (at: number): boolean => Math.abs(at - word.at) <= ANSWER_MS;
  const refusal = hop.refusals?.find((r) => r.final && isNow(r.at) && r.engine === 'milter');
  if (refusal !== undefined && refusal.outcome !== 'aborted') return refusal.outcome;
  const act = hop.acts?.find((a) => a.engine === 'milter' && isNow(a.at) && STOPS.has(a.action));
  if (act !== undefined) return act.action;
  // a filter behind the server answers it
  const end = word.engine === 'clamsmtpd' ? hop.ends.find((e) => isNow(e.at)) : undefined;
  if (end?.how === 'filter') return 'discarded';
  return end?.outcome === 'bounced' ? 'rejected' : word.action;
}

const STOPS: ReadonlySet<string> = new Set(['held', 'discarded', 'quarantined']);

/** The server acts as the milter answers, ms. */
const ANSWER_MS = 5000;

/**
 * A failed check is logged alike whether the milter refused the mail for it, had it held or let it pass (opendmarc.c
 * mlfi_eom(), opendkim.c dkimf_sigreport()): the server's line tells. Refused: the answer is that of this check; held: no
 * answer names the filter, so every failed check of that moment may be why. Without such a line the mail was let pass.
 */
function carriedOut(hop: Hop, word: Word): VerdictAction {
  const check = CHECKS[word.engine];
  const isNow = (at: number): boolean => Math.abs(at - word.at) <= ANSWER_MS;
  const refusal = hop.refusals?.find((r) => r.final && isNow(r.at) && r.engine === 'milter');
  if (refusal !== undefined && check !== undefined && refusal.outcome !== 'aborted')
    return refusal.reply?.includes(check) === true ? refusal.outcome : 'accepted';
  if (
    word.engine === 'opendmarc' &&
    hop.acts?.some((a) => a.action === 'held' && a.engine === 'milter' && isNow(a.at)) === true
  )
    return 'held';
  return 'accepted';
}

/** What each program's answer to a mail that it refuses names: opendmarc.c `rejected by DMARC policy for %s`, opendkim.c. */
const CHECKS: Readonly<Record<string, string>> = { opendmarc: 'DMARC policy', opendkim: 'DKIM' };

/** A word of which nothing else tells what was done: `action` was. */
function verdictOf(word: Word, action: VerdictAction): Verdict {
  const verdict: Verdict = { time: word.at, engine: word.engine, action };
  if (word.host !== undefined) verdict.host = word.host;
  if (!Number.isNaN(word.score)) verdict.score = word.score;
  if (!Number.isNaN(word.threshold)) verdict.threshold = word.threshold;
  const rules = word.rules === undefined ? [] : rulesOf(word.rules);
  if (rules.length > 0) verdict.rules = rules;
  const copy = action === 'copied' && word.target !== undefined ? `to ${word.target}` : undefined;
  const reason = [kindText(word.what, word.reason, word.engine), word.matched, copy]
    .filter((text) => text !== undefined && text !== '')
    .join(', ');
  if (reason !== '') verdict.reason = reason;
  if (word.quarantineId !== undefined) verdict.quarantineId = word.quarantineId;
  if (word.mailId !== undefined) verdict.mailId = word.mailId;
  if (word.recipients.length > 0) verdict.recipients = [...word.recipients];
  return verdict;
}

/** Why a mail did not arrive, by what a filter found in it: the words that `explain` has for the filter's answer. */
export const REASON_OF_KIND: Readonly<Record<string, string>> = {
  spam: 'spam',
  virus: 'virus',
  banned: 'content',
  policy: 'policy',
};

/** What a name stands for where the filter's words do not say it: `Eicar-Test-Signature`, `.exe,setup.exe`. */
const KINDS: Readonly<Record<string, string>> = { virus: 'virus', banned: 'banned file' };

/** Why a filter decided so, in words; undefined where it tells nothing. */
export function kindText(what: string, reason: string | undefined, engine: string): string | undefined {
  // Proxmox' rules have names of their own
  const kind = engine === 'pmg' ? undefined : KINDS[what];
  if (kind === undefined || reason === undefined || reason === '') return reason;
  const low = reason.toLowerCase();
  return low.includes(what) || low.includes('infected') ? reason : `${kind}: ${reason}`;
}

/** `NAME(1.5){talk},NAME,NAME=1.5`: a rule's own talk in braces may hold anything, commas too. */
function rulesOf(text: string): RuleHit[] {
  const out: RuleHit[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= text.length && out.length < MOST_RULES; i++) {
    const c = text[i];
    if (c === '{') depth++;
    else if (c === '}' && depth > 0) depth--;
    if (i < text.length && !(c === ',' && depth === 0)) continue;
    const rule = ruleOf(text.slice(from, i).trim());
    if (rule !== undefined) out.push(rule);
    from = i + 1;
  }
  return out;
}

function ruleOf(text: string): RuleHit | undefined {
  const stop = text.search(/[({=]/);
  const name = stop < 0 ? text : text.slice(0, stop);
  if (name === '') return undefined;
  const score = stop < 0 || text[stop] === '{' ? Number.NaN : Number.parseFloat(text.slice(stop + 1));
  return Number.isNaN(score) ? { name } : { name, score };
}
