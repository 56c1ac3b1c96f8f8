/**
 * The last line kept of each host: `last message repeated 2 times`, which has no tag, speaks of it.
 */
import type { Frame } from '../model/frame.ts';
import type { ChainLine } from '../model/message.ts';

const MAX_HOSTS = 2000;
const MAX_REPEATS = 64;

export class LastLines {
  private readonly byHost = new Map<string, ChainLine>();

  keep(frame: Frame, line: ChainLine): ChainLine {
    if (this.byHost.size >= MAX_HOSTS) this.byHost.clear();
    this.byHost.set(frame.host ?? '', line);
    return line;
  }

  /** The line of this frame belongs to the one before it of its host; `keep` makes its record. */
  repeat(frame: Frame, keep: ((frame: Frame) => ChainLine) | undefined): void {
    const host = frame.host ?? '';
    const before = this.byHost.get(host);
    if (before === undefined || keep === undefined) return;
    const line = keep(frame);
    if ((before.repeats?.length ?? 0) < MAX_REPEATS) (before.repeats ??= []).push(line);
    this.byHost.set(host, before);
  }
}
