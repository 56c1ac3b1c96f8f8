/**
 * message/delivery-status (and message/global-delivery-status) -> what it says of the mail and of each recipient.
 * Shape:  a block of fields for the mail, then one a recipient; `Diagnostic-Code: smtp; 550 5.1.1 …`.
 *         Servers stray from it: blocks without Action, recipients without a type, statuses with text behind them,
 *         Exim's Diagnostic-Code that begins on the next line. All of that is read.
 * Source: RFC 3464 sections 2.2 and 2.3; RFC 6533 section 4 (`utf-8; user\x{E4}@…`); Postfix src/bounce/bounce_notify_util.c
 *         (X-Postfix-Queue-ID, X-Postfix-Sender), Sendmail sendmail/savemail.c (X-Actual-Recipient).
 */
import type { BounceAction, BounceRecipient } from '../model/bounce.ts';
import { plainAnswer } from './answers.ts';
import { bareOf, dateOf, type Fields, readBlocks, valueOf } from './fields.ts';

/** More recipients than this are not read; a report has one to a few. */
const MOST_RECIPIENTS = 500;

const ACTIONS: Readonly<Record<string, BounceAction>> = {
  failed: 'failed',
  failure: 'failed',
  fail: 'failed',
  error: 'failed',
  delayed: 'delayed',
  deferred: 'delayed',
  delivered: 'delivered',
  deliverable: 'delivered',
  relayed: 'relayed',
  expanded: 'expanded',
};

/** What the first block says. */
export interface ReportFields {
  readonly reporter?: string;
  readonly queueId?: string;
  readonly envelopeId?: string;
  readonly sender?: string;
}

/** `dns; mx.example.net` -> `mx.example.net`; what has no type stays. `smtp;` too. */
export function untyped(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const rest = value.replace(/^[a-z0-9-]{1,30}\s*;\s*/i, '').trim();
  return rest === '' ? undefined : rest;
}

/** RFC 6533 section 3: `\x{E4}` in an address stands for that character. */
function unescaped(text: string): string {
  return text.replace(/\\x\{([0-9a-f]{2,6})\}/gi, (all, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code > 0x1f && code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

/** The address of `rfc822;<a@b>`; undefined for a field without one. */
export function addressOf(value: string | undefined): string | undefined {
  const address = bareOf(untyped(value));
  if (address === undefined) return undefined;
  // Exchange 2000 writes `rfc822;a@b.example`; some write `rfc822; a@b (comment)`
  const first = unescaped(address)
    .split(/\s+/)[0]
    ?.replace(/^['"]|['",;]$/g, '');
  return first === undefined || first === '' ? undefined : first;
}

const CODE = /(?:^|[^\d.])([245][0-5]\d)(?=[\s,:#-]|$)/;
const DSN = /(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/;

/** The reply code and the enhanced code in an answer's words. */
export function codesOf(text: string): { code?: string; dsn?: string } {
  const head = text.slice(0, 1000);
  const code = CODE.exec(head)?.[1];
  const dsn = DSN.exec(head)?.[1];
  return { ...(code === undefined ? {} : { code }), ...(dsn === undefined ? {} : { dsn }) };
}

function actionOf(fields: Fields, dsn: string | undefined): BounceAction {
  const word = /^[a-z]+/.exec((valueOf(fields, 'action') ?? '').toLowerCase())?.[0] ?? '';
  const known = ACTIONS[word];
  if (known !== undefined) return known;
  return dsn?.startsWith('2') === true ? 'delivered' : dsn?.startsWith('4') === true ? 'delayed' : 'failed';
}

/** Exchange's answer in angle brackets where it writes no Diagnostic-Code: `<mx.example.net #5.0.0 smtp; 550 5.1.1 …>`. */
const supplementOf = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : /#[245]\.\d{1,3}\.\d{1,3}\s+([^>].{0,2000}?)>?$/.exec(value.trim())?.[1];

function recipientOf(fields: Fields): BounceRecipient | undefined {
  const final = addressOf(valueOf(fields, 'final-recipient'));
  const typed = addressOf(valueOf(fields, 'original-recipient'));
  const actual = addressOf(valueOf(fields, 'x-actual-recipient'));
  const status = valueOf(fields, 'status');
  if (final === undefined && typed === undefined && status === undefined) return undefined;
  const address = actual ?? final ?? typed;
  const original = typed ?? final;
  const told = untyped(valueOf(fields, 'diagnostic-code') ?? supplementOf(valueOf(fields, 'x-supplementary-info')));
  // the exit status of a program (`x-unix; 71`) says nothing
  const reply = told === undefined || /^\d{1,3}$/.test(told) ? undefined : plainAnswer(told);
  // `Status: 5.0.0 (recipient reached disk quota)`
  const comment = /^[245]\.\d{1,3}\.\d{1,3}\s*\((.{8,200})\)\s*$/.exec(status ?? '')?.[1];
  const dsn = DSN.exec(status ?? '')?.[1];
  const remote = untyped(valueOf(fields, 'remote-mta'));
  const retriesUntil = dateOf(valueOf(fields, 'will-retry-until'));
  const lastAttempt = dateOf(valueOf(fields, 'last-attempt-date'));
  return {
    ...(address === undefined ? {} : { address }),
    ...(original === undefined || original === address ? {} : { original }),
    action: actionOf(fields, dsn),
    ...(reply === undefined ? {} : codesOf(reply)),
    ...(dsn === undefined ? {} : { dsn }),
    ...(reply === undefined ? {} : { reply }),
    ...(comment === undefined ? {} : { said: comment }),
    ...(remote === undefined ? {} : { remote }),
    ...(retriesUntil === undefined ? {} : { retriesUntil }),
    ...(lastAttempt === undefined ? {} : { lastAttempt }),
  };
}

const isWhole = (fields: Fields): boolean => fields.has('final-recipient') || fields.has('original-recipient');

/** Exim writes Action before Final-Recipient, others leave an empty line between fields of one recipient: parts that lack what the next brings are one. */
function joinedBlocks(blocks: readonly Fields[]): Fields[] {
  const joined: Fields[] = [];
  for (const block of blocks) {
    const before = joined.at(-1);
    const isRecipients = before !== undefined && !before.has('reporting-mta') && !isWhole(before);
    if (isRecipients && isWhole(block)) joined[joined.length - 1] = new Map([...before, ...block]);
    else joined.push(block);
  }
  return joined;
}

/** Reads the part. */
export function readDeliveryStatus(text: string): { mail: ReportFields; recipients: BounceRecipient[] } {
  const blocks = joinedBlocks(readBlocks(text));
  const [first] = blocks;
  const recipients = blocks
    .slice(0, MOST_RECIPIENTS)
    .map(recipientOf)
    .filter((each) => each !== undefined);
  if (first === undefined) return { mail: {}, recipients };
  const reporter = untyped(valueOf(first, 'reporting-mta'));
  const queueId = valueOf(first, 'x-postfix-queue-id');
  const envelopeId = valueOf(first, 'original-envelope-id');
  const sender = addressOf(valueOf(first, 'x-postfix-sender'));
  return {
    mail: {
      ...(reporter === undefined ? {} : { reporter }),
      ...(queueId === undefined ? {} : { queueId }),
      ...(envelopeId === undefined ? {} : { envelopeId }),
      ...(sender === undefined ? {} : { sender }),
    },
    recipients,
  };
}
