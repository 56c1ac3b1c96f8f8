/**
 * What must not be seen under a scope, worked out from the whole truth of a log apart from src/scope: the addresses, logins
 * and ids of everybody whom no mail within the scope names.
 */
import type { Message } from '../../src/model/message.ts';

const INSIDE = '@inside.example';

/** The log with every third recipient moved to the domain that is looked at; the others stay where they are. */
export function movedInside(log: string, messages: readonly Message[], share = 3): string {
  const several = messages.filter(({ recipients }) => recipients.length > 1);
  const addresses = [
    ...new Set(
      [...several, ...messages].flatMap(({ recipients }) =>
        recipients.flatMap(({ address, finalAddress }) => [address, finalAddress]),
      ),
    ),
  ].filter((address) => address !== undefined && /^[\w.+-]+@[\w.-]+$/.test(address)) as string[];
  let moved = log;
  for (const [i, address] of addresses.entries()) {
    if (i % share !== 0) continue;
    const local = address.slice(0, address.indexOf('@'));
    const shape = new RegExp(`(?<![\\w.+-])${address.replace(/[.+]/g, String.raw`\$&`)}(?![\\w.-]*\\w)`, 'gi');
    moved = moved.replace(shape, local + INSIDE);
  }
  return moved;
}

const isInside = (address: string | undefined): boolean => address?.toLowerCase().endsWith(INSIDE) === true;

export interface Banned {
  /** lower case: nowhere in any output */
  readonly texts: ReadonlySet<string>;
  /** how many messages are within */
  readonly within: number;
}

/** `messages`: all of them, as a search without a scope prints them. */
export function bannedOf(messages: readonly Message[]): Banned {
  const allowed = new Set<string>();
  const banned = new Set<string>();
  let within = 0;
  for (const message of messages) {
    const { recipients, sender, from, client, messageId, id, hops } = message;
    const mine = recipients.filter(({ address, finalAddress }) => isInside(address) || isInside(finalAddress));
    const bySender = isInside(sender) && client?.user !== undefined;
    const isWithin = mine.length > 0 || bySender;
    if (isWithin) within++;
    const typed = bySender ? recipients.filter(({ added }) => added === undefined).map(({ address }) => address) : [];
    if (isWithin)
      for (const text of [sender, messageId, id, ...(from?.match(/[^\s<>"]+@[^\s<>"]+/g) ?? []), ...typed])
        if (text !== undefined) allowed.add(text.toLowerCase());
    if (isWithin) for (const { queueId } of hops) if (queueId !== undefined) allowed.add(queueId.toLowerCase());
    if (!isWithin)
      for (const text of [isInside(sender) ? undefined : sender, messageId, id])
        if (text !== undefined) banned.add(text.toLowerCase());
    for (const { address, finalAddress } of recipients)
      for (const one of [address, finalAddress])
        if (one !== undefined && /.@./.test(one) && !isInside(one)) banned.add(one.toLowerCase());
  }
  for (const text of banned) {
    // what stands within what may be told is no leak: `bob@x.example` in a sender `jim-bob@x.example`
    if ([...allowed].some((each) => each.includes(text))) banned.delete(text);
    // a word of the log (the head of a table) is nobody
    if (text.length < 5 || !/[@\d]/.test(text)) banned.delete(text);
  }
  return { texts: banned, within };
}

/** What of it stands in a text. */
export function leaksIn(text: string, { texts }: Banned): string[] {
  const low = text.toLowerCase();
  return [...texts].filter((each) => low.includes(each)).map((each) => `${each}: ${lineOf(low, each)}`);
}

function lineOf(text: string, leak: string): string {
  const at = text.indexOf(leak);
  return text.slice(Math.max(0, at - 160), at + leak.length + 80).replaceAll('\n', '⏎');
}
