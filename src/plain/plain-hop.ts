/**
 * What the lines of a plain mail say of it in one queue: fields as places in the bytes of the chain, no text is made.
 * The rules are those of src/correlate (apply.ts, apply-delivery.ts, apply-session.ts, hop-facts.ts) for lines of which
 * nothing can be read in two ways; what else a line may say makes take() false: the mail is read the ordinary way.
 */
import { sameBytes, sameFolded } from './bytes.ts';
import { type Word, wordOf } from '../correlate/word.ts';
import { F, type LogEvent } from '../model/log-event.ts';
import type { Heads } from './heads.ts';

/** A field as a place: first byte and one past the last; -1 = not told. */
export interface Span {
  a: number;
  b: number;
}

const span = (): Span => ({ a: -1, b: -1 });

/** One recipient's result. */
export class PlainEnd {
  readonly address = span();
  readonly orig = span();
  readonly dsn = span();
  readonly reply = span();
  readonly relayName = span();
  readonly relayIp = span();
  readonly remoteId = span();
  /** what the program that took it calls the mail */
  readonly filterId = span();
  attempts = 0;
  isSent = false;
  /** stored, or taken by another server */
  isStored = false;
  at = 0;
  code = 0;
  port = -1;

  /** as the sender typed it */
  get typed(): Span {
    return this.orig.a < 0 ? this.address : this.orig;
  }
}

/** Fields that a plain delivery does not have. */
const ODD_OF_DELIVERY =
  (1 << F.otherId) | (1 << F.mailbox) | (1 << F.sender) | (1 << F.reason) | (1 << F.target) | (1 << F.quarantineId);
const ODD_OF_ARRIVAL = (1 << F.tls) | (1 << F.helo) | (1 << F.messageId) | (1 << F.recipients) | (1 << F.subject);
/** of a mail that enters: an earlier server's client */
const ODD_OF_FIRST = (1 << F.origClientIp) | (1 << F.origClientName) | (1 << F.otherId);
const ODD_OF_FACTS = (1 << F.recipients) | (1 << F.headerFrom) | (1 << F.otherId);
const ODD_OF_WORD = (1 << F.quarantineId) | (1 << F.target) | (1 << F.mailbox);
const MOST_WORDS = 4;
/** More recipients are read the ordinary way. */
const MOST_ENDS = 200;
const NOTHING = Buffer.alloc(0);
const QUOTE = 0x22;
const AT_SIGN = 0x40;
const SLASH = 0x2f;
const PIPE = 0x7c;

export class PlainHop {
  readonly id = span();
  readonly sender = span();
  readonly messageId = span();
  readonly subject = span();
  readonly helo = span();
  readonly user = span();
  readonly tls = span();
  readonly clientIp = span();
  readonly clientName = span();
  readonly named = span();
  /** of the chain */
  bytes: Buffer = NOTHING;
  host: string | undefined = undefined;
  instance = '';
  isLocal = false;
  isQueued = false;
  isClosed = false;
  first = 0;
  last = 0;
  size = -1;
  nrcpt = -1;
  count = 0;
  readonly ends: PlainEnd[] = [];
  /** what filters said of it */
  readonly words: Word[] = [];
  /** what they call it, in the order of their words */
  readonly #wordIds: Span[] = [];

  /** The mail of an arrival line; `before`: that which it goes on from. False: it is not plain. */
  begin(ev: LogEvent, bytes: Buffer, before: PlainHop | undefined): boolean {
    const { frame } = ev;
    this.reset(bytes, frame.host, ev.instance, frame.at);
    this.isLocal = ev.origin === 'local';
    if ((ev.origin !== 'smtp' && !this.isLocal) || frame.host === undefined) return false;
    if (before === undefined ? (ev.mask & ODD_OF_FIRST) !== 0 : !goesOn(ev, before)) return false;
    return (
      (ev.mask & ODD_OF_ARRIVAL) === 0 &&
      put(this.id, ev, F.queueId) &&
      put(this.clientIp, ev, F.clientIp) &&
      put(this.clientName, ev, F.clientName) &&
      put(this.user, ev, F.user) &&
      put(this.sender, ev, F.sender)
    );
  }

  /** Nothing is known but this. */
  reset(bytes: Buffer, host: string | undefined, instance: string, at: number): void {
    this.bytes = bytes;
    this.sender.a = this.messageId.a = this.subject.a = this.helo.a = this.tls.a = this.named.a = -1;
    this.host = host;
    this.instance = instance;
    this.first = this.last = at;
    this.size = this.nrcpt = -1;
    this.count = 0;
    this.isQueued = this.isClosed = this.isLocal = false;
    this.words.length = 0;
  }

  /** A line of it. False: of another host or instance. */
  touch({ at, tag }: Heads): boolean {
    if (tag?.host !== this.host || tag?.instance !== this.instance) return false;
    if (at < this.first) this.first = at;
    if (at > this.last) this.last = at;
    return true;
  }

  /** Whether an event with a queue id is about this one. */
  isOf(ev: LogEvent): boolean {
    return sameBytes(ev.frame.bytes, this.id.a, this.id.b, ev.start(F.queueId), ev.stop(F.queueId));
  }

  /** A line of the mail. False: it is not plain. */
  take(ev: LogEvent): boolean {
    const { at, host } = ev.frame;
    if (host !== this.host || ev.instance !== this.instance) return false;
    if (at < this.first) this.first = at;
    if (at > this.last) this.last = at;
    switch (ev.kind) {
      case 'facts':
        return this.takeFacts(ev);
      case 'delivery':
        return this.takeDelivery(ev);
      case 'closed':
        return this.takeEnd(ev);
      case 'attempt':
      case 'mention':
        return true;
      default:
        return false;
    }
  }

  private takeEnd(ev: LogEvent): boolean {
    const isPlain = ev.what === 'removed' && !ev.active && !this.isClosed && this.isQueued;
    this.isClosed = true;
    return isPlain;
  }

  private takeFacts(ev: LogEvent): boolean {
    if ((ev.mask & ODD_OF_FACTS) !== 0 || ev.relation !== '' || ev.lasting || this.isClosed) return false;
    if (
      ev.has(F.messageId) &&
      (this.messageId.a >= 0 || ev.isEmpty(F.messageId) || !put(this.messageId, ev, F.messageId))
    )
      return false;
    if (ev.has(F.subject) && (this.subject.a >= 0 || !put(this.subject, ev, F.subject))) return false;
    if (ev.has(F.clientIp) && this.clientIp.a < 0) return false;
    if (this.helo.a < 0 && !put(this.helo, ev, F.helo)) return false;
    if (ev.has(F.recipient) && (this.named.a >= 0 || !put(this.named, ev, F.recipient))) return false;
    if (ev.active && ev.size < 0) return false;
    const isLogin = ev.active && this.sender.a >= 0 && !this.hasDomain();
    if (ev.has(F.sender) && (this.sender.a < 0 || isLogin) && !put(this.sender, ev, F.sender)) return false;
    if (!ev.active) return true;
    this.isQueued = true;
    if (this.size < 0) this.size = ev.size;
    if (ev.nrcpt > this.nrcpt) this.nrcpt = ev.nrcpt;
    return true;
  }

  /** Nobody, or somebody with a domain. */
  private hasDomain(): boolean {
    return this.sender.a === this.sender.b || this.bytes.subarray(this.sender.a, this.sender.b).includes(AT_SIGN);
  }

  private takeDelivery(ev: LogEvent): boolean {
    const isSent = ev.outcome === 'sent';
    const isPlain =
      (isSent ? ev.how === 'mailbox' || ev.how === 'remote' || ev.how === 'unknown' : ev.outcome === 'deferred') &&
      (ev.what === '' || ev.what === 'command') &&
      (ev.mask & ODD_OF_DELIVERY) === 0 &&
      !ev.codeFromDaemon &&
      !ev.lasting &&
      !this.isClosed &&
      this.isQueued;
    const end = isPlain ? this.endOf(ev) : undefined;
    if (end === undefined || end.isSent || (end.attempts > 0 && end.at === ev.frame.at)) return false;
    end.isSent = isSent;
    end.attempts++;
    end.isStored = ev.how !== 'remote';
    end.at = ev.frame.at;
    end.code = ev.code;
    end.port = ev.port;
    return (
      put(end.dsn, ev, F.dsn) &&
      put(end.reply, ev, F.reply) &&
      put(end.relayName, ev, F.relayName) &&
      put(end.relayIp, ev, F.relayIp) &&
      put(end.remoteId, ev, F.remoteId) &&
      put(end.filterId, ev, F.filterId)
    );
  }

  /** The recipient of a delivery (src/correlate/end-of.ts); undefined: it is not plain. */
  private endOf(ev: LogEvent): PlainEnd | undefined {
    const { bytes, ends } = this;
    const end = (ends[this.count] ??= new PlainEnd());
    const { address, orig } = end;
    if (!put(address, ev, F.recipient) || !put(orig, ev, F.origRecipient)) return undefined;
    if (!isUsual(bytes, address) || (orig.a >= 0 && !isUsual(bytes, orig))) return undefined;
    for (let i = 0; i < this.count; i++) {
      const other = ends[i] as PlainEnd;
      if (isSame(bytes, address, other.address) && isSame(bytes, orig, other.orig)) return other;
    }
    end.attempts = 0;
    end.isSent = false;
    return this.count++ < MOST_ENDS ? end : undefined;
  }

  /** A filter's word that changes nothing: it let the mail pass. Only of what is clean it never writes a notice. */
  takeWord(ev: LogEvent): boolean {
    const id = (this.#wordIds[this.words.length] ??= span());
    const isPlain =
      ev.action === 'accepted' &&
      ev.what === 'clean' &&
      ev.outcome === '' &&
      !ev.active &&
      (ev.mask & ODD_OF_WORD) === 0 &&
      ev.frame.host === this.host &&
      this.words.length < MOST_WORDS &&
      put(id, ev, F.filterId);
    if (!isPlain) return false;
    const word = wordOf(ev, undefined);
    if (this.words.some(({ engine }) => engine === word.engine)) return false;
    this.words.push(word);
    return true;
  }

  /** Whether a delivery names a filter's own id: what it said is of that recipient. */
  private isTold(): boolean {
    for (let w = 0; w < this.words.length; w++) {
      const { a, b } = this.#wordIds[w] as Span;
      for (let i = 0; i < this.count && a >= 0; i++) {
        const { filterId } = this.ends[i] as PlainEnd;
        if (filterId.a >= 0 && sameBytes(this.bytes, a, b, filterId.a, filterId.b)) return true;
      }
    }
    return false;
  }

  /** Whether all of it is here and can be told in one way. */
  isWhole(): boolean {
    if (!this.isClosed || this.count === 0 || this.size < 0 || this.sender.a < 0 || !this.hasDomain()) return false;
    if (this.messageId.a < 0 || this.nrcpt < 0) return false;
    for (let i = 0; i < this.count; i++) if (!(this.ends[i] as PlainEnd).isSent) return false;
    return !this.isTold() && this.isNamed();
  }

  /** Whom a header check names is one of the recipients. */
  private isNamed(): boolean {
    const { bytes, ends, count, named } = this;
    if (named.a < 0) return true;
    for (let i = 0; i < count; i++) {
      const { typed } = ends[i] as PlainEnd;
      if (sameFolded(bytes, typed.a, typed.b, named.a, named.b)) return true;
    }
    return false;
  }
}

/** Whether an arrival may be of a mail that `before` went on as; where it names one, it is that. */
function goesOn(ev: LogEvent, before: PlainHop): boolean {
  if (ev.origin !== 'smtp' || ev.frame.host !== before.host) return false;
  if (ev.relation === '') return !ev.has(F.otherId);
  const { a, b } = before.id;
  return ev.relation === 'parent' && sameBytes(before.bytes, a, b, ev.start(F.otherId), ev.stop(F.otherId));
}

function isSame(bytes: Buffer, one: Span, other: Span): boolean {
  if (one.a < 0 || other.a < 0) return one.a === other.a;
  return sameFolded(bytes, one.a, one.b, other.a, other.b);
}

/** An address that nothing has to be done to: ASCII, no quotes, no file or program. */
function isUsual(bytes: Buffer, { a, b }: Span): boolean {
  const first = bytes[a];
  if (a === b || first === QUOTE || first === SLASH || first === PIPE) return false;
  for (let i = a; i < b; i++) if ((bytes[i] as number) >= 0x80) return false;
  return true;
}

/** False: the field is a text that does not stand in the line as such. */
function put(to: Span, ev: LogEvent, field: (typeof F)[keyof typeof F]): boolean {
  to.a = ev.start(field);
  to.b = ev.stop(field);
  return to.a >= 0 || !ev.has(field);
}
