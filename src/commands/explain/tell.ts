/**
 * What was given -> its explanation, printed; with logs, the mail that it is about.
 */
import { Readable } from 'node:stream';
import { readBounce } from '../../bounce/read.ts';
import {
  explainAnswer,
  explainAutomatic,
  explainLogged,
  explainRecipient,
  explainRefusal,
  type Explained,
  withLogged,
} from '../../explain/explain-bounce.ts';
import type { Io } from '../../io.ts';
import type { BounceAction, BounceRecipient, BounceReport } from '../../model/bounce.ts';
import type { Message, Recipient } from '../../model/message.ts';
import { GROUP_OF_STATUS } from '../../model/words.ts';
import { readReply } from '../../explain/reply-text.ts';
import { plainAnswer } from '../../bounce/answers.ts';
import { codesOf } from '../../bounce/delivery-status.ts';
import {
  absenceBlock,
  answerBlock,
  complaintBlock,
  foundHead,
  recipientBlocks,
  reportHead,
} from '../../render/explain.ts';
import { explainJson, type ExplainFacts } from '../../render/explain-json.ts';
import { JsonStream, messageWriter } from '../../render/json.ts';
import { problemText } from '../../render/problem.ts';
import { showText } from '../../render/show.ts';
import { errorScreenOf } from '../common-options.ts';
import { rawLinesOf, runIoOf, type Engine, type loadEngine as loadEngineOf } from '../engine.ts';
import { EXIT } from '../exit.ts';
import type { ExplainOptions } from '../explain.ts';
import { type Absence, absenceOf } from './absent.ts';
import { findMail, type Search, type Wanted, wantedOf } from './find.ts';
import type { Given } from './input.ts';

type LoadEngine = typeof loadEngineOf;

const MOST_MESSAGES = 50;

/** Prints the explanation. Returns the exit status. */
export async function explainGiven(
  given: Given,
  paths: readonly string[],
  options: ExplainOptions,
  io: Io,
  loadEngine: LoadEngine,
  signal: AbortSignal | undefined,
): Promise<number> {
  if (given.kind === 'mail') return explainMail(given.bytes, given.name, paths, options, io, loadEngine, signal);
  if (given.kind === 'codes') {
    const texts = pairsOf(given.codes);
    return tellAnswers(texts.map(answerOf), texts, 'code', options, io);
  }
  const { lines } = given;
  const isReply = lines.every((line) => /^\s*(?:<<<\s*)?[2-5]\d\d[ -]/.test(line));
  const messages = isReply ? [] : await messagesOf(lines, options, io, loadEngine);
  if (messages.length > 0) return explainMessages(messages, paths, options, io, loadEngine, signal);
  const text = lines.join(' ');
  return tellAnswers([answerOf(text)], [text], 'answer', options, io);
}

/** `550 5.7.1` is one answer, `550 5.7.1 4.2.2` are two. */
function pairsOf(codes: readonly string[]): string[] {
  const texts: string[] = [];
  for (let i = 0; i < codes.length; i++) {
    const [code = '', next = ''] = codes.slice(i, i + 2);
    const isPair = code.length === 3 && next.length > 3 && code[0] === next[0];
    texts.push(isPair ? `${code} ${next}` : code);
    if (isPair) i++;
  }
  return texts;
}

function answerOf(text: string): Explained {
  const reply = plainAnswer(text.replace(/^\s*<<<\s*/, ''));
  const front = readReply(reply);
  const codes = front.code === undefined && front.dsn === undefined ? codesOf(reply) : {};
  const { code = codes.code, dsn = codes.dsn } = front;
  const cls = code?.[0] ?? dsn?.[0];
  const action: BounceAction = cls === '4' ? 'delayed' : cls === '2' || cls === '3' ? 'delivered' : 'failed';
  const recipient: BounceRecipient = {
    action,
    reply,
    ...(code === undefined ? {} : { code }),
    ...(dsn === undefined ? {} : { dsn }),
  };
  return explainAnswer(recipient);
}

async function tellAnswers(
  explained: readonly Explained[],
  texts: readonly string[],
  input: string,
  options: ExplainOptions,
  io: Io,
): Promise<number> {
  const { screen } = options;
  if (options.json) io.stdout.write(explainJson({ input, explained, texts }, screen.clock));
  else io.stdout.write(explained.map((each, i) => answerBlock(texts[i] ?? '', each, screen)).join('\n'));
  await io.stdout.flush();
  return EXIT.found;
}

/** The lines read as a log. */
async function messagesOf(
  lines: readonly string[],
  options: ExplainOptions,
  io: Io,
  loadEngine: LoadEngine,
): Promise<Message[]> {
  // what was typed is no secret to who typed it
  const engine = await loadEngine(undefined);
  const messages: Message[] = [];
  const stdin = Readable.from([Buffer.from(`${lines.join('\n')}\n`)]);
  const request = requestOf(['-'], options, false);
  await engine.run(
    request,
    { cwd: io.cwd, timeZone: io.timeZone, stdin },
    {
      onMessage: (message) => {
        const isKept = messages.length < MOST_MESSAGES && message.recipients.length + message.verdicts.length > 0;
        if (isKept) messages.push(message);
        return isKept;
      },
      reasonOf: (recipient) => engine.reasonOf(recipient),
    },
  );
  return messages;
}

function requestOf(paths: readonly string[], options: ExplainOptions, wantLines: boolean) {
  const { logZones, own = {}, sources = [], memory, screen } = options;
  return { paths, logZones, own, json: sources, memory, now: screen.now, wantLines, wantSessions: false };
}

function actionOf({ status }: Recipient): BounceAction {
  const group = GROUP_OF_STATUS[status];
  if (group === 'waiting') return 'delayed';
  if (group === 'sent') return status === 'relayed' ? 'relayed' : status === 'expanded' ? 'expanded' : 'delivered';
  return 'failed';
}

/** Postfix src/smtp/smtp_proto.c: "host %s said: %s"; who said it is told apart. */
const SAID = /^host \S+ said: /;

function toldBy(recipient: Recipient): Explained {
  const { address, finalAddress, code, dsn, reply, relay, status } = recipient;
  const to = finalAddress ?? address;
  const remote = relay?.name ?? relay?.ip;
  const facts: BounceRecipient = {
    action: actionOf(recipient),
    ...(to === undefined ? {} : { address: to }),
    ...(address === undefined || address === to ? {} : { original: address }),
    ...(code === undefined ? {} : { code }),
    ...(dsn === undefined ? {} : { dsn }),
    ...(reply === undefined ? {} : { reply: relay === undefined ? reply : reply.replace(SAID, '') }),
    ...(remote === undefined ? {} : { remote }),
  };
  return explainLogged(facts, status);
}

/** Log lines: what became of the recipients that they name; with logs, the whole mail. */
async function explainMessages(
  messages: readonly Message[],
  paths: readonly string[],
  options: ExplainOptions,
  io: Io,
  loadEngine: LoadEngine,
  signal: AbortSignal | undefined,
): Promise<number> {
  const explained = messages.flatMap(({ recipients }) => recipients.map(toldBy));
  const facts: ExplainFacts = { input: 'log-line', explained };
  const [first] = messages;
  const texts = messages.map((message) => showText(message, [], options.screen, options.own));
  const head = explained.length > 0 ? recipientBlocks(explained, options.screen, true) : texts.join('\n');
  if (paths.length === 0 || first === undefined) return tell(facts, head, options, io);
  const wanted = wantedOfMessages(messages);
  const search = await searchLogs(wanted, paths, options, io, loadEngine, signal);
  return tell(facts, head, options, io, search);
}

function wantedOfMessages(messages: readonly Message[]): Wanted {
  const queueIds = messages.flatMap(({ hops }) =>
    hops.flatMap(({ queueId }) => (queueId === undefined ? [] : [queueId])),
  );
  const recipients = messages.flatMap((message) =>
    message.recipients.flatMap(({ address }) => (address === undefined ? [] : [address.toLowerCase()])),
  );
  const [first] = messages;
  const messageId = messages.find((message) => message.messageId !== undefined)?.messageId;
  return {
    queueIds: [...new Set(queueIds)],
    recipients: [...new Set(recipients)],
    failed: messages.some((message) => message.recipients.some(({ status }) => GROUP_OF_STATUS[status] === 'failed')),
    ...(messageId === undefined ? {} : { messageId }),
    ...(first === undefined ? {} : { reported: first.lastTime }),
  };
}

interface Traced {
  readonly search: Search;
  readonly wanted: Wanted;
  readonly engine: Engine;
}

async function searchLogs(
  wanted: Wanted,
  paths: readonly string[],
  options: ExplainOptions,
  io: Io,
  loadEngine: LoadEngine,
  signal: AbortSignal | undefined,
): Promise<Traced> {
  const engine = await loadEngine(options.scope);
  const runIo = runIoOf(io, paths);
  try {
    const search = await findMail(wanted, requestOf(paths, options, true), runIo, engine, io, signal);
    return { search, wanted, engine };
  } finally {
    runIo.spools?.close();
  }
}

async function explainMail(
  bytes: Uint8Array,
  name: string,
  paths: readonly string[],
  options: ExplainOptions,
  io: Io,
  loadEngine: LoadEngine,
  signal: AbortSignal | undefined,
): Promise<number> {
  const report = await readBounce(bytes);
  if (report.kind === 'other' || isNoReport(report)) {
    const help = 'mailtrace show MESSAGE-ID traces an ordinary mail';
    const where = errorScreenOf(options.screen, io);
    io.stderr.write(problemText({ where: name, what: 'this mail is no bounce, receipt or complaint', help }, where));
    return EXIT.trouble;
  }
  const traced =
    paths.length === 0 ? undefined : await searchLogs(wantedOf(report), paths, options, io, loadEngine, signal);
  const found = traced?.search.found?.message;
  const told = explainedOf(report, isOurs(report, traced?.search));
  const explained = found === undefined ? told : told.map((each) => fromLogs(each, found));
  const absence =
    traced === undefined || traced.search.found !== undefined
      ? undefined
      : absenceOf(report, traced.wanted, traced.search, options.screen.clock);
  const facts: ExplainFacts = {
    input: report.kind,
    report,
    explained,
    ...(absence === undefined ? {} : { absence }),
  };
  const blocks =
    report.kind === 'complaint'
      ? complaintBlock(report, options.screen)
      : recipientBlocks(explained, options.screen, found !== undefined);
  return tell(facts, `${reportHead(report, options.screen)}\n${blocks}`, options, io, traced, absence);
}

/** Nothing but its empty return path says that it is a report, and no reason stands in it. */
function isNoReport(report: BounceReport): boolean {
  return (
    report.isGuess === true && explainedOf(report, false).every(({ explanation }) => explanation?.rule === 'no-reason')
  );
}

/** With what the logs say of the same recipient, where the report says less. */
function fromLogs(explained: Explained, { recipients }: Message): Explained {
  const { address, original } = explained.recipient;
  const names = [address, original].flatMap((each) => (each === undefined ? [] : [each.toLowerCase()]));
  const fits = (each: string | undefined): boolean => each !== undefined && names.includes(each.toLowerCase());
  const logged =
    recipients.find(({ finalAddress, reason }) => reason !== undefined && fits(finalAddress)) ??
    recipients.find((each) => each.reason !== undefined && fits(each.address));
  return logged === undefined ? explained : withLogged(explained, toldBy(logged));
}

/** The server that reports is one whose logs these are: then "us" is the server that decided. */
function isOurs({ reporter }: BounceReport, search: Search | undefined): boolean {
  if (search?.found === undefined) return false;
  const { hops, links } = search.found.message;
  if (links.some(({ type }) => type === 'bounced-by' || type === 'notified-by')) return true;
  return hops.some(({ host }) => host !== undefined && reporter?.toLowerCase().startsWith(host.toLowerCase()) === true);
}

/** A report's subject says something of its own only where it does not repeat that of the mail. */
function ownSubject({ subject, original }: BounceReport): string | undefined {
  if (subject === undefined || original.subject === undefined) return subject;
  return subject.includes(original.subject.slice(0, 20)) ? undefined : subject;
}

function explainedOf(report: BounceReport, local: boolean): Explained[] {
  return report.recipients.map((recipient) => {
    if (report.kind === 'auto-reply') return explainAutomatic(recipient);
    if (report.kind === 'disposition' && recipient.action === 'failed') return explainRefusal(recipient);
    return explainRecipient(recipient, local, ownSubject(report));
  });
}

/** Prints; after the explanation, the mail or what its absence means. */
async function tell(
  facts: ExplainFacts,
  head: string,
  options: ExplainOptions,
  io: Io,
  traced?: Traced,
  absence?: Absence,
): Promise<number> {
  const { screen, own } = options;
  const found = traced?.search.found;
  const lines =
    traced === undefined || found === undefined
      ? []
      : (rawLinesOf(traced.engine, [found.message], traced.search.result)[0] ?? []);
  if (options.json) {
    const stream = new JsonStream(messageWriter(screen.clock), 'ndjson');
    const mail = found === undefined ? undefined : stream.message(found.message, lines);
    const more = { ...(mail === undefined ? {} : { mail }), ...(found === undefined ? {} : { foundBy: found.by }) };
    io.stdout.write(explainJson({ ...facts, ...more }, screen.clock));
  } else {
    io.stdout.write(head);
    if (found !== undefined)
      io.stdout.write(`\n${foundHead(found.by, screen)}\n${showText(found.message, lines, screen, own)}`);
    else if (absence !== undefined) io.stdout.write(`\n${absenceBlock(absence, screen)}`);
    else if (traced !== undefined) io.stdout.write(`\n${foundHead([], screen)}`);
  }
  await io.stdout.flush();
  const problems = traced?.search.result.summary.problems ?? [];
  const errors = errorScreenOf(screen, io);
  for (const problem of problems) io.stderr.write(problemText(problem, errors));
  if (traced?.search.result.summary.interrupted === true) return EXIT.interrupted;
  return problems.length > 0 ? EXIT.trouble : EXIT.found;
}
