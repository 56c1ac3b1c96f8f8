/**
 * Failures by rule in one line each: reason, code, what the answer says without the addresses and numbers in it.
 */
import type { Instant, Message, Recipient } from '../model/message.ts';
import type { PlainMail, PlainRefusal, RecipientOfShape } from '../model/plain-mail.ts';
import type { Status } from '../model/words.ts';
import { answerKey } from './answer-key.ts';
import type { Section } from './document.ts';
import { codeOf, relayText } from './reason-table.ts';
import { TopTable } from './top-table.ts';

const MOST_TEXT = 300;
/** In angle or square brackets: addresses and hosts, which differ from refusal to refusal. */
const DETAIL = /<[^<>]*>|\[[^[\]]*\]/g;

interface RuleRow {
  count: number;
  mails: number;
  lastMail: string | number | undefined;
  readonly reason: string | undefined;
  readonly code: string | undefined;
  readonly relay: string | undefined;
  /** of the earliest mail of them; of a plain one it is asked for when the row is told */
  answer: string | undefined | (() => string | undefined);
  time: Instant;
  order: number;
}

export class RuleTable {
  readonly #rows = new TopTable<RuleRow>(10_000);
  readonly #byRelay: boolean;
  /** rows by the kinds of answers */
  readonly #byKind: Partial<Record<Status, RuleRow[]>> = {};

  /** `byRelay`: the server that answered parts rows too. */
  constructor(byRelay = false) {
    this.#byRelay = byRelay;
  }

  add(message: Message, recipient: Recipient): void {
    const { time, order = 0 } = message;
    const row = this.#rowOf(recipient, time, order);
    if (time < row.time || (time === row.time && order < row.order)) {
      row.answer = answerOf(recipient);
      row.time = time;
      row.order = order;
    }
    row.count++;
    if (row.lastMail !== message.id) row.mails++;
    row.lastMail = message.id;
  }

  /** As `add`, of a recipient who got an answer of this shape and became this. */
  addPlain(shape: number, status: Status, like: RecipientOfShape, mail: PlainRefusal | PlainMail): void {
    const { time, order } = mail;
    const byKind = (this.#byKind[status] ??= []);
    const kind = mail.kindOf(shape);
    const to = (byKind[kind] ??= this.#rowOf(like(shape, status), time, order));
    if (time < to.time || (time === to.time && order < to.order)) {
      to.answer = () => answerOf(like(shape, status));
      to.time = time;
      to.order = order;
    }
    to.count++;
    if (to.lastMail !== order) to.mails++;
    to.lastMail = order;
  }

  #rowOf(recipient: Recipient, time: Instant, order: number): RuleRow {
    const relay = this.#byRelay ? relayText(recipient.relay) : undefined;
    // of what is held or dropped there is often no word but that
    const reason = recipient.reason ?? (recipient.reply === undefined ? recipient.status : undefined);
    const key = `${reason ?? ''} ${relay ?? ''} ${answerKey(recipient)}`;
    return this.#rows.get(key, () => ({
      count: 0,
      mails: 0,
      lastMail: undefined,
      reason,
      code: codeOf(recipient),
      relay,
      answer: answerOf(recipient),
      time,
      order,
    }));
  }

  get letGo(): number {
    return this.#rows.letGo.rows;
  }

  section(name: string, title: string, top: number): Section {
    const shown = this.#rows.greatest(top);
    const more = this.#rows.size - shown.length;
    return {
      name,
      title,
      columns: [
        { name: 'recipients', label: 'Recipients', align: 'right' },
        { name: 'mails', label: 'Mails', align: 'right' },
        { name: 'reason', label: 'Reason' },
        { name: 'code', label: 'Code' },
        ...(this.#byRelay ? [{ name: 'relay', label: 'Server' }] : []),
        { name: 'answer', label: 'Answer', wide: true },
      ],
      rows: shown.map((row) => ({
        cells: [row.count, row.mails, row.reason, row.code, ...(this.#byRelay ? [row.relay] : []), textOf(row)],
      })),
      ...(more > 0 ? { more } : {}),
    };
  }
}

function textOf({ answer }: RuleRow): string | undefined {
  return typeof answer === 'function' ? answer() : answer;
}

function answerOf({ reply }: Recipient): string | undefined {
  return reply?.slice(0, MOST_TEXT).replace(DETAIL, '…');
}

/** Where a refused mail came from: the client's name, else its address. */
export function clientOf({ client }: Message): string | undefined {
  return client === undefined ? undefined : clientText(client);
}

export function clientText({ name, ip }: NonNullable<Message['client']>): string | undefined {
  return name === undefined ? ip : ip === undefined ? name : `${name} [${ip}]`;
}
