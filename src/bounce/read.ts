/**
 * A mail's bytes -> what it reports: the door of this room.
 * Order:  the parts that programs read (RFC 3464, RFC 5965, RFC 8098); where they are missing or say little, the text.
 * Errors: none; `other` for a mail that reports nothing.
 */
import type {
  BounceAction,
  BounceKind,
  BounceRecipient,
  BounceReport,
  Complaint,
  OriginalMail,
} from '../model/bounce.ts';
import { headerText } from '../util/encoded-words.ts';
import { isAutomaticAnswer } from './automatic.ts';
import { answerIn } from './answers.ts';
import { readFeedback } from './complaint.ts';
import { addressOf, codesOf, readDeliveryStatus } from './delivery-status.ts';
import { bareOf, dateOf, type Fields, originalOf, readBlock, readBlocks, receivedLines, valueOf } from './fields.ts';
import { forwardedReport } from './forwarded.ts';
import { recipientsIn, splitReport } from './free-form.ts';
import { type Notification, readNotification } from './notifications.ts';
import { type MailParts, readParts } from './parts.ts';
import { DELAY, FAILED, LIST_HELD, LIST_REFUSED, REPORTERS, STILL_TRIED, SUBJECTS, WORDINGS } from './wordings.ts';

const STATUS_PART = /^message\/(?:global-)?delivery-status$/;
const DISPOSITION_PART = /^message\/(?:global-)?disposition-notification$/;
const ORIGINAL_PART =
  /^(?:message\/(?:rfc822|global|rfc822-headers|partial)|text\/rfc822-headers|message\/global-headers)$/;

type Facts = { -readonly [K in keyof BounceReport]?: BounceReport[K] | undefined };

/** Reads one mail. */
export async function readBounce(bytes: Uint8Array): Promise<BounceReport> {
  const mail = await readParts(bytes);
  const report = reportIn(mail);
  if (!isPoor(report)) return report;
  const forwarded = forwardedReport(mail.text);
  const told = forwarded === undefined ? undefined : reportIn(forwarded);
  if (told !== undefined && told.recipients.length > 0) return told;
  // a mail that was passed on, or wrapped by a filter: the report is in it
  for (const { type, text } of mail.parts) {
    if (type !== 'message/rfc822' && type !== 'message/global') continue;
    const inner = reportIn(await readParts(Buffer.from(text)));
    if (report.kind === 'other' ? inner.kind !== 'other' : isTold(inner)) return inner;
  }
  return report;
}

/** Programs' own fields, or an answer of a server. */
function isTold({ kind, form, recipients }: BounceReport): boolean {
  if (kind === 'other' || kind === 'auto-reply') return false;
  return form === 'rfc3464' || kind === 'complaint' || recipients.some(({ reply }) => reply !== undefined);
}

/** Says of nobody by name why: what it carries may say more. */
function isPoor({ kind, form, from, recipients, original }: BounceReport): boolean {
  if (kind === 'other' || kind === 'auto-reply') return true;
  if (form === 'rfc3464' || kind === 'complaint' || kind === 'disposition') return false;
  if (!REPORTERS.test(from ?? '') && recipients.every(({ reply }) => reply === undefined)) return true;
  const [only, second] = recipients;
  if (second !== undefined || only?.reply !== undefined) return false;
  return only?.address === undefined || original.to?.includes(only.address) === true;
}

function reportIn(mail: MailParts): BounceReport {
  const { fields, parts } = mail;
  const statuses = parts.filter(({ type }) => STATUS_PART.test(type)).map(({ text }) => text);
  const feedback = parts.find(({ type }) => type === 'message/feedback-report');
  const disposition = parts.find(({ type }) => DISPOSITION_PART.test(type));
  // InterMail calls the words for people a delivery status too
  const spoken = statuses.filter((text) => !STATUS_FIELD.test(text));
  const free = splitReport([mail.text, ...spoken].join('\n'));
  const original = originalIn(mail, free.quoted);
  const facts = ownFacts(mail);
  const words = [valueOf(fields, 'subject') ?? '', ...free.lines.slice(0, 200)].join('\n').slice(0, 20_000);
  if (feedback !== undefined) return complaintOf(facts, feedback.text, original);
  const forwarded = forwardedComplaint(mail);
  if (forwarded !== undefined)
    return reportOf(facts, { kind: 'complaint', form: 'jmrp', complaint: forwarded, original });
  const notified = readNotification(mail.text);
  if (notified !== undefined) return notifiedOf(facts, notified);
  const inline = statuses.find((text) => STATUS_FIELD.test(text)) ?? statuses[0] ?? inlineStatus(mail.text);
  if (inline !== undefined) {
    const told = statusOf(facts, inline, beforeStatus(free.lines), original, words);
    if (told !== undefined) return told;
  }
  if (disposition !== undefined) return dispositionOf(facts, disposition.text, free.lines, original);
  return textOf(facts, fields, free.lines, original, words);
}

const STATUS_FIELD = /^[ \t>]*(?:Reporting-MTA|Final-Recipient|Original-Recipient|Action)[ \t]*:/im;

const INLINE_START = /^(?:Reporting-MTA|Final-Recipient|Original-Recipient)[ \t]*:/im;

/** The fields that programs read, in the middle of the text: of a mail whose parts were lost, or that was copied out of one. */
function inlineStatus(text: string): string | undefined {
  const start = INLINE_START.exec(text)?.index;
  return start === undefined ? undefined : text.slice(start, start + 100_000);
}

/** What the text says to people, where the fields stand in it too: they are no words about a recipient. */
function beforeStatus(lines: readonly string[]): readonly string[] {
  const start = lines.findIndex((line) => INLINE_START.test(line));
  return start > 0 && lines.slice(0, start).some((line) => line.includes('@')) ? lines.slice(0, start) : lines;
}

/** Outlook.com's JMRP names the recipient in a field of the mail that it passes on. */
function forwardedComplaint({ parts, fields }: MailParts): Complaint | undefined {
  const part = parts.find(({ type }) => type === 'message/rfc822');
  const inner = part === undefined ? undefined : firstBlock(part.text);
  const recipient = bareOf(
    (inner && valueOf(inner, 'x-hmxmroriginalrecipient')) ?? valueOf(fields, 'x-hmxmroriginalrecipient'),
  );
  if (recipient === undefined) return undefined;
  const sourceIp = inner && valueOf(inner, 'x-originating-ip')?.replace(/^\[|\]$/g, '');
  return {
    type: 'abuse',
    recipients: [recipient],
    reportedDomains: [],
    ...(sourceIp === undefined ? {} : { sourceIp }),
  };
}

function notifiedOf(facts: Facts, { recipients, complaint, messageId, sender }: Notification): BounceReport {
  const original = {
    received: [],
    ...(messageId === undefined ? {} : { messageId }),
    ...(sender === undefined ? {} : { sender }),
  };
  const kind = complaint === undefined ? kindOf(recipients) : 'complaint';
  return reportOf(facts, { kind, form: 'amazon-ses', recipients, original, complaint });
}

/** The mail's own fields. */
function ownFacts({ fields, isCut }: MailParts): Facts {
  const text = (name: string): string | undefined => {
    const value = valueOf(fields, name);
    return value === undefined ? undefined : headerText(value) || undefined;
  };
  const subject = text('subject');
  const id =
    subject === undefined
      ? undefined
      : /\bmessage ([0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}) /.exec(subject)?.[1];
  return {
    from: text('from'),
    to: text('to'),
    subject,
    date: dateOf(valueOf(fields, 'date')),
    messageId: bareOf(valueOf(fields, 'message-id')),
    received: receivedLines(fields),
    // Exim's warnings name the mail so: src/deliver.c, "Warning: message %s delayed %s"
    queueIds: id === undefined ? [] : [id],
    isCut,
  };
}

function originalIn({ parts, fields }: MailParts, quoted: Fields | undefined): OriginalMail {
  const part = parts.find(({ type }) => ORIGINAL_PART.test(type));
  const block = part === undefined ? undefined : firstBlock(part.text);
  const found = block !== undefined && block.size > 0 ? block : quoted;
  const original = found === undefined ? { received: [] } : originalOf(found);
  if (original.messageId !== undefined) return original;
  // Exim and Amavis name the mail in References or In-Reply-To
  const named = bareOf(valueOf(fields, 'in-reply-to') ?? valueOf(fields, 'references')?.split(/\s+/).at(-1));
  return named === undefined || !named.includes('@') ? original : { ...original, messageId: named };
}

function firstBlock(text: string): Fields {
  const lines = text.split(/\r\n|\r|\n/, 3000);
  let from = 0;
  while (from < lines.length && (lines[from]?.trim() === '' || /^>?From /.test(lines[from] ?? ''))) from++;
  return readBlock(lines, from).fields;
}

function reportOf(facts: Facts, more: Partial<Facts> & { kind: BounceKind; form: string }): BounceReport {
  const report: Record<string, unknown> = {
    recipients: [],
    queueIds: [],
    received: [],
    original: { received: [] },
    isCut: false,
  };
  for (const [key, value] of Object.entries({ ...facts, ...more })) if (value !== undefined) report[key] = value;
  return report as unknown as BounceReport;
}

function kindOf(recipients: readonly BounceRecipient[]): BounceKind {
  if (recipients.some(({ action }) => action === 'failed')) return 'bounce';
  return recipients.some(({ action }) => action === 'delayed') ? 'delay' : 'receipt';
}

function formOf(words: string): string | undefined {
  return WORDINGS.find(({ pattern }) => pattern.test(words))?.form;
}

function statusOf(
  facts: Facts,
  text: string,
  lines: readonly string[],
  original: OriginalMail,
  words: string,
): BounceReport | undefined {
  const { mail, recipients } = readDeliveryStatus(text);
  if (recipients.length === 0) return undefined;
  const named = recipients.flatMap(({ address }) => (address === undefined ? [] : [address]));
  const action = recipients[0]?.action ?? 'failed';
  const said = new Map(
    recipientsIn(lines, { named, others: [], action }).map((each) => [each.address?.toLowerCase(), each]),
  );
  const whole = withoutRepeats(
    recipients.map((recipient) => withWords(recipient, said.get(recipient.address?.toLowerCase()))),
  );
  return reportOf(facts, {
    kind: kindOf(whole),
    form: 'rfc3464',
    recipients: whole,
    original:
      original.sender === undefined && mail.sender !== undefined ? { ...original, sender: mail.sender } : original,
    reporter: mail.reporter ?? reporterIn(words),
    queueIds: [...(facts.queueIds ?? []), ...(mail.queueId === undefined ? [] : [mail.queueId])],
    envelopeId: mail.envelopeId,
  });
}

/** A loop of aliases is reported once a turn. */
function withoutRepeats(recipients: readonly BounceRecipient[]): BounceRecipient[] {
  const seen = new Set<string>();
  return recipients.filter(({ address, action, original, reply, dsn }) => {
    const key = JSON.stringify([address, action, original, reply, dsn]);
    if (address === undefined || !seen.has(key)) return Boolean(seen.add(key));
    return false;
  });
}

/** The fields, with what the text says of this recipient: the answer where the fields have none, the words in any case. */
function withWords(recipient: BounceRecipient, said: BounceRecipient | undefined): BounceRecipient {
  if (said === undefined) return recipient;
  const { reply, code, dsn, said: words, original, remote } = said;
  const typed = recipient.original ?? original;
  const from = recipient.remote ?? remote;
  return {
    ...recipient,
    ...(recipient.reply === undefined && reply !== undefined
      ? {
          reply,
          ...(code === undefined ? {} : { code }),
          ...(recipient.dsn === undefined && dsn !== undefined ? { dsn } : {}),
        }
      : {}),
    ...(words === undefined ? {} : { said: recipient.said === undefined ? words : `${recipient.said}. ${words}` }),
    ...(typed === undefined ? {} : { original: typed }),
    ...(from === undefined ? {} : { remote: from }),
  };
}

function complaintOf(facts: Facts, text: string, original: OriginalMail): BounceReport {
  const { complaint, sender, envelopeId, reporter } = readFeedback(text);
  return reportOf(facts, {
    kind: 'complaint',
    form: 'arf',
    complaint,
    reporter,
    envelopeId,
    original: original.sender === undefined && sender !== undefined ? { ...original, sender } : original,
  });
}

/** RFC 8098 section 3.2.6: what was done with the mail stands behind the `;`. */
const REFUSED = /;\s*(?:deleted|denied|failed)|refused|rejected/i;

function dispositionOf(facts: Facts, text: string, lines: readonly string[], original: OriginalMail): BounceReport {
  const [fields] = readBlocks(text, 1);
  const address = fields && addressOf(valueOf(fields, 'final-recipient'));
  const typed = fields && addressOf(valueOf(fields, 'original-recipient'));
  const isRefused = REFUSED.test((fields && valueOf(fields, 'disposition')) ?? '') || REFUSED.test(facts.subject ?? '');
  const words = lines.join(' ').replace(/\s+/g, ' ').trim().slice(0, 1500);
  const messageId = fields && bareOf(valueOf(fields, 'original-message-id'));
  return reportOf(facts, {
    kind: 'disposition',
    form: 'disposition',
    recipients: [
      {
        ...(address === undefined ? {} : { address }),
        ...(typed === undefined || typed === address ? {} : { original: typed }),
        action: isRefused ? 'failed' : 'delivered',
        ...(words === '' ? {} : { said: words }),
      },
    ],
    original: messageId === undefined ? original : { ...original, messageId },
    reporter: fields && valueOf(fields, 'reporting-ua')?.split(/[;\s]/)[0],
  });
}

const ADDRESSES = /[^\s<>()[\]:;,"'@]{1,64}@[^\s<>()[\]:;,"'@]{1,255}/g;

function textOf(
  facts: Facts,
  fields: Fields,
  lines: readonly string[],
  original: OriginalMail,
  words: string,
): BounceReport {
  const failed = (['x-failed-recipients', 'x-actual-recipient', 'x-original-recipient'] as const).flatMap((name) =>
    (fields.get(name) ?? []).flatMap((value) => value.match(ADDRESSES) ?? []),
  );
  if (failed.length === 0 && LIST_HELD.test(words)) return automaticOf(facts, lines, original);
  const form = formOf(words);
  const isServer =
    failed.length > 0 || form !== undefined || REPORTERS.test(facts.from ?? '') || SUBJECTS.test(facts.subject ?? '');
  const isFailed = FAILED.test(words);
  if (!isServer && !isFailed && isAutomaticAnswer(fields, facts.subject)) return automaticOf(facts, lines, original);
  const isSure = isServer || isFailed;
  const isBounced = /^\s*<>\s*$/.test(valueOf(fields, 'return-path') ?? '');
  // an answer of a server, copied out of a report
  const isCopied = fields.size < 3 && answerIn(lines) !== undefined;
  if (!isSure && !isBounced && !isCopied) return reportOf(facts, { kind: 'other', form: 'text', original });
  const others = [facts.to, facts.from].flatMap((text) => text?.match(ADDRESSES) ?? []);
  const action = actionIn(words);
  let recipients = recipientsIn(lines, { named: failed, others, action });
  // a report that names nobody is about whom the mail it quotes was for
  if (recipients.length === 0) recipients = unnamed(lines, original, action);
  return reportOf(facts, {
    kind: recipients.length === 0 ? 'other' : kindOf(recipients),
    form: form ?? 'text',
    recipients,
    original,
    reporter: reporterIn(words) ?? (facts.from ?? '').match(ADDRESSES)?.at(-1)?.split('@')[1],
    ...(isSure || isCopied ? {} : { isGuess: true }),
  });
}

/** Whether tries go on. */
function actionIn(words: string): BounceAction {
  if (STILL_TRIED.test(words)) return 'delayed';
  return DELAY.test(words) && !FAILED.test(words) && !LIST_REFUSED.test(words) ? 'delayed' : 'failed';
}

/** Who answered is the recipient: the mail is in that mailbox. */
function automaticOf(facts: Facts, lines: readonly string[], original: OriginalMail): BounceReport {
  const address = (facts.from ?? '').match(ADDRESSES)?.at(-1);
  const words = lines.join(' ').replace(/\s+/g, ' ').trim().slice(0, 1500);
  const recipient: BounceRecipient = {
    ...(address === undefined ? {} : { address }),
    action: 'delivered',
    ...(words === '' ? {} : { said: words }),
  };
  return reportOf(facts, { kind: 'auto-reply', form: 'auto-reply', recipients: [recipient], original });
}

function unnamed(lines: readonly string[], original: OriginalMail, action: BounceAction): BounceRecipient[] {
  const [address] = original.to?.match(ADDRESSES) ?? [];
  const words = lines.join(' ').replace(/\s+/g, ' ').trim().slice(0, 1500);
  if (words === '' && address === undefined) return [];
  const [told] = recipientsIn([address ?? 'unknown@unknown.invalid', ...lines], { named: [], others: [], action });
  return [
    {
      ...(address === undefined ? {} : { address }),
      action,
      ...(told?.reply === undefined ? codesOf(words) : { reply: told.reply }),
      ...(told?.code === undefined ? {} : { code: told.code }),
      ...(told?.dsn === undefined ? {} : { dsn: told.dsn }),
      ...(words === '' ? {} : { said: words }),
    },
  ];
}

/** `This is the mail system at host X`, `program at X`, `Generating server: X`, `DSN generated by: X`, `from X, running the Courier`. */
const REPORTER =
  /(?:(?:system|program) at (?:host )?|generating server:\s*|dsn generated by:\s*|status notification from )([A-Za-z0-9][\w.-]{1,254}[A-Za-z0-9])/i;

function reporterIn(words: string): string | undefined {
  return REPORTER.exec(words)?.[1];
}
