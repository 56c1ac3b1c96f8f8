/**
 * Failures by why in plain words, then by recipient domain, relay and answer: the table of bounces, refusals and waiting mail.
 * Answers that differ only in addresses, numbers and ids are one row, which shows the last of them: the same in whatever order
 * mails are told.
 * Units: at most MOST_DETAILS rows a reason; first and last time as Instants.
 */
import { explainReason, explainReply, fillDomain } from '../explain/explain.ts';
import type { Instant, Message, Recipient, Relay } from '../model/message.ts';
import { answerKey } from './answer-key.ts';
import { domainOf, personOf } from './counted.ts';
import type { Column, Row, Section } from './document.ts';
import { FirstAddresses } from './first-addresses.ts';
import { TopTable } from './top-table.ts';

const MOST_DETAILS = 20_000;
const SHOWN_ADDRESSES = 5;
/** An answer has no bound of its own. */
const MOST_ANSWER = 1000;
const UNKNOWN = 'unknown';

/** Where the log does not say why: what is known all the same. */
const MEANINGS: Readonly<Record<string, string>> = {
  held: 'Held in the queue until somebody releases it.',
  pending: 'No result stands in the logs.',
};

interface Detail {
  count: number;
  first: Instant;
  last: Instant;
  readonly domain: string | undefined;
  readonly relay: string | undefined;
  status: string;
  code: string | undefined;
  answer: string | undefined;
  /** of the message that was last */
  lastOrder: number;
  readonly addresses: FirstAddresses;
}

interface Group {
  count: number;
  mails: number;
  lastMail: string | undefined;
  first: Instant;
  last: Instant;
  readonly reason: string;
  status: string;
  lastOrder: number;
  readonly details: TopTable<Detail>;
}

const COLUMNS: readonly Column[] = [
  { name: 'reason', label: 'Reason', isData: true },
  { name: 'recipients', label: 'Recipients', align: 'right' },
  { name: 'mails', label: 'Mails', align: 'right', isData: true },
  { name: 'domain', label: 'Domain' },
  { name: 'relay', label: 'Server' },
  { name: 'code', label: 'Code' },
  { name: 'first', label: 'First', unit: 'time' },
  { name: 'last', label: 'Last', unit: 'time' },
  { name: 'answer', label: 'Answer', wide: true },
  { name: 'addresses', label: 'Addresses', wide: true },
];

export function relayText(relay: Relay | undefined): string | undefined {
  return relay?.name ?? relay?.ip;
}

export function codeOf({ code, dsn }: Recipient): string | undefined {
  if (code === undefined) return dsn;
  return dsn === undefined ? code : `${code} ${dsn}`;
}

export class ReasonTable {
  readonly #groups = new TopTable<Group>(200);
  readonly #where: string | undefined;

  /** `where`: in words, who refused; without it the domain of the recipients, where it is one alone. */
  constructor(where?: string) {
    this.#where = where;
  }

  add(message: Message, recipient: Recipient, time: Instant): void {
    const { status } = recipient;
    const { order = 0 } = message;
    const reason = recipient.reason ?? (Object.hasOwn(MEANINGS, status) ? status : UNKNOWN);
    const group = this.#groups.get(reason, () => ({
      count: 0,
      mails: 0,
      lastMail: undefined,
      first: time,
      last: time,
      reason,
      status,
      lastOrder: order,
      details: new TopTable<Detail>(MOST_DETAILS),
    }));
    if (group.lastMail !== message.id) group.mails++;
    group.lastMail = message.id;
    if (isLast(group, time, order)) group.status = status;
    saw(group, time, order);
    const address = recipient.address ?? recipient.finalAddress;
    const domain = domainOf(address);
    const relay = relayText(recipient.relay);
    const detail = group.details.get(`${domain ?? ''} ${relay ?? ''} ${answerKey(recipient)}`, () => ({
      count: 0,
      first: time,
      last: time,
      domain,
      relay,
      status,
      code: undefined,
      answer: undefined,
      lastOrder: order,
      addresses: new FirstAddresses(),
    }));
    if (detail.count === 0 || isLast(detail, time, order)) {
      detail.status = status;
      detail.code = codeOf(recipient);
      detail.answer = recipient.reply?.slice(0, MOST_ANSWER);
    }
    saw(detail, time, order);
    if (address !== undefined) detail.addresses.add(personOf(address), time, order);
  }

  get size(): number {
    return this.#groups.size;
  }

  /** Rows of which nothing more is known, for a note. */
  get letGo(): number {
    return this.#groups.sorted().reduce((sum, { details }) => sum + details.letGo.rows, 0);
  }

  /** Reasons with their recipients, greatest first: for a chart. */
  reasons(): { reason: string; count: number }[] {
    return this.#groups.sorted().map(({ reason, count }) => ({ reason, count }));
  }

  section(name: string, title: string, top: number): Section {
    const groups = this.#groups.sorted();
    const rows = groups.map((group) => groupRow(group, top, this.#where));
    return { name, title, columns: COLUMNS, rows };
  }
}

interface Span {
  count: number;
  first: Instant;
  last: Instant;
  lastOrder: number;
}

/** Of two messages at one time the one whose first line comes later. */
function isLast({ last, lastOrder }: Span, time: Instant, order: number): boolean {
  return time > last || (time === last && order >= lastOrder);
}

function saw(row: Span, time: Instant, order: number): void {
  row.count++;
  if (time < row.first) row.first = time;
  if (!isLast(row, time, order)) return;
  row.last = time;
  row.lastOrder = order;
}

function groupRow(group: Group, top: number, where: string | undefined): Row {
  const { reason, count, mails, first, last, status } = group;
  const details = group.details.sorted();
  const shown = details.slice(0, top);
  const domains = new Set(details.map(({ domain }) => domain));
  const domain = domains.size === 1 ? details[0]?.domain : undefined;
  const told = explainReason(reason, { status });
  const [one] = details;
  // where there is one answer alone, what it says is more exact
  const exact = details.length === 1 && one !== undefined ? explainReply(factsOf(one)) : undefined;
  const meaning = exact?.meaning ?? told?.meaning ?? MEANINGS[reason] ?? 'The log does not say why.';
  const todo = exact?.todo ?? told?.todo;
  const more = details.length - shown.length;
  return {
    heading: fillDomain(meaning, where ?? domain),
    ...(todo === undefined ? {} : { advice: fillDomain(todo, where ?? domain) }),
    cells: [reason, count, mails, domain, undefined, undefined, first, last, undefined, undefined],
    rows: shown.map((detail) => detailRow(reason, detail)),
    ...(more === 0 ? {} : { more }),
  };
}

function factsOf({ status, code, answer, relay }: Detail): Parameters<typeof explainReply>[0] {
  const [first, second] = code?.split(' ') ?? [];
  const dsn = second ?? (first?.includes('.') === true ? first : undefined);
  return { status, code: first?.includes('.') === true ? undefined : first, dsn, reply: answer, relay };
}

function detailRow(reason: string, detail: Detail): Row {
  const { count, domain, relay, code, first, last, answer } = detail;
  return { cells: [reason, count, undefined, domain, relay, code, first, last, answer, addressesOf(detail)] };
}

function addressesOf({ addresses }: Detail): string | undefined {
  if (addresses.size === 0) return undefined;
  const { isCut } = addresses;
  const shown = addresses.first(SHOWN_ADDRESSES);
  const more = addresses.size - shown.length;
  const rest = more === 0 ? '' : isCut ? ` and more than ${more} others` : ` and ${more} more`;
  return `${shown.join(', ')}${rest}`;
}
