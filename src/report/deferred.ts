/**
 * `report deferred`: what waited in a queue when the period ended, and why; what has ended since is a number.
 */
import type { Instant, Message } from '../model/message.ts';
import type { RunSummary } from '../model/run.ts';
import { domainOf } from './counted.ts';
import type { Figure } from './document.ts';
import { KeyTable } from './people-table.ts';
import { ReasonTable, relayText } from './reason-table.ts';
import { letGoNote, part, reasonChart } from './shared.ts';
import type { CountedEntry, Parts, ReportContext, Results, Tally } from './tally.ts';
import { MOST_PEOPLE, TopTable } from './top-table.ts';

const HOUR = 3_600_000;
/** Ages of waiting mail: less than so many hours. */
const AGES = [1, 4, 24, 72, Infinity] as const;
const AGE_LABELS = ['under 1 h', '1 to 4 h', '4 to 24 h', '1 to 3 d', 'over 3 d'] as const;

interface Waiting {
  count: number;
  readonly time: Instant;
  readonly order: number;
  readonly sender: string | undefined;
  readonly recipient: string | undefined;
  readonly status: string;
  readonly attempts: number | undefined;
  readonly answer: string | undefined;
}

const MOST_ANSWER = 300;
const MOST_OLDEST = 200;

export class DeferredTally implements Tally {
  readonly #context: ReportContext;
  readonly #reasons = new ReasonTable();
  readonly #domains = new KeyTable(MOST_PEOPLE);
  readonly #relays = new KeyTable(MOST_PEOPLE);
  /** the longest waiting */
  #oldest: Waiting[] = [];
  readonly #ages = new TopTable<{ count: number; age: number }>();
  readonly #byStatus: Record<string, number> = {};
  #mails = 0;
  #recipients = 0;
  #waited = 0;
  #results = 0;

  constructor(context: ReportContext) {
    this.#context = context;
  }

  get results(): Results {
    return {
      read: ['deferred'],
      refusals: false,
      add: (standing, isBack) => {
        if (standing === 'in' && !isBack) this.#results++;
        else if (standing === 'waited') this.#waited++;
      },
      letGo: () => this.#letGo,
    };
  }

  get #letGo(): number {
    return this.#reasons.letGo + this.#domains.letGo + this.#relays.letGo;
  }

  add(message: Message, entries: readonly CountedEntry[]): void {
    if (message.kind !== 'mail') return;
    let isHit = false;
    for (const { recipient, standing, time, isBack } of entries) {
      if (standing === 'in' && !isBack) this.#results++;
      if (standing === 'waited') this.#waited++;
      if (standing !== 'waits') continue;
      isHit = true;
      this.#recipients++;
      const { status } = recipient;
      this.#byStatus[status] = (this.#byStatus[status] ?? 0) + 1;
      this.#reasons.add(message, recipient, time);
      const domain = domainOf(recipient.address ?? recipient.finalAddress);
      if (domain !== undefined) this.#domains.add(domain, message, time, recipient.reason);
      const relay = relayText(recipient.relay);
      if (relay !== undefined) this.#relays.add(relay, message, time, recipient.reason);
      this.#age(message, recipient.address ?? recipient.finalAddress, recipient);
    }
    if (isHit) this.#mails++;
  }

  #age(message: Message, address: string | undefined, { status, attempts, reply }: CountedEntry['recipient']): void {
    this.#oldest.push({
      count: 1,
      time: message.time,
      order: message.order ?? 0,
      sender: message.sender === '' ? '<>' : message.sender,
      recipient: address,
      status,
      attempts,
      answer: reply?.slice(0, MOST_ANSWER),
    });
    if (this.#oldest.length >= 2 * MOST_OLDEST) this.#cut();
    // by the hour in which it came: how old it is depends on when the period ends, which is known last
    const hour = Math.floor(message.time / HOUR);
    this.#ages.get(hour, () => ({ count: 0, age: hour })).count++;
  }

  #cut(): void {
    this.#oldest = this.#oldest.sort((a, b) => a.time - b.time || a.order - b.order).slice(0, MOST_OLDEST);
  }

  parts({ last: end }: RunSummary): Parts {
    const { top } = this.#context;
    const last = { name: 'reason', label: 'Last reason' };
    const status = (word: string): number => this.#byStatus[word] ?? 0;
    const figures: Figure[] = [
      { name: 'recipients', label: 'recipients waiting', value: this.#recipients },
      { name: 'mails', label: 'mails waiting', value: this.#mails, hint: 'for at least one recipient' },
      part('deferred', 'put off, will be tried again', status('deferred')),
      part('held', 'held until somebody releases it', status('held')),
      part('pending', 'no result in the logs', status('pending')),
      part('waited', 'waited when the period ended, and ended since', this.#waited),
      { name: 'results', label: 'recipients with a result in the period', value: this.#results },
    ];
    const ages = this.#ageCounts(this.#context.period.until ?? end ?? 0);
    return {
      figures,
      charts: [
        ...reasonChart(this.#reasons.reasons(), 'wait'),
        ...(this.#recipients === 0
          ? []
          : [
              {
                name: 'ages',
                title: 'How long it has waited',
                form: 'columns' as const,
                labels: AGE_LABELS,
                series: [{ name: 'recipients', label: 'recipients', tone: 'wait' as const, values: ages }],
              },
            ]),
      ],
      sections: [
        this.#reasons.section('reasons', 'Why', top),
        this.#domains.section('domains', 'Recipient domains', { name: 'domain', label: 'Domain' }, top, last),
        this.#relays.section('relays', 'Servers', { name: 'relay', label: 'Server' }, top, last),
        this.#oldestSection(top),
      ],
      notes: letGoNote(this.#letGo),
      empty: this.#recipients === 0,
    };
  }

  /** `end`: of the period, or of the log */
  #ageCounts(end: Instant): number[] {
    const counts = AGES.map(() => 0);
    for (const { age, count } of this.#ages.sorted()) {
      const hours = (end - age * HOUR) / HOUR;
      const i = AGES.findIndex((most) => hours < most);
      counts[i] = (counts[i] ?? 0) + count;
    }
    return counts;
  }

  #oldestSection(top: number): Parts['sections'][number] {
    this.#cut();
    const rows = this.#oldest.slice(0, Math.min(top, MOST_OLDEST));
    const more = this.#recipients - rows.length;
    return {
      name: 'oldest',
      title: 'Waiting longest',
      columns: [
        { name: 'since', label: 'Since', unit: 'time' },
        { name: 'sender', label: 'Sender' },
        { name: 'recipient', label: 'Recipient' },
        { name: 'status', label: 'Status' },
        { name: 'attempts', label: 'Tries', align: 'right' },
        { name: 'answer', label: 'Answer', wide: true },
      ],
      rows: rows.map(({ time, sender, recipient, status, attempts, answer }) => ({
        cells: [time, sender, recipient, status, attempts, answer],
      })),
      ...(more > 0 ? { more } : {}),
    };
  }
}
