/**
 * `report quarantine`: what filters put aside or dropped, what is held in the queue, and copies that were kept of mail that
 * went on; with the ids by which it is released.
 */
import type { Instant, Message, Recipient, Verdict } from '../model/message.ts';
import { domainOf, personOf } from './counted.ts';
import type { Figure, Section } from './document.ts';
import { KeyTable } from './people-table.ts';
import { letGoNote, part } from './shared.ts';
import type { CountedEntry, Parts, ReportContext, Tally } from './tally.ts';
import { TopTable } from './top-table.ts';

/** What of the mail a rule matched stands behind the rule: it differs from mail to mail; likewise addresses. */
const MATCHED = / \((?:header|body|mime) .*$/s;
const BRACKETED = /<[^<>]*>|\[[^[\]]*\]/g;
const MOST_LISTED = 1000;
const MOST_TEXT = 200;

interface Listed {
  readonly time: Instant;
  readonly sender: string | undefined;
  readonly recipient: string | undefined;
  readonly status: string;
  readonly why: string | undefined;
  readonly quarantineId: string | undefined;
  readonly subject: string | undefined;
}

interface FilterRow {
  count: number;
  readonly status: string;
  readonly engine: string | undefined;
  readonly why: string | undefined;
}

export class QuarantineTally implements Tally {
  readonly #context: ReportContext;
  readonly #filters = new TopTable<FilterRow>(5000);
  readonly #addresses = new KeyTable();
  readonly #senders = new KeyTable();
  #listed: Listed[] = [];
  #mails = 0;
  #quarantined = 0;
  #held = 0;
  #discarded = 0;
  #copies = 0;
  #results = 0;

  constructor(context: ReportContext) {
    this.#context = context;
  }

  add(message: Message, entries: readonly CountedEntry[]): void {
    if (message.kind !== 'mail') return;
    let isHit = false;
    for (const { recipient, standing, time, isBack } of entries) {
      const { status } = recipient;
      if (standing === 'in' && !isBack) this.#results++;
      if (isBack || standing === 'waited') continue;
      if (status === 'quarantined') this.#quarantined++;
      else if (status === 'held') this.#held++;
      else if (status === 'discarded') this.#discarded++;
      else continue;
      isHit = true;
      this.#hit(message, recipient, time);
    }
    if (isHit) this.#mails++;
    else if (message.verdicts.some(({ quarantineId }) => quarantineId !== undefined)) this.#copies++;
  }

  #hit(message: Message, recipient: Recipient, time: Instant): void {
    const { status, reason } = recipient;
    const verdict = verdictOf(message, recipient);
    const why = (verdict?.reason ?? reason ?? recipient.reply)?.slice(0, MOST_TEXT);
    const engine = verdict?.engine;
    const rule = why?.replace(MATCHED, '').replace(BRACKETED, '…');
    this.#filters.get(`${status} ${engine ?? ''} ${rule ?? ''}`, () => ({ count: 0, status, engine, why: rule }))
      .count++;
    const address = recipient.address ?? recipient.finalAddress;
    if (address !== undefined) this.#addresses.add(personOf(address), message, time, why);
    const sender = domainOf(message.sender);
    if (sender !== undefined) this.#senders.add(sender, message, time, why);
    this.#listed.push({
      time,
      sender: message.sender === '' ? '<>' : message.sender,
      recipient: address,
      status,
      why,
      quarantineId: verdict?.quarantineId ?? message.hops.findLast(({ queueId }) => queueId !== undefined)?.queueId,
      subject: message.subject?.slice(0, MOST_TEXT),
    });
    if (this.#listed.length >= 2 * MOST_LISTED) this.#cut();
  }

  #cut(): void {
    this.#listed = this.#listed.sort((a, b) => b.time - a.time).slice(0, MOST_LISTED);
  }

  parts(): Parts {
    const { top } = this.#context;
    const recipients = this.#quarantined + this.#held + this.#discarded;
    const figures: Figure[] = [
      { name: 'recipients', label: 'recipients whose mail was stopped', value: recipients },
      { name: 'mails', label: 'mails stopped', value: this.#mails },
      part('quarantined', 'in quarantine', this.#quarantined),
      part('held', 'held in the queue until somebody releases it', this.#held),
      part('discarded', 'dropped', this.#discarded),
      part('copies', 'mails that went on, with a copy in quarantine', this.#copies),
      { name: 'results', label: 'recipients with a result', value: this.#results },
    ];
    const why = { name: 'why', label: 'Last reason' };
    return {
      figures,
      charts: this.#chart(),
      sections: [
        this.#filterSection(top),
        this.#mailSection(top),
        this.#addresses.section('addresses', 'Recipients', { name: 'recipient', label: 'Recipient' }, top, why),
        this.#senders.section('sender_domains', 'Sending domains', { name: 'domain', label: 'Domain' }, top, why),
      ],
      notes: letGoNote(this.#filters.letGo.rows + this.#addresses.letGo + this.#senders.letGo),
      empty: recipients === 0 && this.#copies === 0,
    };
  }

  #chart(): Parts['charts'] {
    const counts = { quarantined: this.#quarantined, held: this.#held, discarded: this.#discarded };
    if (this.#quarantined + this.#held + this.#discarded === 0) return [];
    return [
      {
        name: 'outcomes',
        title: 'What became of it',
        form: 'bars',
        labels: Object.keys(counts),
        series: [{ name: 'recipients', label: 'recipients', tone: 'stop', values: Object.values(counts) }],
      },
    ];
  }

  #filterSection(top: number): Section {
    const sorted = this.#filters.sorted();
    const shown = sorted.slice(0, top);
    const more = sorted.length - shown.length;
    return {
      name: 'filters',
      title: 'By filter and reason',
      columns: [
        { name: 'recipients', label: 'Recipients', align: 'right' },
        { name: 'status', label: 'Status' },
        { name: 'engine', label: 'Filter' },
        { name: 'why', label: 'Why' },
      ],
      rows: shown.map(({ count, status, engine, why }) => ({ cells: [count, status, engine, why] })),
      ...(more > 0 ? { more } : {}),
    };
  }

  #mailSection(top: number): Section {
    this.#cut();
    const shown = this.#listed.slice(0, top);
    const more = this.#quarantined + this.#held + this.#discarded - shown.length;
    return {
      name: 'mails',
      title: 'Newest',
      columns: [
        { name: 'time', label: 'Time', unit: 'time' },
        { name: 'sender', label: 'Sender' },
        { name: 'recipient', label: 'Recipient' },
        { name: 'status', label: 'Status' },
        { name: 'id', label: 'Id' },
        { name: 'why', label: 'Why', wide: true },
        { name: 'subject', label: 'Subject', wide: true },
      ],
      rows: shown.map(({ time, sender, recipient, status, quarantineId, why, subject }) => ({
        cells: [time, sender, recipient, status, quarantineId, why, subject],
      })),
      ...(more > 0 ? { more } : {}),
    };
  }
}

const STOPS = new Set(['quarantined', 'held', 'discarded']);

/** The verdict that stopped it for this recipient: the last that says so. */
function verdictOf({ verdicts }: Message, { address, status }: Recipient): Verdict | undefined {
  const fits = verdicts.filter(
    ({ action, recipients }) =>
      STOPS.has(action) && (recipients === undefined || address === undefined || recipients.includes(address)),
  );
  return fits.findLast(({ action }) => action === status) ?? fits.at(-1);
}
