/**
 * `mailtrace show ID`: one mail whole, for a help desk.
 * Shape:  who wrote to whom; what the filters did; what happened to each recipient, in whose words, what it means and what
 *         to do; whether the logs hold all of it; notes and links; the timeline; the raw lines with their places.
 *         Prose is wrapped at the terminal's width, at most 100; raw lines at the terminal's width, in a pipe never.
 */
import { GROUP_OF_STATUS } from '../model/words.ts';
import type { LinkType } from '../model/words.ts';
import type { Message, Recipient } from '../model/message.ts';
import type { Own } from '../model/own.ts';
import { visible } from '../util/visible.ts';
import type { RawLine } from './contract.ts';
import { directionText } from './direction.ts';
import { layoutTable } from './layout.ts';
import type { ColumnStyle } from './layout.ts';
import { counted, listed, proseWidth, wrap } from './prose.ts';
import { visibleLine } from './raw.ts';
import { addressText } from './rows.ts';
import { paintOf } from './screen.ts';
import type { Paint, Screen } from './screen.ts';
import { answerText, answerer, clientText, meaningOf, outcomeText, verdictText } from './sentences.ts';
import { duration } from './times.ts';
import { timelineText } from './timeline.ts';

/** More recipients of the same kind of success than this are told in one paragraph. */
const MOST_ALONE = 4;
const MOST_NAMED = 3;
/** Seconds; a delay below is not worth a word. */
const LEAST_DELAY = 0.1;

interface Page {
  screen: Screen;
  paint: Paint;
  width: number;
}

/** The overview, timeline and raw chain of a message. */
export function showText(message: Message, lines: readonly RawLine[], screen: Screen, own: Own = {}): string {
  const page: Page = { screen, paint: paintOf(screen), width: proseWidth(screen.columns) };
  const sections = [
    headText(message, page) + wrap(directionText(message, own), page.width, 'Direction   '),
    section('Filters', filtersText(message, page), page),
    section('What happened', recipientsText(message, page), page),
    section('Is this all?', stateText(message, page), page),
    section('Related mails', linksText(message, page), page),
    section('Timeline', timelineText(message, screen, page.width), page),
    section(`Raw lines (${lines.length})`, rawText(lines, page), page),
  ];
  return sections.filter((text) => text !== '').join('\n');
}

function section(title: string, body: string, page: Page): string {
  return body === '' ? '' : `${page.paint.head(title)}\n${body}`;
}

const KIND_TEXTS = {
  mail: '',
  bounce: 'It is a bounce: a server reports that it could not deliver a mail.',
  notice: "It is a server's notice about another mail.",
  'auto-reply': 'It is an automatic answer.',
} as const;

/** Whom it was for, as typed: `bob@example.com`, or the first three `and 12 others`. */
export function toText(message: Message): string {
  const typed = new Set<string>();
  for (const { address, added } of message.recipients)
    if (address !== undefined && added === undefined) typed.add(address);
  const unnamed = message.unnamedRecipients ?? 0;
  if (typed.size === 0)
    return unnamed === 0
      ? 'recipients that the logs do not name'
      : counted(unnamed, 'recipient that no line names', 'recipients that no line names');
  const named = [...typed].slice(0, MOST_NAMED).map(visible);
  const more = typed.size - named.length + unnamed;
  return listed(more === 0 ? named : [...named, counted(more, 'other')]);
}

function senderText(message: Message): string {
  if (message.sender === '') return 'A mail server (sender <>)';
  return message.sender === undefined ? 'A sender that the logs do not name' : visible(message.sender);
}

/** Refused to everybody, or broken off: no server of ours ever had the mail. */
function neverTaken(message: Message): boolean {
  return (
    message.recipients.length > 0 &&
    message.recipients.every(({ status }) => status === 'rejected' || status === 'greylisted' || status === 'aborted')
  );
}

function headText(message: Message, page: Page): string {
  const { screen, paint, width } = page;
  const subject =
    message.subject === undefined
      ? paint.dim('subject not logged\n')
      : wrap(visible(message.subject), width)
          .split('\n')
          .map((line) => (line === '' ? '' : paint.strong(line)))
          .join('\n');
  const client = clientText(message.client);
  const facts = [
    `${senderText(message)} ${neverTaken(message) ? 'tried to write to' : 'wrote to'} ${toText(message)} on ${screen.clock.long(message.time)}.`,
    KIND_TEXTS[message.kind],
    client === undefined
      ? ''
      : `It was ${neverTaken(message) ? 'offered' : 'handed in'} by ${client}${message.client?.tls === undefined ? '' : `, encrypted (${visible(message.client.tls)})`}.`,
    message.size === undefined ? '' : `Its size is ${sizeText(message.size)}.`,
    message.from === undefined || message.from === message.sender
      ? ''
      : `Its header says From: ${visible(message.from)}.`,
  ];
  let text = subject + wrap(facts.filter((fact) => fact !== '').join(' '), width);
  if (message.messageId !== undefined) text += wrap(`<${visible(message.messageId)}>`, width, 'Message-ID  ');
  return text + wrap(visible(message.id), width, 'ID          ');
}

/** `18 kB` (1 kB = 1000 bytes, as mail servers' limits are told), `512 bytes` */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return counted(bytes, 'byte');
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function filtersText(message: Message, page: Page): string {
  return message.verdicts.map((verdict) => wrap(`${verdictText(verdict, message)}.`, page.width, '  ', 4)).join('');
}

function recipientsText(message: Message, page: Page): string {
  const sent = message.recipients.filter((recipient) => GROUP_OF_STATUS[recipient.status] === 'sent');
  const others = message.recipients.filter((recipient) => GROUP_OF_STATUS[recipient.status] !== 'sent');
  let text = [...others, ...(sent.length > MOST_ALONE ? [] : sent)]
    .map((recipient) => recipientText(recipient, message, page))
    .join('');
  if (sent.length > MOST_ALONE) text += sentTogether(sent, message, page);
  const unnamed = (message.unnamedRecipients ?? 0) - message.recipients.filter((r) => r.address === undefined).length;
  if (unnamed > 0)
    text += wrap(`The server counted ${counted(unnamed, 'more recipient')} that no line names.`, page.width, '  ');
  if (message.recipients.length === 0) text += wrap('The logs name no recipient.', page.width, '  ');
  return text;
}

/** Successes that read the same, each kind in one paragraph. */
function sentTogether(sent: readonly Recipient[], message: Message, page: Page): string {
  const groups = new Map<string, Recipient[]>();
  for (const recipient of sent) {
    const outcome = outcomeText(recipient, message);
    const group = groups.get(outcome);
    if (group === undefined) groups.set(outcome, [recipient]);
    else group.push(recipient);
  }
  let text = '';
  for (const [outcome, recipients] of groups) {
    const names = recipients.map((recipient) => addressText(recipient.finalAddress ?? recipient.address));
    text += painted(
      wrap(`${counted(recipients.length, 'recipient')}: ${outcome}.`, page.width, '  '),
      page.paint.group.sent,
    );
    text += wrap(names.join(', '), page.width, '    ');
  }
  return text;
}

function painted(lines: string, paint: (text: string) => string): string {
  return lines.replace(/^( *)(.+)$/gm, (_, blanks: string, text: string) => blanks + paint(text));
}

function recipientText(recipient: Recipient, message: Message, page: Page): string {
  const { paint, width, screen } = page;
  const group = paint.group[GROUP_OF_STATUS[recipient.status]];
  const alias =
    recipient.finalAddress === undefined || recipient.finalAddress === recipient.address
      ? ''
      : ` (went to ${addressText(recipient.finalAddress)})`;
  const added =
    recipient.added === undefined
      ? ''
      : recipient.added === 'bcc'
        ? ' (a copy that our server added)'
        : ' (our server redirected the mail there)';
  const who =
    recipient.address === undefined ? 'A recipient that the log does not name' : addressText(recipient.address);
  let text = painted(wrap(`${who}${alias}${added}: ${outcomeText(recipient, message)}.`, width, '  '), group);
  if (recipient.time !== undefined) {
    const late = (recipient.delay ?? 0) < LEAST_DELAY ? '' : `, ${duration(recipient.delay ?? 0)} after it came in`;
    const sameDay = screen.clock.date(recipient.time) === screen.clock.date(message.time);
    const when = sameDay ? `at ${screen.clock.time(recipient.time)}` : `on ${screen.clock.long(recipient.time)}`;
    text += wrap(`That was ${when}${late}.`, width, '    ');
  }
  const answer = answerText(recipient);
  if (answer !== undefined) {
    const by = answerer(recipient);
    text += wrap(
      by === undefined ? 'The log says:' : `${by.startsWith('our') ? 'Our server' : by} said:`,
      width,
      '    ',
    );
    text += wrap(answer, width, '      ');
  }
  if (recipient.remoteId !== undefined) text += wrap(`Its id there: ${visible(recipient.remoteId)}`, width, '    ');
  const meaning = meaningOf(recipient, message);
  if (meaning === undefined) return text;
  const actor = meaning.actor === undefined ? '' : ` It is for ${meaning.actor} to act.`;
  const plainWords = wrap(`In plain words: ${meaning.meaning}${actor}`, width, '    ', 6);
  return text + plainWords + wrap(`What to do: ${meaning.todo}`, width, '    ', 6);
}

const STATE_TEXTS = {
  complete: 'Yes: the logs given hold the whole mail.',
  open: 'The mail is still in a queue where the logs end. Newer logs will tell more.',
  partial:
    'No: lines of this mail are missing. The logs begin after it did, or some are lost; what is told here may not be the last word.',
} as const;

function stateText(message: Message, page: Page): string {
  const notes = message.notes.map((note) => wrap(visible(note.text), page.width, `  ${note.type}: `, 4));
  return wrap(STATE_TEXTS[message.state], page.width, '  ') + notes.join('');
}

const LINK_TEXTS: Readonly<Record<LinkType, string>> = {
  'bounce-of': 'This mail reports the failure of',
  'bounced-by': 'Its failure was reported by',
  'notice-of': 'This mail is a notice about',
  'notified-by': 'A notice about it is',
  'reply-to': 'This mail is an automatic answer to',
  'replied-by': 'It was answered automatically by',
  'copy-of': 'This mail is a copy of',
  'copied-as': 'A copy of it is',
  'forward-of': 'This mail forwards',
  'forwarded-as': 'It was forwarded as',
  'expanded-from': 'A list made this mail from',
  'expanded-to': 'The list sent it on as',
  'retry-of': 'An earlier try of this mail is',
  'retried-by': 'It was tried again as',
};

function linksText(message: Message, page: Page): string {
  return message.links
    .map((link) => wrap(`${LINK_TEXTS[link.type]} ${visible(link.id)}`, page.width, '  ', 4))
    .join('');
}

function rawText(lines: readonly RawLine[], page: Page): string {
  const { screen, paint } = page;
  return lines
    .map((line) => {
      const place = `${visible(line.file)}:${line.line}`;
      if (!screen.tty) return `  ${place}: ${visibleLine(line)}\n`;
      return `${paint.dim(wrap(place, screen.columns, '  ', 4).trimEnd())}\n${wrap(visibleLine(line), screen.columns, '    ', 6)}`;
    })
    .join('');
}

/** The messages that an ambiguous ID fits: time, sender, recipients, id (never cut). */
export function matchesTable(messages: readonly Message[], screen: Screen): string {
  const { clock } = screen;
  const year = clock.year(screen.now);
  const columns: ColumnStyle[] = [
    { head: 'TIME', cut: 'never' },
    { head: 'SENDER', cut: 'middle' },
    { head: 'RECIPIENTS', cut: 'end' },
    { head: 'ID', cut: 'never' },
  ];
  const rows = messages.map((message) => [
    { text: screen.tty ? clock.short(message.time, year) : clock.plain(message.time) },
    { text: addressText(message.sender) },
    {
      text:
        message.recipients.length === 0
          ? '-'
          : [...new Set(message.recipients.map((recipient) => addressText(recipient.address)))].join(', '),
    },
    { text: visible(message.id) },
  ]);
  return layoutTable(columns, rows, screen.tty ? screen.columns : undefined, paintOf(screen).head);
}
