/**
 * What a log tells beside the mails that count, by kind: what servers wrote, copies that our server added, greylisted
 * attempts whose retry counts, sessions without mail.
 */
import type { Message, Session } from '../model/message.ts';
import type { MessageKind } from '../model/words.ts';
import type { Section } from './document.ts';
import type { CountedEntry } from './tally.ts';

interface BeyondRow {
  messages: number;
  recipients: number;
}

const WORDS: Readonly<Record<string, string>> = {
  bounce: 'bounces that servers wrote',
  notice: 'notices that servers wrote',
  'auto-reply': 'answers that programs wrote',
  added: 'copies and redirects that our server added',
  attempt: 'attempts refused for now that came back: the retry counts',
  session: 'sessions that brought no mail',
};

/** Kinds of sessions are a closed set; this bounds what a log can make of it. */
const MOST_KINDS = 100;

export class BeyondTable {
  readonly #rows = new Map<string, BeyondRow>();
  /** recipients refused for now whose retry counts */
  cameBack = 0;

  message(message: Message, entries: readonly CountedEntry[], withAdded: boolean): void {
    const { kind } = message;
    if (kind !== 'mail') this.#add(kind, 1, entries.length);
    if (kind === 'mail') this.attempt(entries.filter(({ isBack }) => isBack).length);
    if (withAdded) return;
    const added = message.recipients.filter((recipient) => recipient.added !== undefined).length;
    if (added > 0) this.#add('added', 0, added);
  }

  /** An attempt of which so many recipients came back. */
  attempt(back: number): void {
    if (back === 0) return;
    this.cameBack += back;
    this.#add('attempt', 1, back);
  }

  /** A message of another kind than mail. */
  notice(kind: MessageKind, recipients: number): void {
    this.#add(kind, 1, recipients);
  }

  session({ kind }: Session, times: number): void {
    this.#add(`session ${kind}`, times, 0);
  }

  #add(kind: string, messages: number, recipients: number): void {
    const row = this.#rows.get(kind) ?? { messages: 0, recipients: 0 };
    if (this.#rows.size < MOST_KINDS || this.#rows.has(kind)) this.#rows.set(kind, row);
    row.messages += messages;
    row.recipients += recipients;
  }

  section(): Section {
    const byKind = [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1));
    const rows = byKind.map(([key, { messages, recipients }]) => {
      const [kind = '', detail] = key.split(' ');
      const what = `${WORDS[kind] ?? kind}${detail === undefined ? '' : ` (${detail})`}`;
      return { cells: [kind, detail, what, messages === 0 ? undefined : messages, recipients] };
    });
    return {
      name: 'beyond',
      title: 'Beside the mails that count',
      columns: [
        { name: 'kind', label: 'Kind', isData: true },
        { name: 'detail', label: 'Detail', isData: true },
        { name: 'what', label: 'What' },
        { name: 'messages', label: 'Number', align: 'right' },
        { name: 'recipients', label: 'Recipients', align: 'right' },
      ],
      rows,
    };
  }
}
