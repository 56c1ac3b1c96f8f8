/**
 * What a stream's Postfix lines need of one another: parsed tags, and which process is a queue manager where the
 * carrier does not tell (RFC 5424). Bounded: tags and processes are forgotten together when they grow too many.
 */
import { Line } from './line.ts';
import { DAEMON, readTag } from './tag.ts';
import type { Tag } from './tag.ts';

const MAX_TAGS = 1000;
const MAX_MANAGERS = 1000;

export class PostfixContext {
  readonly line = new Line();
  private readonly tags = new Map<string, Tag>();
  private lastProgram = '';
  private lastTag: Tag = readTag('');
  /** host and instance -> pid of the queue manager that wrote last there */
  private readonly managers = new Map<string, number>();

  tag(program: string): Tag {
    if (program === this.lastProgram) return this.lastTag;
    let tag = this.tags.get(program);
    if (tag === undefined) {
      if (this.tags.size >= MAX_TAGS) this.tags.clear();
      tag = readTag(program);
      this.tags.set(program, tag);
    }
    this.lastProgram = program;
    this.lastTag = tag;
    return tag;
  }

  /** `from=<…>, size=…` is written by the queue manager alone (global/opened.c is called by qmgr_message.c). */
  sawQueueManager(line: Line): void {
    if (line.daemon !== DAEMON.none || line.frame.pid < 0) return;
    if (this.managers.size >= MAX_MANAGERS) this.managers.clear();
    this.managers.set(key(line), line.frame.pid);
  }

  /** Whether `QID: removed` is postsuper's: told by the tag, else by a pid that is not the queue manager's. */
  isAdministrator(line: Line): boolean {
    if (line.daemon === DAEMON.postsuper) return true;
    if (line.daemon !== DAEMON.none || line.frame.pid < 0) return false;
    const manager = this.managers.get(key(line));
    return manager !== undefined && manager !== line.frame.pid;
  }

  /** Whether neither tag nor pid tells who wrote `QID: removed`. */
  isUntold(line: Line): boolean {
    return line.daemon === DAEMON.none && this.managers.get(key(line)) === undefined;
  }
}

function key(line: Line): string {
  return `${line.frame.host ?? ''}\0${line.instance}`;
}
