/**
 * Who sent and who got how much: senders, recipients, and their domains, by number and by size.
 * Source: the tables are those of pflogsumm, counted by mail and recipient.
 */
import type { Message, Recipient } from '../model/message.ts';
import { peerOf, type PlainMail, type PlainRefusal } from '../model/plain-mail.ts';
import { GROUP_OF_STATUS } from '../model/words.ts';
import { domainOf, personOf } from './counted.ts';
import type { Section } from './document.ts';
import { TopTable } from './top-table.ts';

interface Volume {
  readonly key: string;
  count: number;
  bytes: number;
}

interface DomainRow extends Volume {
  sent: number;
  waiting: number;
  failed: number;
  /** of those sent whose delay is told */
  delays: number;
  /** ms: whole numbers, whose sum does not hang on their order */
  delaySum: number;
  delayMost: number;
}

const NULL_SENDER = '<>';
/** Distinct addresses: rows of some fifty bytes beside the address. */
const MOST_PEOPLE = 500_000;

export class PeopleTables {
  readonly senders = new TopTable<Volume>(MOST_PEOPLE);
  readonly senderDomains = new TopTable<Volume>(MOST_PEOPLE);
  readonly recipients = new TopTable<Volume>(MOST_PEOPLE);
  readonly domains = new TopTable<DomainRow>(MOST_PEOPLE);
  /** rows of plain mails by the numbers of names */
  readonly #plainSenders: Volume[] = [];
  readonly #plainDomains: Volume[] = [];
  readonly #plainPeople: Volume[] = [];
  readonly #plainPlaces: DomainRow[] = [];

  /** A mail that was accepted. */
  received({ sender, size = 0, client }: Message): void {
    if (sender === undefined) return;
    const person = sender === '' ? NULL_SENDER : personOf(sender);
    grow(this.senders, person, size);
    grow(this.senderDomains, domainOf(sender) ?? client?.name ?? client?.ip ?? person, size);
  }

  /** A recipient, whatever became of it. */
  ended({ size = 0 }: Message, recipient: Recipient): void {
    const address = recipient.address ?? recipient.finalAddress;
    if (address === undefined) return;
    const group = GROUP_OF_STATUS[recipient.status];
    const isSent = group === 'sent';
    const domain = domainOf(address) ?? address;
    const row = this.#domainRow(domain);
    row.count++;
    if (group === 'waiting') row.waiting++;
    else if (group === 'failed') row.failed++;
    if (!isSent) return;
    row.sent++;
    row.bytes += size;
    const { delay } = recipient;
    if (delay !== undefined) {
      row.delays++;
      row.delaySum += Math.round(1000 * delay);
      if (delay > row.delayMost) row.delayMost = delay;
    }
    grow(this.recipients, personOf(address), size);
  }

  #domainRow(domain: string): DomainRow {
    return this.domains.get(domain, () => ({
      key: domain,
      count: 0,
      bytes: 0,
      sent: 0,
      waiting: 0,
      failed: 0,
      delays: 0,
      delaySum: 0,
      delayMost: 0,
    }));
  }

  /** As `received`. Rows are found by the numbers of names: where rows were let go, they are others, and `letGo` tells. */
  plainReceived(mail: PlainMail): void {
    const { sender, size } = mail;
    const row = (this.#plainSenders[sender] ??= this.#senderRow(mail));
    row.count++;
    row.bytes += size;
    // who handed it in stands for a domain that the sender does not have
    const domain =
      domainOf(row.key) === undefined ? this.#clientRow(mail, row.key) : this.#domainOfSender(mail, row.key);
    domain.count++;
    domain.bytes += size;
  }

  #senderRow(mail: PlainMail): Volume {
    const sender = mail.nameOf(mail.sender);
    return volumeOf(this.senders, sender === '' ? NULL_SENDER : personOf(sender));
  }

  #domainOfSender({ sender }: PlainMail, person: string): Volume {
    return (this.#plainDomains[sender] ??= volumeOf(this.senderDomains, domainOf(person) ?? person));
  }

  #clientRow(mail: PlainMail, person: string): Volume {
    const { name, ip } = mail.client === 0 ? {} : peerOf(mail.nameOf(mail.client));
    return volumeOf(this.senderDomains, name ?? ip ?? person);
  }

  /** As `ended`, of a recipient who got it. */
  plainSent(mail: PlainMail, i: number): void {
    const { size } = mail;
    const number = mail.recipient(i);
    let place = this.#plainPlaces[number];
    let person = this.#plainPeople[number];
    if (place === undefined || person === undefined) {
      const address = mail.nameOf(number);
      if (address === '') return;
      this.#plainPlaces[number] = place = this.#domainRow(domainOf(address) ?? address);
      this.#plainPeople[number] = person = volumeOf(this.recipients, personOf(address));
    }
    place.count++;
    place.sent++;
    place.bytes += size;
    const delay = Math.max(0, Math.round(mail.endedAt(i) - mail.time));
    place.delays++;
    place.delaySum += delay;
    if (delay / 1000 > place.delayMost) place.delayMost = delay / 1000;
    person.count++;
    person.bytes += size;
  }

  /** As `ended`, of a recipient who was refused. */
  plainFailed(mail: PlainRefusal, i: number): void {
    const number = mail.recipient(i);
    if (number === 0) return;
    let place = this.#plainPlaces[number];
    if (place === undefined) {
      const address = mail.nameOf(number);
      if (address === '') return;
      this.#plainPlaces[number] = place = this.#domainRow(domainOf(address) ?? address);
    }
    place.count++;
    place.failed++;
  }

  get letGo(): number {
    return (
      this.senders.letGo.rows + this.senderDomains.letGo.rows + this.recipients.letGo.rows + this.domains.letGo.rows
    );
  }

  sections(top: number): Section[] {
    return [
      this.#domainSection(top),
      volumeSection('sender_domains', 'Sending domains', 'domain', 'Domain', 'mails', this.senderDomains, top),
      volumeSection('senders', 'Senders by mails', 'sender', 'Sender', 'mails', this.senders, top),
      volumeSection('recipients', 'Recipients by mails', 'recipient', 'Recipient', 'mails', this.recipients, top),
      volumeSection('senders_by_size', 'Senders by size', 'sender', 'Sender', 'mails', this.senders, top, true),
      volumeSection(
        'recipients_by_size',
        'Recipients by size',
        'recipient',
        'Recipient',
        'mails',
        this.recipients,
        top,
        true,
      ),
    ];
  }

  #domainSection(top: number): Section {
    const shown = this.domains.greatest(top);
    const more = this.domains.size - shown.length;
    return {
      name: 'recipient_domains',
      title: 'Recipient domains',
      columns: [
        { name: 'domain', label: 'Domain' },
        { name: 'sent', label: 'Sent', align: 'right' },
        { name: 'bytes', label: 'Size', align: 'right', unit: 'bytes' },
        { name: 'waiting', label: 'Waiting', align: 'right' },
        { name: 'failed', label: 'Failed', align: 'right' },
        { name: 'delay_average', label: 'Delay', align: 'right', unit: 'ms' },
        { name: 'delay_most', label: 'Longest', align: 'right', unit: 'ms' },
      ],
      rows: shown.map((row) => ({
        cells: [
          row.key,
          row.sent,
          row.bytes,
          row.waiting,
          row.failed,
          row.delays === 0 ? undefined : Math.round(row.delaySum / row.delays),
          row.delays === 0 ? undefined : Math.round(1000 * row.delayMost),
        ],
      })),
      ...(more > 0 ? { more } : {}),
    };
  }
}

function grow(table: TopTable<Volume>, key: string, size: number): void {
  const row = volumeOf(table, key);
  row.count++;
  row.bytes += size;
}

function volumeOf(table: TopTable<Volume>, key: string): Volume {
  return table.get(key, () => ({ key, count: 0, bytes: 0 }));
}

function volumeSection(
  name: string,
  title: string,
  key: string,
  label: string,
  counts: string,
  table: TopTable<Volume>,
  top: number,
  bySize = false,
): Section {
  const shown = bySize ? table.greatest(top, ({ bytes }) => bytes) : table.greatest(top);
  const more = table.size - shown.length;
  return {
    name,
    title,
    columns: [
      { name: key, label },
      { name: counts, label: 'Mails', align: 'right' },
      { name: 'bytes', label: 'Size', align: 'right', unit: 'bytes' },
    ],
    rows: shown.map((row) => ({ cells: [row.key, row.count, row.bytes] })),
    ...(more > 0 ? { more } : {}),
  };
}
