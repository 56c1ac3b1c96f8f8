/**
 * Refusals and acts of policies: of a mail with a queue id, or of a session's transaction that has none yet.
 */
import { F, type LogEvent } from '../model/log-event.ts';
import { sessionOf } from './apply-session.ts';
import { fill, own } from './hop-facts.ts';
import type { Act, Hop } from './hop.ts';
import { isSame, refusalOf } from './refusal.ts';
import type { Tracker } from './tracker.ts';

export function applyRefusal(t: Tracker, ev: LogEvent): void {
  const refusal = refusalOf(t, ev);
  if (!ev.has(F.queueId)) {
    const session = sessionOf(t, ev);
    session.clientIp ??= refusal.clientIp;
    session.clientName ??= refusal.clientName;
    const last = t.seenRefusal(refusal, ev);
    if (last !== undefined) {
      last.times++;
      if (refusal.line) (last.more ??= []).push(refusal.line);
      t.lastRefusals[ev.frame.stream] = last;
      return;
    }
    session.add({ refusal });
    if (!t.beside.envelopes.isEmpty) t.beside.envelopes.refused(session.host, refusal);
    t.lastRefusals[ev.frame.stream] = refusal;
    return;
  }
  const hop = own(t, ev);
  refusal.line = undefined; // own() has it
  t.lastRefusals[ev.frame.stream] = refusal;
  if (hop.origin === '' && refusal.clientIp !== undefined) hop.origin = 'smtp';
  if (ev.final && ev.active) hop.arrived = true;
  fillFrom(t, hop, ev);
  // a line that came before its end was written after it: something did come
  if (hop.closed === 'canceled') hop.probe = false;
  const list = (hop.refusals ??= []);
  const twin = list.find((r) => isSame(r, refusal));
  // who was meant by a refusal that is told already
  if (ev.what === 'whom' && list.some((r) => r.final))
    for (const address of refusal.recipients ?? []) hop.addNamed(address);
  else if (twin !== undefined) twin.times++;
  else list.push(refusal);
  if (!refusal.final) return;
  for (const address of refusal.recipients ?? []) hop.addNamed(address);
  hop.addNamed(refusal.recipient);
  // Header checks on mail that was handed in locally refuse nothing: the mail bounces.
  if (hop.origin !== 'local' && hop.origin !== 'internal') hop.close('refused', ev.frame.at);
}

function fillFrom(t: Tracker, hop: Hop, ev: LogEvent): void {
  const had = hop.named?.length ?? 0;
  fill(t, hop, ev);
  // A refused recipient is none of the mail's.
  if (!ev.final && ev.kind === 'refusal' && hop.named !== undefined && hop.named.length > had && !hop.declared)
    hop.named.length = had;
}

export function applyAct(t: Tracker, ev: LogEvent): void {
  if (ev.action === '') return;
  const act: Act = {
    at: ev.frame.at,
    seq: t.seq,
    action: ev.action,
    stage: ev.stage,
    engine: ev.engine === '' ? ev.system : ev.engine,
    sender: ev.text(F.sender),
    recipient: ev.text(F.recipient),
    helo: ev.text(F.helo),
    reason: ev.text(F.reason) ?? ev.text(F.reply),
    matched: ev.text(F.matched),
    target: ev.text(F.target),
    final: ev.final,
    line: undefined,
  };
  if (!ev.has(F.queueId)) {
    act.line = t.line(ev);
    const session = sessionOf(t, ev);
    if (t.seenAct(act, ev)) {
      if (act.line !== undefined) (session.lines ??= []).push(act.line);
      return;
    }
    if (!t.lean) {
      session.clientIp ??= ev.text(F.clientIp);
      session.clientName ??= ev.text(F.clientName);
    }
    session.add({ act });
    return;
  }
  const hop = own(t, ev);
  // Exim fakereject: the client is told 550, and the mail is kept.
  if (ev.what === 'fakereject') hop.keptBack = true;
  addAct(hop, act);
  fill(t, hop, ev);
}

/** An act takes effect on its mail: also one of a transaction that got its queue id later. */
export function addAct(hop: Hop, act: Act): void {
  // a doubled line is no second act
  if (!hop.acts?.some((a) => isSameAct(a, act))) (hop.acts ??= []).push(act);
  if (act.action === 'held') {
    hop.held = true;
    hop.released = false;
  }
  if (act.action === 'discarded' && act.final) hop.close('discarded', act.at);
}

function isSameAct(a: Act, b: Act): boolean {
  return (
    a.at === b.at &&
    a.action === b.action &&
    a.stage === b.stage &&
    a.recipient === b.recipient &&
    a.matched === b.matched &&
    a.target === b.target &&
    a.reason === b.reason
  );
}
