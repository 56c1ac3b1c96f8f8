/**
 * `--scope` and the policy: a mail to what may be seen of it. Everything that a command learns of logs goes through here.
 * A mail is within where a recipient is of the domains: then those recipients are shown, and no others; or where its sender is,
 * and logged in or came from a network that is configured as ours (an envelope sender can be forged): then all recipients that
 * it was addressed to are. What is not shown to be within is not shown.
 * Errors: none.
 */
import type { Message, Recipient, Verdict } from '../model/message.ts';
import type { Own } from '../model/own.ts';
import type { RunSummary } from '../model/run.ts';
import { GROUP_OF_STATUS } from '../model/words.ts';
import type { RawLine } from '../render/contract.ts';
import { domainTest } from './domains.ts';
import { trimBytes } from './lines.ts';
import { Names } from './names.ts';
import { trimText } from './text.ts';

export interface ScopeOptions {
  /** an address is within where it is of a domain of each of these */
  readonly domains: readonly (readonly string[])[];
  readonly own: Own;
  /** of a path without links: it may be read; undefined = all may */
  readonly allows?: (real: string) => boolean;
}

/** Names of those who are left out, kept for the raw lines of a mail; of more, no line is shown that could be theirs. */
const MOST_HIDDEN = 2000;

export class Scope {
  /** for people: `example.com and .example.org` */
  readonly text: string;
  readonly allows: ScopeOptions['allows'];
  readonly #isInside: (address: string | undefined) => boolean;
  readonly #own: Own;

  constructor({ domains, own, allows }: ScopeOptions) {
    this.text = domains.map((list) => list.join(', ')).join(' within ');
    this.allows = allows;
    this.#own = own;
    this.#isInside = domainTest(domains);
  }

  /** What may be seen of it, a copy; undefined: nothing. */
  message(message: Message): Message | undefined {
    const bySender = this.#isOfOurSender(message);
    const hidden: string[] = [];
    const recipients = message.recipients.flatMap((one) => this.#recipient(one, bySender, hidden) ?? []);
    if (recipients.length === 0 && !bySender) return undefined;
    const isTrimmed =
      recipients.length < message.recipients.length || (!bySender && message.unnamedRecipients !== undefined);
    const shown = { ...message, recipients };
    if (isTrimmed || hidden.length > 0) shown.hidden = hidden.length > MOST_HIDDEN ? [] : [...new Set(hidden)];
    if (isTrimmed) Object.assign(shown, ofWhatIsLeft(message, recipients));
    if (!bySender) {
      delete shown.unnamedRecipients;
      if (message.client?.user !== undefined && !this.#isInside(message.client.user)) {
        const { user: _, ...client } = message.client;
        shown.client = client;
      }
    }
    if (isTrimmed && shown.action === undefined) delete shown.action;
    shown.links = [];
    return this.#withTexts(shown);
  }

  /** Those of its raw lines that may be seen. The message is one that `message` gave. */
  lines(lines: readonly RawLine[], message: Message): RawLine[] {
    const names = new Names(message, this.#isInside);
    return lines.flatMap((line) => {
      const bytes = trimBytes(line.bytes, message, names);
      return bytes === undefined ? [] : [{ ...line, bytes }];
    });
  }

  /** What a run tells of its inputs: their names, formats and span, and how many messages were within. */
  summary({ sources, problems, first, last, skipped, interrupted }: RunSummary, messages: number): RunSummary {
    return {
      sources: sources.map(({ path, seekable, formats }) => ({
        path,
        seekable,
        formats,
        lines: 0,
        bytes: 0,
        event: 0,
        ignored: 0,
        unknown: 0,
        unframed: 0,
        foreign: 0,
        reasons: {},
      })),
      problems,
      assumptions: [],
      messages,
      sessions: {},
      interrupted,
      scope: this.text,
      ...(first === undefined ? {} : { first }),
      ...(last === undefined ? {} : { last }),
      ...(skipped === undefined ? {} : { skipped }),
    };
  }

  #isOfOurSender({ sender, client }: Message): boolean {
    if (client === undefined || !this.#isInside(sender)) return false;
    // who logged in as somebody of another domain can write any sender
    if (client.user !== undefined) return !client.user.includes('@') || this.#isInside(client.user);
    return client.ip !== undefined && this.#own.isNetwork?.(client.ip) === true;
  }

  #recipient(recipient: Recipient, bySender: boolean, hidden: string[]): Recipient | undefined {
    const { address, finalAddress, via = [] } = recipient;
    const isInside = this.#isInside;
    const within = [address, finalAddress, ...via].filter(isInside);
    const isTyped = bySender && recipient.added === undefined;
    for (const one of [address, finalAddress, ...via])
      if (one !== undefined && !isInside(one) && !(isTyped && one === address)) hidden.push(one);
    if (within.length === 0 && !isTyped) return undefined;
    const shown = { ...recipient };
    if (!isInside(address) && !isTyped) {
      delete shown.address;
      if (!isInside(finalAddress) && within[0] !== undefined) shown.address = within[0];
    }
    if (!isInside(finalAddress) && !(isTyped && finalAddress === address)) delete shown.finalAddress;
    delete shown.via;
    const kept = via.filter(isInside);
    if (kept.length > 0) shown.via = kept;
    return shown;
  }

  /** Texts of servers and filters may name anybody. */
  #withTexts(shown: Message): Message {
    const names = new Names(shown, this.#isInside);
    const text = (given: string): string => trimText(given, names).text;
    shown.recipients = shown.recipients.map((one) => {
      const out = { ...one };
      if (out.reply !== undefined) out.reply = text(out.reply);
      if (out.mailbox !== undefined) out.mailbox = text(out.mailbox);
      if (out.remoteId !== undefined) out.remoteId = text(out.remoteId);
      if (out.relay?.name !== undefined) out.relay = { ...out.relay, name: text(out.relay.name) };
      return out;
    });
    shown.verdicts = shown.verdicts.flatMap((verdict) => this.#verdict(verdict, names, text) ?? []);
    shown.notes = shown.notes.filter(({ type }) => type === 'year-assumed' || type === 'clock-skew');
    if (shown.lines !== undefined)
      shown.lines = shown.lines.flatMap((line) => {
        if (line.bytes === undefined) return [line];
        const bytes = trimBytes(line.bytes, shown, names);
        return bytes === undefined ? [] : [{ ...line, bytes }];
      });
    return shown;
  }

  #verdict(verdict: Verdict, names: Names, text: (given: string) => string): Verdict | undefined {
    const { recipients, reason, rules, quarantineId } = verdict;
    const out = { ...verdict };
    if (recipients !== undefined) {
      out.recipients = recipients.filter((one) => names.judgeUser(one) === 'recipient');
      // what a filter did for others alone
      if (out.recipients.length === 0) return undefined;
    }
    if (reason !== undefined) out.reason = text(reason);
    if (quarantineId !== undefined) out.quarantineId = text(quarantineId);
    if (rules !== undefined) out.rules = rules.map((rule) => ({ ...rule, name: text(rule.name) }));
    return out;
  }
}

/** Fields of a message that follow from its recipients. */
function ofWhatIsLeft({ time, lastTime, state, hops }: Message, recipients: readonly Recipient[]): Partial<Message> {
  const [one] = recipients;
  const last = Math.min(lastTime, Math.max(time, ...recipients.map((each) => each.time ?? time)));
  const isOver = recipients.every(({ status }) => GROUP_OF_STATUS[status] !== 'waiting');
  const equal = (key: 'action' | 'direction'): boolean => recipients.every((each) => each[key] === one?.[key]);
  return {
    lastTime: last,
    state: state === 'open' && isOver ? 'complete' : state,
    direction: one !== undefined && equal('direction') ? one.direction : 'unknown',
    action: equal('action') ? one?.action : 'mixed',
    hops: hops.filter((hop) => hop.time <= last).map((hop) => ({ ...hop, lastTime: Math.min(hop.lastTime, last) })),
  } as Partial<Message>;
}
