/**
 * One Postfix host: its process ids and queue ids.
 */
import type { Agenda } from './agenda.ts';
import type { Ledger } from './ledger.ts';
import { MICROS } from './pace.ts';
import type { Prng } from './prng.ts';
import { type IdKind, longQueueId, shortQueueId } from './queue-ids.ts';

/** A queue id is not given again before that long after its queue file is gone. */
const ID_RESTS = 3 * 3600 * MICROS;

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
  private readonly ids: IdKind;
  /** The inodes of the queue files there are. */
  private readonly inodes = new Map<string, number>();
  /** When the queue file of an id was gone. */
  private readonly gone = new Map<string, number>();

  constructor(name: string, index: number, ids: IdKind, world: { prng: Prng; agenda: Agenda; ledger: Ledger }) {
    const { prng, agenda, ledger } = world;
    this.ids = ids;
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

  /** The id of a new queue file. */
  newQueueId(time: number): string {
    this.ledger.queueId();
    let inode = this.freeInode() ?? this.newInode();
    let id = this.idOf(time, inode);
    if (time - (this.gone.get(id) ?? -Infinity) < ID_RESTS) {
      this.freeInodes.push(inode);
      inode = this.newInode();
      id = this.idOf(time, inode);
    }
    this.inodes.set(id, inode);
    return id;
  }

  private idOf(time: number, inode: number): string {
    return (this.ids === 'long' ? longQueueId : shortQueueId)(Math.floor(time), inode);
  }

  private newInode(): number {
    return (this.nextInode += this.prng.between(1, 3));
  }

  /** One of a file that is gone, while there are many. */
  private freeInode(): number | undefined {
    const free = this.freeInodes;
    if (free.length <= 64) return undefined;
    const at = this.prng.int(free.length);
    const inode = free[at] as number;
    free[at] = free[free.length - 1] as number;
    free.pop();
    return inode;
  }

  /** The inode may be used again some time after the queue file is gone. */
  free(id: string, time: number): void {
    const inode = this.inodes.get(id);
    if (inode === undefined) throw new Error(`${id} has no queue file`);
    this.inodes.delete(id);
    if (this.ids === 'short') this.gone.set(id, time);
    this.agenda.later(time + 1000, () => this.freeInodes.push(inode));
  }

  private newPid(): number {
    this.nextPid += this.prng.between(1, 9);
    if (this.nextPid > 4_000_000) this.nextPid = 1000;
    return this.nextPid;
  }
}
