/**
 * A transaction that was refused before it had a queue id -> a message; a session that brought no mail -> a session record.
 */
import type { Own } from '../model/own.ts';
import type { ChainLine, Instant, Message, Recipient, Session } from '../model/message.ts';
import { headerText } from '../util/encoded-words.ts';
import { finishMessage, type ReasonOf } from './assemble.ts';
import { addAll, addLines, inOrder } from './chain-lines.ts';
import { refusedDirection } from './direction.ts';
import type { Refusal } from './hop.ts';
import { reasonOfKind, whyOf } from './refusal.ts';
import type { SmtpSession } from './session.ts';
import type { Transaction } from './transactions.ts';
import { addProposals } from './word-verdicts.ts';

type MakeId = (parts: readonly (string | undefined)[], at: Instant) => string;

export function refusedMessage(
  session: SmtpSession,
  transaction: Transaction,
  makeId: MakeId,
  reasonOf: ReasonOf,
  wantLines: boolean,
  own: Own,
): Message {
  const items = [...transaction.refusals, ...transaction.acts].sort((a, b) => a.seq - b.seq);
  const first = items[0] as Refusal;
  let time = first.at;
  let last = first.at;
  for (const { at } of items) {
    // one time that is not known makes all unknown
    time = Math.min(time, at);
    last = Math.max(last, at);
  }
  const recipients = refusedRecipients(transaction, reasonOf);
  const client = first.clientIp ?? session.clientIp;
  const sender = items.find((i) => i.sender !== undefined)?.sender;
  const message: Message = {
    v: 1,
    id: makeId(
      [session.host, session.instance, client, sender?.toLowerCase(), recipients[0]?.address?.toLowerCase()],
      time,
    ),
    order: first.seq,
    kind: 'mail',
    time,
    lastTime: last,
    state: 'complete',
    direction: 'unknown',
    verdicts: [],
    hops: [
      {
        system: session.system,
        time,
        lastTime: last,
        ...(session.host !== undefined ? { host: session.host } : {}),
      },
    ],
    recipients,
    notes: [],
    links: [],
  };
  addFacts(message, session, transaction, first, sender);
  for (const r of recipients) r.direction = refusedDirection(message.client, r.address, own);
  if (
    transaction.refusals.every((r) => r.outcome === 'aborted') &&
    recipients.every((r) => r.address === undefined) &&
    session.rcptOk > 0
  )
    message.unnamedRecipients = session.rcptOk;
  finishMessage(message);
  if (wantLines) {
    const lines: ChainLine[] = [];
    if (session.lines !== undefined) addAll(lines, session.lines);
    for (const item of items) addLines(lines, item);
    message.lines = inOrder(lines);
  }
  return message;
}

/** Whom the transaction was refused, or accepted and stopped. */
export function refusedRecipients(transaction: Transaction, reasonOf: ReasonOf): Recipient[] {
  const recipients: Recipient[] = [];
  for (const refusal of transaction.refusals) addRecipients(recipients, refusal, reasonOf);
  for (const act of transaction.acts) {
    if (recipients.some((r) => r.address?.toLowerCase() === act.recipient?.toLowerCase())) continue;
    const r: Recipient = {
      status: act.action === 'discarded' ? 'discarded' : act.action === 'held' ? 'held' : 'pending',
      direction: 'unknown',
      time: act.at,
    };
    if (act.action !== 'would-reject') r.action = act.action;
    if (act.recipient !== undefined && act.recipient !== '') r.address = act.recipient;
    recipients.push(r);
  }
  return recipients;
}

function addRecipients(recipients: Recipient[], refusal: Refusal, reasonOf: ReasonOf): void {
  const addresses = refusal.recipient !== undefined ? [refusal.recipient] : (refusal.recipients ?? [undefined]);
  for (const address of addresses) {
    if (address !== undefined && recipients.some((r) => r.address?.toLowerCase() === address.toLowerCase())) continue;
    const r: Recipient = {
      status: refusal.outcome === 'tempfailed' ? 'rejected' : refusal.outcome,
      direction: 'unknown',
      time: refusal.at,
    };
    if (address !== undefined && address !== '') r.address = address;
    if (refusal.outcome !== 'aborted') r.action = refusal.outcome;
    if (refusal.code > 0) r.code = String(refusal.code);
    if (refusal.dsn !== undefined) r.dsn = refusal.dsn;
    if (refusal.reply !== undefined && refusal.reply !== '') r.reply = refusal.reply;
    if (refusal.codeFromDaemon) r.codeFrom = 'daemon';
    const reason = reasonOf(r) ?? reasonOfKind(refusal);
    if (reason !== undefined) r.reason = reason;
    recipients.push(r);
  }
}

function addFacts(
  message: Message,
  session: SmtpSession,
  transaction: Transaction,
  first: Refusal,
  sender: string | undefined,
): void {
  if (sender !== undefined) message.sender = sender;
  const client: NonNullable<Message['client']> = {};
  const ip = first.clientIp ?? session.clientIp;
  const name = first.clientName ?? session.clientName;
  if (ip !== undefined && ip !== '') client.ip = ip;
  if (name !== undefined && name !== '' && name !== 'unknown') client.name = name;
  if (first.helo !== undefined && first.helo !== '') client.helo = first.helo;
  if (session.tls !== undefined) client.tls = session.tls;
  if (session.user !== undefined && !session.marks?.includes('auth-failed')) client.user = session.user;
  if (Object.keys(client).length > 0) message.client = client;
  for (const refusal of transaction.refusals) {
    if (refusal.messageId !== undefined) message.messageId ??= refusal.messageId;
    if (refusal.subject !== undefined && refusal.subject !== '') message.subject ??= headerText(refusal.subject);
    if (refusal.headerFrom !== undefined && refusal.headerFrom !== '') message.from ??= headerText(refusal.headerFrom);
    if (refusal.words !== undefined) addProposals(message.verdicts, refusal.words);
    if (refusal.outcome === 'aborted') continue;
    message.verdicts.push({
      time: refusal.at,
      engine: refusal.engine,
      action: refusal.outcome,
      ...(session.host !== undefined ? { host: session.host } : {}),
      ...whyOf(refusal),
      ...(refusal.recipient !== undefined && refusal.recipient !== '' ? { recipients: [refusal.recipient] } : {}),
    });
  }
  for (const act of transaction.acts) {
    const reason = act.reason ?? act.matched;
    message.verdicts.push({
      time: act.at,
      engine: act.engine,
      action: act.action,
      ...(session.host !== undefined ? { host: session.host } : {}),
      ...(reason !== undefined && reason !== '' ? { reason } : {}),
    });
  }
}

/** What a session without mail was, in the order of what matters most. */
const KINDS = ['auth-failed', 'pregreet', 'listed', 'probe', 'errors', 'timeout', 'lost', 'auth', 'tls'];

export function sessionRecord(session: SmtpSession): Session {
  const kind = KINDS.find((k) => session.marks?.includes(k)) ?? (session.mailAll > 0 ? 'no-recipient' : 'quit');
  const record: Session = { time: session.firstAt, lastTime: session.lastAt, kind };
  if (session.host !== undefined) record.host = session.host;
  const client: NonNullable<Session['client']> = {};
  if (session.clientIp !== undefined && session.clientIp !== '') client.ip = session.clientIp;
  if (session.clientName !== undefined && session.clientName !== '' && session.clientName !== 'unknown')
    client.name = session.clientName;
  if (session.user !== undefined) client.user = session.user;
  if (session.tls !== undefined) client.tls = session.tls;
  if (Object.keys(client).length > 0) record.client = client;
  if (session.text !== undefined) record.text = session.text;
  if (session.lines !== undefined) record.lines = session.lines;
  return record;
}
