/**
 * A refusal as an event tells it.
 */
import { F, type LogEvent } from '../model/log-event.ts';
import type { Verdict } from '../model/message.ts';
import { splitAddresses } from './hop-facts.ts';
import type { Refusal } from './hop.ts';
import type { Tracker } from './tracker.ts';
import { kindText, REASON_OF_KIND } from './word-verdicts.ts';

export function refusalOf(t: Pick<Tracker, 'seq' | 'line'>, ev: LogEvent): Refusal {
  return {
    at: ev.frame.at,
    seq: t.seq,
    stage: ev.stage,
    outcome: ev.outcome === 'tempfailed' || ev.outcome === 'greylisted' ? ev.outcome : 'rejected',
    final: ev.final,
    code: ev.code,
    codeFromDaemon: ev.codeFromDaemon,
    dsn: ev.text(F.dsn),
    reply: ev.text(F.reply),
    sender: ev.text(F.sender),
    recipient: ev.text(F.recipient),
    recipients: ev.has(F.recipients) ? splitAddresses(ev.text(F.recipients) ?? '') : undefined,
    helo: ev.text(F.helo),
    clientName: ev.text(F.clientName),
    clientIp: ev.text(F.clientIp),
    engine: ev.engine === '' ? ev.system : ev.engine,
    messageId: ev.text(F.messageId) || undefined,
    subject: ev.text(F.subject),
    headerFrom: ev.text(F.headerFrom),
    what: ev.what,
    reason: ev.text(F.reason) || undefined,
    score: ev.score,
    threshold: ev.threshold,
    line: t.line(ev),
    times: 1,
  };
}

/** What the verdict of a refusal says: the answer, else what the filter found. */
export function whyOf({
  reply,
  reason,
  what,
  engine,
  score,
  threshold,
}: Refusal): Pick<Verdict, 'reason' | 'score' | 'threshold'> {
  const why: Pick<Verdict, 'reason' | 'score' | 'threshold'> = {};
  const text = reply !== undefined && reply !== '' ? reply : kindText(what, reason, engine);
  if (text !== undefined) why.reason = text;
  if (!Number.isNaN(score)) why.score = score;
  if (!Number.isNaN(threshold)) why.threshold = threshold;
  return why;
}

/** A filter's refusal without an answer: what it found is why. */
export function reasonOfKind({ what, engine, score, reason }: Refusal): string | undefined {
  return engine !== '' && (!Number.isNaN(score) || reason !== undefined) ? REASON_OF_KIND[what] : undefined;
}

/** The very same line again. */
export function isSame(a: Refusal, b: Refusal): boolean {
  return a.at === b.at && isAlike(a, b);
}

/** The same refusal, perhaps at another time. */
export function isAlike(a: Refusal, b: Refusal): boolean {
  return (
    a.recipient === b.recipient &&
    a.sender === b.sender &&
    a.reply === b.reply &&
    a.stage === b.stage &&
    a.clientIp === b.clientIp
  );
}
