/**
 * Who sent and who got how much: senders, recipients, and their domains, by number and by size.
 * Source: the tables are those of pflogsumm, counted by mail and recipient.
 */
import type { Message, Recipient } from '../model/message.ts';
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
  delaySum: number;
  delayMost: number;
}

const NULL_SENDER = '<>';

export class PeopleTables {
  readonly senders = new TopTable<Volume>();
  readonly senderDomains = new TopTable<Volume>();
  readonly recipients = new TopTable<Volume>();
  readonly domains = new TopTable<DomainRow>();

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
    const row = this.domains.get(domain, () => ({
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
    row.count++;
    if (group === 'waiting') row.waiting++;
    else if (group === 'failed') row.failed++;
    if (!isSent) return;
    row.sent++;
    row.bytes += size;
    const { delay } = recipient;
    if (delay !== undefined) {
      row.delays++;
      row.delaySum += delay;
      if (delay > row.delayMost) row.delayMost = delay;
    }
    grow(this.recipients, personOf(address), size);
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
    const rows = this.domains.sorted();
    const shown = rows.slice(0, top);
    const more = rows.length - shown.length;
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
          row.delays === 0 ? undefined : Math.round((1000 * row.delaySum) / row.delays),
          row.delays === 0 ? undefined : Math.round(1000 * row.delayMost),
        ],
      })),
      ...(more > 0 ? { more } : {}),
    };
  }
}

function grow(table: TopTable<Volume>, key: string, size: number): void {
  const row = table.get(key, () => ({ key, count: 0, bytes: 0 }));
  row.count++;
  row.bytes += size;
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
  const sorted = bySize ? table.sorted(({ bytes }) => bytes) : table.sorted();
  const shown = sorted.slice(0, top);
  const more = sorted.length - shown.length;
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
