/**
 * Who sent and who got how much: senders, recipients, and their domains, by number and by size.
 * Source: the tables are those of pflogsumm, counted by mail and recipient.
 */
import type { Message, Recipient } from '../model/message.ts';
import { peerOf, type PlainMail, type PlainNames, type PlainRefusal } from '../model/plain-mail.ts';
import { GROUP_OF_STATUS } from '../model/words.ts';
import type { StatusGroup } from '../model/words.ts';
import { domainOf, personOf } from './counted.ts';
import type { Section } from './document.ts';
import { type PlaceCounts, type Places, PlainPeople, type Volumes } from './plain-people.ts';
import { pour } from './pour.ts';
import { boundOf, MOST_PEOPLE, TopTable } from './top-table.ts';

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

export class PeopleTables {
  readonly senders = new TopTable<Volume>(MOST_PEOPLE);
  readonly senderDomains = new TopTable<Volume>(MOST_PEOPLE);
  readonly recipients = new TopTable<Volume>(MOST_PEOPLE);
  readonly domains = new TopTable<DomainRow>(MOST_PEOPLE);
  #plain = new PlainPeople();
  /** of plain mails; undefined: there were none */
  #names: PlainNames | undefined;

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

  /** As `received`. */
  plainReceived(mail: PlainMail): void {
    if (!mail.isBare) return this.#plainOf(mail).received(mail);
    // who handed it in stands for a domain that the sender does not have
    const { size, names } = mail;
    const sender = names.of(mail.sender);
    const { name, ip } = mail.client === 0 ? {} : peerOf(names.of(mail.client));
    grow(this.senders, sender, size);
    grow(this.senderDomains, name ?? ip ?? sender, size);
  }

  /** As `ended`. */
  plainEnded(mail: PlainMail, i: number, group: StatusGroup): void {
    const number = mail.recipient(i);
    if (group === 'sent') this.#plainOf(mail).sent(mail, number, Math.max(0, Math.round(mail.endedAt(i) - mail.time)));
    else this.#plainOf(mail).other(mail.names, number, group);
  }

  /** As `ended`, of a recipient who was refused. */
  plainRefused(mail: PlainRefusal, i: number, group: StatusGroup): void {
    const number = mail.recipient(i);
    if (number !== 0) this.#plainOf(mail).other(mail.names, number, group);
  }

  #plainOf({ names }: { readonly names: PlainNames }): PlainPeople {
    this.#names = names;
    return this.#plain;
  }

  /** What was told of plain mails becomes rows: so many of each table at least. */
  pour(top: number): void {
    const names = this.#names;
    if (names === undefined) return;
    const { senders, senderDomains, recipients, domains } = this.#plain;
    const ofAddress = (key: string): number => names.find('address', key);
    const ofDomain = (key: string): number => names.find('domain', key);
    const keyOf = (number: number): string => personOf(names.of(number));
    const domainOfNumber = (number: number): string => {
      const text = names.of(number);
      return names.isBare(number) ? text : text.toLowerCase();
    };
    const all = (table: TopTable<Volume>, from: Volumes, find: (key: string) => number, key: typeof keyOf): void =>
      pour(table, top, {
        names,
        numbers: from.numbers(),
        numberOf: find,
        put: (number) => addVolume(table, key(number), from, number),
        by: [(number) => from.countOf(number), (number) => from.bytesOf(number)],
      });
    all(this.senders, senders, ofAddress, keyOf);
    all(this.senderDomains, senderDomains, ofDomain, domainOfNumber);
    all(this.recipients, recipients, ofAddress, keyOf);
    pour(this.domains, top, {
      names,
      numbers: domains.numbers(),
      numberOf: ofDomain,
      put: (number) => {
        const key = domainOfNumber(number);
        if (key !== '') addPlace(this.#domainRow(key), domains.of(number));
      },
      by: [(number) => domains.countOf(number)],
    });
    this.#names = undefined;
    this.#plain = new PlainPeople();
  }

  /** Rows let go; where there are too many to be kept, at least one. */
  get letGo(): number {
    const { senders, senderDomains, recipients, domains } = this.#plain;
    const more =
      isMany(this.senders, senders) ||
      isMany(this.senderDomains, senderDomains) ||
      isMany(this.recipients, recipients) ||
      isMany(this.domains, domains);
    return this.#letGo + (more ? 1 : 0);
  }

  get #letGo(): number {
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

function addPlace(row: DomainRow, { sent, bytes, delaySum, delayMost, waiting, failed, stopped }: PlaceCounts): void {
  row.count += sent + waiting + failed + stopped;
  row.sent += sent;
  row.bytes += bytes;
  row.waiting += waiting;
  row.failed += failed;
  row.delays += sent;
  row.delaySum += delaySum;
  if (delayMost / 1000 > row.delayMost) row.delayMost = delayMost / 1000;
}

function isMany(table: { readonly size: number }, plain: Volumes | Places): boolean {
  return table.size + plain.size > boundOf(MOST_PEOPLE);
}

function addVolume(table: TopTable<Volume>, key: string, from: Volumes, number: number): void {
  if (key === '') return;
  const row = volumeOf(table, key);
  row.count += from.countOf(number);
  row.bytes += from.bytesOf(number);
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
