/**
 * A told mail -> the message that the formats and the correlator would make of its lines, as far as reports look at it.
 * Source: src/correlate/assemble.ts recipientOf(), refused.ts addRecipients().
 */
import type { Instant, Message, Recipient } from '../model/message.ts';
import { peerOf } from '../model/plain-mail.ts';
import type { Status } from '../model/words.ts';
import type { Answer, ToldMail } from './told.ts';

type ReasonOf = (recipient: Recipient) => string | undefined;

/** What is known only by its first line has an id that no other message has. */
export function toldMessage(mail: ToldMail, reasonOf: ReasonOf): Message {
  const message: Message = {
    v: 1,
    id: `told-${mail.order}`,
    order: mail.order,
    kind: mail.kind,
    time: mail.time,
    lastTime: mail.time,
    state: 'complete',
    direction: 'unknown',
    verdicts: [],
    hops: [],
    recipients: [],
    notes: [],
    links: [],
  };
  message.sender = mail.names.of(mail.sender);
  addClient(message, mail);
  if (mail.isRefused) addRefused(message, mail, reasonOf);
  else addAccepted(message, mail, reasonOf);
  return message;
}

function addClient(message: Message, mail: ToldMail): void {
  const { name, ip } = mail.client === 0 ? {} : peerOf(mail.names.of(mail.client));
  const helo = mail.helo === 0 ? '' : mail.names.of(mail.helo);
  if (name !== undefined || ip !== undefined || helo !== '')
    message.client = {
      ...(ip === undefined ? {} : { ip }),
      ...(name === undefined ? {} : { name }),
      ...(helo === '' ? {} : { helo }),
    };
}

function addAccepted(message: Message, mail: ToldMail, reasonOf: ReasonOf): void {
  message.size = mail.size;
  for (let i = 0; i < mail.count; i++) {
    const time = mail.endedAt(i);
    const recipient: Recipient = { status: mail.statusOf(i), direction: 'unknown', time };
    const address = mail.names.of(mail.recipient(i));
    if (address !== '') recipient.address = address;
    const answer = mail.answerTo(i);
    if (answer !== undefined) addAnswer(recipient, answer);
    if (mail.kind === 'mail') recipient.delay = Math.max(0, Math.round(time - mail.time)) / 1000;
    const reason = reasonOf(recipient);
    if (reason !== undefined) recipient.reason = reason;
    message.recipients.push(recipient);
  }
}

function addAnswer(recipient: Recipient, { code, dsn, reply, isOwnCode, relayName, relayIp }: Answer): void {
  if (code > 0) recipient.code = String(code);
  if (dsn !== undefined && dsn !== '') recipient.dsn = dsn;
  if (reply !== undefined && reply !== '') recipient.reply = reply;
  if (isOwnCode) recipient.codeFrom = 'daemon';
  const name = relayName === '' ? undefined : relayName;
  const ip = relayIp === '' ? undefined : relayIp;
  if (name !== undefined || ip !== undefined)
    recipient.relay = { ...(name === undefined ? {} : { name }), ...(ip === undefined ? {} : { ip }) };
}

/** A recipient who got this answer to a delivery, whoever it is. */
export function failedRecipient(answer: Answer, status: Status, time: Instant, reasonOf: ReasonOf): Recipient {
  const recipient: Recipient = { status, direction: 'unknown', time };
  addAnswer(recipient, answer);
  const reason = reasonOf(recipient);
  if (reason !== undefined) recipient.reason = reason;
  return recipient;
}

/** A recipient with this answer, whoever it is. */
export function refusedRecipient(answer: Answer, time: Instant, reasonOf: ReasonOf): Recipient {
  const { outcome } = answer;
  const recipient: Recipient = {
    status: outcome === 'greylisted' ? 'greylisted' : 'rejected',
    direction: 'unknown',
    time,
    action: outcome === 'greylisted' || outcome === 'tempfailed' ? outcome : 'rejected',
  };
  addAnswer(recipient, answer);
  const reason = reasonOf(recipient);
  if (reason !== undefined) recipient.reason = reason;
  return recipient;
}

/** What was refused comes the last one first. */
function addRefused(message: Message, mail: ToldMail, reasonOf: ReasonOf): void {
  for (let i = mail.count - 1; i >= 0; i--) {
    const answer = mail.answerTo(i);
    if (answer === undefined) continue;
    const recipient = refusedRecipient(answer, mail.endedAt(i), reasonOf);
    const number = mail.recipient(i);
    const address = number === 0 ? '' : mail.names.of(number);
    if (address !== '') recipient.address = address;
    message.recipients.push(recipient);
  }
}
