/**
 * A plain mail -> its JSON, as src/correlate/assemble.ts and src/render/json.ts would tell it, written from the bytes of its
 * lines. undefined: it is not plain enough. test/plain holds it to the same bytes.
 */
import { directionOf, overall } from '../correlate/direction.ts';
import { blank } from '../correlate/entry.ts';
import { Hop } from '../correlate/hop.ts';
import { stableId } from '../correlate/stable-id.ts';
import { verdictOf } from '../correlate/word-verdicts.ts';
import { internAscii } from '../model/intern.ts';
import type { Verdict } from '../model/message.ts';
import type { Direction } from '../model/words.ts';
import { decodeText } from '../model/frame.ts';
import { filterNoticeOf } from '../model/filter-notice.ts';
import { putSpan, putString, timeWriter, verdictsPutter } from '../render/json.ts';
import type { Clock } from '../render/times.ts';
import type { ByteWriter } from '../util/byte-writer.ts';
import { headerText } from '../util/encoded-words.ts';
import { sameBytes, sameFolded } from './bytes.ts';
import type { PlainChain } from './plain-chain.ts';
import type { PlainEnd, PlainHop, Span } from './plain-hop.ts';

const MARK = 0x56;
const MARK_2 = 0x53;

export class MailJson {
  readonly #putTime: (value: number, out: ByteWriter) => void;
  readonly #putVerdicts: (verdicts: readonly Verdict[], out: ByteWriter) => void;
  /** what directionOf() asks of the first hop and of a recipient */
  readonly #hop = new Hop(0, '', '', '', '', 0, 0);
  readonly #entry = blank(this.#hop, '');
  /** of each recipient, where the mail ended for it */
  readonly #lasts: PlainEnd[] = [];
  readonly #directions: Direction[] = [];

  constructor(clock: Clock) {
    const putTime = timeWriter(clock);
    this.#putTime = putTime;
    this.#putVerdicts = verdictsPutter(putTime);
    this.#hop.arrived = true;
  }

  /** Appends the JSON; returns the id. */
  put(chain: PlainChain, out: ByteWriter): string | undefined {
    const { root, next } = chain;
    const last = chain.hops > 1 ? next : root;
    if (!root.isWhole() || root.nrcpt > root.count || (last === next && !next.isWhole())) return undefined;
    if (!areWordsPlain(chain) || !this.#meet(root, last) || isNotice(root)) return undefined;
    const { bytes } = root;
    const time = root.first;
    const lastTime = Math.max(root.last, last.last);
    this.#tellDirections(root);
    const instance = root.instance === SYSTEM || root.instance === '' ? undefined : root.instance;
    const id = stableId(time, [root.host, instance, bytes.toString('latin1', root.id.a, root.id.b)]);
    out.ascii('{"v":1,"id":"');
    out.ascii(id);
    out.ascii('","kind":"mail","time":');
    this.#putTime(time, out);
    out.ascii(',"lastTime":');
    this.#putTime(lastTime, out);
    out.ascii(',"state":"complete","direction":"');
    out.ascii(overall(this.#directions));
    out.ascii('","sender":');
    putSpan(bytes, root.sender.a, root.sender.b, out);
    putSubject(root, last, out);
    out.ascii(',"messageId":');
    putSpan(bytes, root.messageId.a, root.messageId.b, out);
    out.ascii(',"size":');
    out.ascii(String(root.size));
    putClient(root, out);
    out.ascii(',"action":"accepted"');
    this.#putWords(root, last, out);
    out.ascii(',"hops":[');
    this.#putHop(root, out);
    if (last === next) {
      out.byte(0x2c);
      this.#putHop(next, out);
    }
    out.ascii('],"recipients":[');
    for (let i = 0; i < root.count; i++) {
      if (i > 0) out.byte(0x2c);
      this.#putRecipient(root, i, out);
    }
    out.ascii(']}');
    return id;
  }

  /** Finds where the mail ended for each recipient. False: that is not plain. */
  #meet(root: PlainHop, last: PlainHop): boolean {
    const lasts = this.#lasts;
    lasts.length = 0;
    if (root === last) {
      for (let i = 0; i < root.count; i++) lasts.push(root.ends[i] as PlainEnd);
      return true;
    }
    if (root.count !== last.count) return false;
    const { bytes } = root;
    for (let i = 0; i < root.count; i++) {
      const { address, remoteId, isStored } = root.ends[i] as PlainEnd;
      if (isStored || !sameBytes(bytes, remoteId.a, remoteId.b, last.id.a, last.id.b)) return false;
      let found: PlainEnd | undefined;
      for (let k = 0; k < last.count; k++) {
        const end = last.ends[k] as PlainEnd;
        const { typed } = end;
        if (!sameFolded(bytes, typed.a, typed.b, address.a, address.b)) continue;
        if (found !== undefined || lasts.includes(end)) return false;
        found = end;
      }
      if (found === undefined || sameBytes(bytes, found.remoteId.a, found.remoteId.b, root.id.a, root.id.b))
        return false;
      lasts.push(found);
    }
    return true;
  }

  #tellDirections(root: PlainHop): void {
    const hop = this.#hop;
    const entry = this.#entry;
    const { bytes, clientIp } = root;
    hop.origin = root.isLocal ? 'local' : 'smtp';
    hop.user = root.user.a >= 0 ? '-' : undefined;
    hop.clientIp = clientIp.a < 0 ? undefined : textOf(bytes, clientIp);
    this.#directions.length = 0;
    for (let i = 0; i < root.count; i++) {
      const last = this.#lasts[i] as PlainEnd;
      const end = root.ends[i] as PlainEnd;
      entry.status = last.isStored ? 'delivered' : 'relayed';
      entry.finalAddress = isAnother(bytes, finalOf(bytes, last), end.typed) ? '-' : undefined;
      this.#directions.push(directionOf(hop, entry, NOTHING));
    }
  }

  #putWords(root: PlainHop, last: PlainHop, out: ByteWriter): void {
    const words = last === root || last.words.length === 0 ? root.words : [...root.words, ...last.words];
    if (words.length === 0) return;
    const verdicts = words.map((word) => verdictOf(word, 'accepted'));
    out.ascii(',"verdicts":');
    this.#putVerdicts(
      verdicts.sort((a, b) => a.time - b.time),
      out,
    );
  }

  #putHop(hop: PlainHop, out: ByteWriter): void {
    out.ascii('{"host":');
    putString(hop.host ?? '', out);
    out.ascii(',"system":"postfix","queueId":');
    putSpan(hop.bytes, hop.id.a, hop.id.b, out);
    out.ascii(',"time":');
    this.#putTime(hop.first, out);
    out.ascii(',"lastTime":');
    this.#putTime(hop.last, out);
    out.byte(0x7d);
  }

  #putRecipient(root: PlainHop, i: number, out: ByteWriter): void {
    const { bytes } = root;
    const { typed } = root.ends[i] as PlainEnd;
    const end = this.#lasts[i] as PlainEnd;
    out.ascii('{"address":');
    putSpan(bytes, typed.a, typed.b, out);
    const final = finalOf(bytes, end);
    if (isAnother(bytes, final, typed)) {
      out.ascii(',"finalAddress":');
      putSpan(bytes, final.a, final.b, out);
    }
    out.ascii(end.isStored ? ',"status":"delivered"' : ',"status":"relayed"');
    out.ascii(',"action":"accepted","direction":"');
    out.ascii(this.#directions[i] as string);
    out.ascii('","time":');
    this.#putTime(end.at, out);
    if (end.code > 0) {
      out.ascii(',"code":"');
      out.ascii(String(end.code));
      out.byte(0x22);
    }
    putField(',"dsn":', bytes, end.dsn, out);
    putField(',"reply":', bytes, end.reply, out);
    putRelay(bytes, end, out);
    putField(',"remoteId":', bytes, end.remoteId, out);
    out.ascii(',"delay":');
    out.ascii(String(Math.max(0, Math.round(end.at - root.first)) / 1000));
    out.ascii(',"attempts":');
    out.ascii(String(end.attempts));
    out.byte(0x7d);
  }
}

const SYSTEM = 'postfix';
const NOTHING = {};

function textOf(bytes: Buffer, { a, b }: Span): string {
  return internAscii(bytes, a, b) ?? decodeText(bytes, a, b);
}

/** Where the recipient's mail went in the end: the address after aliases, where that is another one. */
function finalOf(bytes: Buffer, { address, typed }: PlainEnd): Span {
  return isAnother(bytes, address, typed) ? address : typed;
}

/** A filter that gave a mail back to its server says under which id: where the server's lines tell of that too. */
function areWordsPlain({ root, next, hops }: PlainChain): boolean {
  const { words } = hops > 1 ? next : root;
  return words.every(({ remoteHash }) => remoteHash === 0);
}

/** A notice that a filter wrote (src/correlate/filter-notices.ts). */
function isNotice({ bytes, messageId }: PlainHop): boolean {
  const first = bytes[messageId.a];
  if (first !== MARK && first !== MARK_2) return false;
  return filterNoticeOf(decodeText(bytes, messageId.a, messageId.b)) !== undefined;
}

function isAnother(bytes: Buffer, one: Span, other: Span): boolean {
  return one.a !== other.a && !sameFolded(bytes, one.a, one.b, other.a, other.b);
}

function putField(name: string, bytes: Buffer, { a, b }: Span, out: ByteWriter): void {
  if (a < 0 || a === b) return;
  out.ascii(name);
  putSpan(bytes, a, b, out);
}

function putSubject(root: PlainHop, last: PlainHop, out: ByteWriter): void {
  const { bytes, subject } = root.subject.a >= 0 ? root : last;
  if (subject.a < 0) return;
  const text = headerText(decodeText(bytes, subject.a, subject.b));
  if (text === '') return;
  out.ascii(',"subject":');
  putString(text, out);
}

function putClient(root: PlainHop, out: ByteWriter): void {
  const begin = out.length;
  const { bytes } = root;
  putField(',"ip":', bytes, root.clientIp, out);
  putField(',"name":', bytes, root.clientName, out);
  putField(',"helo":', bytes, root.helo, out);
  putField(',"user":', bytes, root.user, out);
  putField(',"tls":', bytes, root.tls, out);
  const { length } = out;
  if (length === begin) return;
  const head = ',"client":{';
  // the first comma becomes the brace
  out.reserve(head.length);
  out.bytes.copyWithin(begin + head.length, begin + 1, length);
  out.length = begin;
  out.ascii(head);
  out.length = length + head.length - 1;
  out.byte(0x7d);
}

function putRelay(bytes: Buffer, end: PlainEnd, out: ByteWriter): void {
  const { relayName, relayIp, port } = end;
  const hasName = relayName.a >= 0 && relayName.a < relayName.b;
  const hasIp = relayIp.a >= 0 && relayIp.a < relayIp.b;
  if (!hasName && !hasIp && port < 0) return;
  out.ascii(',"relay":');
  let before = '{';
  if (hasName) {
    out.ascii('{"name":');
    putSpan(bytes, relayName.a, relayName.b, out);
    before = ',';
  }
  if (hasIp) {
    out.ascii(before);
    out.ascii('"ip":');
    putSpan(bytes, relayIp.a, relayIp.b, out);
    before = ',';
  }
  if (port >= 0) {
    out.ascii(before);
    out.ascii('"port":');
    out.ascii(String(port));
  }
  out.byte(0x7d);
}
