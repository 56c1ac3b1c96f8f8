/**
 * `mailtrace explain`: what a code, an answer or a bounce means, for a help desk.
 * Shape:  what it is and which mail it is about; a block a recipient: the exact words, what they mean, who must act, what to
 *         do, the rule, list and document behind it.
 *         Prose is wrapped at the terminal's width, at most 100. Everything from a mail or log is made visible.
 */
import type { Explanation } from '../explain/explain.ts';
import { fillDomain, isSourceChecked, wordsAt } from '../explain/explain.ts';
import { ACTION_WORDS, type Explained } from '../explain/explain-bounce.ts';
import { REASON_ADVICE, REASON_EXAMPLES, REASONS } from '../explain/reason-words.ts';
import type { BounceKind, BounceReport } from '../model/bounce.ts';
import { visible } from '../util/visible.ts';
import { layoutTable } from './layout.ts';
import { counted, listed, proseWidth, wrap } from './prose.ts';
import { paintOf, type Paint, type Screen } from './screen.ts';

/** Recipients of one report that are told one by one. */
const MOST_TOLD = 50;
const MOST_SAID = 600;

interface Page {
  readonly screen: Screen;
  readonly paint: Paint;
  readonly width: number;
}

const pageOf = (screen: Screen): Page => ({ screen, paint: paintOf(screen), width: proseWidth(screen.columns) });

const KINDS: Readonly<Record<BounceKind, string>> = {
  bounce: 'A bounce: a mail could not be delivered',
  delay: 'A delay notice: a mail is still waiting and will be tried again; nothing is lost yet',
  receipt: 'A receipt: a server reports what became of a mail',
  disposition: 'An answer of a mailbox about a mail',
  complaint: 'A complaint: somebody called a mail spam, or a check of it failed',
  'auto-reply': 'An automatic answer of a mailbox, no bounce: the mail that it answers has arrived',
  other: 'This mail reports nothing that mailtrace can read',
};

/** What the report is, and which mail it is about. */
export function reportHead(report: BounceReport, screen: Screen): string {
  const page = pageOf(screen);
  const { original, date, reporter } = report;
  const by = reporter === undefined ? '' : `, reported by ${visible(reporter)}`;
  const at = date === undefined ? '' : ` on ${screen.clock.long(date)}`;
  const rows: [string, string | undefined][] = [
    ['Subject', original.subject],
    ['From', original.sender ?? original.from],
    ['To', original.to],
    ['Sent', original.date === undefined ? undefined : screen.clock.long(original.date)],
    ['Message-ID', original.messageId === undefined ? undefined : `<${original.messageId}>`],
    ['Envelope id', report.envelopeId],
    ['Queue id', report.queueIds.length === 0 ? undefined : report.queueIds.join(', ')],
  ];
  let text = page.paint.strong(wrap(`${KINDS[report.kind]}${by}${at}.`, page.width).trimEnd());
  text += '\n';
  for (const [label, value] of rows)
    if (value !== undefined) text += wrap(visible(value), page.width, label.padEnd(12));
  if (report.isCut) text += wrap('Only the beginning of the mail was read: it is very large or broken.', page.width);
  return text;
}

const ACTORS: Readonly<Record<Explanation['side'], string>> = {
  sender: 'the sender',
  recipient: 'the recipient',
  us: 'us: the administrators of our mail server',
  remote: "the other server's administrators",
  network: "the network's administrators",
  nobody: 'nobody',
};

/** Whose server is whose is not known of an answer that stands alone, or of a bounce without logs. */
const SIDES: Partial<Readonly<Record<Explanation['side'], string>>> = {
  us: 'the administrators of the server that sent the mail',
  remote: 'the administrators of the server that answered',
};

function domainOf(address: string | undefined): string | undefined {
  const domain = address?.slice(address.lastIndexOf('@') + 1);
  return address?.includes('@') === true && domain !== '' ? domain : undefined;
}

/** The lines of an explanation, each behind its label. */
function meaningRows(explained: Explained, address: string | undefined, isOurs: boolean): [string, string][] {
  const { explanation, list } = explained;
  if (explanation === undefined) return [];
  const domain = domainOf(address);
  const { side, reason, source, rule, permanence } = explanation;
  const rows: [string, string][] = [
    ['Meaning', fillDomain(explanation.meaning, domain)],
    ['Who must act', (isOurs ? undefined : SIDES[side]) ?? ACTORS[side]],
    ['What to do', fillDomain(explanation.todo, domain)],
  ];
  if (list !== undefined) rows.push(['List', list.delist === undefined ? list.name : `${list.name}: ${list.delist}`]);
  if (list?.note !== undefined) rows.push(['', list.note]);
  if (reason !== undefined) rows.push(['Reason', permanence === undefined ? reason : `${reason} (${permanence})`]);
  const isCompared = isSourceChecked(explanation);
  rows.push(['Known by', rule], ['Source', isCompared ? source : `${source} (its words were not compared)`]);
  const words = wordsAt(explanation);
  if (words !== undefined) rows.push(['Words seen at', words]);
  return rows;
}

const LABEL_WIDTH = 14;

/** One recipient of a report. */
function recipientBlock(explained: Explained, page: Page, isOurs: boolean): string {
  const { recipient, logged, status } = explained;
  const { address, original, action, reply, remote, said, retriesUntil, dsn, code } = recipient;
  const who = address === undefined ? 'A recipient that is not named' : visible(address);
  const typed =
    original === undefined || original.toLowerCase() === address?.toLowerCase()
      ? ''
      : ` (written to ${visible(original)})`;
  const paint = page.paint.group[action === 'failed' ? 'failed' : action === 'delayed' ? 'waiting' : 'sent'];
  const fate = status === 'expired' ? 'not delivered; the server has given up trying' : ACTION_WORDS[action];
  let text = `${paint(wrap(`${who}${typed}: ${fate}.`, page.width).trimEnd())}\n`;
  const row = (label: string, value: string): string =>
    wrap(visible(value), page.width, `  ${label.padEnd(LABEL_WIDTH)}`);
  if (reply !== undefined) text += row('Answer', remote === undefined ? reply : `${remote}: ${reply}`);
  else if (said !== undefined && action !== 'delivered') text += row('It says', said.slice(0, MOST_SAID));
  const codes = [code, dsn].filter((each) => each !== undefined && reply?.includes(each) !== true);
  if (codes.length > 0) text += row('Code', codes.join(' '));
  if (retriesUntil !== undefined && action === 'delayed')
    text += row('Tried until', page.screen.clock.long(retriesUntil));
  if (logged?.reply !== undefined)
    text += row('The logs say', logged.remote === undefined ? logged.reply : `${logged.remote}: ${logged.reply}`);
  const rows = meaningRows(explained, address, isOurs);
  if (rows.length === 0 && (action === 'failed' || action === 'delayed'))
    rows.push(['Meaning', 'The report does not say why.']);
  for (const [label, value] of rows) text += row(label, value);
  return text;
}

/** All recipients of a report. `isOurs`: the logs are those of the server that sent the mail. */
export function recipientBlocks(all: readonly Explained[], screen: Screen, isOurs: boolean): string {
  const page = pageOf(screen);
  const told = all.slice(0, MOST_TOLD).map((each) => recipientBlock(each, page, isOurs));
  if (all.length > MOST_TOLD)
    told.push(wrap(`… and ${counted(all.length - MOST_TOLD, 'more recipient')}; --json has all.`, page.width));
  return told.join('\n');
}

/** A code or an answer that stands alone. `text`: as it was given. */
export function answerBlock(text: string, explained: Explained, screen: Screen): string {
  const page = pageOf(screen);
  const rows = meaningRows(explained, undefined, false);
  const head = `${page.paint.strong(wrap(visible(text), page.width).trimEnd())}\n`;
  if (rows.length === 0) return `${head}${wrap('Nothing is known of this.', page.width, '  ')}`;
  return (
    head + rows.map(([label, value]) => wrap(visible(value), page.width, `  ${label.padEnd(LABEL_WIDTH)}`)).join('')
  );
}

/** Above the explanation of each mail of several. */
export function mailHead(number: number, screen: Screen): string {
  return `${number === 1 ? '' : '\n'}${pageOf(screen).paint.head(`Mail ${number}`)}\n`;
}

/** Above the trace of the mail. `by`: how it was found; empty: it was not. */
export function foundHead(by: readonly string[], screen: Screen): string {
  const page = pageOf(screen);
  const text = by.length === 0 ? 'The mail is not in these logs.' : `The mail in the logs (found by ${listed(by)})`;
  return `${page.paint.head(wrap(visible(text), page.width).trimEnd())}\n`;
}

/** What it means that the logs do not have the mail. */
export function absenceBlock(absence: { verdict: string; evidence: readonly string[] }, screen: Screen): string {
  const page = pageOf(screen);
  const head =
    absence.verdict === 'forged'
      ? 'This mail never went through here: its sender was forged, or another server sent it.'
      : 'The mail is not in these logs, and they cannot tell whether it went through here.';
  const text = `${page.paint.head(wrap(head, page.width).trimEnd())}\n`;
  const rows = absence.evidence.map((each) => wrap(visible(each), page.width, '  - ', 4)).join('');
  const todo =
    absence.verdict === 'forged'
      ? 'Nothing needs mending here: delete the report. If many come, publish SPF, DKIM and a DMARC record with p=reject.'
      : 'Give the logs of the time when it was sent, and of all our mail servers.';
  return text + rows + wrap(todo, page.width, '  What to do: ', 4);
}

/** A complaint. */
export function complaintBlock(report: BounceReport, screen: Screen): string {
  const page = pageOf(screen);
  const { complaint } = report;
  if (complaint === undefined) return '';
  const { type, sourceIp, recipients, reportedDomains, reporter, incidents, authFailure } = complaint;
  const row = (label: string, value: string | undefined): string =>
    value === undefined || value === '' ? '' : wrap(visible(value), page.width, `  ${label.padEnd(LABEL_WIDTH)}`);
  const words = COMPLAINTS[type] ?? COMPLAINTS['other'];
  return [
    row('Kind', authFailure === undefined ? type : `${type} (${authFailure})`),
    row('Recipients', listed(recipients.slice(0, 20))),
    row('Domains', listed(reportedDomains.slice(0, 20))),
    row('Sent from', sourceIp),
    row('Reported by', reporter),
    row('Times', incidents === undefined ? undefined : String(incidents)),
    row('Meaning', words?.meaning),
    row('Who must act', words?.actor),
    row('What to do', words?.todo),
    row('Source', words?.source),
  ].join('');
}

interface ComplaintWords {
  readonly meaning: string;
  readonly actor: string;
  readonly todo: string;
  readonly source: string;
}

const ARF = 'https://www.rfc-editor.org/rfc/rfc5965';

/** RFC 5965 section 7.3 and the IANA registry of feedback types. */
const COMPLAINTS: Readonly<Record<string, ComplaintWords>> = {
  abuse: {
    meaning: 'A recipient pressed the spam button on this mail.',
    actor: 'the sender',
    todo: 'Take the address off the list at once; if many complain, stop the mailing and see how its addresses were won.',
    source: ARF,
  },
  fraud: {
    meaning: 'The mail was reported as fraud or phishing.',
    actor: 'we: the server that sent it',
    todo: 'Find the account that sent it, lock it, and look for more mail of the same kind.',
    source: ARF,
  },
  virus: {
    meaning: 'A virus was found in the mail.',
    actor: 'we: the server that sent it',
    todo: 'Find the sending machine or account and clean it.',
    source: ARF,
  },
  'not-spam': {
    meaning: 'A recipient said that the mail is no spam.',
    actor: 'nobody',
    todo: 'Nothing; it helps the reputation of the sender.',
    source: 'https://www.rfc-editor.org/rfc/rfc6430',
  },
  'auth-failure': {
    meaning: 'The mail failed SPF, DKIM or DMARC at the server that reports.',
    actor: 'we: the owner of the sender domain',
    todo: 'See whether the sending address is ours: if so correct SPF and DKIM, if not somebody forges the domain.',
    source: 'https://www.rfc-editor.org/rfc/rfc6591',
  },
  'opt-out': {
    meaning: 'A recipient wants no more mail of this list.',
    actor: 'the sender',
    todo: 'Take the address off the list.',
    source: ARF,
  },
  other: {
    meaning: 'The mail was reported; the kind of the complaint is not one of those that are registered.',
    actor: 'the sender',
    todo: 'Read the report, and take the address off the list if it was bulk mail.',
    source: ARF,
  },
};

/** `explain --list`: every reason with its usual answers. */
export function reasonTable(screen: Screen): string {
  const columns = [
    { head: 'REASON', cut: 'never' },
    { head: 'CODES', cut: 'end' },
    { head: 'FOR EXAMPLE', cut: 'end' },
    { head: 'WHAT IT MEANS', cut: 'end' },
    { head: 'WHAT TO DO', cut: 'end' },
  ] as const;
  const rows = REASONS.map((reason) => {
    const { meaning, todo } = REASON_ADVICE[reason];
    const { codes, example } = REASON_EXAMPLES[reason];
    return [reason, codes, example, fillDomain(meaning, undefined), fillDomain(todo, undefined)].map((text) => ({
      text,
    }));
  });
  return layoutTable(columns, rows, screen.tty ? screen.columns : undefined, paintOf(screen).head);
}
