/**
 * KumoMTA's log records: one JSON object a line. README.md tells what is read.
 */
import type { Frame } from '../../model/frame.ts';
import { F } from '../../model/log-event.ts';
import type { EventKind, LogEvent, Outcome } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { findRemoteId, remoteId } from '../../model/remote-id.ts';
import { Sent } from './sent.ts';
import { readRecord, type KumoRecord } from './record.ts';

class Context {
  readonly sent = new Sent();
}

const kumomta: LogFormat<Context> = {
  name: 'kumomta',
  title: 'KumoMTA',
  docs: 'https://docs.kumomta.com/reference/log_record/',
  versions: '2023.05 to 2025.12',

  claims(program: string, frame: Frame): boolean {
    return program === 'kumomta' && frame.framing === 'journald';
  },

  createContext(): Context {
    return new Context();
  },

  parse(frame: Frame, event: LogEvent, emit: Emit, { sent }: Context): ParseResult {
    const record = readRecord(frame.text(frame.body, frame.end));
    return record === undefined ? 'unknown' : tell(record, frame, event, emit, sent);
  },

  /** What a report that came in later is about is known by the deliveries before it. */
  isContextual(): boolean {
    return true;
  },

  detect(sample: readonly Frame[]): number {
    if (sample.length === 0) return 0;
    let ours = 0;
    for (const frame of sample) if (frame.program === 'kumomta') ours++;
    return ours / sample.length;
  },
};

export default kumomta;

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  Delivery: 'sent',
  TransientFailure: 'deferred',
  Bounce: 'bounced',
  AdminBounce: 'bounced',
  Expiration: 'expired',
  // waits for its turn: no try was made
  Delayed: 'suppressed',
};
const MENTIONS = new Set(['AdminRebind', 'DeferredInjectionRebind', 'XferOut', 'XferIn', 'Feedback']);

function tell(record: KumoRecord, frame: Frame, event: LogEvent, emit: Emit, sent: Sent): ParseResult {
  const start = (kind: EventKind): void => {
    event.reset(kind, frame);
    event.system = 'kumomta';
    event.instance = 'kumomta';
    event.unclosed = true;
    if (record.id !== undefined) event.setText(F.queueId, record.id);
  };
  const { type } = record;
  if (type === 'Rejection') {
    start('refusal');
    event.mask &= ~(1 << F.queueId);
    fillRefusal(record, event);
    emit(event);
    return 'event';
  }
  if (record.id === undefined) return 'unknown';
  const outcome = OUTCOMES[type];
  if (outcome !== undefined) return tellDeliveries(record, outcome, event, emit, start, sent);
  if (type === 'OOB') return tellReport(record, event, emit, start, sent);
  if (type === 'Reception') {
    start('arrival');
    fillArrival(record, event);
    emit(event);
    return 'event';
  }
  start('mention');
  emit(event);
  return MENTIONS.has(type) ? 'event' : 'unknown';
}

function fillArrival(record: KumoRecord, event: LogEvent): void {
  const isSmtp = record.receptionProtocol === 'ESMTP' || record.receptionProtocol === undefined;
  event.origin = isSmtp ? 'smtp' : 'local';
  event.nrcpt = record.recipients.length;
  if (record.size > 0) event.size = record.size;
  set(event, F.sender, record.sender);
  set(event, F.clientIp, record.peerIp);
  if (isSmtp) set(event, F.helo, record.peerName);
  set(event, F.subject, record.subject);
  set(event, F.messageId, record.messageId);
  set(event, F.headerFrom, record.headerFrom);
  set(event, F.tls, record.tls);
  if (record.recipients.length > 0) event.setText(F.recipients, record.recipients.join(' '));
}

function tellDeliveries(
  record: KumoRecord,
  outcome: Outcome,
  event: LogEvent,
  emit: Emit,
  start: (kind: EventKind) => void,
  sent: Sent,
): ParseResult {
  for (const recipient of record.recipients) {
    start('delivery');
    event.outcome = outcome;
    event.setText(F.recipient, recipient);
    set(event, F.sender, record.sender);
    fillAnswer(record, event);
    if (outcome === 'sent') {
      event.how = howOf(record.deliveryProtocol);
      const answer = Buffer.from(record.content ?? '');
      if (event.how === 'remote' && findRemoteId(answer, 0, answer.length)) {
        event.setText(F.remoteId, answer.toString('utf8', remoteId.start, remoteId.end));
      }
      sent.note(record.sender, recipient, record.id ?? '');
    } else if (outcome !== 'deferred') sent.forget(record.sender, recipient, record.id ?? '');
    emit(event);
  }
  return record.recipients.length > 0 ? 'event' : 'unknown';
}

/** A mail that was taken by its next server came back: the record's own id is that of the report, not of the mail. */
function tellReport(
  record: KumoRecord,
  event: LogEvent,
  emit: Emit,
  start: (kind: EventKind) => void,
  sent: Sent,
): ParseResult {
  start('mention');
  emit(event);
  for (const recipient of record.recipients) {
    const id = sent.about(record.sender, recipient);
    if (id === undefined) continue;
    start('delivery');
    event.setText(F.queueId, id);
    event.outcome = 'bounced';
    event.setText(F.recipient, recipient);
    fillAnswer(record, event);
    emit(event);
  }
  return 'event';
}

function fillAnswer(record: KumoRecord, event: LogEvent): void {
  set(event, F.relayName, record.peerName);
  set(event, F.relayIp, record.peerIp);
  set(event, F.dsn, record.dsn);
  set(event, F.reply, record.reply);
  event.code = record.code;
  if (record.delayMs >= 0) event.delayMs = record.delayMs;
}

function fillRefusal(record: KumoRecord, event: LogEvent): void {
  const command = (record.command ?? '').toUpperCase();
  event.outcome = record.code >= 500 ? 'rejected' : 'tempfailed';
  const [recipient] = record.recipients;
  if (command.startsWith('RCPT')) event.stage = 'RCPT';
  else if (command.startsWith('MAIL')) event.stage = 'MAIL';
  else if (command === '.' || command.startsWith('DATA')) event.stage = 'END-OF-MESSAGE';
  else if (command.startsWith('EHLO') || command.startsWith('HELO')) event.stage = 'HELO';
  else if (recipient !== undefined) event.stage = 'RCPT';
  else event.stage = 'CONNECT';
  event.final = event.stage !== 'RCPT';
  event.code = record.code;
  set(event, F.clientIp, record.peerIp);
  set(event, F.helo, record.peerName);
  if (record.sender !== undefined && (record.sender !== '' || recipient !== undefined)) {
    event.setText(F.sender, record.sender);
  }
  if (record.recipients.length > 1) event.setText(F.recipients, record.recipients.join(' '));
  else set(event, F.recipient, recipient);
  set(event, F.dsn, record.dsn);
  set(event, F.reply, record.reply);
  set(event, F.sessionId, record.session);
}

function howOf(protocol: string | undefined): 'remote' | 'mailbox' | 'unknown' {
  if (protocol === 'ESMTP' || protocol === 'LMTP') return 'remote';
  return protocol === 'Maildir' ? 'mailbox' : 'unknown';
}

function set(event: LogEvent, field: Parameters<LogEvent['setText']>[0], value: string | undefined): void {
  if (value !== undefined) event.setText(field, value);
}
