/**
 * `report bounces`: mail that could not be delivered (status bounced and expired), why, to whom, and whose it was.
 */
import type { Message } from '../model/message.ts';
import type { Figure, Section } from './document.ts';
import { KeyTable } from './people-table.ts';
import { personOf } from './counted.ts';
import { ReasonTable } from './reason-table.ts';
import { letGoNote, part, reasonChart } from './shared.ts';
import type { CountedEntry, Parts, ReportContext, Results, Tally } from './tally.ts';
import { MOST_PEOPLE } from './top-table.ts';

const NULL_SENDER = '<>';

export class BounceTally implements Tally {
  readonly #context: ReportContext;
  readonly #reasons = new ReasonTable();
  readonly #users = new KeyTable(MOST_PEOPLE);
  readonly #addresses = new KeyTable(MOST_PEOPLE);
  #mails = 0;
  #bounced = 0;
  #expired = 0;
  #all = 0;
  #unknownDirections = 0;

  constructor(context: ReportContext) {
    this.#context = context;
  }

  get results(): Results {
    return {
      read: ['bounced', 'expired'],
      refusals: false,
      add: (standing, isBack) => {
        if (standing === 'in' && !isBack) this.#all++;
      },
      letGo: () => this.#letGo,
    };
  }

  get #letGo(): number {
    return this.#reasons.letGo + this.#users.letGo + this.#addresses.letGo;
  }

  add(message: Message, entries: readonly CountedEntry[]): void {
    if (message.kind !== 'mail') return;
    let isHit = false;
    for (const { recipient, standing, time, isBack } of entries) {
      if (standing !== 'in' || isBack) continue;
      this.#all++;
      const { status } = recipient;
      if (status !== 'bounced' && status !== 'expired') continue;
      isHit = true;
      if (status === 'bounced') this.#bounced++;
      else this.#expired++;
      this.#reasons.add(message, recipient, time);
      const address = recipient.address ?? recipient.finalAddress;
      if (address !== undefined) this.#addresses.add(personOf(address), message, time, recipient.reason);
      this.#user(message, recipient.reason, time);
    }
    if (isHit) this.#mails++;
  }

  /** Whose mail it was: one of ours, or, where nobody knows whose it is, anybody. */
  #user(message: Message, reason: string | undefined, time: number): void {
    const { sender, direction, client } = message;
    if (direction === 'inbound' || direction === 'transit') return;
    if (direction === 'unknown') this.#unknownDirections++;
    const user = sender === undefined || sender === '' ? (client?.user ?? NULL_SENDER) : personOf(sender);
    this.#users.add(user, message, time, reason);
  }

  parts(): Parts {
    const { top } = this.#context;
    const recipients = this.#bounced + this.#expired;
    const figures: Figure[] = [
      { name: 'recipients', label: 'recipients whose mail came back', value: recipients },
      { name: 'mails', label: 'mails that came back', value: this.#mails, hint: 'to at least one recipient' },
      part('bounced', 'refused for good', this.#bounced),
      part('expired', 'given up after many tries', this.#expired),
      {
        name: 'share',
        label: 'of all recipients with a result',
        value: this.#all === 0 ? 0 : (100 * recipients) / this.#all,
        unit: 'percent',
      },
      { name: 'results', label: 'recipients with a result', value: this.#all },
    ];
    const sections: Section[] = [
      this.#reasons.section('reasons', 'Why', top),
      this.#users.section(
        'senders',
        this.#unknownDirections > 0 && !this.#context.knowsOwn ? 'Senders hit' : 'Our users who were hit',
        { name: 'sender', label: 'Sender' },
        top,
        { name: 'reason', label: 'Last reason' },
      ),
      this.#addresses.section('addresses', 'Addresses that failed', { name: 'recipient', label: 'Recipient' }, top, {
        name: 'reason',
        label: 'Last reason',
      }),
    ];
    const notes = letGoNote(this.#letGo);
    if (this.#unknownDirections > 0 && !this.#context.knowsOwn)
      notes.push(
        'No own domains are configured, so every sender is listed whose mail is not known to be a stranger’s.',
      );
    return {
      figures,
      charts: reasonChart(this.#reasons.reasons(), 'bad'),
      sections,
      notes,
      empty: recipients === 0,
    };
  }
}
