/**
 * A block of header fields as text -> its fields, unfolded.
 * Shape:  `Name: value`, lines that begin with white space go on; anything else ends the block (RFC 5322 section 2.2).
 * Errors: none. At most MAX_FIELDS fields are read, each at most MAX_VALUE characters.
 */
import { headerText } from '../util/encoded-words.ts';
import type { Instant } from '../model/message.ts';
import type { OriginalMail, ReceivedLine } from '../model/bounce.ts';

const MAX_FIELDS = 1000;
const MAX_VALUE = 20_000;
const MAX_RECEIVED = 50;
const FIELD = /^([!-9;-~]{1,100})[ \t]*:([^]*)$/;

/** Fields by lower-case name, each with its values in order. */
export type Fields = ReadonlyMap<string, readonly string[]>;

/** Reads one block; stops at an empty line, or at one that is no field. `next` is the index of the line after it. */
export function readBlock(lines: readonly string[], from = 0): { fields: Fields; next: number } {
  const fields = new Map<string, string[]>();
  let last: string[] | undefined;
  let count = 0;
  let i = from;
  for (; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (line.trim() === '') break;
    if (/^[ \t]/.test(line) && last !== undefined) {
      const at = last.length - 1;
      const value = last[at] ?? '';
      if (value.length < MAX_VALUE) last[at] = `${value} ${line.trim()}`.slice(0, MAX_VALUE);
      continue;
    }
    const [, name, value] = FIELD.exec(line.slice(0, MAX_VALUE)) ?? [];
    if (name === undefined || value === undefined || ++count > MAX_FIELDS) break;
    const key = name.toLowerCase();
    last = fields.get(key) ?? [];
    if (last.length === 0) fields.set(key, last);
    last.push(value.trim());
  }
  return { fields, next: i };
}

/** All blocks of a text, parted by empty lines: message/delivery-status has one for the mail and one a recipient. */
export function readBlocks(text: string, most = 2000): Fields[] {
  const lines = text.split(/\r\n|\r|\n/);
  const blocks: Fields[] = [];
  for (let i = 0; i < lines.length && blocks.length < most;) {
    const { fields, next } = readBlock(lines, i);
    if (fields.size > 0) blocks.push(fields);
    i = next === i ? i + 1 : next;
  }
  return blocks;
}

/** The first value of a field; '' and missing are the same. */
export function valueOf(fields: Fields, name: string): string | undefined {
  const value = fields.get(name)?.find((each) => each !== '');
  return value === undefined ? undefined : value;
}

/** A date as RFC 5322 writes it; undefined for what is none. */
export function dateOf(text: string | undefined): Instant | undefined {
  if (text === undefined) return undefined;
  // comments and what follows a zone are no part that Date.parse() knows
  const at = Date.parse(
    text
      .replace(/\([^()]*\)/g, '')
      .trim()
      .slice(0, 60),
  );
  return Number.isNaN(at) ? undefined : at;
}

/** `<a@b>` -> `a@b`; the text itself where there are no brackets. */
export function bareOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const bare = (/<([^<>]*)>/.exec(text)?.[1] ?? text).trim();
  return bare === '' ? undefined : bare;
}

function receivedOf(value: string): ReceivedLine {
  const ids = /\sid\s+<?([\w+=./-]{4,80})/i.exec(value);
  const by = /(?:^|\s)by\s+([\w.:[\]-]{2,255})/i.exec(value);
  const from = /^from\s+(\S{1,255}(?:\s+\([^()]{0,300}(?:\([^()]{0,100}\)[^()]{0,100})?\))?)/i.exec(value);
  const ip = /\[(?:ipv6:)?([0-9a-f.:]{3,45})\]/i.exec(from?.[1] ?? '');
  const date = dateOf(/;\s*([^;]{8,100})$/.exec(value)?.[1]);
  return {
    ...(by?.[1] === undefined ? {} : { by: by[1] }),
    ...(from?.[1] === undefined ? {} : { from: from[1] }),
    ...(ip?.[1] === undefined ? {} : { ip: ip[1] }),
    ...(ids?.[1] === undefined ? {} : { id: ids[1] }),
    ...(date === undefined ? {} : { date }),
  };
}

export function receivedLines(fields: Fields): ReceivedLine[] {
  return (fields.get('received') ?? []).slice(0, MAX_RECEIVED).map(receivedOf);
}

/** What the header of a mail says of it. */
export function originalOf(fields: Fields): OriginalMail {
  const text = (name: string): string | undefined => {
    const value = valueOf(fields, name);
    return value === undefined ? undefined : headerText(value) || undefined;
  };
  const messageId = bareOf(valueOf(fields, 'message-id'));
  const sender = bareOf(valueOf(fields, 'return-path'));
  const from = text('from');
  const to = text('to');
  const subject = text('subject');
  const date = dateOf(valueOf(fields, 'date'));
  return {
    ...(messageId === undefined ? {} : { messageId }),
    ...(sender === undefined ? {} : { sender }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(subject === undefined ? {} : { subject }),
    ...(date === undefined ? {} : { date }),
    received: receivedLines(fields),
  };
}
