/**
 * Numbers of a server that are of no mail: warnings and worse, connections, servers not reached, TLS, postscreen, the master
 * daemon. Taken from the lines themselves, while they are read.
 * Units: times in ms; a connection lasts from its connect to its disconnect line; at most MOST_OPEN are known at once.
 */
import type { Frame } from '../model/frame.ts';
import type { LineWatch } from '../model/line-watch.ts';
import { F } from '../model/log-event.ts';
import type { LogEvent } from '../model/log-event.ts';
import type { Instant } from '../model/message.ts';
import type { PlainNames } from '../model/plain-mail.ts';
import type { Figure, Section } from './document.ts';
import type { Period } from './period.ts';
import {
  PostfixTags,
  SEVERITIES,
  connectFailureOf,
  screenOf,
  screenOfText,
  severityOf,
  tlsOf,
  tlsOfText,
  wordsFrom,
} from './postfix-line.ts';
import type { Severity } from './postfix-line.ts';
import { part } from './shared.ts';
import { pour } from './pour.ts';
import { boundOf, MOST_PEOPLE, NumberedRows, TopTable } from './top-table.ts';
import { dateOf, hourOf } from './traffic-times.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const MOST_OPEN = 20_000;
/** A connect line whose end is missing says nothing after so long. */
const LONGEST = DAY;

interface TextRow {
  count: number;
  readonly cells: readonly string[];
}

interface Connections {
  count: number;
  sum: number;
  most: number;
}

interface ClientRow extends Connections {
  readonly client: string;
}

interface DayRow extends Connections {
  readonly day: number;
}

const noConnections = (): Connections => ({ count: 0, sum: 0, most: 0 });

export class ServerWatch implements LineWatch {
  readonly #period: Period;
  readonly #minutesEast: (at: Instant) => number;
  readonly #tags = new PostfixTags();
  readonly #talk: Readonly<Record<Severity, TopTable<TextRow>>> = {
    panic: new TopTable(1000),
    fatal: new TopTable(1000),
    error: new TopTable(1000),
    warning: new TopTable(5000),
  };
  readonly #master = new TopTable<TextRow>(1000);
  readonly #unreached = new TopTable<TextRow>(5000);
  readonly #tls = new TopTable<TextRow>(500);
  readonly #screen = new TopTable<TextRow>(100);
  readonly #open = new Map<string, Instant>();
  readonly #all = noConnections();
  readonly #hours = Array.from({ length: 24 }, noConnections);
  readonly #days = new TopTable<DayRow>(4000);
  readonly #clients = new TopTable<ClientRow>(MOST_PEOPLE);
  /** of told ones, by the numbers of sites */
  #sites: (Connections | undefined)[] = [];
  #names: PlainNames | undefined;
  /** rows by the numbers that they are told by */
  readonly #tlsRows = new NumberedRows(this.#tls);
  readonly #screenRows = new NumberedRows(this.#screen);
  readonly #unreachedRows = new NumberedRows(this.#unreached);
  #postfix = 0;
  /** the day and hour of the minute of the last one: zones change at whole minutes */
  #minute = Number.NaN;
  #day = 0;
  #hour = noConnections();

  constructor(period: Period, minutesEast: (at: Instant) => number) {
    this.#period = period;
    this.#minutesEast = minutesEast;
  }

  line(frame: Frame): void {
    const tag = this.#tags.of(frame.program);
    if (tag === undefined || frame.duplicate || !this.#isWithin(frame.at)) return;
    this.#postfix++;
    const severity = severityOf(frame);
    if (severity !== undefined) {
      const text = wordsFrom(frame, frame.body + severity.length + 2);
      count(this.#talk[severity], [tag.daemon, text]);
      return;
    }
    const { writer } = tag;
    if (writer === 'master') return count(this.#master, [wordsFrom(frame, frame.body)]);
    if (writer === 'postscreen') {
      const act = screenOf(frame);
      if (act !== undefined) count(this.#screen, [act]);
      return;
    }
    if (writer !== 'smtp' && writer !== 'smtpd') return;
    const tls = tlsOf(frame);
    if (tls !== undefined) return count(this.#tls, [tls.way, tls.protocol, tls.trust]);
    const failure = writer === 'smtp' ? connectFailureOf(frame) : undefined;
    if (failure !== undefined) count(this.#unreached, [failure.server, failure.why]);
  }

  event(event: LogEvent): void {
    const { kind, frame } = event;
    if ((kind !== 'connect' && kind !== 'disconnect') || frame.duplicate) return;
    const key = `${frame.host ?? ''} ${frame.program} ${frame.pid} ${event.text(F.sessionId) ?? ''}`;
    if (kind === 'connect') {
      this.#open.set(key, frame.at);
      if (this.#open.size > MOST_OPEN) for (const [oldest] of this.#open) return void this.#open.delete(oldest);
      return;
    }
    const since = this.#open.get(key);
    this.#open.delete(key);
    if (since === undefined || !this.#isWithin(frame.at)) return;
    const lasted = Math.min(LONGEST, Math.max(0, frame.at - since));
    this.#ended(frame.at, lasted);
    lengthen(this.#clientRow(clientName(event.text(F.clientName), event.text(F.clientIp))), lasted);
  }

  /** A connection of this client's site, by its number. */
  connection(site: number, since: Instant, until: Instant, names: PlainNames): void {
    const lasted = Math.min(LONGEST, Math.max(0, until - since));
    this.#ended(until, lasted);
    this.#names = names;
    lengthen((this.#sites[site] ??= noConnections()), lasted);
  }

  /** Connections that were told by numbers become rows: so many at least. */
  pour(top: number): void {
    const names = this.#names;
    if (names === undefined) return;
    const sites = this.#sites;
    pour(this.#clients, top, {
      names,
      numbers: [...sites.keys()].filter((site) => sites[site] !== undefined),
      // all of them are told by numbers
      numberOf: () => 0,
      put: (site) => Object.assign(this.#clientRow(names.of(site)), sites[site]),
      by: [(site) => sites[site]?.count ?? 0],
    });
    this.#sites = [];
    this.#names = undefined;
  }

  /** Rows let go that others would have been, had they come in another order. */
  get letGo(): number {
    const sites = this.#sites.reduce((sum: number) => sum + 1, 0);
    return this.#clients.letGo.rows + (sites > boundOf(MOST_PEOPLE) ? 1 : 0);
  }

  /** `number` stands for both words: `Anonymous TLS connection established from `, `TLSv1.3`. False: it is no such line. */
  tls(number: number, words: () => readonly [string, string]): boolean {
    const row = this.#tlsRows.get(number, () => {
      const [way, protocol] = words();
      const found = tlsOfText(`${way}h: ${protocol} with cipher C`);
      return found && textRow(this.#tls, [found.way, found.protocol, found.trust]);
    });
    if (row !== undefined) row.count++;
    return row !== undefined;
  }

  /** The first words of a line of postscreen, as far as they are in capitals, and one byte more. */
  screen(number: number, words: () => string): void {
    const row = this.#screenRows.get(number, () => {
      const act = screenOfText(words());
      return act === undefined ? undefined : textRow(this.#screen, [act]);
    });
    if (row !== undefined) row.count++;
  }

  /** A line of smtp(8) that names a server, by the number of its text. */
  unreached(number: number, frameOf: () => Frame): void {
    const row = this.#unreachedRows.get(number, () => {
      const failure = connectFailureOf(frameOf());
      return failure && textRow(this.#unreached, [failure.server, failure.why]);
    });
    if (row !== undefined) row.count++;
  }

  /** A line of Postfix was seen. */
  seen(): void {
    this.#postfix++;
  }

  #isWithin(at: Instant): boolean {
    const { since, until } = this.#period;
    return !(since !== undefined && at < since) && !(until !== undefined && at > until);
  }

  #clientRow(client: string): ClientRow {
    return this.#clients.get(client, () => ({ client, ...noConnections() }));
  }

  #ended(at: Instant, lasted: number): void {
    const minute = Math.floor(at / MINUTE);
    if (minute !== this.#minute) {
      this.#minute = minute;
      const local = at + this.#minutesEast(at) * MINUTE;
      this.#day = Math.floor(local / DAY);
      this.#hour = this.#hours[Math.floor((local - this.#day * DAY) / HOUR)] ?? noConnections();
    }
    const day = this.#day;
    lengthen(this.#all, lasted);
    lengthen(this.#hour, lasted);
    lengthen(
      this.#days.get(day, () => ({ day, ...noConnections() })),
      lasted,
    );
  }

  figures(): Figure[] {
    const figures: Figure[] = [
      part('connections', 'connections of clients', this.#all.count),
      part('connecting_domains', 'domains and addresses of clients', this.#clients.size),
      {
        ...part('connection_average', 'a connection lasted on average', average(this.#all)),
        unit: 'ms',
      },
      { ...part('connection_time', 'all connections together', this.#all.sum), unit: 'ms' },
      part('servers_not_reached', 'tries of servers that could not be reached', sum(this.#unreached)),
      ...SEVERITIES.map((severity) => part(`${severity}_lines`, `${severity} lines`, sum(this.#talk[severity]))),
    ];
    return figures;
  }

  /** Whether no line of Postfix was seen: then some of this says nothing. */
  get isSilent(): boolean {
    return this.#postfix === 0;
  }

  sections(top: number): Section[] {
    const talk = [
      { name: 'daemon', label: 'Daemon' },
      { name: 'text', label: 'Text' },
    ];
    const days = this.#days.sorted(({ day }) => -day);
    return [
      textSection('tls', 'TLS connections', ['way', 'protocol', 'trust'], ['Way', 'Protocol', 'Proof'], this.#tls, top),
      textSection('postscreen', 'Postscreen', ['act'], ['What it did'], this.#screen, top),
      connectionSection(
        'connections_per_day',
        'Connections per day',
        'day',
        'Day',
        days.length < 2 ? [] : days,
        (row) => dateOf(row.day),
      ),
      connectionSection('connections_per_hour', 'Connections per hour', 'hour', 'Hour', this.#hours, (_, i) =>
        hourOf(i),
      ),
      this.#clientSection(top),
      textSection('not_reached', 'Servers not reached', ['server', 'why'], ['Server', 'Why'], this.#unreached, top),
      ...SEVERITIES.map((severity) =>
        textSection(
          `${severity}_lines`,
          SEVERITY_TITLES[severity],
          talk.map(({ name }) => name),
          talk.map(({ label }) => label),
          this.#talk[severity],
          top,
        ),
      ),
      textSection('master', 'Master daemon', ['text'], ['Text'], this.#master, top),
    ];
  }

  #clientSection(top: number): Section {
    const rows = this.#clients.greatest(top);
    const more = this.#clients.size - rows.length;
    const section = connectionSection(
      'connections_by_client',
      'Connections by client domain',
      'client',
      'Client',
      rows,
      ({ client }) => client,
    );
    return more > 0 ? { ...section, more } : section;
  }
}

const SEVERITY_TITLES: Readonly<Record<Severity, string>> = {
  panic: 'Panics',
  fatal: 'Fatal errors',
  error: 'Errors',
  warning: 'Warnings',
};

function textRow(table: TopTable<TextRow>, cells: readonly string[]): TextRow {
  return table.get(cells.join('\0'), () => ({ count: 0, cells }));
}

function count(table: TopTable<TextRow>, cells: readonly string[]): void {
  textRow(table, cells).count++;
}

function lengthen(row: Connections, lasted: number): void {
  row.count++;
  row.sum += lasted;
  if (lasted > row.most) row.most = lasted;
}

const sum = (table: TopTable<TextRow>): number => table.sorted().reduce((total, row) => total + row.count, 0);

const average = ({ count: n, sum: all }: Connections): number => (n === 0 ? 0 : Math.round(all / n));

/** The domain of a client (`a.b.example.org` -> `example.org`, as far as three labels of which the last is short), else its address. */
function clientName(name: string | undefined, ip: string | undefined): string {
  if (name === undefined || name === '' || name === 'unknown') return ip ?? '-';
  const labels = name.toLowerCase().split('.');
  const [second = '', last = ''] = labels.slice(-2);
  const kept = last.length === 2 && second.length <= 3 ? 3 : 2;
  return labels.slice(-kept).join('.');
}

function textSection(
  name: string,
  title: string,
  names: readonly string[],
  labels: readonly string[],
  table: TopTable<TextRow>,
  top: number,
): Section {
  const sorted = table.sorted();
  const shown = sorted.slice(0, top);
  return {
    name,
    title,
    columns: [
      { name: 'count', label: 'Times', align: 'right' },
      ...names.map((each, i) => ({ name: each, label: labels[i] ?? each })),
    ],
    rows: shown.map((row) => ({ cells: [row.count, ...row.cells] })),
    ...(sorted.length > shown.length ? { more: sorted.length - shown.length } : {}),
  };
}

function connectionSection<R extends Connections>(
  name: string,
  title: string,
  key: string,
  label: string,
  rows: readonly R[],
  keyOf: (row: R, i: number) => string,
): Section {
  return {
    name,
    title,
    columns: [
      { name: key, label },
      { name: 'connections', label: 'Connections', align: 'right' },
      { name: 'time', label: 'Time', align: 'right', unit: 'ms' },
      { name: 'average', label: 'Average', align: 'right', unit: 'ms' },
      { name: 'longest', label: 'Longest', align: 'right', unit: 'ms' },
    ],
    rows: rows.flatMap((row, i) =>
      row.count === 0 ? [] : [{ cells: [keyOf(row, i), row.count, row.sum, average(row), row.most] }],
    ),
  };
}
