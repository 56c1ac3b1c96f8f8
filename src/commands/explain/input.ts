/**
 * What was given to `mailtrace explain`: codes, an answer or log line, a file or standard input with a mail or lines; the
 * rest are logs.
 * Errors: UsageError where nothing was given, UserError for a file that cannot be read.
 */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MAX_BYTES } from '../../bounce/parts.ts';
import { FAILED } from '../../bounce/wordings.ts';
import { UsageError, UserError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { problemOf } from '../../sources/problems.ts';
import { isPostmark, mailsIn } from './mbox.ts';

export type Given =
  | { readonly kind: 'codes'; readonly codes: readonly string[] }
  | { readonly kind: 'text'; readonly lines: readonly string[] }
  | { readonly kind: 'mail'; readonly bytes: Uint8Array; readonly name: string }
  /** several mails, or one: `mails` reads them as they are asked for */
  | { readonly kind: 'mbox'; readonly mails: AsyncIterable<Buffer>; readonly name: string };

export interface Input {
  readonly given: Given;
  readonly paths: readonly string[];
}

const SMTP = /^[2-5]\d\d$/;
const ENHANCED = /^[245]\.\d{1,3}\.\d{1,3}$/;
const isCode = (word: string): boolean => SMTP.test(word) || ENHANCED.test(word);
/** More lines than this are a log: it is searched, not explained. */
const MOST_LINES = 200;
/** Outlook's own file, a compound document ([MS-CFB] section 2.2). */
const COMPOUND = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/** Files that hold a bounce, but not as text: zip (.docx), PDF, rich text. */
const NO_TEXT = /^(?:PK\x03\x04|%PDF-|\{\\rtf)/;
const ADDRESS = /[^\s@<>]{1,64}@[^\s@<>]{1,255}/;

/** Notepad and PowerShell write UTF-16 with a byte order mark: as UTF-8. */
function asUtf8(bytes: Buffer): Buffer {
  const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe;
  const isBig = bytes[0] === 0xfe && bytes[1] === 0xff;
  if (!isLittle && !isBig) return bytes;
  const text = new TextDecoder(isLittle ? 'utf-16le' : 'utf-16be').decode(bytes);
  return Buffer.from(text);
}

/** A few lines that were copied out of a report: they say that a mail failed, and name somebody. */
function isCopiedReport(lines: readonly string[]): boolean {
  if (/^\s*(?:<<<\s*)?[2-5]\d\d[ -]/.test(lines[0] ?? '')) return false;
  return lines.length > 1 && lines.some((line) => ADDRESS.test(line)) && FAILED.test(lines.join('\n'));
}

/** Parts the words into what is to be explained and the logs. */
export async function inputOf(words: readonly string[], io: Io, readsNoFiles = false): Promise<Input> {
  const [first, ...rest] = words;
  if (first === undefined)
    throw new UsageError({
      where: 'explain',
      what: 'nothing to explain',
      help: 'give a code (5.7.26), an answer or log line in quotes, a bounce (FILE.eml), or - for standard input',
    });
  if (first === '-') return { given: await streamOf(io.stdin, 'standard input'), paths: rest };
  if (readsNoFiles) return { given: typedOf(words), paths: [] };
  if (isFile(first, io)) return { given: await fileOf(resolve(io.cwd, first), first), paths: rest };
  if (looksLikePath(first))
    throw new UserError({ where: first, what: 'no such file', help: 'an answer or log line is given in quotes' });
  const count = words.findIndex((word, i) => i > 0 && (isPath(word, io) || /^[^\s]*[*?][^\s]*$/.test(word)));
  const said = words.slice(0, count < 0 ? words.length : count);
  const paths = words.slice(said.length);
  return { given: typedOf(said), paths };
}

function typedOf(said: readonly string[]): Given {
  const codes = said.flatMap((word) => word.trim().split(/\s+/));
  return codes.every(isCode) ? { kind: 'codes', codes } : { kind: 'text', lines: linesOf(said.join(' ')) };
}

function isPath(word: string, io: Io): boolean {
  return word === '-' || existsSync(resolve(io.cwd, word));
}

function isFile(word: string, io: Io): boolean {
  try {
    return word !== '' && statSync(resolve(io.cwd, word)).isFile();
  } catch {
    return false;
  }
}

/** A mistyped path, not a text. */
function looksLikePath(word: string): boolean {
  return !/\s/.test(word) && (/\.(?:eml|mbox|msg|txt|log)$/i.test(word) || /^[~./]/.test(word));
}

function linesOf(text: string): string[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '');
}

/** A file is looked at from its start; an mbox is read again as its mails are asked for. */
async function fileOf(path: string, name: string): Promise<Given> {
  const start = await readFile(path, name);
  return isMbox(start)
    ? { kind: 'mbox', mails: mailsIn(createReadStream(path), MAX_BYTES + 1), name }
    : contentOf(start, name);
}

async function readFile(path: string, name: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const bytes = Buffer.alloc(MAX_BYTES + 1);
      let length = 0;
      while (length < bytes.length) {
        const { bytesRead } = await file.read(bytes, length, bytes.length - length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return bytes.subarray(0, length);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new UserError(problemOf(name, error));
  }
}

/** A pipe is read once: what was looked at goes before the rest. */
async function streamOf(stream: AsyncIterable<Buffer | string>, name: string): Promise<Given> {
  const pieces = stream[Symbol.asyncIterator]();
  const seen: Buffer[] = [];
  let length = 0;
  let isOver = false;
  while (!isOver && length <= MAX_BYTES) {
    const { done, value } = await pieces.next();
    isOver = done === true;
    if (isOver) break;
    seen.push(Buffer.from(value as Buffer | string));
    length += seen.at(-1)?.length ?? 0;
  }
  const start = Buffer.concat(seen);
  if (isMbox(start)) return { kind: 'mbox', mails: mailsIn(replayed(start, pieces), MAX_BYTES + 1), name };
  await pieces.return?.();
  return contentOf(start.subarray(0, MAX_BYTES + 1), name);
}

async function* replayed(start: Buffer, rest: AsyncIterator<Buffer | string>): AsyncGenerator<Buffer | string> {
  yield start;
  yield* { [Symbol.asyncIterator]: () => rest };
}

/** Without what an editor put before the first line. */
function headOf(bytes: Buffer): string {
  return bytes
    .subarray(0, 65_536)
    .toString('latin1')
    .replace(/^(?:\xef\xbb\xbf)?\s*/, '');
}

const isMbox = (start: Buffer): boolean => isPostmark(headOf(start.subarray(0, 1000)));

const MAIL_FIELD =
  /^(?:from|to|cc|subject|date|received|message-id|return-path|mime-version|content-type|delivered-to|reply-to|auto-submitted|references|x-[\w-]+|arc-[\w-]+|dkim-signature|authentication-results):/i;
const REPORT_BODY = /^(?:reporting-mta|final-recipient|original-recipient|feedback-type)\s*:/im;

/** A mail has fields at its front; so has a report that was copied out of one. Anything else is lines. */
function contentOf(given: Buffer, name: string): Given {
  const bytes = asUtf8(given);
  if (NO_TEXT.test(bytes.subarray(0, 8).toString('latin1')))
    throw new UserError({
      where: name,
      what: 'this is no text',
      help: 'save the mail as .eml, or its words as a text file',
    });
  if (bytes.subarray(0, 8).equals(COMPOUND))
    throw new UserError({ where: name, what: "this is Outlook's own format", help: 'save the mail as .eml or text' });
  const head = headOf(bytes);
  const lines = head.split(/\r\n|\r|\n/, MOST_LINES + 1);
  const fields = lines.slice(0, 30).filter((line) => MAIL_FIELD.test(line)).length;
  const isCopied = /^>?From \S+ .*\d{4}/.test(lines[0] ?? '');
  if (fields >= 2 || isCopied || REPORT_BODY.test(head)) return { kind: 'mail', bytes, name };
  const text = linesOf(bytes.toString('utf8'));
  if (text.length === 0) throw new UserError({ where: name, what: 'there is nothing in it' });
  // a report's text without its header: many lines, and none of them a log line
  const isReport = text.length > 3 || isCopiedReport(text);
  if (isReport && !/^(?:[A-Z][a-z]{2} [ \d]\d \d\d:|\d{4}-\d\d-\d\d[T ])/.test(text[0] ?? ''))
    return {
      kind: 'mail',
      bytes: Buffer.concat([Buffer.from('Content-Type: text/plain; charset=utf-8\n\n'), bytes]),
      name,
    };
  if (text.length > MOST_LINES)
    throw new UserError({
      where: name,
      what: 'this is a log, not a bounce',
      help: `mailtrace search ${name === 'standard input' ? '-' : name}`,
    });
  return { kind: 'text', lines: text };
}
