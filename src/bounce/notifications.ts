/**
 * Reports that are no mail of a server: the JSON that Amazon SES sends through SNS, and complaints without a
 * message/feedback-report part (Outlook.com's JMRP forwards the mail with a field of its own).
 * Source: https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html ;
 *         https://sendersupport.olc.protection.outlook.com/snds/JMRP
 * Errors: none; undefined for anything else.
 */
import type { BounceRecipient, Complaint } from '../model/bounce.ts';
import { codesOf, untyped } from './delivery-status.ts';

const MOST = 200;

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, 4000) : undefined;

function objectIn(text: string): Json | undefined {
  const start = text.indexOf('{');
  const end = text.lastIndexOf('}');
  if (start < 0 || end < start || !/"(?:notificationType|eventType)"|\\"notificationType\\"/.test(text))
    return undefined;
  // mails wrap long lines in the middle of a word
  for (const candidate of [text.slice(start, end + 1), text.slice(start, end + 1).replace(/\r?\n/g, '')]) {
    try {
      const value: unknown = JSON.parse(candidate);
      if (!isObject(value)) continue;
      const inner = textOf(value['Message']);
      const told: unknown = inner === undefined ? value : JSON.parse(inner);
      if (isObject(told)) return told;
    } catch {
      // not whole
    }
  }
  return undefined;
}

export interface Notification {
  readonly recipients: readonly BounceRecipient[];
  readonly complaint?: Complaint;
  readonly messageId?: string;
  readonly sender?: string;
}

const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.slice(0, MOST).filter(isObject) : []);

/** The JSON of a notification, if that is what the text is. */
export function readNotification(text: string): Notification | undefined {
  const told = objectIn(text);
  if (told === undefined) return undefined;
  const mail = isObject(told['mail']) ? told['mail'] : {};
  const headers = isObject(mail['commonHeaders']) ? mail['commonHeaders'] : {};
  const messageId = textOf(headers['messageId'])?.replace(/^<|>$/g, '');
  const sender = textOf(mail['source']);
  const more = { ...(messageId === undefined ? {} : { messageId }), ...(sender === undefined ? {} : { sender }) };
  const { bounce, complaint, delivery } = told;
  if (isObject(bounce)) return { recipients: listOf(bounce['bouncedRecipients']).map(bouncedOf), ...more };
  if (isObject(complaint)) {
    const recipients = listOf(complaint['complainedRecipients']).flatMap((each) => textOf(each['emailAddress']) ?? []);
    const type = textOf(complaint['complaintFeedbackType']) ?? 'abuse';
    return { recipients: [], complaint: { type, recipients, reportedDomains: [] }, ...more };
  }
  if (!isObject(delivery)) return undefined;
  const to = Array.isArray(delivery['recipients']) ? delivery['recipients'].slice(0, MOST) : [];
  return {
    recipients: to.flatMap((each) =>
      typeof each === 'string' ? [{ address: each, action: 'delivered' as const }] : [],
    ),
    ...more,
  };
}

function bouncedOf(each: Json): BounceRecipient {
  const address = textOf(each['emailAddress']);
  const reply = untyped(textOf(each['diagnosticCode']));
  const dsn = /^[245]\.\d{1,3}\.\d{1,3}$/.exec(textOf(each['status']) ?? '')?.[0];
  return {
    ...(address === undefined ? {} : { address }),
    action: textOf(each['action']) === 'delayed' ? 'delayed' : 'failed',
    ...(reply === undefined ? {} : codesOf(reply)),
    ...(dsn === undefined ? {} : { dsn }),
    ...(reply === undefined ? {} : { reply }),
  };
}
