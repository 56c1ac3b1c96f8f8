/**
 * A refusal as an event tells it.
 */
import { F, type LogEvent } from '../model/log-event.ts';
import { splitAddresses } from './hop-facts.ts';
import type { Refusal } from './hop.ts';
import type { Tracker } from './tracker.ts';

export function refusalOf(t: Tracker, ev: LogEvent): Refusal {
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
    line: t.line(ev),
    times: 1,
  };
}

/** The very same line again. */
export function isSame(a: Refusal, b: Refusal): boolean {
  return (
    a.at === b.at &&
    a.recipient === b.recipient &&
    a.sender === b.sender &&
    a.reply === b.reply &&
    a.stage === b.stage &&
    a.clientIp === b.clientIp
  );
}
