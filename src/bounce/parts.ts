/**
 * A mail's bytes -> its header, the text that people read, and the parts that programs read.
 * Units:  at most MAX_BYTES of the mail are looked at: reports stand in front of what they quote.
 * Errors: none. A mail that the parser gives up (nested too deep, headers without end) is read as plain text.
 * Source: RFC 2045-2046; the mails of an mbox begin with a `From ` line (RFC 4155).
 */
import PostalMime from 'postal-mime';
import type { Attachment } from 'postal-mime';
import { type Fields, readBlock } from './fields.ts';

/** A report with the header of its mail has a few kilobytes; what comes behind is the mail itself. */
export const MAX_BYTES = 1 << 20;
/** The parser takes up to 60 microseconds a line. */
const MAX_LINES = 20_000;
const MAX_TEXT = 256 << 10;
const MAX_DEPTH = 40;
const MAX_PARTS = 50;

interface Part {
  /** lower case: `message/delivery-status` */
  readonly type: string;
  readonly text: string;
}

export interface MailParts {
  readonly fields: Fields;
  /** all parts for people, HTML made text */
  readonly text: string;
  readonly parts: readonly Part[];
  readonly isCut: boolean;
}

/** UTF-8, or Latin-1 where it is not valid UTF-8. */
function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  }
}

/** The beginning that is looked at. */
function startOf(all: Uint8Array): Uint8Array {
  let at = 0;
  for (let line = 0; line < MAX_LINES; line++) {
    const end = all.indexOf(10, at);
    if (end < 0 || end >= MAX_BYTES) return all.subarray(0, MAX_BYTES);
    at = end + 1;
  }
  return all.subarray(0, at);
}

const MBOX = /^(?:\xef\xbb\xbf)?\s{0,100}>?From [^\n]{1,400}\n/;

/** The first mail of an mbox; the bytes themselves where they are none. */
function firstMail(bytes: Uint8Array): Uint8Array {
  const head = Buffer.from(bytes.subarray(0, 500)).toString('latin1');
  const start = MBOX.exec(head)?.[0].length;
  if (start === undefined) return bytes;
  const rest = Buffer.from(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start);
  const next = rest.indexOf('\n\nFrom ');
  return next < 0 ? rest : rest.subarray(0, next + 1);
}

function partOf({ mimeType, content }: Attachment): Part {
  const bytes = content instanceof ArrayBuffer ? new Uint8Array(content) : content;
  const text = typeof bytes === 'string' ? bytes : decoded(bytes.subarray(0, MAX_TEXT));
  return { type: mimeType.toLowerCase(), text };
}

/** Everything as one text: of a mail whose parts cannot be told. */
function plainParts(bytes: Uint8Array, isCut: boolean): MailParts {
  const lines = decoded(bytes.subarray(0, MAX_TEXT)).split(/\r\n|\r|\n/);
  const { fields, next } = readBlock(lines);
  return { fields, text: lines.slice(next).join('\n'), parts: [], isCut };
}

/** Reads one mail. */
export async function readParts(all: Uint8Array): Promise<MailParts> {
  const start = startOf(all);
  const whole = firstMail(start);
  try {
    const mail = await PostalMime.parse(whole, {
      forceRfc822Attachments: true,
      maxNestingDepth: MAX_DEPTH,
      maxHeadersSize: 1 << 20,
    });
    // no boundary where the header says that there are parts: everything was taken for what stands before the first
    if (mail.text === undefined && mail.html === undefined && mail.attachments.length === 0)
      return plainParts(whole, all.length > start.length);
    const lines = mail.headerLines.map(({ line }) => line.replace(/\r?\n(?=\S)/g, '\n '));
    return {
      fields: readBlock(lines.flatMap((line) => line.split(/\r\n|\r|\n/))).fields,
      text: (mail.text ?? (mail.html === undefined ? '' : textOfHtml(mail.html))).slice(0, MAX_TEXT),
      parts: mail.attachments.slice(0, MAX_PARTS).map(partOf),
      isCut: all.length > start.length,
    };
  } catch {
    return plainParts(whole, true);
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Without what stands between `<name` and its end tag. One pass; what has no end is dropped. */
function withoutElement(html: string, name: string): string {
  const lower = html.toLowerCase();
  let out = '';
  let at = 0;
  for (let start = lower.indexOf(`<${name}`); start >= 0; start = lower.indexOf(`<${name}`, at)) {
    out += html.slice(at, start);
    const end = lower.indexOf(`</${name}`, start);
    if (end < 0) return out;
    at = end + name.length + 2;
  }
  return out + html.slice(at);
}

/** The words of an HTML text, a line a block: enough to find addresses and answers in. Nothing of it is printed as HTML. */
function textOfHtml(html: string): string {
  return withoutElement(withoutElement(html.slice(0, MAX_TEXT), 'style'), 'script')
    .replace(/<(?:br|\/?p|\/?div|\/?tr|\/?li|\/?h\d|hr|\/?table)\b[^<>]*>/gi, '\n')
    .replace(/<\/?[a-z!][^<>@]{0,2000}>/gi, '')
    .replace(/&(amp|lt|gt|quot|apos|nbsp|#\d{1,7});/g, (all, name: string) => {
      if (!name.startsWith('#')) return ENTITIES[name] ?? all;
      const code = Number(name.slice(1));
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
    });
}
