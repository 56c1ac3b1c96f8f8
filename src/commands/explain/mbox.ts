/**
 * The mails of an mbox, one at a time.
 * Shape:  a mail begins with a line `From SENDER DATE` at the start of the file or behind an empty line; such lines in a
 *         text are written `>From`.
 * Units:  of each mail at most `most` bytes are kept, so that memory does not grow with the file.
 * Errors: those of the source.
 * Source: RFC 4155 appendix A (the default mbox database format); Thunderbird writes `From - Tue Feb  3 10:00:00 2026`.
 */

const NEWLINE = 10;
const RETURN = 13;
const FROM = '\nFrom ';
/** Longer lines are no separators: an address has 320 bytes at most, a date 40. */
const MOST_LINE = 400;
/** `From a@b.example Tue Feb  3 10:00:00 2026`: the date of C's asctime(3), with a zone in it or behind it. */
const POSTMARK = /^From .{0,320} (?:\w{3},? )?(?:\w{3} {1,2}\d{1,2}|\d{1,2} \w{3}) /;

/** True if a mail begins with the line at the start of `head`. */
export function isPostmark(head: string): boolean {
  return POSTMARK.test(head);
}

/** What of a mail is kept. */
class Mail {
  readonly #most: number;
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(bytes: Buffer): void {
    const piece = bytes.subarray(0, this.#most - this.#length);
    if (piece.length === 0) return;
    // a copy: what it was cut from is let go
    this.#pieces.push(Buffer.from(piece));
    this.#length += piece.length;
  }

  take(): Buffer {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    return bytes;
  }
}

/** Where the next mail begins in `data` at or after `from`; `at`: -1 for nowhere. What begins at `open` cannot be told yet. */
function nextMail(data: Buffer, from: number): { at: number; open: number } {
  for (let hit = data.indexOf(FROM, from); hit >= 0; hit = data.indexOf(FROM, hit + 1)) {
    const before = data[hit - 1] === RETURN ? hit - 2 : hit - 1;
    if (data[before] !== NEWLINE) continue;
    const end = data.indexOf(NEWLINE, hit + 1);
    if (end < 0 && data.length - hit < MOST_LINE) return { at: -1, open: hit };
    const line = data.toString('latin1', hit + 1, Math.min(end < 0 ? data.length : end, hit + MOST_LINE));
    if (isPostmark(line)) return { at: hit + 1, open: -1 };
  }
  return { at: -1, open: -1 };
}

/** The mails of an mbox, in its order. */
export async function* mailsIn(source: AsyncIterable<Buffer | string>, most: number): AsyncGenerator<Buffer> {
  const mail = new Mail(most);
  let rest = Buffer.alloc(0);
  for await (const piece of source) {
    let data = Buffer.concat([rest, Buffer.from(piece)]);
    let next = nextMail(data, 0);
    while (next.at >= 0) {
      mail.add(data.subarray(0, next.at));
      yield mail.take();
      data = data.subarray(next.at);
      next = nextMail(data, 0);
    }
    // an empty line and the beginning of a separator may come in two pieces
    const told = Math.max(0, next.open >= 0 ? next.open - 3 : data.length - FROM.length - 3);
    mail.add(data.subarray(0, told));
    rest = Buffer.from(data.subarray(told));
  }
  mail.add(rest);
  const last = mail.take();
  if (last.toString('latin1').trim() !== '') yield last;
}
