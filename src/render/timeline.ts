/**
 * The way of one mail in time order: hops, verdicts, what became of each recipient.
 * Shape:  a line each: time (with milliseconds where the logs have them), host, what; a line with the date where a new day begins.
 */
import type { Instant, Message, Recipient } from '../model/message.ts';
import { GROUP_OF_STATUS } from '../model/words.ts';
import { visible } from '../util/visible.ts';
import { duration } from './times.ts';
import { wrap } from './prose.ts';
import { addressText, codeText, hostText, isServer } from './rows.ts';
import { clientText, verdictText } from './sentences.ts';
import { paintOf } from './screen.ts';
import type { Screen } from './screen.ts';
import { cutMiddle, pad, widthOf } from './width.ts';

interface Entry {
  at: Instant;
  host: string;
  text: string;
  paint?: (text: string) => string;
}

const WIDEST_HOST = 24;

function hopEntries(message: Message): Entry[] {
  return message.hops.map((hop, i) => {
    const id = hop.queueId === undefined ? '' : ` as ${visible(hop.queueId)}`;
    const client = i === 0 ? clientText(message.client) : undefined;
    // Without a queue id it was never taken in.
    const verb = hop.queueId === undefined ? 'was offered it' : i === 0 ? 'took it in' : 'took it over';
    const from = client === undefined ? '' : ` ${hop.queueId === undefined ? 'by' : 'from'} ${client}`;
    return {
      at: hop.time,
      host: hop.host === undefined ? '' : visible(hop.host),
      text: `${visible(hop.system)} ${verb}${id}${from}`,
    };
  });
}

/** The host of the last hop that was at work at `at`. */
function hostAt(message: Message, at: Instant): string {
  const hop = message.hops.findLast((hop) => hop.time <= at && at <= hop.lastTime);
  return hop?.host === undefined ? '' : visible(hop.host);
}

function endText(recipient: Recipient): string {
  const whom = addressText(recipient.finalAddress ?? recipient.address);
  const code = codeText(recipient);
  const relay = !isServer(recipient.relay) ? '' : ` by ${hostText(recipient.relay)}`;
  const delay = (recipient.delay ?? 0) < 0.1 ? '' : `, after ${duration(recipient.delay ?? 0)}`;
  return `${recipient.status}: ${whom}${code === '-' ? '' : ` (${code}${relay})`}${delay}`;
}

/** Whether a verdict's own line says the same as the recipient's end: `exim refused it for bob@example.com`. */
function toldByVerdict(message: Message, recipient: Recipient): boolean {
  return message.verdicts.some(
    ({ time, action, recipients }) =>
      time === recipient.time &&
      action === recipient.action &&
      (action === recipient.status || action === 'tempfailed') &&
      (recipients === undefined || (recipient.address !== undefined && recipients.includes(recipient.address))),
  );
}

function entriesOf(message: Message, screen: Screen): Entry[] {
  const paint = paintOf(screen);
  const entries = hopEntries(message);
  for (const verdict of message.verdicts) {
    entries.push({
      at: verdict.time,
      host: verdict.host === undefined ? hostAt(message, verdict.time) : visible(verdict.host),
      text: verdictText(verdict, message, true),
    });
  }
  for (const recipient of message.recipients) {
    if (recipient.time === undefined || toldByVerdict(message, recipient)) continue;
    const host = hostAt(message, recipient.time);
    entries.push({
      at: recipient.time,
      host,
      text: endText(recipient),
      paint: paint.group[GROUP_OF_STATUS[recipient.status]],
    });
  }
  return entries.toSorted((a, b) => a.at - b.at);
}

/** The timeline as lines with their ends, indented by two. */
export function timelineText(message: Message, screen: Screen, width: number): string {
  const { clock } = screen;
  const paint = paintOf(screen);
  const entries = entriesOf(message, screen);
  const hostWidth = Math.min(
    WIDEST_HOST,
    Math.floor(width / 4),
    Math.max(0, ...entries.map((entry) => widthOf(entry.host))),
  );
  let text = '';
  let day = '';
  const hasFractions = entries.some((entry) => entry.at % 1000 !== 0);
  for (const entry of entries) {
    const date = clock.date(entry.at);
    if (date !== day) text += `  ${paint.dim(`${date} (${clock.iso(entry.at).slice(-6)})`)}\n`;
    day = date;
    const host = hostWidth === 0 ? '' : `${pad(cutMiddle(entry.host, hostWidth), hostWidth)}  `;
    const time = hasFractions ? clock.timeMs(entry.at) : clock.time(entry.at);
    const lines = wrap(entry.text, width, `  ${time}  ${host}`);
    text +=
      entry.paint === undefined
        ? lines
        : paintLines(lines, time.length + 4 + (hostWidth === 0 ? 0 : hostWidth + 2), entry.paint);
  }
  return text;
}

/** Colours what stands behind the first `from` columns of each line. */
function paintLines(lines: string, from: number, paint: (text: string) => string): string {
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => {
      let head = '';
      for (const character of line) {
        if (widthOf(head) >= from) break;
        head += character;
      }
      return `${head}${paint(line.slice(head.length))}\n`;
    })
    .join('');
}
