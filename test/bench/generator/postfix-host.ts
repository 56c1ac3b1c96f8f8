/**
 * One Postfix host: its process ids and queue ids.
 */
import type { Agenda } from './agenda.ts';
import type { Ledger } from './ledger.ts';
import type { Prng } from './prng.ts';

/** A daemon process; master starts another when all are busy, each serves 100 requests (max_use). */
interface Daemon {
  pid: number;
  busyUntil: number;
  uses: number;
}

export class PostfixHost {
  readonly name: string;
  /** Its address outside and inside. */
  readonly ip: string;
  readonly inner: string;
  private readonly prng: Prng;
  private readonly agenda: Agenda;
  private readonly ledger: Ledger;
  private readonly daemons = new Map<string, Daemon[]>();
  private readonly qmgr: number;
  private nextPid: number;
  private nextInode: number;
  private readonly freeInodes: number[] = [];

  constructor(name: string, index: number, prng: Prng, agenda: Agenda, ledger: Ledger) {
    this.name = name;
    this.ip = `203.0.113.${index + 10}`;
    this.inner = `10.0.0.${index + 10}`;
    this.prng = prng;
    this.agenda = agenda;
    this.ledger = ledger;
    this.nextPid = 1000 + prng.int(20000);
    this.nextInode = 0x240000 + prng.int(0x40000);
    this.qmgr = this.newPid();
  }

  /** The tag of a free process of `service` (`postfix/smtpd`), which is busy until `until`. */
  tag(service: string, time: number, until = time): string {
    let list = this.daemons.get(service);
    if (list === undefined) this.daemons.set(service, (list = []));
    let at = list.findIndex((daemon) => daemon.busyUntil < time);
    if (at < 0) at = list.push({ pid: this.newPid(), busyUntil: 0, uses: 0 }) - 1;
    const daemon = list[at] as Daemon;
    daemon.busyUntil = until;
    daemon.uses += 1;
    if (daemon.uses > 100) list.splice(at, 1);
    return `${this.name} ${service}[${daemon.pid}]: `;
  }

  qmgrTag(): string {
    return `${this.name} postfix/qmgr[${this.qmgr}]: `;
  }

  /** A short queue id: five hex digits of microseconds, then the inode (global/mail_queue.h). */
  newQueueId(time: number): string {
    const free = this.freeInodes;
    let inode: number;
    if (free.length > 64) {
      const at = this.prng.int(free.length);
      inode = free[at] as number;
      free[at] = free[free.length - 1] as number;
      free.pop();
    } else {
      inode = this.nextInode;
      this.nextInode += this.prng.between(1, 3);
    }
    this.ledger.queueId();
    const micros = Math.floor(time) % 1_000_000;
    return (micros.toString(16).padStart(5, '0') + inode.toString(16)).toUpperCase();
  }

  /** The inode may be used again some time after the queue file is gone. */
  free(id: string, time: number): void {
    const inode = Number.parseInt(id.slice(5), 16);
    this.agenda.later(time + 1000, () => this.freeInodes.push(inode));
  }

  private newPid(): number {
    this.nextPid += this.prng.between(1, 9);
    if (this.nextPid > 4_000_000) this.nextPid = 1000;
    return this.nextPid;
  }
}
