/**
 * `mailtrace explain --json`: one object; of an mbox one a mail, each on a line.
 * Shape:  `{v, input, number?, report?, explanations: [{recipient, original, action, status, code, dsn, reply, relay, reason, meaning,
 *         side, todo, permanence, rule, source, sourceChecked, wordsAt,
 *         list}], complaint?, mail?, absence?}`. As in the output contract a field that
 *         is not known is left out, and times are ISO 8601.
 */
import { fillDomain, isSourceChecked, wordsAt } from '../explain/explain.ts';
import type { Explained } from '../explain/explain-bounce.ts';
import { REASON_ADVICE, REASON_EXAMPLES, REASONS } from '../explain/reason-words.ts';
import type { BounceReport } from '../model/bounce.ts';
import type { Instant } from '../model/message.ts';
import { HIDDEN } from '../util/visible.ts';
import type { Clock } from './times.ts';

/** JSON without anything that a terminal would obey. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value).replace(HIDDEN, (character) => {
    let text = '';
    for (let i = 0; i < character.length; i++) text += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
    return text;
  });
}

export interface ExplainFacts {
  /** `code`, `answer`, `log-line`, or the report's kind */
  readonly input: string;
  /** of the mails of an mbox, from 1 */
  readonly number?: number;
  readonly explained: readonly Explained[];
  readonly texts?: readonly string[];
  readonly report?: BounceReport;
  /** the message as the output contract has it: JSON already */
  readonly mail?: string;
  readonly foundBy?: readonly string[];
  readonly absence?: { readonly verdict: string; readonly evidence: readonly string[] };
}

function explainedJson(
  { recipient, status, explanation, list, logged }: Explained,
  clock: Clock,
  text?: string,
): object {
  const { address, original, action, code, dsn, reply, remote, retriesUntil } = recipient;
  const at = (address ?? '').lastIndexOf('@');
  const domain = at < 0 ? undefined : address?.slice(at + 1);
  return {
    text,
    recipient: address,
    original,
    action: address === undefined && text !== undefined ? undefined : action,
    status: text === undefined ? status : undefined,
    code,
    dsn,
    reply,
    relay: remote,
    retriesUntil: iso(retriesUntil, clock),
    reason: explanation?.reason,
    meaning: explanation && fillDomain(explanation.meaning, domain),
    side: explanation?.side,
    todo: explanation && fillDomain(explanation.todo, domain),
    permanence: explanation?.permanence,
    rule: explanation?.rule,
    source: explanation?.source,
    sourceChecked: explanation && isSourceChecked(explanation),
    wordsAt: explanation && wordsAt(explanation),
    logged,
    list: list && { name: list.name, delist: list.delist, note: list.note },
  };
}

const iso = (at: Instant | undefined, clock: Clock): string | undefined =>
  at === undefined ? undefined : clock.iso(at);

function reportJson(report: BounceReport, clock: Clock): object {
  const { kind, form, reporter, date, queueIds, envelopeId, original, isCut } = report;
  return {
    kind,
    form,
    reporter,
    time: iso(date, clock),
    queueIds: queueIds.length === 0 ? undefined : queueIds,
    envelopeId,
    original: {
      messageId: original.messageId,
      sender: original.sender,
      from: original.from,
      to: original.to,
      subject: original.subject,
      time: iso(original.date, clock),
    },
    cut: isCut ? true : undefined,
  };
}

/** One line. */
export function explainJson(facts: ExplainFacts, clock: Clock): string {
  const { input, number, explained, texts, report, mail, foundBy, absence } = facts;
  const object = jsonOf({
    v: 1,
    input,
    number,
    report: report && reportJson(report, clock),
    explanations: explained.map((each, i) => explainedJson(each, clock, texts?.[i])),
    complaint: report?.complaint,
    foundBy,
    absence,
  });
  return mail === undefined ? `${object}\n` : `${object.slice(0, -1)},"mail":${mail.trim()}}\n`;
}

/** `explain --list --json`: one line a reason. */
export function reasonLines(): string {
  return REASONS.map((reason) => {
    const { meaning, todo, side } = REASON_ADVICE[reason];
    const { codes, example, source } = REASON_EXAMPLES[reason];
    const words = { meaning: fillDomain(meaning, undefined), todo: fillDomain(todo, undefined), side };
    return `${jsonOf({ reason, ...words, codes, example, source })}\n`;
  }).join('');
}
