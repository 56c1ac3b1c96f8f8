/**
 * Who of a mail may be named: a scope's own domains, the sender, the recipients that are left, and the mail itself.
 */
import type { Message } from '../model/message.ts';
import { isLogWord } from '../render/redact/vocabulary.ts';
import { folded } from './domains.ts';

/** A local part that can hold no second address: no blank, comma, bracket or `@`. */
const PLAIN_LOCAL = /^[^\s@,;:<>()[\]"'\\|]+$/;
/** `rcpt=bob@example.com`, `'bob@example.com`: what stands before an address and is no part of it. */
const BEFORE = /^(?:[a-z_-]{1,24}[=:]|['"`({*!#=:/|]+)/i;

export class Names {
  /** of recipients that are shown, whole */
  readonly #visible = new Set<string>();
  readonly #addresses = new Set<string>();
  readonly #words = new Set<string>();
  readonly #visibleWords = new Set<string>();
  readonly #hidden = new Set<string>();
  readonly #isInside: (address: string | undefined) => boolean;

  constructor(message: Message, isInside: (address: string | undefined) => boolean) {
    this.#isInside = isInside;
    this.#allow(message.sender);
    this.#allow(message.messageId);
    this.#allow(message.client?.user);
    for (const word of (message.from ?? '').split(/[\s<>"(),;]+/)) {
      const at = word.indexOf('@', 1);
      if (at > 0 && at < word.length - 1) this.#allow(word);
    }
    for (const { address, finalAddress, via = [] } of message.recipients)
      for (const one of [address, finalAddress, ...via]) this.#show(one);
    for (const address of message.hidden ?? []) this.#hide(address);
  }

  /** A whole address: shown, and if it is one of a recipient that is. Undefined: it is not. */
  judge(local: string, domain: string): 'recipient' | 'named' | undefined {
    let rest = local;
    for (let turn = 0; turn < 3; turn++) {
      const address = folded(`${rest}@${domain}`);
      if (this.#visible.has(address)) return 'recipient';
      if (this.#addresses.has(address)) return 'named';
      if (PLAIN_LOCAL.test(rest) && !BEFORE.test(rest) && this.#isInside(address)) return 'recipient';
      const before = BEFORE.exec(rest)?.[0];
      if (before === undefined) return undefined;
      rest = rest.slice(before.length);
    }
    return undefined;
  }

  /** A login or local part alone, or an address. */
  judgeUser(text: string): 'recipient' | 'named' | undefined {
    const at = text.lastIndexOf('@');
    if (at > 0) return this.judge(text.slice(0, at), text.slice(at + 1));
    const word = folded(text);
    if (this.#visibleWords.has(word)) return 'recipient';
    return this.#words.has(word) ? 'named' : undefined;
  }

  /** A word of running text that is the name of somebody who is left out. */
  isHidden(word: string): boolean {
    const low = folded(word);
    return this.#hidden.has(low) && !this.#words.has(low);
  }

  get hidesWords(): boolean {
    return this.#hidden.size > 0;
  }

  #allow(address: string | undefined): void {
    if (address === undefined || address === '') return;
    const text = folded(address);
    this.#addresses.add(text);
    for (const word of wordsOf(text)) this.#words.add(word);
  }

  #show(address: string | undefined): void {
    if (address === undefined || address === '') return;
    const text = folded(address);
    this.#visible.add(text);
    for (const word of wordsOf(text)) {
      this.#words.add(word);
      this.#visibleWords.add(word);
    }
  }

  #hide(address: string): void {
    for (const word of wordsOf(folded(address))) if (word.length > 1 && !isLogWord(word)) this.#hidden.add(word);
  }
}

/** A local part, and what it is without its tag. */
function wordsOf(address: string): string[] {
  const at = address.lastIndexOf('@');
  const local = (at < 0 ? address : address.slice(0, at)).replace(/^"(.*)"$/s, '$1');
  const plus = local.indexOf('+');
  return plus > 0 ? [local, local.slice(0, plus)] : [local];
}
