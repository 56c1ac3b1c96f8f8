/**
 * `report delays`: how long it took from arrival at the first hop until a recipient had the mail; of recipients that were sent.
 * Units: seconds in, ms out. Percentiles are upper ends of buckets (each a quarter greater than the one before): at most 25%
 *        too great, never too small.
 */
import type { Instant, Message } from '../model/message.ts';
import { type PlainDelivery, relayNameOf } from '../model/plain-mail.ts';
import { GROUP_OF_STATUS } from '../model/words.ts';
import { domainOf, personOf } from './counted.ts';
import type { Figure, Section } from './document.ts';
import { relayText } from './reason-table.ts';
import { letGoNote, part } from './shared.ts';
import type { CountedEntry, Parts, ReportContext, Results, Tally } from './tally.ts';
import { NumberedRows, TopTable } from './top-table.ts';

/** Upper ends in seconds of what people ask for. */
const STEPS = [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400, Infinity] as const;
const STEP_LABELS = ['1 s', '5 s', '15 s', '1 min', '5 min', '15 min', '1 h', '4 h', '1 d', 'longer'] as const;
const GROWTH = Math.log(1.25);
const FIRST_BUCKET = 0.1;
const BUCKETS = 90;
const MOST_SLOW = 1000;

const ms = (seconds: number): number => Math.round(1000 * seconds);

/** Delays of one kind, as numbers in buckets. */
class Spread {
  count = 0;
  /** ms: whole ones, whose sum does not hang on their order */
  sum = 0;
  most = 0;
  readonly key: string;
  readonly #buckets = new Uint32Array(BUCKETS);

  constructor(key: string) {
    this.key = key;
  }

  add(seconds: number): void {
    this.count++;
    this.sum += ms(seconds);
    if (seconds > this.most) this.most = seconds;
    const bucket = seconds <= FIRST_BUCKET ? 0 : Math.ceil(Math.log(seconds / FIRST_BUCKET) / GROWTH);
    const i = Math.min(BUCKETS - 1, bucket);
    this.#buckets[i] = (this.#buckets[i] ?? 0) + 1;
  }

  /** Seconds within which so great a part had their mail. */
  within(part: number): number {
    const wanted = Math.ceil(part * this.count);
    let seen = 0;
    for (const [i, n] of this.#buckets.entries()) {
      seen += n;
      if (seen >= wanted) return Math.min(this.most, i === 0 ? FIRST_BUCKET : FIRST_BUCKET * Math.exp(i * GROWTH));
    }
    return this.most;
  }
}

interface Slow {
  readonly time: Instant;
  readonly order: number;
  readonly delay: number;
  readonly sender: string | undefined;
  readonly recipient: string | undefined;
  readonly relay: string | undefined;
  readonly attempts: number | undefined;
}

/** Domains with their buckets take more room than other rows. */
const MOST_KEYS = 20_000;

export class DelayTally implements Tally {
  readonly #context: ReportContext;
  readonly #all = new Spread('');
  readonly #domains = new TopTable<Spread>(MOST_KEYS);
  readonly #relays = new TopTable<Spread>(MOST_KEYS);
  readonly #steps = STEPS.map(() => 0);
  readonly #byDomain = new NumberedRows(this.#domains);
  readonly #byRelay = new NumberedRows(this.#relays);
  #slow: Slow[] = [];
  /** what took less time is none of the slowest */
  #leastSlow = 0;
  #retried = 0;
  #unknown = 0;

  constructor(context: ReportContext) {
    this.#context = context;
  }

  add(message: Message, entries: readonly CountedEntry[]): void {
    if (message.kind !== 'mail') return;
    for (const { recipient, standing, time } of entries) {
      if (standing !== 'in' || GROUP_OF_STATUS[recipient.status] !== 'sent') continue;
      const { delay, attempts } = recipient;
      if (delay === undefined || delay < 0) {
        this.#unknown++;
        continue;
      }
      this.#step(delay, attempts);
      const address = recipient.address ?? recipient.finalAddress;
      rowOf(this.#domains, domainOf(address))?.add(delay);
      const relay = relayText(recipient.relay);
      rowOf(this.#relays, relay)?.add(delay);
      if (delay < this.#leastSlow) continue;
      const { sender } = message;
      this.#addSlow({
        time,
        order: message.order ?? 0,
        delay,
        sender: sender === '' ? '<>' : sender && personOf(sender),
        recipient: address && personOf(address),
        relay,
        attempts,
      });
    }
  }

  #step(delay: number, attempts: number | undefined): void {
    this.#all.add(delay);
    const step = STEPS.findIndex((most) => delay <= most);
    this.#steps[step] = (this.#steps[step] ?? 0) + 1;
    if (attempts !== undefined && attempts > 1) this.#retried++;
  }

  #addSlow(slow: Slow): void {
    this.#slow.push(slow);
    if (this.#slow.length >= 2 * MOST_SLOW) this.#cut();
  }

  /** The same in whatever order mails are told. */
  #cut(): void {
    const sorted = this.#slow.sort(
      (a, b) => b.delay - a.delay || a.order - b.order || ((a.recipient ?? '') < (b.recipient ?? '') ? -1 : 1),
    );
    this.#slow = sorted.slice(0, MOST_SLOW);
    if (this.#slow.length === MOST_SLOW) this.#leastSlow = this.#slow.at(-1)?.delay ?? 0;
  }

  get results(): Results {
    return {
      read: [],
      refusals: false,
      add: () => undefined,
      sent: (mail, i) => this.#sent(mail, i),
      letGo: () => this.#domains.letGo.rows + this.#relays.letGo.rows,
    };
  }

  #sent(mail: PlainDelivery, i: number): void {
    const { names, order } = mail;
    const time = mail.endedAt(i);
    const delay = Math.max(0, Math.round(time - mail.time)) / 1000;
    const attempts = mail.triesOf(i);
    this.#step(delay, attempts);
    const recipient = mail.recipient(i);
    this.#byDomain.get(names.ownerOf(recipient), () => rowOf(this.#domains, domainOf(names.of(recipient))))?.add(delay);
    const relay = (): string | undefined => relayNameOf(names.of(mail.relayOf(i)));
    this.#byRelay.get(mail.relayOf(i), () => rowOf(this.#relays, relay()))?.add(delay);
    if (delay < this.#leastSlow) return;
    const sender = names.of(mail.sender);
    this.#addSlow({
      time,
      order,
      delay,
      sender: sender === '' ? '<>' : sender,
      recipient: names.of(recipient),
      relay: relay(),
      attempts,
    });
  }

  parts(): Parts {
    const { top } = this.#context;
    const all = this.#all;
    const figures: Figure[] = [
      { name: 'recipients', label: 'recipients who got their mail', value: all.count },
      {
        name: 'average',
        label: 'on average',
        value: all.count === 0 ? 0 : Math.round(all.sum / all.count),
        unit: 'ms',
      },
      { name: 'half', label: 'half of them within', value: ms(all.within(0.5)), unit: 'ms' },
      { name: 'most', label: '95% of them within', value: ms(all.within(0.95)), unit: 'ms' },
      { name: 'longest', label: 'the longest', value: ms(all.most), unit: 'ms' },
      part('retried', 'needed more than one try', this.#retried),
      part('unknown', 'took a time that no line tells', this.#unknown),
    ];
    return {
      figures,
      charts:
        all.count === 0
          ? []
          : [
              {
                name: 'distribution',
                title: 'Delivered within',
                form: 'columns',
                labels: STEP_LABELS,
                series: [{ name: 'recipients', label: 'recipients', tone: 'plain', values: this.#steps }],
              },
            ],
      sections: [
        this.#stepSection(),
        spreadSection('domains', 'Slowest recipient domains', 'domain', 'Domain', this.#domains, top),
        spreadSection('relays', 'Slowest servers', 'relay', 'Server', this.#relays, top),
        this.#slowSection(top),
      ],
      notes: letGoNote(this.#domains.letGo.rows + this.#relays.letGo.rows),
      empty: all.count === 0,
    };
  }

  #stepSection(): Section {
    const total = this.#all.count;
    return {
      name: 'distribution',
      title: 'Delivered within',
      columns: [
        { name: 'within', label: 'Within' },
        { name: 'recipients', label: 'Recipients', align: 'right' },
        { name: 'share', label: 'Share', align: 'right', unit: 'percent' },
      ],
      rows: total === 0 ? [] : this.#steps.map((n, i) => ({ cells: [STEP_LABELS[i], n, (100 * n) / total] })),
    };
  }

  #slowSection(top: number): Section {
    this.#cut();
    return {
      name: 'slowest',
      title: 'The slowest',
      columns: [
        { name: 'delay', label: 'Took', align: 'right', unit: 'ms' },
        { name: 'time', label: 'Delivered', unit: 'time' },
        { name: 'sender', label: 'Sender' },
        { name: 'recipient', label: 'Recipient' },
        { name: 'relay', label: 'Server' },
        { name: 'attempts', label: 'Tries', align: 'right' },
      ],
      rows: this.#slow.slice(0, top).map(({ delay, time, sender, recipient, relay, attempts }) => ({
        cells: [Math.round(1000 * delay), time, sender, recipient, relay, attempts],
      })),
    };
  }
}

function rowOf(table: TopTable<Spread>, key: string | undefined): Spread | undefined {
  return key === undefined ? undefined : table.get(key, () => new Spread(key));
}

/** Slowest first: by the time within which 95% had their mail. */
function spreadSection(
  name: string,
  title: string,
  key: string,
  label: string,
  table: TopTable<Spread>,
  top: number,
): Section {
  const sorted = table.sorted((row) => row.within(0.95));
  const shown = sorted.slice(0, top);
  const more = sorted.length - shown.length;
  return {
    name,
    title,
    columns: [
      { name: key, label },
      { name: 'recipients', label: 'Recipients', align: 'right' },
      { name: 'average', label: 'Average', align: 'right', unit: 'ms' },
      { name: 'half', label: 'Half within', align: 'right', unit: 'ms' },
      { name: 'most', label: '95% within', align: 'right', unit: 'ms' },
      { name: 'longest', label: 'Longest', align: 'right', unit: 'ms' },
    ],
    rows: shown.map((row) => ({
      cells: [
        row.key,
        row.count,
        Math.round(row.sum / row.count),
        ms(row.within(0.5)),
        ms(row.within(0.95)),
        ms(row.most),
      ],
    })),
    ...(more > 0 ? { more } : {}),
  };
}
