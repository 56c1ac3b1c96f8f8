/**
 * List managers: a command takes a post, and hands in a new mail to the members whose sender is made of the list's name, so
 * that bounces come back to it. The two are messages of their own, linked (output.md: `expanded`).
 * Sources of the senders: Mailman 3 src/mailman/model/mailinglist.py bounces_address (`LIST-bounces@`, with VERP
 * `LIST-bounces+bob=b@`) and owner_address; Majordomo and sendmail aliases(5) `owner-LIST@`; ezmlm-idx ezmlm-send(1)
 * `LIST-return-12-bob=b@`; Sympa sympa.conf(5) `LIST-owner@`.
 * Memory: the posts of the last minutes, bounded.
 */
import type { Instant } from '../model/message.ts';
import { headerText } from '../util/encoded-words.ts';
import type { End, Hop } from './hop.ts';

/** A list manager's queue runs each few seconds; what a moderator lets through later is not tied. */
const WITHIN_MS = 600_000;
const MAX_LISTS = 2048;
const MAX_POSTS = 16;
/** Posts are looked through when so many came, or as many as stayed. */
const LOOK_FROM = 1024;
/** cleanup(8) logs the first 200 characters of a header, `Subject: ` included (src/cleanup/cleanup_message.c `%.200s`). */
const LOGGED_WHOLE = 180;
/** So much of a subject that was cut is known by. */
const LONG = 40;

interface Post {
  hop: Hop;
  end: End;
}

/** `LIST-bounces+…@`, `LIST-return-…@`, `LIST-owner@`, `owner-LIST@`: the local part holds the list's. */
const OWNER = 'owner-';
const SUFFIX = /-(?:bounces|return|owner|admin)(?=[-+=]|$)/;

export class Lists {
  private readonly posts = new Map<string, Post[]>();
  /** distributions whose post is not logged as taken yet */
  private readonly waiting = new Map<string, Hop[]>();
  private latest: Instant = Number.NEGATIVE_INFINITY;
  private untilLook = LOOK_FROM;

  /** A command took a mail for this address. */
  took(hop: Hop, end: End): void {
    if (end.at > this.latest) this.latest = end.at;
    if (--this.untilLook < 0) this.forgetTold();
    for (const address of new Set([end.orig, end.address])) {
      const key = address?.toLowerCase();
      if (key === undefined || !key.includes('@')) continue;
      put(this.posts, key, { hop, end });
      const children = this.waiting.get(key);
      if (children === undefined) continue;
      this.waiting.delete(key);
      for (const child of children) this.tie(key, child, end.at);
    }
  }

  /** The queue manager took a mail: it may be a list's distribution. The post, of several the likeliest. */
  sent(child: Hop, at: Instant): void {
    if (child.isDistribution || child.sender?.includes('-') !== true) return;
    const address = listOf(child.sender);
    if (address !== undefined) this.tie(address, child, at);
  }

  /** Posts that were told, and of which no distribution can come any more. */
  private forgetTold(): void {
    const before = this.latest - 2 * WITHIN_MS;
    let count = 0;
    for (const [key, posts] of this.posts) {
      const kept = posts.filter(({ hop, end }) => hop.told === undefined || end.at >= before);
      count += kept.length;
      if (kept.length === 0) this.posts.delete(key);
      else if (kept.length < posts.length) this.posts.set(key, kept);
    }
    this.untilLook = Math.max(LOOK_FROM, count);
  }

  private tie(address: string, child: Hop, at: Instant): void {
    if (child.isDistribution) return;
    const fitting = (this.posts.get(address) ?? []).filter((p) => p.hop !== child && fits(p, child, at));
    const post =
      fitting.findLast((p) => isSame(p.hop, child)) ??
      fitting.findLast((p) => isAbout(p.hop, child)) ??
      fitting.find((p) => !p.end.expanded && !isOther(p.hop, child)) ??
      fitting.findLast((p) => !isOther(p.hop, child));
    if (post === undefined) return put(this.waiting, address, child);
    child.isDistribution = true;
    post.end.expanded = true;
    (post.hop.notices ??= []).push({ kind: 'list', hop: child });
  }
}

/** The list's address, from the sender of what it sends. */
function listOf(sender: string | undefined): string | undefined {
  const at = sender?.lastIndexOf('@') ?? -1;
  if (sender === undefined || at <= 0) return undefined;
  const low = sender.toLowerCase();
  const name = nameOf(low.slice(0, at));
  return name === undefined ? undefined : name + low.slice(at);
}

function nameOf(local: string): string | undefined {
  if (local.startsWith(OWNER) && local.length > OWNER.length) return local.slice(OWNER.length);
  // a list's name has a character at least
  const end = local.slice(1).search(SUFFIX);
  return end < 0 ? undefined : local.slice(0, end + 1);
}

/** The command may hand in the new mail before the server logs that it is done. */
function fits({ hop, end }: Post, child: Hop, at: Instant): boolean {
  return hop.host === child.host && child.firstAt >= hop.firstAt && at - end.at <= WITHIN_MS;
}

function isSame(post: Hop, child: Hop): boolean {
  return post.midHash !== 0 && post.midHash === child.midHash;
}

/** Both subjects are known, and begin differently: behind the list's mark, and where no encoded word was cut. */
function isOther(post: Hop, child: Hop): boolean {
  if (post.subject === undefined || child.subject === undefined || isAbout(post, child)) return false;
  if (isCutWord(post.subject) || isCutWord(child.subject)) return false;
  const a = headerText(post.subject);
  const b = withoutMark(headerText(child.subject));
  const length = Math.min(a.length, b.length, LONG);
  return a.slice(0, length) !== b.slice(0, length) && !b.includes(a);
}

function isCutWord(subject: string): boolean {
  return subject.length >= LOGGED_WHOLE && subject.includes('=?');
}

function withoutMark(subject: string): string {
  return subject.replace(/^\[[^\]]*\]\s*/, '');
}

function put<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key) ?? [];
  list.push(item);
  if (list.length > MAX_POSTS) list.shift();
  map.delete(key);
  map.set(key, list);
  if (map.size <= MAX_LISTS) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}

/** The list's own mark stands before the subject, and moves the place where the logger cuts it. */
function isAbout(post: Hop, child: Hop): boolean {
  if (post.subject === undefined || child.subject === undefined) return false;
  const subject = headerText(post.subject);
  const sent = headerText(child.subject);
  if (subject === '') return false;
  if (sent.endsWith(subject)) return true;
  const bare = withoutMark(sent);
  return bare.length >= LONG && subject.startsWith(bare);
}
