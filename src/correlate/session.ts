/**
 * One SMTP session of a server process: the lines without a queue id, and the order of what happened in it.
 * Postfix logs no transaction boundary; `transactions.ts` draws them from this record.
 */
import type { ChainLine, Instant } from '../model/message.ts';
import type { Act, Hop, Refusal } from './hop.ts';

export type SessionItem =
  | { refusal: Refusal; act?: undefined; hop?: undefined }
  | { refusal?: undefined; act: Act; hop?: undefined }
  | { refusal?: undefined; act?: undefined; hop: Hop };

export class SmtpSession {
  readonly key: number;
  readonly host: string | undefined;
  readonly instance: string;
  readonly system: string;
  readonly pid: number;
  readonly firstAt: Instant;
  readonly seq: number;
  lastAt: Instant;
  clientName: string | undefined = undefined;
  clientIp: string | undefined = undefined;
  user: string | undefined = undefined;
  tls: string | undefined = undefined;
  items: SessionItem[] = [];
  lines: ChainLine[] | undefined = undefined;
  /** the connect line was seen */
  opened = false;
  closed = false;
  /** counters of the disconnect line, -1 = not told */
  mailOk = -1;
  mailAll = -1;
  rcptOk = -1;
  rcptAll = -1;
  dataOk = -1;
  dataAll = -1;
  /** what else was seen: `auth-failed`, `lost`, `pregreet`, … */
  marks: string[] | undefined = undefined;
  text: string | undefined = undefined;
  /** transactions were drawn and refusals handed on */
  resolved = false;
  /** its first part was drawn while it went on: the counters tell of more than what is left */
  cut = false;
  /** the next one of its process began, and nothing had said that it was over: lines are missing */
  isCutShort = false;
  /** sessions that it stands for (Frame.weight) */
  weight = 1;
  /** the client is the machine itself, not the network */
  isLocal = false;
  /** lines name it by an id of its own: nothing else is in it */
  isNamed = false;
  /** it brought a mail or a refusal */
  busy = false;

  constructor(
    key: number,
    host: string | undefined,
    instance: string,
    system: string,
    pid: number,
    at: Instant,
    seq: number,
  ) {
    this.key = key;
    this.host = host;
    this.instance = instance;
    this.system = system;
    this.pid = pid;
    this.firstAt = at;
    this.lastAt = at;
    this.seq = seq;
  }

  add(item: SessionItem): void {
    this.busy = true;
    // most bring one: an array that grows takes room for seventeen
    if (this.items.length === 0) this.items = [item];
    else this.items.push(item);
  }

  mark(word: string): void {
    this.marks ??= [];
    if (this.marks.length < 8 && !this.marks.includes(word)) this.marks.push(word);
  }

  /** The mail that the session is busy with: the last that came in it. */
  currentHop(): Hop | undefined {
    for (let i = this.items.length - 1; i >= 0; i--) {
      const hop = this.items[i]?.hop;
      if (hop) return hop;
    }
    return undefined;
  }
}
