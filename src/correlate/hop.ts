/**
 * What is known of one mail in one queue (a hop), and of its parts. Filled line by line, read when the mail is told.
 * A hop is one incarnation of a queue id: the id is free again when the mail has left the queue.
 */
import type { SentHow } from '../model/log-event.ts';
import type { ChainLine, Instant } from '../model/message.ts';
import type { VerdictAction } from '../model/words.ts';
import type { Proposal } from './by-envelope.ts';
import type { Judged } from './join.ts';
import type { SmtpSession } from './session.ts';
import type { Transaction } from './transactions.ts';
import type { Word } from './word.ts';

export type EndOutcome =
  | 'sent'
  | 'deferred'
  | 'bounced'
  | 'expired'
  | 'discarded'
  | 'quarantined'
  | 'expanded'
  | 'aborted'
  | 'removed';

/** One recipient's result at one hop: an end, unless another hop goes on from it. */
export class End {
  readonly address: string;
  /** as it was before this hop's aliases */
  readonly orig: string | undefined;
  outcome: EndOutcome = 'deferred';
  how: SentHow | '' = '';
  at: Instant = 0;
  code = 0;
  codeFromDaemon = false;
  dsn: string | undefined = undefined;
  reply: string | undefined = undefined;
  relayName: string | undefined = undefined;
  relayIp: string | undefined = undefined;
  port = -1;
  remoteId: string | undefined = undefined;
  /** hash of remoteId (of a local forward: of the new queue id), 0 = none */
  remoteHash = 0;
  /** hash of the relay's address, or name */
  relayHash = 0;
  delayMs = -1;
  attempts = 0;
  mailbox: string | undefined = undefined;
  transport: string | undefined = undefined;
  /** hash of the service behind pipe(8) that took it, 0 = none */
  pipeHash = 0;
  /** as LogEvent.active of a delivery: what took it may be the server whose submission queue this is */
  toItself = false;
  /** a list manager took it, and sent a mail of its own to the members */
  expanded = false;
  /** what the delivery program behind this server says of it */
  stored: Word[] | undefined = undefined;
  /** hash of the id that this recipient has in the queue, 0 = none */
  envelope = 0;
  /** hops that go on from here: known by id, judged when the mail is told */
  children: Hop[] | undefined = undefined;

  constructor(address: string, orig: string | undefined) {
    this.address = address;
    this.orig = orig;
  }
}

/** A refusal during SMTP: of one recipient, or of the whole mail (`final`). */
export interface Refusal {
  at: Instant;
  seq: number;
  stage: string;
  outcome: 'rejected' | 'tempfailed' | 'greylisted' | 'aborted';
  final: boolean;
  code: number;
  codeFromDaemon: boolean;
  dsn: string | undefined;
  reply: string | undefined;
  sender: string | undefined;
  recipient: string | undefined;
  recipients: string[] | undefined;
  helo: string | undefined;
  clientName: string | undefined;
  clientIp: string | undefined;
  engine: string;
  messageId: string | undefined;
  subject: string | undefined;
  headerFrom: string | undefined;
  /** of a filter's: what it found, by which words and score */
  what: string;
  reason: string | undefined;
  score: number;
  threshold: number;
  line: ChainLine | undefined;
  /** how often the very same line came: loggers double lines, and clients try twice in a second */
  times: number;
  /** the copies' lines */
  more?: ChainLine[];
  /** what policy services said of it, without an id */
  words?: Word[];
  /** of one that the hop before repeats: the host that refused */
  host?: string;
}

/** What a policy did while the mail went on, or was accepted and stopped. */
export interface Act {
  at: Instant;
  seq: number;
  action: VerdictAction;
  stage: string;
  engine: string;
  sender: string | undefined;
  recipient: string | undefined;
  helo: string | undefined;
  reason: string | undefined;
  matched: string | undefined;
  target: string | undefined;
  /** the whole mail, not one recipient */
  final: boolean;
  line: ChainLine | undefined;
}

export interface ProxyReply {
  at: Instant;
  outcome: 'accepted' | 'discarded' | 'quarantined';
  code: number;
  dsn: string | undefined;
  reply: string | undefined;
}

export type NoticeKind = 'bounce' | 'delay' | 'success' | 'postmaster' | 'reply' | 'notice' | 'list';

export interface Notice {
  kind: NoticeKind;
  hop: Hop;
}

/** How a hop hangs on an earlier one. */
export class Parent {
  readonly hop: Hop;
  /** the recipient's result that led here; undefined: the whole mail (requeue, XFORWARD, proxy) */
  readonly end: End | undefined;
  readonly relation:
    | 'queued-as'
    | 'forwarded'
    | 'requeue'
    | 'split'
    | 'explicit'
    | 'proxy'
    | 'piped'
    | 'redirected'
    | 'filtered'
    | 'behind';
  /** another edge that waits for an id of the same hash */
  nextWaiting: Parent | undefined = undefined;
  waitingLength = 0;

  constructor(hop: Hop, end: End | undefined, relation: Parent['relation']) {
    this.hop = hop;
    this.end = end;
    this.relation = relation;
  }
}

export type ClosedHow =
  | ''
  | 'removed'
  | 'completed'
  | 'refused'
  | 'discarded'
  | 'canceled'
  | 'requeued'
  | 'admin'
  | 'given-up'
  /** the id was taken by another mail: the line that ended this one is missing */
  | 'lost';

export class Hop {
  readonly key: number;
  readonly host: string | undefined;
  readonly instance: string;
  readonly system: string;
  readonly queueId: string | undefined;
  readonly seq: number;
  firstAt: Instant;
  lastAt: Instant;

  origin: 'smtp' | 'local' | 'internal' | '' = '';
  clientName: string | undefined = undefined;
  clientIp: string | undefined = undefined;
  helo: string | undefined = undefined;
  user: string | undefined = undefined;
  tls: string | undefined = undefined;
  origClientName: string | undefined = undefined;
  origClientIp: string | undefined = undefined;
  sender: string | undefined = undefined;
  headerFrom: string | undefined = undefined;
  messageId: string | undefined = undefined;
  /** hash of the Message-ID, 0 = none told: what joins need of it */
  midHash = 0;
  /** key of the first client that a filter names, 0 = none */
  forwardedKey = 0;
  /** of a proxy's front: key of its client */
  clientKey = 0;
  nextForwarded: Hop | undefined = undefined;
  /** key under another instance that wrote about it, 0 = none */
  aliasKey = 0;
  /** hash of the queue id */
  idHash = 0;
  /** mails that it stands for (Frame.weight) */
  weight = 1;
  subject: string | undefined = undefined;
  size = -1;
  nrcpt = -1;
  /** declared recipients (Exim `for …`), or those that policy lines name */
  named: string[] | undefined = undefined;
  /** `named` is the whole list (Exim `for …`, Envelope-to) */
  declared = false;
  ends: End[] = [];
  refusals: Refusal[] | undefined = undefined;
  acts: Act[] | undefined = undefined;
  /** what filters beside the server say of it */
  words: Word[] | undefined = undefined;
  /** no server tells of it: made of what filters and delivery programs say (unserved.ts) */
  isUnserved = false;
  /** another mail of the same Message-ID could be the one that a filter judged */
  isVerdictUnsure = false;
  /** another mail could be the one that a program's answer is about, or that answer */
  isNoticeUnsure = false;
  /** what was said of a client, sender and recipient, which may be this mail's */
  proposals: Proposal[] | undefined = undefined;
  /** another mail of the same client, sender and recipient could be the one that was spoken of */
  isProposalUnsure = false;
  /** of a mail that was refused as a whole, whom policy services alone name (passes.ts) */
  firstNamed: string | undefined;
  notices: Notice[] | undefined = undefined;
  /** this hop is a notice written about another mail */
  noticeOf: Notice | undefined = undefined;
  /** the system wrote it to its postmaster, about no mail that is named */
  isReport = false;
  /** a list manager wrote it from a post */
  isDistribution = false;
  parents: Parent[] | undefined = undefined;
  /** hops that continue the whole mail (requeue, proxy, XFORWARD) */
  wholeChildren: Hop[] | undefined = undefined;
  /** hashes of ids under which a filter gave the whole mail back */
  awaited: number[] | undefined = undefined;
  /** queue id of an earlier hop on some host, as this hop's first line names it */
  explicitParent: string | undefined = undefined;
  /** what the server behind a before-queue proxy answered */
  proxyReply: ProxyReply | undefined = undefined;

  /** an arrival line was seen */
  arrived = false;
  /** the queue manager took it: the mail was accepted */
  queued = false;
  /** when that was said first; NaN = not said */
  queuedAt: Instant = Number.NaN;
  held = false;
  /** the client was told that it was refused, and a copy was kept */
  keptBack = false;
  frozen = false;
  frozenAt: Instant | undefined = undefined;
  released = false;
  aborted = false;
  /** a line of its own server names it that nobody understood: more was done with it than is known */
  isHurt = false;
  /** an address probe: no message */
  probe = false;
  expired = false;
  closed: ClosedHow = '';
  closedAt: Instant = 0;
  /** the line does not tell who removed it: the queue manager or an administrator */
  closedUnsure = false;
  /** no line tells its end, and its id is never used again (LogEvent.unclosed) */
  unclosed = false;
  /** its id names the mail on every server (LogEvent.lasting) */
  lasting = false;
  /** of such: addresses as they were before the directory resolved them, by the new one in small letters */
  renamed: Map<string, string> | undefined = undefined;
  /** failures since the last bounce (Exim: tells a bounce from a notice) */
  failuresSinceNotice = 0;
  /** answers that a transport wrote for the recipient (Exim autoreply) */
  replies = 0;
  session: SmtpSession | undefined = undefined;
  /** the transaction of the session that this mail came in, once drawn */
  joined: Transaction | undefined = undefined;
  /** refusals at the next hop that this hop's delivery lines repeat */
  inner: Refusal[] | undefined = undefined;
  lines: ChainLine[] | undefined = undefined;
  /** another live hop with the same queue id */
  nextSameId: Hop | undefined = undefined;
  /** keys under which its failures stand in `Repeats` */
  repeats: number[] | undefined = undefined;
  /** it was told before its end, as memory was short */
  isLetGo = false;
  /** set once the message was handed on */
  told: string | undefined = undefined;
  /** where the mail came from, judged when it is told */
  judged: Judged | undefined = undefined;
  /** hops that go on from here, judged */
  next: Hop[] | undefined = undefined;

  constructor(
    key: number,
    host: string | undefined,
    instance: string,
    system: string,
    queueId: string | undefined,
    at: Instant,
    seq: number,
  ) {
    this.key = key;
    this.host = host;
    this.instance = instance;
    this.system = system;
    this.queueId = queueId;
    this.firstAt = at;
    this.lastAt = at;
    this.seq = seq;
  }

  close(how: ClosedHow, at: Instant): void {
    // The first word holds, except that an administrator's or a requeue's word says more than `removed`.
    if (this.closed === '' || (this.closed === 'removed' && (how === 'admin' || how === 'requeued'))) this.closed = how;
    this.closedAt = at;
  }

  /**
   * It was told. Tables of what other lines may name keep it for a while, for its names, times, hashes and notices: not the
   * rest, which may be large (recipients, the session) and hold other mails.
   */
  shed(): void {
    for (const end of this.ends) end.children = end.stored = undefined;
    this.ends = [];
    this.refusals = this.inner = undefined;
    this.acts = undefined;
    this.words = undefined;
    this.proposals = undefined;
    this.named = undefined;
    this.renamed = undefined;
    this.parents = undefined;
    this.wholeChildren = this.next = undefined;
    this.judged = undefined;
    this.session = undefined;
    this.joined = undefined;
    this.lines = undefined;
  }

  addNamed(address: string | undefined): void {
    if (address === undefined || address === '') return;
    this.named ??= [];
    const low = address.toLowerCase();
    if (this.named.length < MAX_NAMED && !this.named.some((x) => x.toLowerCase() === low)) this.named.push(address);
  }
}

/** Policy lines name a few recipients; a hostile log must not make the list grow without bound. */
const MAX_NAMED = 10_000;
