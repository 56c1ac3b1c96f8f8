/**
 * `report rejects`: mail that was refused before it was accepted: for good (5xx) and for now (4xx) apart, by rule, client, and
 * the addresses it was for. A greylisted attempt that came back is none: what became of its retry counts.
 */
import type { Message } from '../model/message.ts';
import { domainOf, personOf } from './counted.ts';
import type { Figure } from './document.ts';
import { KeyTable } from './people-table.ts';
import { isOpenRefusal } from './period.ts';
import { ReasonTable } from './reason-table.ts';
import { clientOf } from './rule-table.ts';
import { letGoNote, part, reasonChart } from './shared.ts';
import type { CountedEntry, Parts, ReportContext, Results, Tally } from './tally.ts';
import { MOST_PEOPLE } from './top-table.ts';

export class RejectTally implements Tally {
  readonly #context: ReportContext;
  readonly #forGood = new ReasonTable('our server');
  readonly #forNow = new ReasonTable('our server');
  readonly #clients = new KeyTable(MOST_PEOPLE);
  readonly #addresses = new KeyTable(MOST_PEOPLE);
  readonly #senders = new KeyTable(MOST_PEOPLE);
  #mails = 0;
  #rejected = 0;
  #refusedForNow = 0;
  #greylisted = 0;
  #cameBack = 0;
  #all = 0;

  constructor(context: ReportContext) {
    this.#context = context;
  }

  get results(): Results {
    return {
      read: [],
      refusals: true,
      add: (standing, isBack) => {
        if (standing === 'in' && !isBack) this.#all++;
      },
      letGo: () => this.#letGo,
    };
  }

  get #letGo(): number {
    const tables = [this.#clients, this.#senders, this.#addresses];
    return tables.reduce((sum, { letGo }) => sum + letGo, this.#forGood.letGo + this.#forNow.letGo);
  }

  add(message: Message, entries: readonly CountedEntry[]): void {
    if (message.kind !== 'mail') return;
    let isHit = false;
    for (const { recipient, standing, time, isBack } of entries) {
      if (isBack) this.#cameBack++;
      if (standing !== 'in' || isBack) continue;
      this.#all++;
      const { status, reason } = recipient;
      if (status !== 'rejected' && status !== 'greylisted') continue;
      isHit = true;
      const isForNow = isOpenRefusal(recipient);
      if (status === 'greylisted') this.#greylisted++;
      else if (isForNow) this.#refusedForNow++;
      else this.#rejected++;
      (isForNow ? this.#forNow : this.#forGood).add(message, recipient, time);
      const client = clientOf(message);
      if (client !== undefined) this.#clients.add(client, message, time, reason);
      const address = recipient.address ?? recipient.finalAddress;
      if (address !== undefined) this.#addresses.add(personOf(address), message, time, reason);
      const domain = domainOf(message.sender);
      if (domain !== undefined) this.#senders.add(domain, message, time, reason);
    }
    if (isHit) this.#mails++;
  }

  parts(): Parts {
    const { top } = this.#context;
    const recipients = this.#rejected + this.#refusedForNow + this.#greylisted;
    const figures: Figure[] = [
      { name: 'recipients', label: 'recipients refused', value: recipients },
      { name: 'mails', label: 'mails refused', value: this.#mails, hint: 'for at least one recipient' },
      part('rejected', 'for good (5xx)', this.#rejected),
      part('refused_for_now', 'for now (4xx)', this.#refusedForNow),
      part('greylisted', 'greylisted, and not back yet', this.#greylisted),
      part('came_back', 'refused for now, then came back: not counted', this.#cameBack),
      {
        name: 'share',
        label: 'of all recipients with a result',
        value: this.#all === 0 ? 0 : (100 * recipients) / this.#all,
        unit: 'percent',
      },
      { name: 'results', label: 'recipients with a result', value: this.#all },
    ];
    const last = { name: 'reason', label: 'Last reason' };
    return {
      figures,
      charts: reasonChart(this.#forGood.reasons(), 'bad'),
      sections: [
        this.#forGood.section('reasons', 'Refused for good', top),
        this.#forNow.section('for_now', 'Refused for now', top),
        this.#clients.section('clients', 'Clients', { name: 'client', label: 'Client' }, top, last),
        this.#senders.section('sender_domains', 'Sending domains', { name: 'domain', label: 'Domain' }, top, last),
        this.#addresses.section(
          'addresses',
          'Addresses it was for',
          { name: 'recipient', label: 'Recipient' },
          top,
          last,
        ),
      ],
      notes: letGoNote(this.#letGo),
      empty: recipients === 0,
    };
  }
}
