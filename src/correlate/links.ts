/**
 * Links between messages, and the ids in use. Links that a later line shows are added to messages that were kept.
 */
import type { Instant, Link, Message, Note } from '../model/message.ts';
import type { LinkType } from '../model/words.ts';
import { hashText } from '../model/hash.ts';
import { type MemoryShares, sharesOf } from '../util/memory.ts';
import { CountTable } from './count-table.ts';
import type { Hop, Notice, NoticeKind } from './hop.ts';
import { rootOf } from './join.ts';
import { type OtherAttempts, Retries, type RetryLink } from './retries.ts';
import { stableId } from './stable-id.ts';

const DOWN: Readonly<Record<NoticeKind, LinkType>> = {
  bounce: 'bounced-by',
  delay: 'notified-by',
  success: 'notified-by',
  postmaster: 'notified-by',
  reply: 'replied-by',
  notice: 'notified-by',
  list: 'expanded-to',
};
const UP: Readonly<Record<NoticeKind, LinkType>> = {
  bounce: 'bounce-of',
  delay: 'notice-of',
  success: 'notice-of',
  postmaster: 'notice-of',
  reply: 'reply-to',
  notice: 'notice-of',
  list: 'expanded-from',
};

/** Takes links and notes that come after a message was told, also of messages that were not kept. */
export interface LateSink {
  /** attempts of messages that are told elsewhere, for links to them */
  attempts?: OtherAttempts;
  onLink?(id: string, link: Link): void;
  onNote?(id: string, note: Note): void;
  /** whether a message that was kept still is; not given: all are, to the end */
  isKept?(message: Message): boolean;
}

/** Messages that were kept are asked about when they are so many, and twice as many as stayed. */
const ASK_FROM = 4096;

export class LinkBook {
  private readonly kept = new Map<string, Message>();
  private readonly ordinals: CountTable;
  private readonly retries: Retries;
  private nextAsk = ASK_FROM;
  private readonly sink: LateSink;
  private readonly waiting: { from: Hop; to: Hop; type: LinkType; back: LinkType }[] = [];

  constructor(sink: LateSink = {}, memory: MemoryShares = sharesOf()) {
    this.sink = sink;
    this.ordinals = new CountTable(memory.ids);
    this.retries = new Retries(memory.retries, sink.attempts);
  }

  /** Attempts refused for now of which nobody asked any more whether they came back. */
  get attemptsLetGo(): number {
    return this.retries.letGo;
  }

  /** The id itself, or with an ordinal where a different mail has it already. */
  unique(id: string): string {
    const n = this.ordinals.add(hashText(id));
    return n === 1 ? id : `${id}.${n}`;
  }

  refusalId(parts: readonly (string | undefined)[], at: Instant): string {
    return this.unique(stableId(at, parts));
  }

  add(message: Message, kept: boolean): void {
    if (kept) {
      this.kept.set(message.id, message);
      if (this.kept.size >= this.nextAsk) this.forgetKept();
    }
    this.retries.add(message);
  }

  private forgetKept(): void {
    const { sink } = this;
    if (sink.isKept !== undefined)
      for (const [id, message] of this.kept) if (!sink.isKept(message)) this.kept.delete(id);
    this.nextAsk = Math.max(ASK_FROM, this.kept.size * 2);
  }

  /** Remembers the notices of a told mail: either side may be told first. */
  notices(root: Hop, id: string, depth = 0): void {
    if (depth > 100 || id === '') return;
    const notices = root.notices ?? [];
    // The only report of a failure of a null-sender mail goes to the postmaster, and is its bounce.
    const onlyPostmaster = !notices.some((n) => n.kind === 'bounce');
    for (const notice of notices) {
      const kind = kindOfNotice(notice, onlyPostmaster);
      this.waiting.push({ from: root, to: notice.hop, type: DOWN[kind], back: UP[kind] });
    }
    for (const child of root.next ?? []) this.notices(child, id, depth + 1);
  }

  /** Makes the links whose both sides are told; the others wait. */
  settle(): void {
    let kept = 0;
    for (const w of this.waiting) {
      const from = rootOf(w.from).told;
      const to = rootOf(w.to).told;
      if (from === undefined || to === undefined) this.waiting[kept++] = w;
      else this.link(from, to, w.type, w.back);
    }
    this.waiting.length = kept;
  }

  /** Makes all links that are left, in pieces. */
  *finish(): Generator<undefined, void> {
    this.settle();
    const found: RetryLink[] = [];
    const unsure = new Set<string>();
    yield* this.retries.links(found, unsure);
    for (const { attempt, retry } of found) this.link(attempt, retry, 'retried-by', 'retry-of');
    for (const id of unsure) {
      const note: Note = { type: 'ambiguous-retry', text: 'more than one earlier attempt fits this mail' };
      this.kept.get(id)?.notes.push(note);
      this.sink.onNote?.(id, note);
    }
  }

  private link(from: string | undefined, to: string | undefined, type: LinkType, back: LinkType): void {
    if (from === undefined || to === undefined || from === '' || to === '' || from === to) return;
    put(this.kept.get(from), type, to);
    put(this.kept.get(to), back, from);
    this.sink.onLink?.(from, { type, id: to });
    this.sink.onLink?.(to, { type: back, id: from });
  }
}

/** A null-sender child of a mail that was answered by a transport, and that failed nobody, is that answer. */
function kindOfNotice({ kind, hop }: Notice, onlyPostmaster: boolean): NoticeKind {
  if (kind === 'postmaster' && onlyPostmaster) return 'bounce';
  const about = hop.noticeOf?.hop;
  return kind === 'delay' && about !== undefined && about.replies > 0 ? 'reply' : kind;
}

function put(message: Message | undefined, type: LinkType, id: string): void {
  if (message === undefined || message.links.some((l) => l.type === type && l.id === id)) return;
  message.links.push({ type, id });
}
