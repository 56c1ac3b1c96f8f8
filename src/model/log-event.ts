/**
 * What one log line says, in words that no format owns: the record that a format fills and the correlator reads.
 *
 * ONE record is reused for every line: it is read at once and never kept. Texts are spans of the frame's bytes,
 * made strings only when somebody keeps them (`text`), hashed without a string (`hash`).
 * A format may emit several events for one line (reset() between them).
 */
import { decodeText, Frame } from './frame.ts';
import { hashBytes, hashText } from './hash.ts';
import { internAscii } from './intern.ts';
import type { VerdictAction } from './words.ts';

/** Text fields of an event: indexes into its spans. At most 32 (one bit each in `mask`). */
export const F = {
  /** the mail this line is about: native queue id */
  queueId: 0,
  /** envelope sender without <>; an empty span is the null sender */
  sender: 1,
  /** recipient as the daemon handled it (after aliases), without <> */
  recipient: 2,
  /** recipient before aliases, where the line tells a different one (orig_to=, Exim's <original>) */
  origRecipient: 3,
  clientName: 4,
  clientIp: 5,
  helo: 6,
  /** authenticated login */
  user: 7,
  /** TLS of the client's connection: version and cipher as logged */
  tls: 8,
  /** Message-ID without <>; an empty span: the line says that there is none */
  messageId: 9,
  /** raw subject as logged (still RFC 2047; escapes of the logger undone) */
  subject: 10,
  /** header From as logged */
  headerFrom: 11,
  /** full answer text: of the remote server, or of the daemon itself */
  reply: 12,
  /** enhanced status code d.d.d */
  dsn: 13,
  relayName: 14,
  relayIp: 15,
  /** id under which the next system took the mail: the last `queued as X` / `id=X` of the reply */
  remoteId: 16,
  /** another queue id of the SAME host that this line names: see the kinds */
  otherId: 17,
  /** new address: of a redirect, a bcc */
  target: 18,
  /** the rule or pattern text of a verdict, or its optional free text */
  reason: 19,
  /** header line, body line or other thing that a verdict matched */
  matched: 20,
  /** declared recipients: addresses separated by one space (Exim `for a b`), `,` or `, `; with or without <> */
  recipients: 21,
  /** folder or file of a final delivery */
  mailbox: 22,
  /** client of an earlier hop as the line repeats it (orig_client=, XFORWARD) */
  origClientName: 23,
  origClientIp: 24,
  /** router, transport or service that did the delivery */
  transport: 25,
  /** the filter's or last hop's own id of this mail or session, as answers and other lines name it (Amavis `20417-03-2`, PMG log id, Dovecot session) */
  filterId: 26,
  /** name under which a filter keeps the mail */
  quarantineId: 27,
  /** rules that hit: `NAME(1.5)` or `NAME` (or `NAME=1.5`), separated by `,`; what is in `{}` behind a rule is its own talk */
  rules: 28,
  /** what tells a session from others of its process: the session's own id, or the client as every line of it names it */
  sessionId: 29,
  /** the filter's lasting name of the mail (Amavis mail_id): Message-IDs of notices that it writes hold it */
  mailId: 30,
} as const;
export type FieldIndex = (typeof F)[keyof typeof F];
const FIELD_COUNT = 32;

/**
 * Kinds, with the fields each may carry (frame gives time, host, pid, place):
 *
 * Sessions (lines without a queue id; joined by host, instance and pid, and by sessionId where there is one)
 * - connect      a client connected: clientName, clientIp; `what` 'local': the machine itself
 * - disconnect   the session ended: clientName, clientIp; counters of the line (mailOk … = -1 where not told)
 * - session      anything else of a session: `what` tells-kind; clientName, clientIp; tls, user, reply, sender, recipient; queueId where the line has one
 *                what = 'tls' | 'auth-failed' | 'auth' | 'lost' | 'timeout' | 'errors' | 'probe' (vrfy, non-SMTP command, bad syntax) | 'own' (the configuration lets this client send to anybody) | 'pass' | 'listed' | 'pregreet' | 'other'
 *                'lost'/'timeout' carry `stage`: the last command before it (`DATA`, `RCPT`, `END-OF-MESSAGE`, …)
 * - proxy        a before-queue proxy's result: `outcome` accepted|rejected|tempfailed; sender, recipient, helo, reply, remoteId, code, dsn
 *
 * A mail in a queue (always with queueId, except refusal and act of a line without one)
 * - arrival      a mail enters: `origin` smtp|local|internal; clientName, clientIp, helo, user, tls, sender, messageId, subject, headerFrom, size, recipients,
 *                origClientName/Ip; otherId with `relation` 'parent' (orig_queue_id= of an earlier hop, any host), 'requeue-of' (orig_id=), 'bounce-of' (Exim R= on <=).
 *                'split-of' (also on facts, for the line may come later than the mail's own): otherId, of the same host, goes on under this id too, for the recipients that this one names.
 *                A before-queue proxy's `NOQUEUE: client=` is an arrival without queueId.
 * - facts        what is learnt later: messageId, sender, size, nrcpt, subject, headerFrom, recipients, client…
 *                'alias' in `what`: origRecipient is one that led to recipients, whom later lines name alone.
 *                'report' in `what`: where no client brought it, the system wrote the mail to its postmaster
 *                `active` = true on Postfix `from=…(queue active)` lines
 * - delivery     one recipient's result of one try: recipient, origRecipient, relayName/Ip/port, delayMs, code, dsn, reply, remoteId, transport, mailbox;
 *                `outcome` sent|deferred|bounced|expired|discarded|expanded (a list, whose members are other recipients)|aborted|suppressed (not a try: retry time not reached);
 *                `how` of a sent: 'mailbox' (stored or given to the final agent), 'remote' (another server or filter took it), 'forwarded' (local alias: otherId = new queue id of this host),
 *                'unknown' (a program whose nature the line does not tell: a pipe); of a discarded: 'devnull' | 'silent' | 'filter' (`Ok, discarded, id=`) | 'blackhole'; 'quarantine' with outcome 'quarantined'
 *                `active`: given to the machine itself, as the submission queue of a server gives all it has to the server: where no client brought the mail, what took it is no filter (Sendmail).
 *                `what` 'command': a program of the recipient's took it (an alias or .forward).
 *                `what` 'answer': no try, but what the server answered in one that was told before: recipient, reply, dsn, remoteId.
 *                `what` 'untimed': when it came about is not told, the line's time is the mail's. 'ctladdr': origRecipient is the sender, or else the address that led here (Sendmail). otherId of any but 'forwarded': the recipient's
 *                own id in the queue (OpenSMTPD evpid).
 *                code = SMTP code of the reply, 0 where none is told. Address probes are not emitted as deliveries (kind 'probe').
 * - expired      the queue gave the mail up: every recipient still deferred is expired; `allRecipients`; sender
 * - notify       a notice about this mail was written: otherId = its queue id; `what` 'bounce' | 'delay' | 'success' | 'postmaster' | 'notice'
 * - closed       the mail left the queue: `what` 'removed' | 'completed' | 'canceled' | 'discarded' | 'nothing' (no recipient was accepted)
 * - admin        an administrator or the queue acted: `what` 'removed' | 'requeued' | 'held' | 'released' | 'expired' | 'frozen' | 'unfrozen' | 'given-up' (message removed because too old); recipient if one
 * - attempt      one server of several was tried: reply, relayName/Ip, code (no result)
 * - probe        an address probe's result: the mail is no message
 * - mention      the line names this queue id and adds nothing, or is not understood (`what` 'not-understood' where it is the server's own): it belongs to the chain
 *
 * Policy (queueId may be missing: NOQUEUE)
 * - refusal      refused during SMTP: `stage` CONNECT|HELO|MAIL|RCPT|DATA|END-OF-MESSAGE|…; `outcome` rejected|tempfailed|greylisted; clientName/Ip, helo, sender, recipient, recipients,
 *                code, dsn, reply, messageId, subject; `engine`; codeFrom 'daemon' where the code is the daemon's documented one and not on the line;
 *                `what` 'whom': the recipients of a mail whose refusal another line tells, or this one alone
 *                `final` = true where the whole mail is refused (after DATA), false for one recipient
 * - act          a policy acted and the mail went on (or was accepted and stopped): `action` a verdict's word; `stage` (RCPT, header, body, milter…); sender, recipient, helo,
 *                clientName/Ip, reason, matched, target, subject (where the matched header is the Subject), messageId
 *                (action 'would-reject' = warn_if_reject). actions discarded/held of the whole mail; redirected: target; copied: target.
 *                A line that only reports (WARN, INFO on a header) is a `facts` with subject if it shows the Subject, else a `mention`.
 *
 * Filters and last hops beside a server (joined to the server's mail by the ids that they name; never a mail in a queue of their own)
 * - verdict      a filter judged a mail: a proposal, the server's own line is the act. `engine`, `action`; what it names of the mail: queueId (of the SERVER's hop, this
 *                host or another), filterId, mailId, messageId, sender, recipients (or recipient, where it judged for one), clientIp, user, subject, headerFrom, size;
 *                score, threshold, rules; reason (virus name, banned part, policy, forced text), quarantineId (and `matched`: where it lies, if the line says);
 *                remoteId = id(s) under which the server took it back (`queued_as: A/B`: separated by `/`).
 *                `active`: the filter takes mails out of the server's queue and puts them back; then `final`: it ended this one, or `relation` 'requeue-of': it goes on as otherId.
 *                `what`: 'clean' | 'spam' | 'virus' | 'banned' | 'auth' | 'policy' | 'other'. `outcome` only where the filter itself ended the mail (it accepted it and threw it away or
 *                put it aside): 'discarded' | 'quarantined' | 'bounced' | 'rejected' | 'tempfailed' (before-queue proxies); '' = the server decides or the mail went on.
 * - stored       the last program's own word on one recipient: filterId (session), messageId, recipient (user), mailbox, target (forwarded to), reply, reason.
 *                `what`: 'stored' | 'discarded' | 'forwarded' | 'rejected' | 'replied' (vacation) | 'failed' (code, dsn if told) | 'duplicate' (not forwarded again)
 *                | 'proxied' (the next Dovecot took it: relayName, port, reply, code, dsn; remoteId = its session) | 'kept' (a script failed, kept all the same)
 */
export type EventKind =
  | 'connect'
  | 'disconnect'
  | 'session'
  | 'proxy'
  | 'arrival'
  | 'facts'
  | 'delivery'
  | 'expired'
  | 'notify'
  | 'closed'
  | 'admin'
  | 'attempt'
  | 'probe'
  | 'mention'
  | 'refusal'
  | 'act'
  | 'verdict'
  | 'stored';

export type Outcome =
  | 'sent'
  | 'deferred'
  | 'bounced'
  | 'expired'
  | 'discarded'
  | 'quarantined'
  | 'expanded'
  | 'aborted'
  | 'suppressed'
  | 'accepted'
  | 'rejected'
  | 'tempfailed'
  | 'greylisted';

export type SentHow =
  | 'mailbox'
  | 'remote'
  | 'forwarded'
  | 'unknown'
  | 'devnull'
  | 'silent'
  | 'filter'
  | 'blackhole'
  | 'quarantine';

const NO_FRAME = new Frame();

/** Fields whose texts come again and again. */
const INTERNED =
  (1 << F.sender) |
  (1 << F.recipient) |
  (1 << F.origRecipient) |
  (1 << F.clientName) |
  (1 << F.clientIp) |
  (1 << F.helo) |
  (1 << F.user) |
  (1 << F.tls) |
  (1 << F.dsn) |
  (1 << F.relayName) |
  (1 << F.relayIp) |
  (1 << F.mailbox) |
  (1 << F.transport);

export class LogEvent {
  kind: EventKind = 'mention';
  frame: Frame = NO_FRAME;

  /** `postfix`, `exim`, … */
  system = '';
  /** instance of that system on its host (Postfix syslog_name): part of every key */
  instance = '';

  outcome: Outcome | '' = '';
  how: SentHow | '' = '';
  what = '';
  /** SMTP stage in Postfix's words, upper case; header and body checks: 'header', 'body', 'mime' */
  stage = '';
  action: VerdictAction | '' = '';
  origin: 'smtp' | 'local' | 'internal' | '' = '';
  relation: 'parent' | 'requeue-of' | 'bounce-of' | 'split-of' | '' = '';
  /** filter that decided, where it is not the system itself */
  engine = '';
  codeFromDaemon = false;
  final = false;
  /** Exim `Completed` with every recipient done; Postfix queue active; free for the kind */
  active = false;
  /** the system tells no end of a mail in its queue, and never uses an id again: it is over when all recipients have ended */
  unclosed = false;
  /**
   * The id names the mail on every server of the system, and never another (Exchange network-message-id): hops of several
   * hosts are one mail, and results may come in any order. otherId of an arrival is then the Message-ID of the mail that it
   * reports on; origRecipient of facts is what recipient was before the directory resolved it.
   */
  lasting = false;

  /** SMTP code, 0 = not told */
  code = 0;
  /** bytes, -1 = not told */
  size = -1;
  /** recipients in the queue file, -1 = not told */
  nrcpt = -1;
  /** since arrival, ms, -1 = not told */
  delayMs = -1;
  /** relay's port, -1 = not told */
  port = -1;
  /** of a verdict; NaN = not told */
  score = Number.NaN;
  threshold = Number.NaN;
  /** counters of a session's last line: successful and all; -1 = not told */
  mailOk = -1;
  mailAll = -1;
  rcptOk = -1;
  rcptAll = -1;
  dataOk = -1;
  dataAll = -1;

  /** bit n is set where field n is known */
  mask = 0;
  private readonly spans = new Int32Array(FIELD_COUNT * 2);
  /** bit n is set where field n was given as a string (decoded text), not as a span */
  private textMask = 0;
  private readonly texts: string[] = new Array<string>(FIELD_COUNT).fill('');

  /** Empties the record for the next event of this frame. */
  reset(kind: EventKind, frame: Frame): void {
    this.kind = kind;
    this.frame = frame;
    this.outcome = '';
    this.instance = '';
    this.how = '';
    this.what = '';
    this.stage = '';
    this.action = '';
    this.origin = '';
    this.relation = '';
    this.engine = '';
    this.codeFromDaemon = false;
    this.final = false;
    this.active = false;
    this.unclosed = false;
    this.lasting = false;
    this.code = 0;
    this.size = -1;
    this.nrcpt = -1;
    this.delayMs = -1;
    this.port = -1;
    this.score = Number.NaN;
    this.threshold = Number.NaN;
    this.mailOk = -1;
    this.mailAll = -1;
    this.rcptOk = -1;
    this.rcptAll = -1;
    this.dataOk = -1;
    this.dataAll = -1;
    this.mask = 0;
    this.textMask = 0;
  }

  /** Field f is the bytes [a, b) of the frame. */
  set(f: FieldIndex, a: number, b: number): void {
    this.mask |= 1 << f;
    this.textMask &= ~(1 << f);
    this.spans[f * 2] = a;
    this.spans[f * 2 + 1] = b;
  }

  /** Field f is a text that does not stand in the frame as such (unescaped, unquoted). */
  setText(f: FieldIndex, text: string): void {
    this.mask |= 1 << f;
    this.textMask |= 1 << f;
    this.texts[f] = text;
  }

  has(f: FieldIndex): boolean {
    return (this.mask & (1 << f)) !== 0;
  }

  /** Whether field f is known and empty. */
  isEmpty(f: FieldIndex): boolean {
    if (!this.has(f)) return false;
    if (this.textMask & (1 << f)) return this.texts[f] === '';
    return this.spans[f * 2] === this.spans[f * 2 + 1];
  }

  /** Field f as a string; undefined where not known. '' is a known empty field. */
  text(f: FieldIndex): string | undefined {
    const bit = 1 << f;
    if (!(this.mask & bit)) return undefined;
    if (this.textMask & bit) return this.texts[f];
    const a = this.spans[f * 2] as number;
    const b = this.spans[f * 2 + 1] as number;
    if (INTERNED & bit) {
      const known = internAscii(this.frame.bytes, a, b);
      if (known !== undefined) return known;
    }
    return decodeText(this.frame.bytes, a, b);
  }

  /** Hash of field f's text (model/hash.ts), from `seed`; 0 where not known. */
  hash(f: FieldIndex, seed = 0): number {
    const bit = 1 << f;
    if (!(this.mask & bit)) return 0;
    if (this.textMask & bit) return hashText(this.texts[f] as string, seed) || 1;
    return hashBytes(this.frame.bytes, this.spans[f * 2] as number, this.spans[f * 2 + 1] as number, seed) || 1;
  }

  /** First byte of field f in frame.bytes; -1 where it is not a span. */
  start(f: FieldIndex): number {
    return this.mask & ~this.textMask & (1 << f) ? (this.spans[f * 2] as number) : -1;
  }

  stop(f: FieldIndex): number {
    return this.mask & ~this.textMask & (1 << f) ? (this.spans[f * 2 + 1] as number) : -1;
  }
}
