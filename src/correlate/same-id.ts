/**
 * Verdicts that name a mail by its Message-ID alone, where several mails have it (resends, campaigns, lists): whom the
 * filter names decides, then the order. Filters take mails as they come, so that the first verdict is of the first mail.
 * Source: formats.md, "Identity": a Message-ID alone is not identity.
 */
import { sameAddress } from './entry.ts';
import type { Hop } from './hop.ts';
import type { Word } from './word.ts';

/** Loggers swap lines of one second. */
const SWAPPED_MS = 1000;
/** A filter's line may come after the mail has left its first queue. */
const AFTER_MS = 60_000;
/** Mails of one Message-ID that are looked at. */
const MOST_RIVALS = 500;

/** Whether nothing that the filter says of the envelope speaks against this mail. */
function agrees(word: Word, root: Hop): boolean {
  if (word.sender !== undefined && root.sender !== undefined && !sameAddress(word.sender, root.sender)) return false;
  const asked = word.recipients.filter((address) => address.includes('@'));
  if (asked.length === 0 || (root.ends.length === 0 && root.named === undefined)) return true;
  return asked.some(
    (address) =>
      root.named?.some((name) => sameAddress(name, address)) === true ||
      root.ends.some((end) => sameAddress(end.address, address) || sameAddress(end.orig ?? '', address)),
  );
}

/** Of these verdicts those of this mail; `rivals`: all mails of its Message-ID in the order of their first lines, told ones too. */
export function ownWords(words: readonly Word[], root: Hop, rivals: readonly Hop[]): readonly Word[] {
  if (rivals.length === 1) return words.filter((word) => agrees(word, root));
  if (rivals.length > MOST_RIVALS) {
    const own = words.filter((word) => isDuring(word, root) && agrees(word, root));
    if (own.length > 0) root.isVerdictUnsure = true;
    return own;
  }
  const given = new Map<string, Set<Hop>>();
  const out: Word[] = [];
  for (const word of words.toSorted((a, b) => a.at - b.at)) {
    const fitting = rivals.filter((hop) => isDuring(word, hop) && agrees(word, hop));
    const judged = given.get(word.engine) ?? new Set();
    given.set(word.engine, judged);
    const owner = fitting.find((hop) => !judged.has(hop)) ?? fitting.at(-1);
    if (owner === undefined) continue;
    judged.add(owner);
    if (fitting.length > 1 && !isTheSame(word, words, fitting.length))
      for (const hop of fitting) hop.isVerdictUnsure = true;
    if (owner === root) out.push(word);
  }
  return out;
}

/** Whether the filter says the same of as many mails as there are: then it does not matter which verdict is whose. */
function isTheSame(word: Word, words: readonly Word[], mails: number): boolean {
  const alike = words.filter(
    (other) =>
      other.engine === word.engine &&
      other.action === word.action &&
      other.outcome === word.outcome &&
      Object.is(other.score, word.score) &&
      other.quarantineId === word.quarantineId,
  );
  return alike.length >= mails;
}

function isDuring(word: Word, hop: Hop): boolean {
  return word.at >= hop.firstAt - SWAPPED_MS && word.at <= hop.lastAt + AFTER_MS;
}
