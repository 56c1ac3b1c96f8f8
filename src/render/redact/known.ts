/**
 * What a message tells of its people, hosts and subject, to be found again in its raw lines and texts wherever it stands:
 * a bare local part in a path, a subject in an answer, an address with blanks.
 */
import type { Message, Session } from '../../model/message.ts';
import { isLogWord } from './vocabulary.ts';

/** Shorter phrases are found only where a line calls them a subject. */
const SHORTEST_PHRASE = 6;
const MOST_WORDS = 20_000;

export type PhraseKind = 'subject' | 'name' | 'address' | 'host';
export type KnownKind = 'user' | 'host';

export class Known {
  /** longest first */
  readonly phrases: { readonly text: string; readonly kind: PhraseKind; readonly isCell?: true; pattern?: RegExp }[] =
    [];
  /** by lower case */
  readonly words = new Map<string, { readonly kind: KnownKind; readonly text: string }>();
  /** ids that look like host names (Courier's, MailScanner's) */
  readonly ids = new Set<string>();

  static of(message: Message): Known {
    const known = new Known();
    known.#subject(message.subject);
    known.header(message.from);
    known.address(message.sender);
    known.user(message.client?.user);
    known.host(message.client?.name);
    known.host(message.client?.helo);
    for (const { host, queueId } of message.hops) {
      known.host(host);
      if (queueId !== undefined) known.ids.add(queueId);
    }
    for (const recipient of message.recipients) {
      known.address(recipient.address);
      known.address(recipient.finalAddress);
      for (const address of recipient.via ?? []) known.address(address);
      known.host(recipient.relay?.name);
      if (recipient.remoteId !== undefined) known.ids.add(recipient.remoteId);
    }
    for (const { host, recipients = [], quarantineId } of message.verdicts) {
      known.host(host);
      for (const address of recipients) known.address(address);
      if (quarantineId !== undefined) known.ids.add(quarantineId);
    }
    return known.#sorted();
  }

  static ofSession({ client, host }: Session): Known {
    const known = new Known();
    known.user(client?.user);
    known.host(client?.name);
    known.host(client?.helo);
    known.host(host);
    return known;
  }

  /** Texts that somebody typed: filters. */
  static ofTyped(texts: readonly string[]): Known {
    const known = new Known();
    for (const text of texts) {
      if (text.includes('@')) known.phrases.push({ text, kind: 'address' });
      else known.#subject(text);
      known.address(text);
    }
    return known.#sorted();
  }

  address(address: string | undefined): void {
    if (address === undefined || address === '') return;
    const at = address.lastIndexOf('@');
    if (/\s/.test(address) && at > 0) {
      this.phrases.push({ text: address, kind: 'address' });
      // Exim writes the final address without its quotes
      const bare = address.replace(/^"(.*)"@/s, '$1@');
      if (bare !== address) this.phrases.push({ text: bare, kind: 'address' });
    }
    this.user(at < 0 ? address : address.slice(0, at));
    if (at >= 0) this.host(address.slice(at + 1));
  }

  /** A login or local part, and its pieces. */
  user(text: string | undefined): void {
    if (text === undefined || /^[|/:]/.test(text)) return;
    const bare = text.includes('@') ? text.slice(0, text.lastIndexOf('@')) : text;
    for (const piece of [bare, ...bare.split(/[^\p{L}\p{M}\p{N}._-]+/u)]) {
      if (piece.includes('.') && /[=%!]/.test(bare) && piece !== bare) continue;
      this.#word(piece, 'user');
    }
  }

  host(name: string | undefined): void {
    if (name === undefined || name.includes('.') || name.includes(':') || name.includes('/')) return;
    if (/^[\p{L}\p{M}\p{N}_.-]*$/u.test(name)) this.#word(name, 'host');
    // what a client calls itself may be anything
    else if (name.length >= 4) this.phrases.push({ text: name, kind: 'host' });
  }

  header(text: string | undefined): void {
    if (text === undefined) return;
    for (const word of text.split(/[\s<>"]+/)) {
      const at = word.indexOf('@', 1);
      if (at > 0 && at < word.length - 1) this.address(word);
    }
    const words = withoutBrackets(text).replace(/\S+/g, (word) => (word.includes('@') ? '' : word));
    const name = trimmed(words, /["'\s]/);
    if (name.length >= SHORTEST_PHRASE && !isLogWord(name)) this.phrases.push({ text: name, kind: 'name' });
  }

  #subject(text: string | undefined): void {
    if (text === undefined || text.trim() === '') return;
    // a short one is found where it is all that a cell or a pair of quotes holds
    if (text.length < SHORTEST_PHRASE || isLogWord(text)) this.phrases.push({ text, kind: 'subject', isCell: true });
    else this.phrases.push({ text, kind: 'subject' });
  }

  #word(text: string, kind: KnownKind): void {
    if (isLogWord(text) || this.words.size >= MOST_WORDS || text.length > 200) return;
    const folded = text.toLowerCase();
    if (!this.words.has(folded)) this.words.set(folded, { kind, text });
  }

  #sorted(): this {
    this.phrases.sort((a, b) => b.text.length - a.text.length);
    return this;
  }
}

/** Without what stands in `<>`. */
function withoutBrackets(text: string): string {
  let out = '';
  let from = 0;
  for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', from)) {
    const close = text.indexOf('>', open);
    if (close < 0) break;
    out += text.slice(from, open);
    from = close + 1;
  }
  return out + text.slice(from);
}

/** Without characters of this kind at both ends. */
function trimmed(text: string, kind: RegExp): string {
  let from = 0;
  let end = text.length;
  while (from < end && kind.test(text.charAt(from))) from++;
  while (end > from && kind.test(text.charAt(end - 1))) end--;
  return text.slice(from, end);
}

export const NOTHING_KNOWN = new Known();
