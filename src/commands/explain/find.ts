/**
 * The mail that a report is about, looked for in logs: by Message-ID, by queue id, by recipient and time.
 * Each way is tried on the lines that show it (the selective path); only where none finds it is the log read whole, for
 * "this mail never went through here" must be sure.
 * Units:  at most MOST candidates are kept of a pass.
 */
import type { Io } from '../../io.ts';
import type { FilterOptions } from '../../filter/options.ts';
import type { BounceReport } from '../../model/bounce.ts';
import type { Instant, Message, Recipient } from '../../model/message.ts';
import type { RunRequest } from '../../model/run.ts';
import type { RunHandlers, RunIo, RunResult } from '../../pipeline/run.ts';
import { GROUP_OF_STATUS } from '../../model/words.ts';
import type { Engine } from '../engine.ts';
import { withProgress } from '../progress.ts';

const MOST = 500;
const MOST_HOSTS = 50;
const MOST_ADDRESSES = 20;
const DAY = 86_400_000;
/** Servers give up after five days; clocks differ. */
const LONGEST = 6 * DAY;
const SLACK = 10 * 60_000;

/** What is known of the mail that is looked for. */
export interface Wanted {
  readonly messageId?: string;
  readonly queueIds: readonly string[];
  readonly recipients: readonly string[];
  readonly failed: boolean;
  readonly sender?: string;
  /** when the mail was sent, and when it was reported on */
  readonly sent?: Instant;
  readonly reported?: Instant;
  /** of the report itself */
  readonly ownMessageId?: string;
}

interface Found {
  readonly message: Message;
  /** how: `Message-ID`, `queue id 4jX…`, `recipient and time`, `the bounce itself` */
  readonly by: readonly string[];
}

export interface Search {
  readonly found: Found | undefined;
  /** the report itself, as a mail in the logs */
  readonly report: Message | undefined;
  readonly result: RunResult;
  /** of a whole reading: hosts that the logs are of, mails of the same sender */
  readonly hosts: readonly string[];
  readonly ofSender: number;
  /** every line was looked at */
  readonly isWhole: boolean;
}

/** What a report says of its mail. */
export function wantedOf(report: BounceReport): Wanted {
  const { original, recipients, complaint, queueIds, messageId } = report;
  const told = recipients.filter(({ action }) => action === 'failed');
  const named = (told.length > 0 ? told : recipients).flatMap(({ address, original: typed }) => [address, typed]);
  const addresses = [...named, ...(complaint?.recipients ?? [])].filter((each) => each !== undefined);
  const ids = [...queueIds, ...original.received.flatMap(({ id }) => (id === undefined ? [] : [id]))];
  return {
    ...(original.messageId === undefined ? {} : { messageId: original.messageId }),
    queueIds: [...new Set(ids)].slice(0, MOST_ADDRESSES),
    recipients: [...new Set(addresses.map((each) => each.toLowerCase()))].slice(0, MOST_ADDRESSES),
    failed: report.kind === 'bounce' || report.kind === 'disposition',
    ...(original.sender === undefined ? {} : { sender: original.sender.toLowerCase() }),
    ...(original.date === undefined ? {} : { sent: original.date }),
    ...(report.date === undefined ? {} : { reported: report.date }),
    ...(messageId === undefined ? {} : { ownMessageId: messageId }),
  };
}

interface Candidate {
  readonly message: Message;
  score: number;
  readonly by: string[];
}

function namesOf({ address, finalAddress, via = [] }: Recipient): string[] {
  return [address, finalAddress, ...via].filter((each) => each !== undefined).map((each) => each.toLowerCase());
}

const hasFailed = ({ status }: Recipient): boolean => GROUP_OF_STATUS[status] === 'failed';

/** How well a message fits; undefined: not at all. */
function fit(message: Message, wanted: Wanted): Candidate | undefined {
  const by: string[] = [];
  let score = 0;
  const id = wanted.queueIds.find((each) => message.hops.some(({ queueId }) => queueId === each));
  if (id !== undefined) {
    by.push(`queue id ${id}`);
    score += 8;
  }
  if (wanted.messageId !== undefined && message.messageId === wanted.messageId) {
    by.push('Message-ID');
    score += 6;
  }
  const mine = message.recipients.filter((each) => namesOf(each).some((name) => wanted.recipients.includes(name)));
  const isTimely = fitsTime(message, wanted);
  const isSender = wanted.sender !== undefined && message.sender?.toLowerCase() === wanted.sender;
  const fails = mine.some(hasFailed) === wanted.failed;
  if (by.length === 0) {
    const isKnownTime = wanted.sent !== undefined || wanted.reported !== undefined;
    if (mine.length === 0 || !isKnownTime || !isTimely || !fails) return undefined;
    if (wanted.sender !== undefined && !isSender) return undefined;
    by.push('recipient and time');
    score += 2;
  }
  if (mine.length > 0) score += 3;
  if (mine.length > 0 && fails) score += 2;
  if (isTimely) score += 1;
  if (isSender) score += 1;
  return { message, score, by };
}

/** The mail was here before it was reported on, and not much after it was sent. */
function fitsTime({ time, lastTime }: Message, { sent, reported }: Wanted): boolean {
  if (reported !== undefined && (time > reported + SLACK || lastTime < reported - LONGEST)) return false;
  return sent === undefined || (lastTime > sent - DAY && time < sent + LONGEST);
}

class Candidates {
  readonly #wanted: Wanted;
  #kept: Candidate[] = [];
  readonly #hosts = new Set<string>();
  ofSender = 0;
  report: Message | undefined;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  get hosts(): string[] {
    return [...this.#hosts];
  }

  add(message: Message): boolean {
    const { sender, ownMessageId } = this.#wanted;
    for (const { host } of message.hops)
      if (host !== undefined && this.#hosts.size < MOST_HOSTS) this.#hosts.add(host.toLowerCase());
    if (sender !== undefined && sender !== '' && message.sender?.toLowerCase() === sender) this.ofSender++;
    if (ownMessageId !== undefined && message.messageId === ownMessageId) {
      this.report ??= message;
      return true;
    }
    const candidate = fit(message, this.#wanted);
    if (candidate === undefined || this.#kept.length >= MOST) return false;
    this.#kept.push(candidate);
    return true;
  }

  /** The one that fits best; of equal ones that nearest before the report. */
  best(): Found | undefined {
    const linked = new Set(
      this.report?.links.filter(({ type }) => type.endsWith('-of') || type === 'reply-to').map(({ id }) => id),
    );
    for (const candidate of this.#kept) {
      if (!linked.has(candidate.message.id)) continue;
      candidate.score += 10;
      candidate.by.push('the report itself, which was made here');
    }
    const { reported, sent } = this.#wanted;
    const distance = ({ message }: Candidate): number =>
      Math.min(
        sent === undefined ? Infinity : Math.abs(message.time - sent),
        reported === undefined ? Infinity : Math.abs(message.lastTime - reported),
      );
    const [best] = this.#kept.toSorted(
      (a, b) => b.score - a.score || distance(a) - distance(b) || a.message.time - b.message.time,
    );
    return best && { message: best.message, by: [...new Set(best.by)] };
  }
}

/** The ways that may find it, the surest first. */
function waysOf({ messageId, ownMessageId, queueIds, recipients }: Wanted): FilterOptions[] {
  const ids = [messageId, ownMessageId].filter((each) => each !== undefined);
  return [
    ...(ids.length > 0 ? [{ messageId: ids }] : []),
    ...(queueIds.length > 0 ? [{ queueId: queueIds }] : []),
    ...(recipients.length > 0 ? [{ recipient: recipients }] : []),
  ];
}

/** Looks for the mail. */
export async function findMail(
  wanted: Wanted,
  request: RunRequest,
  runIo: RunIo,
  engine: Engine,
  io: Io,
  signal: AbortSignal | undefined,
): Promise<Search> {
  let candidates = new Candidates(wanted);
  const handlers: RunHandlers = {
    onMessage: (message) => candidates.add(message),
    onRestart: () => {
      candidates = new Candidates(wanted);
    },
    reasonOf: (recipient) => engine.reasonOf(recipient),
  };
  return withProgress(
    io,
    signal,
    () => undefined,
    async (onPhase) => {
      const told = (result: RunResult, isWhole: boolean): Search => {
        const found = candidates.best();
        const { report, hosts, ofSender } = candidates;
        return { found, report, result, hosts, ofSender, isWhole };
      };
      // a pipe is read once
      for (const filters of request.paths.includes('-') ? [] : waysOf(wanted)) {
        const plan = { filters, asksStatus: true, asksLinks: true };
        const chosen = await engine.select?.(request, runIo, plan, { signal, onPhase });
        if (chosen === undefined) continue;
        candidates = new Candidates(wanted);
        const part = await engine.run(request, runIo, handlers, { signal, onPhase, ...chosen });
        if (part.summary.interrupted) return told(part, false);
        if (part.isDoubted !== true && candidates.best() !== undefined) return told(part, false);
      }
      candidates = new Candidates(wanted);
      return told(await engine.run(request, runIo, handlers, { signal, onPhase }), true);
    },
  );
}
