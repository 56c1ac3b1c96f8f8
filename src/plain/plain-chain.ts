/**
 * The events of one chain -> a plain mail of one queue or two, or the refusals of a transaction; `isOdd` where they tell more.
 */
import { refusalOf } from '../correlate/refusal.ts';
import type { Refusal } from '../correlate/hop.ts';
import { SmtpSession } from '../correlate/session.ts';
import { decodeText } from '../model/frame.ts';
import { F, type LogEvent } from '../model/log-event.ts';
import { sameBytes } from './bytes.ts';
import type { Heads } from './heads.ts';
import { isUnknown } from './quick-lines.ts';
import { PlainHop, type Span } from './plain-hop.ts';

/** More refusals of one transaction are read the ordinary way. */
const MOST_REFUSALS = 100;

/** Where the parts of an arrival line stand. */
interface Arrival {
  id: number;
  idEnd: number;
  name: number;
  /** the bracket before the address */
  ip: number;
  close: number;
  user: number;
  end: number;
}

export class PlainChain {
  isOdd = false;
  readonly root = new PlainHop();
  readonly next = new PlainHop();
  /** queues that the mail was in, 0 = it is none */
  hops = 0;
  refusals: Refusal[] = [];
  #bytes: Buffer = Buffer.alloc(0);
  // of the sessions, as places in the bytes
  #sessionLine = false;
  #pid = -1;
  readonly #name: Span = { a: -1, b: -1 };
  readonly #ip: Span = { a: -1, b: -1 };
  readonly #tls: Span = { a: -1, b: -1 };
  #tlsPid = -1;
  #hasFailed = false;
  /** what refusalOf() asks of a tracker */
  readonly #place = { seq: 0, line: () => undefined };

  begin(bytes: Buffer): void {
    this.isOdd = false;
    this.hops = 0;
    this.#bytes = bytes;
    this.#sessionLine = false;
    this.#pid = -1;
    this.#name.a = this.#ip.a = this.#tls.a = -1;
    this.#hasFailed = false;
    if (this.refusals.length > 0) this.refusals = [];
  }

  /** The mail whose id stands at [a, b). */
  hopAt(a: number, b: number): PlainHop | undefined {
    const { root, next } = this;
    if (this.hops > 0 && sameBytes(this.#bytes, a, b, root.id.a, root.id.b)) return root;
    return this.hops > 1 && sameBytes(this.#bytes, a, b, next.id.a, next.id.b) ? next : undefined;
  }

  /** A session begins with a client of this name and address. */
  sawClient(pid: number, name: number, nameEnd: number, ip: number, ipEnd: number): void {
    if (this.hops > 0) return;
    this.#sessionLine = true;
    this.#pid = pid;
    if (this.#ip.a < 0) {
      this.#ip.a = ip;
      this.#ip.b = ipEnd;
    }
    if (this.#name.a >= 0 || isUnknown(this.#bytes, name, nameEnd)) return;
    this.#name.a = name;
    this.#name.b = nameEnd;
  }

  /** The mail enters; its client, and its login (-1 = none) up to the end of the line. False: the format must read it. */
  beginAt(heads: Heads, { id, idEnd, name, ip, close, user, end }: Arrival): boolean {
    const { root } = this;
    const { pid, tag } = heads;
    if (tag === undefined || this.refusals.length > 0 || (this.#tls.a >= 0 && this.#tlsPid !== pid)) return false;
    root.reset(this.#bytes, tag.host, tag.instance, heads.at);
    this.hops = 1;
    root.id.a = id;
    root.id.b = idEnd;
    root.clientIp.a = ip + 1;
    root.clientIp.b = close;
    root.clientName.a = isUnknown(this.#bytes, name, ip) ? -1 : name;
    root.clientName.b = ip;
    root.user.a = user;
    root.user.b = end;
    root.tls.a = this.#tls.a;
    root.tls.b = this.#tls.b;
    return true;
  }

  take(ev: LogEvent): void {
    if (this.isOdd) return;
    const { frame } = ev;
    if (frame.bytes !== this.#bytes || frame.repeated !== 1 || Number.isNaN(frame.at) || !this.#takes(ev))
      this.isOdd = true;
  }

  #takes(ev: LogEvent): boolean {
    if (ev.has(F.queueId)) return this.#takeQueued(ev);
    switch (ev.kind) {
      case 'connect':
      case 'disconnect':
        return this.#seeClient(ev);
      case 'session':
        return this.#takeSession(ev);
      case 'refusal':
        return this.#takeRefusal(ev);
      default:
        return false;
    }
  }

  #takeQueued(ev: LogEvent): boolean {
    if (this.refusals.length > 0) return false;
    if (ev.kind === 'arrival') return this.#begin(ev);
    const hop = this.#hopOf(ev);
    if (hop === undefined) return false;
    return ev.kind === 'verdict' ? hop.takeWord(ev) : hop.take(ev);
  }

  #hopOf(ev: LogEvent): PlainHop | undefined {
    if (this.hops > 0 && this.root.isOf(ev)) return this.root;
    return this.hops > 1 && this.next.isOf(ev) ? this.next : undefined;
  }

  #begin(ev: LogEvent): boolean {
    this.hops++;
    if (this.hops === 2) return !this.root.isOf(ev) && this.next.begin(ev, this.#bytes, this.root);
    if (this.hops > 2 || !this.root.begin(ev, this.#bytes, undefined)) return false;
    if (ev.origin !== 'smtp' || this.#tls.a < 0) return true;
    this.root.tls.a = this.#tls.a;
    this.root.tls.b = this.#tls.b;
    return this.#tlsPid === ev.frame.pid;
  }

  #seeClient(ev: LogEvent): boolean {
    // a mail has it in its own line
    if (this.hops > 0) return true;
    this.#sessionLine = true;
    this.#pid = ev.frame.pid;
    take(this.#ip, ev, F.clientIp);
    take(this.#name, ev, F.clientName);
    return true;
  }

  #takeSession(ev: LogEvent): boolean {
    this.#seeClient(ev);
    if (ev.has(F.recipients) || ev.what === 'own') return false;
    if (ev.what === 'auth-failed') this.#hasFailed = true;
    else if (ev.has(F.user)) return false;
    if (ev.what !== 'tls' || this.hops > 0 || !ev.has(F.tls)) return true;
    if (ev.start(F.tls) < 0 || (this.#tls.a >= 0 && this.#tlsPid !== ev.frame.pid)) return false;
    this.#tlsPid = ev.frame.pid;
    this.#tls.a = ev.start(F.tls);
    this.#tls.b = ev.stop(F.tls);
    return true;
  }

  #takeRefusal(ev: LogEvent): boolean {
    if (this.hops > 0 || !this.#sessionLine || this.#pid !== ev.frame.pid || this.refusals.length === MOST_REFUSALS)
      return false;
    this.#seeClient(ev);
    if (ev.final || ev.has(F.recipients)) return false;
    this.#place.seq++;
    this.refusals.push(refusalOf(this.#place, ev));
    this.#host = ev.frame.host;
    this.#instance = ev.instance;
    this.#system = ev.system;
    return true;
  }

  #host: string | undefined = undefined;
  #instance = '';
  #system = '';

  /** The session of the refusals, as much as their message tells of it. */
  session(): SmtpSession {
    const session = new SmtpSession(0, this.#host, this.#instance, this.#system, this.#pid, 0, 0);
    const text = ({ a, b }: Span): string | undefined => (a < 0 ? undefined : decodeText(this.#bytes, a, b));
    session.clientIp = text(this.#ip);
    session.clientName = text(this.#name);
    session.tls = text(this.#tls);
    if (this.#hasFailed) session.mark('auth-failed');
    return session;
  }
}

/** The first word holds. */
function take(to: Span, ev: LogEvent, field: typeof F.clientIp | typeof F.clientName): void {
  if (to.a >= 0 || !ev.has(field)) return;
  to.a = ev.start(field);
  to.b = ev.stop(field);
}
