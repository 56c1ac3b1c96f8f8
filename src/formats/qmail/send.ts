/**
 * Lines of qmail-send: a mail in the queue, its deliveries, its bounces.
 * Source: notqmail qmail-send.c, qmail-log(5); README.md tells what is read.
 */
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { indexOf, lit } from '../postfix/bytes.ts';
import type { Line } from './line.ts';
import type { Delivery, Queue } from './queue.ts';
import { Report } from './report.ts';

const NEW_MSG = lit('new msg ');
const INFO_MSG = lit('info msg ');
const END_MSG = lit('end msg ');
const BOUNCE_MSG = lit('bounce msg ');
const BYTES = lit(': bytes ');
const FROM = lit(' from <');
const QP = lit(' qp ');
const AT_END = lit('> qp ');
const UID = lit(' uid ');
const STARTING = lit('starting delivery ');
const MSG = lit(': msg ');
const TO_LOCAL = lit(' to local ');
const TO_REMOTE = lit(' to remote ');
const DELIVERY = lit('delivery ');
const SUCCESS = lit(': success: ');
const DEFERRAL = lit(': deferral: ');
const FAILURE = lit(': failure: ');
const MANGLED = lit(': report mangled, will defer');
const TRIPLE = lit('triple bounce: discarding bounce/');
const STATUS = lit('status: ');
const WARNING = lit('warning: ');
const ALERT = lit('alert: ');
const AT = 0x40;

const report = new Report();

/** Undefined where the line is none of qmail-send's. */
export function readSend(line: Line, queue: Queue): ParseResult | undefined {
  switch (line.bytes[line.a]) {
    case 0x6e:
      return line.word(NEW_MSG) ? readNew(line, queue) : undefined;
    case 0x69:
      return line.word(INFO_MSG) ? readInfo(line, queue) : undefined;
    case 0x73:
      if (line.word(STARTING)) return readStarting(line, queue);
      return line.word(STATUS) ? 'ignored' : undefined;
    case 0x64:
      return line.word(DELIVERY) ? readDelivery(line, queue) : undefined;
    case 0x62:
      return line.word(BOUNCE_MSG) ? readBounce(line, queue) : undefined;
    case 0x65:
      return line.word(END_MSG) ? readEnd(line, queue) : undefined;
    case 0x74:
      return line.word(TRIPLE) ? mention(line) : undefined;
    case 0x77:
      return line.word(WARNING) ? 'ignored' : undefined;
    case 0x61:
      return line.word(ALERT) ? 'ignored' : undefined;
    default:
      return undefined;
  }
}

/** The number at the head, if it ends the line. */
function onlyNumber(line: Line): boolean {
  return line.number() >= 0 && line.a === line.b;
}

function mention(line: Line): ParseResult {
  if (line.number() < 0) return 'unknown';
  line.start('mention').set(F.queueId, line.from, line.to);
  return line.done();
}

function readNew(line: Line, queue: Queue): ParseResult {
  if (!onlyNumber(line)) return 'unknown';
  queue.opened(line.id());
  line.start('arrival').set(F.queueId, line.from, line.to);
  return line.done();
}

function readEnd(line: Line, queue: Queue): ParseResult {
  if (!onlyNumber(line)) return 'unknown';
  queue.ended(line.id());
  const event = line.start('closed');
  event.set(F.queueId, line.from, line.to);
  event.what = 'removed';
  return line.done();
}

function readBounce(line: Line, queue: Queue): ParseResult {
  if (line.number() < 0) return 'unknown';
  const id = line.id();
  const event = line.start('mention');
  event.set(F.queueId, line.from, line.to);
  if (!line.word(QP)) return 'unknown';
  const process = line.number();
  if (process >= 0) queue.bounced(id, process);
  return line.done();
}

/** `3941: bytes 2048 from <ann@example.net> qp 8123 uid 89`: the sender is the daemon's last but two. */
function readInfo(line: Line, queue: Queue): ParseResult {
  if (line.number() < 0) return 'unknown';
  const id = line.id();
  const event = line.start('facts');
  event.set(F.queueId, line.from, line.to);
  event.active = true;
  if (!line.word(BYTES)) return 'unknown';
  event.size = line.number();
  if (!line.word(FROM)) return 'unknown';
  const end = indexOf(line.bytes, line.a, line.b, AT_END);
  if (end < 0 || event.size < 0) return 'unknown';
  event.set(F.sender, line.a, end);
  line.a = end + AT_END.length;
  const process = line.number();
  if (process < 0 || !line.word(UID)) return 'unknown';
  line.done();
  queue.queuedBy(id, process, line.event.text(F.sender) ?? '', line.frame.at);
  const about = queue.bounceOf(process);
  if (about !== undefined) {
    const notice = line.start('notify');
    notice.what = 'bounce';
    notice.setText(F.queueId, about.id);
    notice.setText(F.otherId, id);
    return line.done();
  }
  const forward = queue.forwardOf(process);
  return forward === undefined ? 'event' : tellForward(line, forward, id);
}

/** The delivery of a mail that goes on as `child`, beside what else was done with it. */
function tellForward(line: Line, { mail, recipient, isStored }: Delivery, child: string): ParseResult {
  const event = line.start('delivery');
  event.setText(F.queueId, mail.id);
  event.setText(F.recipient, recipient);
  // a result of its own
  if (isStored) event.setText(F.origRecipient, recipient);
  event.setText(F.otherId, child);
  event.setText(F.transport, 'local');
  event.outcome = 'sent';
  event.how = 'forwarded';
  return line.done();
}

function readStarting(line: Line, queue: Queue): ParseResult {
  const delivery = line.number();
  if (delivery < 0 || !line.word(MSG) || line.number() < 0) return 'unknown';
  const id = line.id();
  const event = line.start('facts');
  event.set(F.queueId, line.from, line.to);
  const isLocal = line.word(TO_LOCAL);
  if (!isLocal && !line.word(TO_REMOTE)) return 'unknown';
  const a = isLocal ? afterDomain(line.bytes, line.a, line.b) : line.a;
  event.set(F.recipient, a, line.b);
  queue.started(delivery, id, line.frame.text(a, line.b), isLocal);
  return line.done();
}

/**
 * A virtual domain's mail is delivered to `PREPEND-bob@example.org`; where what is put before is the domain itself (as
 * vpopmail does), the address is known again. Source: qmail-send.c rewrite(), vpopmail vadddomain.
 */
function afterDomain(bytes: Uint8Array, a: number, b: number): number {
  let at = b;
  while (at > a && bytes[at - 1] !== AT) at--;
  const length = b - at;
  if (at <= a || a + length + 1 >= at || bytes[a + length] !== 0x2d) return a;
  for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[at + i]) return a;
  return a + length + 1;
}

function readDelivery(line: Line, queue: Queue): ParseResult {
  const number = line.number();
  if (number < 0) return 'unknown';
  const isSuccess = line.word(SUCCESS);
  const isDeferral = !isSuccess && (line.word(DEFERRAL) || line.word(MANGLED));
  if (!isSuccess && !isDeferral && !line.word(FAILURE)) return 'unknown';
  const delivery = queue.finished(number);
  // the log began after its start: nothing tells whose it was
  if (delivery === undefined) return 'ignored';
  report.read(line.bytes, line.a, line.b, delivery.isLocal);
  if (isSuccess && delivery.isLocal) return readLocal(line, queue, delivery);
  const event = startDelivery(line, delivery);
  if (isSuccess) {
    event.outcome = 'sent';
    event.how = 'remote';
    if (report.remoteId !== undefined) event.setText(F.remoteId, report.remoteId);
  } else event.outcome = isDeferral || report.isTooLate ? 'deferred' : 'bounced';
  line.done();
  if (!report.isTooLate) return 'event';
  // a last try, and with its answer the end
  event.outcome = 'expired';
  event.code = 0;
  return line.done();
}

function startDelivery(line: Line, { mail, recipient, isLocal }: Delivery): LogEvent {
  const event = line.start('delivery');
  event.setText(F.queueId, mail.id);
  event.setText(F.recipient, recipient);
  if (mail.filterId !== '') event.setText(F.filterId, mail.filterId);
  event.setText(F.transport, isLocal ? 'local' : 'remote');
  if (report.reply !== '') event.setText(F.reply, report.reply);
  if (report.dsn !== undefined) event.setText(F.dsn, report.dsn);
  event.code = report.code;
  if (report.ipB > report.ipA) event.set(F.relayIp, report.ipA, report.ipB);
  return event;
}

/** Files, forwards and programs of one `.qmail` file; none of them: the mail was thrown away by it (dot-qmail(5)). */
function readLocal(line: Line, queue: Queue, delivery: Delivery): ParseResult {
  const { files, forwards, programs, process } = report;
  const isForwarded = forwards > 0 && process >= 0;
  if (files !== 0 || programs > 0 || !isForwarded) {
    const event = startDelivery(line, delivery);
    const isNothing = files === 0 && programs === 0 && forwards === 0;
    event.outcome = isNothing ? 'discarded' : 'sent';
    event.how = isNothing ? 'silent' : files > 0 ? 'mailbox' : 'unknown';
    line.done();
    if (!isForwarded) return 'event';
    delivery.isStored = true;
  }
  const child = queue.queued(process);
  if (child !== undefined) return tellForward(line, delivery, child.id);
  queue.forwarded(delivery, process);
  const event = line.start('mention');
  event.setText(F.queueId, delivery.mail.id);
  return line.done();
}
