/**
 * What the machine asks while it writes: what a program is, what a minute is called, why an answer refused. Each is told once.
 */
import type { ReasonOf } from '../correlate/assemble.ts';
import { FORMATS } from '../formats/index.ts';
import { codeOfText, enhancedEnd } from '../formats/postfix/reply.ts';
import { DAEMON, type Daemon, readTag } from '../formats/postfix/tag.ts';
import type { Framer } from '../framing/framer.ts';
import { decodeText, Frame } from '../model/frame.ts';
import type { Recipient } from '../model/message.ts';
import type { Status } from '../model/words.ts';
import { jsonString } from '../render/json.ts';
import type { Clock } from '../render/times.ts';
import { headerText } from '../util/encoded-words.ts';
import type { Writer } from './writer.ts';

/** As line.ts of the machine has them. */
const NONE = 1;
const KINDS: ReadonlyMap<Daemon, number> = new Map([
  [DAEMON.smtpd, 2],
  [DAEMON.cleanup, 3],
  [DAEMON.qmgr, 4],
  [DAEMON.pickup, 5],
  [DAEMON.delivery, 6],
  [DAEMON.lmtp, 7],
  [DAEMON.postscreen, 8],
  [DAEMON.bounce, 11],
]);
const FILTERS: ReadonlyMap<string, number> = new Map([
  ['amavis', 9],
  ['rspamd', 10],
  ['postgrey', 12],
]);
/** What may be asked for. */
const TAG = 1;
const MINUTE = 2;
/** The machine's words for what a refusal did. */
const OUTCOMES = ['rejected', 'rejected', 'tempfailed', 'greylisted'] as const;
/** Above the outcomes of refusals stand those of deliveries. */
const FAILURES = 8;
/** No answer but a subject. */
const HEADER = 64;
const FAILED: Readonly<Record<number, Status>> = { 2: 'deferred', 3: 'bounced', 4: 'expired' };
const MINUTE_MS = 60_000;
/** As put.ts of the machine has them: `"2026-11-20T08:24:` and `+01:00"`. */
const BEGIN_BYTES = 18;
const END_BYTES = 7;
/** `02.120+01:00` */
const SECONDS_FROM_END = 12;
const ZONE_FROM_END = 6;
const MOST_REASON = 4_000;
const BEHIND_PID = ']: ';

export class Answers {
  /** what the machine's times lack, ms; undefined: not known yet */
  shift: number | undefined = undefined;
  readonly #writer: Writer;
  readonly #clock: Clock;
  readonly #reasonOf: ReasonOf;
  readonly #frame = new Frame();
  readonly #owners = new Map<string, number>();

  constructor(writer: Writer, clock: Clock, reasonOf: ReasonOf) {
    this.#writer = writer;
    this.#clock = clock;
    this.#reasonOf = reasonOf;
  }

  /** Answers what is asked; `framer`: of the file that the line is of. False: there is no answer, and no more is to be written. */
  answer(framer: Framer): boolean {
    const kind = this.#writer.module.askedKind();
    if (kind === TAG) return this.#answerTag(framer);
    return kind === MINUTE ? this.#answerMinute() : this.#answerReason();
  }

  #answerTag(framer: Framer): boolean {
    const { module } = this.#writer;
    const memory = Buffer.from(this.#writer.memory());
    const head = memory.toString('latin1', module.askedStart(), module.askedEnd());
    // the framer may keep what it is given
    const line = Buffer.from(memory.subarray(module.askedLine(), module.askedLineEnd()));
    const frame = this.#frame;
    const isLine = framer.frame(line, 0, line.length, frame) === 'line';
    const isUsual =
      isLine &&
      (frame.framing === 'syslog' || frame.framing === 'rfc3339') &&
      `${frame.host} ${frame.program}` === head &&
      frame.bytes === line &&
      line.toString('latin1', frame.body - BEHIND_PID.length, frame.body) === BEHIND_PID;
    if (!isUsual || Number.isNaN(frame.at)) {
      module.tellTag(NONE, 0);
      return true;
    }
    this.#tellShift(frame.at - Math.round(module.askedMicros() / 1000));
    module.tellTag(this.#kindOf(frame), this.#ownerOf(frame));
    return true;
  }

  #tellShift(ms: number): void {
    if (this.shift !== undefined) return;
    this.shift = Math.round(ms / 1000) * 1000;
    this.#writer.module.shiftBy(this.shift);
  }

  #kindOf(frame: Frame): number {
    const { program } = frame;
    const format = FORMATS.find((one) => one.claims(program, frame))?.name;
    return (format === 'postfix' ? KINDS.get(readTag(program).daemon) : FILTERS.get(format ?? '')) ?? NONE;
  }

  #ownerOf({ host, program }: Frame): number {
    const name = `${host} ${readTag(program).instance}`;
    const owner = this.#owners.get(name) ?? this.#owners.size + 1;
    this.#owners.set(name, owner);
    return owner;
  }

  #answerMinute(): boolean {
    const { module } = this.#writer;
    const text = this.#clock.iso(module.askedMinute() * MINUTE_MS);
    const begin = `"${text.slice(0, -SECONDS_FROM_END)}`;
    const end = `${text.slice(-ZONE_FROM_END)}"`;
    if (begin.length !== BEGIN_BYTES || end.length !== END_BYTES) return false;
    Buffer.from(this.#writer.memory()).write(begin + end, module.minuteText(), 'latin1');
    module.tellMinute();
    return true;
  }

  #reasonFor(memory: Buffer, a: number, b: number, outcome: number): string {
    const { module } = this.#writer;
    const recipient =
      outcome < FAILURES ? refusedBy(memory, a, b, outcome) : failedBy(memory, a, b, outcome - FAILURES, module);
    const reason = this.#reasonOf(recipient);
    return reason === undefined ? '' : `,"reason":${jsonString(reason)}`;
  }

  #answerReason(): boolean {
    const { module } = this.#writer;
    const memory = Buffer.from(this.#writer.memory());
    const a = module.askedStart();
    const b = module.askedEnd();
    const outcome = module.askedOutcome();
    const text = outcome === HEADER ? subjectOf(memory, a, b) : this.#reasonFor(memory, a, b, outcome);
    if (Buffer.byteLength(text) > MOST_REASON) return false;
    module.tellReason(memory.write(text, module.reasonText(), 'utf8'));
    return true;
  }
}

/** The member that tells an encoded subject memory[a, b); none where its text is empty (src/correlate/assemble.ts addFacts()). */
function subjectOf(memory: Buffer, a: number, b: number): string {
  const subject = headerText(decodeText(memory, a, b));
  return subject === '' ? '' : `,"subject":${jsonString(subject)}`;
}

/** The recipient who was refused with the answer memory[a, b), as far as its reason hangs on it. */
function refusedBy(memory: Buffer, a: number, b: number, outcome: number): Recipient {
  const action = OUTCOMES[outcome] ?? 'rejected';
  const status = action === 'tempfailed' ? 'rejected' : action;
  const dsn = enhancedEnd(memory, a + 4, b);
  return {
    status,
    direction: 'unknown',
    action,
    code: memory.toString('latin1', a, a + 3),
    reply: memory.toString('latin1', a, b),
    ...(dsn > 0 ? { dsn: memory.toString('latin1', a + 4, dsn) } : {}),
  };
}

/** The same of one whose delivery failed. */
function failedBy(memory: Buffer, a: number, b: number, outcome: number, module: Writer['module']): Recipient {
  const code = codeOfText(memory, a, b);
  const dsn = module.askedDsn();
  const reply = memory.toString('latin1', a, b);
  return {
    status: FAILED[outcome] ?? 'deferred',
    direction: 'unknown',
    action: 'accepted',
    ...(code > 0 ? { code: String(code) } : {}),
    ...(dsn > 0 ? { dsn: memory.toString('latin1', dsn, module.askedDsnEnd()) } : {}),
    ...(reply === '' ? {} : { reply }),
  };
}
