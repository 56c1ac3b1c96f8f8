/**
 * Numbers in place of rows: `--count`, `--group-by`, and the sessions that brought no mail.
 * Shape:  text: aligned columns; JSON: one object `{v, messages, recipients, byStatus}`, or one `{v, key, messages,
 *         recipients}` a line.
 */
import type { Session } from '../model/message.ts';
import { GROUP_OF_STATUS, STATUSES, STATUS_GROUPS } from '../model/words.ts';
import type { Status, StatusGroup } from '../model/words.ts';
import { visible } from '../util/visible.ts';
import type { RawLine } from './contract.ts';
import { csvText } from './escape.ts';
import { jsonString, lineObject } from './json.ts';
import { layoutTable } from './layout.ts';
import type { Cell, ColumnStyle } from './layout.ts';
import { indentedLines } from './raw.ts';
import { hostCell } from './rows.ts';
import { paintOf } from './screen.ts';
import type { Screen } from './screen.ts';
import type { Clock } from './times.ts';

export interface Counts {
  messages: number;
  recipients: number;
  byStatus: Partial<Record<Status, number>>;
  /** of `rejected`: refused only for now */
  refusedForNow?: number;
  /** mails that were told before their end, as memory was short: they may count twice */
  letGo?: number;
}

/** `{"v":1,"messages":…,"recipients":…,"byStatus":{…}}` and a line end; statuses with none are left out. */
export function countJson(counts: Counts): string {
  const byStatus = STATUSES.filter((status) => (counts.byStatus[status] ?? 0) > 0).map(
    (status) => `"${status}":${counts.byStatus[status]}`,
  );
  const letGo = (counts.letGo ?? 0) > 0 ? `,"letGo":${counts.letGo}` : '';
  return `{"v":1,"messages":${counts.messages},"recipients":${counts.recipients},"byStatus":{${byStatus.join(',')}}${letGo}}\n`;
}

/** Messages, recipients and statuses, numbers below each other; statuses stand by group. */
export function countText(counts: Counts, screen: Screen): string {
  const paint = paintOf(screen);
  const lines: { number: number; text: string; paint?: (text: string) => string }[] = [
    { number: counts.messages, text: counts.messages === 1 ? 'message' : 'messages', paint: paint.strong },
    { number: counts.recipients, text: counts.recipients === 1 ? 'recipient' : 'recipients', paint: paint.strong },
  ];
  for (const group of STATUS_GROUPS)
    lines.push(...statusLines(counts, group).map((line) => ({ ...line, paint: paint.group[group] })));
  const width = Math.max(...lines.map((line) => String(line.number).length));
  return lines
    .map(
      ({ number, text, paint }) => `${String(number).padStart(width)}  ${paint === undefined ? text : paint(text)}\n`,
    )
    .join('');
}

function statusLines(counts: Counts, group: StatusGroup): { number: number; text: string }[] {
  return STATUSES.filter((status) => GROUP_OF_STATUS[status] === group && (counts.byStatus[status] ?? 0) > 0).map(
    (status) => {
      const number = counts.byStatus[status] ?? 0;
      const forNow = counts.refusedForNow ?? 0;
      return {
        number,
        text: status === 'rejected' && forNow > 0 ? `rejected (${forNow} of them only for now)` : status,
      };
    },
  );
}

/** One value of `--group-by`. */
export interface GroupCount {
  /** undefined where the log does not say */
  key?: string;
  messages: number;
  recipients: number;
}

/** One line a group, in the order given. */
export function groupsJson(groups: readonly GroupCount[]): string {
  return groups
    .map(
      ({ key, messages, recipients }) =>
        `{"v":1,${key === undefined ? '' : `"key":${jsonString(key)},`}"messages":${messages},"recipients":${recipients}}\n`,
    )
    .join('');
}

/** The same as one array. */
export function groupsJsonArray(groups: readonly GroupCount[]): string {
  const objects = groupsJson(groups).trimEnd();
  return objects === '' ? '[]\n' : `[\n${objects.replaceAll('\n', ',\n')}\n]\n`;
}

export function groupsCsv(groups: readonly GroupCount[], by: string, tty: boolean): string {
  const head = `${csvText(by)},messages,recipients\n`;
  return (
    head + groups.map((group) => `${csvText(group.key ?? '', tty)},${group.messages},${group.recipients}\n`).join('')
  );
}

/** Numbers first, so that the longest key (a relay, a reason) may end the line. `by`: what was grouped by. */
export function groupsTable(groups: readonly GroupCount[], by: string, screen: Screen): string {
  if (groups.length === 0) return '';
  const paint = paintOf(screen);
  const columns: ColumnStyle[] = [
    { head: 'MESSAGES', cut: 'never', right: true },
    { head: 'RECIPIENTS', cut: 'never', right: true },
    { head: by.toUpperCase(), cut: 'middle' },
  ];
  const rows = groups.map((group): Cell[] => [
    { text: String(group.messages) },
    { text: String(group.recipients) },
    {
      text: group.key === undefined ? '-' : visible(group.key),
      paint: by === 'status' ? statusPaint(group.key, paint.group) : undefined,
    },
  ]);
  return layoutTable(columns, rows, screen.tty ? screen.columns : undefined, paint.head);
}

function statusPaint(
  key: string | undefined,
  paints: Readonly<Record<StatusGroup, (text: string) => string>>,
): ((text: string) => string) | undefined {
  const status = STATUSES.find((word) => word === key);
  return status === undefined ? undefined : paints[GROUP_OF_STATUS[status]];
}

/** `--sessions`: time, host, client, kind, what was said. */
export function sessionsTable(
  sessions: readonly Session[],
  screen: Screen,
  linesOf?: (session: Session) => readonly RawLine[],
): string {
  if (sessions.length === 0) return '';
  const paint = paintOf(screen);
  const year = screen.clock.year(screen.now);
  const columns: ColumnStyle[] = [
    { head: 'TIME', cut: 'never' },
    { head: 'HOST', cut: 'middle', most: 20 },
    { head: 'CLIENT', cut: 'end' },
    { head: 'KIND', cut: 'never' },
    { head: 'TEXT', cut: 'end' },
  ];
  const rows = sessions.map((session): Cell[] => [
    { text: screen.tty ? screen.clock.short(session.time, year) : screen.clock.plain(session.time) },
    { text: session.host === undefined ? '-' : visible(session.host) },
    hostCell(session.client),
    { text: visible(session.kind) },
    { text: session.text === undefined ? '-' : visible(session.text) },
  ]);
  const table = layoutTable(columns, rows, screen.tty ? screen.columns : undefined, paint.head);
  if (linesOf === undefined) return table;
  const [head, ...printed] = table.trimEnd().split('\n');
  return `${head}\n${printed.map((line, i) => `${line}\n${indentedLines(linesOf(sessions[i] as Session))}`).join('')}`;
}

/** A session as one JSON line: `{v, time, lastTime, host, client, kind, text, lines}`. */
export function sessionJson(session: Session, clock: Clock, lines?: readonly RawLine[]): string {
  const { client } = session;
  return `${JSON.stringify({
    v: 1,
    time: clock.iso(session.time),
    lastTime: clock.iso(session.lastTime),
    host: session.host,
    client:
      client === undefined
        ? undefined
        : { ip: client.ip, name: client.name, helo: client.helo, user: client.user, tls: client.tls },
    kind: session.kind,
    text: session.text,
    lines: lines?.map(lineObject),
  })}\n`;
}
