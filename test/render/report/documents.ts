/** Report documents for the tests of their forms: one as bounces make it, with hostile texts, and an empty one. */
import type { ReportDocument, Row } from '../../../src/report/document.ts';

/** 2026-11-20T00:00:00Z */
export const DAY_START = Date.UTC(2026, 10, 20);
const HOUR = 3_600_000;

/** What a log may hold: markup, a quote that ends an attribute, ESC, a bidi override, NUL, a tag character, half a surrogate pair. */
export const HOSTILE =
  '<script>alert(1)</script><img src=x onerror=alert(2)>" onload="alert(3) \' &amp; \u001b[31m \u202egpj.exe \u0000 \u{e0041} \ud800';

const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
const wave = (scale: number): number[] =>
  hours.map((_, hour) => Math.max(0, Math.round(scale * (1 + Math.sin(hour / 3.8 - 2)))));

const detail = (domain: string, relay: string, answer: string, mails: number): Row => ({
  cells: ['user-unknown', domain, relay, answer, mails, mails + 1, DAY_START + 2 * HOUR, DAY_START + 20 * HOUR],
});

/** Every part there can be. */
export function aReport(over: Partial<ReportDocument> = {}): ReportDocument {
  return {
    kind: 'bounces',
    title: 'Bounces',
    period: { since: DAY_START, until: DAY_START + 24 * HOUR - 1, first: DAY_START, last: DAY_START + 20 * HOUR },
    compared: { label: 'the day before', since: DAY_START - 24 * HOUR, until: DAY_START - 1 },
    filters: 'domain example.com',
    figures: [
      { name: 'bounced_mails', label: 'mails bounced', value: 1234, previous: 881, hint: 'of 45,120 mails sent' },
      { name: 'bounced_recipients', label: 'recipients bounced', value: 1310, previous: 1310 },
      { name: 'share', label: 'share of recipients', value: 2.734, unit: 'percent', previous: 1.9 },
      { name: 'bytes', label: 'bytes', value: 812_345_678, unit: 'bytes' },
      { name: 'delay', label: 'median time until the bounce', value: 4200, unit: 'ms', previous: 0 },
    ],
    charts: [
      {
        name: 'volume',
        title: 'Recipients per hour',
        form: 'columns',
        labels: hours,
        series: [
          { name: 'sent', label: 'delivered', tone: 'good', values: wave(900) },
          { name: 'waiting', label: 'waiting', tone: 'wait', values: wave(120) },
          { name: 'failed', label: 'failed', tone: 'bad', values: wave(190) },
          { name: 'stopped', label: 'stopped', tone: 'stop', values: wave(60) },
        ],
      },
      {
        name: 'reasons',
        title: 'Top reasons',
        form: 'bars',
        labels: [
          'The mailbox does not exist',
          'The mailbox is full',
          `A very long reason that goes on and on ${HOSTILE}`,
        ],
        series: [{ name: 'recipients', label: 'recipients', tone: 'bad', values: [812, 77, 3] }],
      },
      {
        name: 'delays',
        title: 'Time to delivery',
        form: 'columns',
        labels: ['<1 s', '<5 s', '<30 s', '<1 min', '<5 min', '<1 h', '<1 d', 'more'],
        series: [
          { name: 'recipients', label: 'recipients', tone: 'plain', values: [5100, 2300, 800, 120, 66, 12, 4, 1] },
        ],
      },
      {
        name: 'outcomes',
        title: 'Outcomes',
        form: 'bars',
        labels: ['delivered', 'relayed', 'deferred', 'bounced', 'rejected'],
        series: [
          { name: 'mails', label: 'mails', tone: 'plain', values: [4000, 900, 20, 310, 5] },
          { name: 'more', label: 'further recipients', tone: 'plain', values: [300, 100, 0, 12, 1] },
        ],
      },
    ],
    sections: [
      {
        name: 'reasons',
        title: 'By reason',
        text: 'Each answer as the remote server gave it.',
        columns: [
          { name: 'reason', label: 'reason', isData: true },
          { name: 'domain', label: 'domain' },
          { name: 'relay', label: 'relay' },
          { name: 'answer', label: 'answer', wide: true },
          { name: 'mails', label: 'mails', align: 'right' },
          { name: 'recipients', label: 'recipients', align: 'right' },
          { name: 'first', label: 'first', unit: 'time' },
          { name: 'last', label: 'last', unit: 'time' },
        ],
        rows: [
          {
            heading: 'The mailbox does not exist',
            advice: 'Remove the address from your lists, or ask the recipient for the right one.',
            isNew: true,
            cells: ['user-unknown', undefined, undefined, undefined, 812, 840, DAY_START + HOUR, DAY_START + 23 * HOUR],
            rows: [
              {
                ...detail(
                  'big.example.net',
                  'mx.big.example.net[192.0.2.50]:25',
                  "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos",
                  700,
                ),
                rows: [
                  {
                    cells: [
                      'user-unknown',
                      'wim.ulmer98@big.example.net',
                      undefined,
                      undefined,
                      3,
                      3,
                      DAY_START,
                      DAY_START + HOUR,
                    ],
                  },
                ],
              },
              { ...detail(HOSTILE, 'mx', HOSTILE, 1), isNew: true },
            ],
          },
          {
            heading: 'The mailbox is full',
            cells: ['mailbox-full', undefined, undefined, undefined, 77, 77, DAY_START + HOUR, DAY_START + 23 * HOUR],
            rows: [detail('example.org', 'mail.example.org[2001:db8::25]:25', '552 5.2.2 Mailbox full', 77)],
          },
        ],
        more: 12,
      },
      {
        name: 'senders',
        title: `Our users who are hit ${HOSTILE}`,
        columns: [
          { name: 'sender', label: 'sender' },
          { name: 'mails', label: 'mails', align: 'right' },
          { name: 'size', label: 'size', align: 'right', unit: 'bytes' },
        ],
        rows: [{ cells: ['alice@example.com', 12, 34_000] }, { cells: [HOSTILE, 2, undefined] }],
      },
    ],
    notes: ['The zone of the stamps was assumed to be UTC.', HOSTILE],
    empty: false,
    ...over,
  };
}

export const EMPTY: ReportDocument = {
  kind: 'bounces',
  title: 'Bounces',
  period: { since: DAY_START, until: DAY_START + 24 * HOUR - 1 },
  filters: '',
  figures: [{ name: 'bounced_mails', label: 'mails bounced', value: 0 }],
  charts: [{ name: 'volume', title: 'Recipients per hour', form: 'columns', labels: hours, series: [] }],
  sections: [],
  notes: [],
  empty: true,
};
