/**
 * Traffic per day and per hour of the day, in the zone printed.
 * Units: a day is a number of days since 1970-01-01 of local time; at most MOST_DAYS of them.
 */
import type { Instant } from '../model/message.ts';
import { GROUP_OF_STATUS } from '../model/words.ts';
import type { Status } from '../model/words.ts';
import type { Chart, Column, Section } from './document.ts';
import { TopTable } from './top-table.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const HOURS = 24;
const MOST_DAYS = 4000;
const MOST_MINUTES = 10_000;

/** What is counted at a time. */
const FLOWS = ['received', 'sent', 'waiting', 'failed', 'rejected', 'stopped'] as const;
export type Flow = (typeof FLOWS)[number];

const LABELS: Readonly<Record<Flow, string>> = {
  received: 'Received',
  sent: 'Sent',
  waiting: 'Waiting',
  failed: 'Failed',
  rejected: 'Rejected',
  stopped: 'Stopped',
};

/** Refusals stand apart from mail that was accepted and failed. */
export function flowOf(status: Status): Flow {
  return status === 'rejected' || status === 'greylisted' ? 'rejected' : GROUP_OF_STATUS[status];
}

type Counts = Record<Flow, number>;

const noCounts = (): Counts => ({ received: 0, sent: 0, waiting: 0, failed: 0, rejected: 0, stopped: 0 });

interface DayRow extends Counts {
  readonly day: number;
  count: number;
}

export class TimeTable {
  readonly #minutesEast: (at: Instant) => number;
  readonly #hours = Array.from({ length: HOURS }, noCounts);
  readonly #days = new TopTable<DayRow>(MOST_DAYS);
  /** where the minutes seen of late are counted */
  readonly #minutes = new Map<number, { row: DayRow; hour: Counts }>();
  #minute = Number.NaN;
  #at: { row: DayRow; hour: Counts } = { row: { day: 0, count: 0, ...noCounts() }, hour: noCounts() };
  #isEmpty = true;

  constructor(minutesEast: (at: Instant) => number) {
    this.#minutesEast = minutesEast;
  }

  add(flow: Flow, time: Instant): void {
    const minute = Math.floor(time / MINUTE);
    if (minute !== this.#minute) this.#to(minute, time);
    const { row, hour } = this.#at;
    row.count++;
    row[flow]++;
    hour[flow]++;
    this.#isEmpty = false;
  }

  /** Zones change at whole minutes. */
  #to(minute: number, time: Instant): void {
    this.#minute = minute;
    let at = this.#minutes.get(minute);
    if (at === undefined) {
      if (this.#minutes.size >= MOST_MINUTES) this.#minutes.clear();
      at = this.#placeOf(time);
      this.#minutes.set(minute, at);
    }
    this.#at = at;
  }

  #placeOf(time: Instant): { row: DayRow; hour: Counts } {
    const local = time + this.#minutesEast(time) * MINUTE;
    const day = Math.floor(local / DAY);
    const row = this.#days.get(day, () => ({ day, count: 0, ...noCounts() }));
    return { row, hour: this.#hours[Math.floor((local - day * DAY) / HOUR)] ?? noCounts() };
  }

  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  sections(top: number): Section[] {
    const days = this.#days.sorted(({ day }) => -day);
    const shown = days.slice(-Math.max(top, 31));
    const more = days.length - shown.length;
    return [
      {
        name: 'per_day',
        title: 'Per day',
        columns: columnsOf('day', 'Day'),
        rows: shown.map((row) => ({ cells: [dateOf(row.day), ...FLOWS.map((flow) => row[flow])] })),
        ...(more > 0 ? { more } : {}),
      },
      {
        name: 'per_hour',
        title: days.length > 1 ? `Per hour of the day, sums of ${days.length} days` : 'Per hour',
        columns: columnsOf('hour', 'Hour'),
        rows: (this.#isEmpty ? [] : this.#hours).map((counts, hour) => ({
          cells: [hourOf(hour), ...FLOWS.map((flow) => counts[flow])],
        })),
      },
    ];
  }

  chart(): Chart[] {
    if (this.#isEmpty) return [];
    const tones = { sent: 'good', waiting: 'wait', failed: 'bad', rejected: 'plain', stopped: 'stop' } as const;
    return [
      {
        name: 'per_hour',
        title: 'Recipients per hour of the day',
        form: 'columns',
        labels: this.#hours.map((_, hour) => String(hour).padStart(2, '0')),
        series: (['sent', 'waiting', 'failed', 'rejected', 'stopped'] as const).map((flow) => ({
          name: flow,
          label: LABELS[flow].toLowerCase(),
          tone: tones[flow],
          values: this.#hours.map((counts) => counts[flow]),
        })),
      },
    ];
  }
}

function columnsOf(name: string, label: string): Column[] {
  return [{ name, label }, ...FLOWS.map((flow): Column => ({ name: flow, label: LABELS[flow], align: 'right' }))];
}

export function dateOf(day: number): string {
  const time = day * DAY;
  // a stamp may say anything: ECMA-262 21.4.1.1
  return Math.abs(time) > 8.64e15 ? '-' : new Date(time).toISOString().slice(0, -14);
}

const two = (n: number): string => String(n).padStart(2, '0');

export function hourOf(hour: number): string {
  return `${two(hour)}:00-${two(hour + 1)}:00`;
}
