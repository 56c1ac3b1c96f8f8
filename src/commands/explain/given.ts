/**
 * What was given -> its explanation, printed; with logs, the mail that it is about.
 */
import { Readable } from 'node:stream';
import { plainAnswer } from '../../bounce/answers.ts';
import { codesOf } from '../../bounce/delivery-status.ts';
import { explainAnswer, type Explained } from '../../explain/explain-bounce.ts';
import { readReply } from '../../explain/reply-text.ts';
import type { Io } from '../../io.ts';
import type { BounceAction, BounceRecipient } from '../../model/bounce.ts';
import type { Message } from '../../model/message.ts';
import { GROUP_OF_STATUS } from '../../model/words.ts';
import { answerBlock, recipientBlocks } from '../../render/explain.ts';
import { explainJson, type ExplainFacts } from '../../render/explain-json.ts';
import { showText } from '../../render/show.ts';
import { EXIT } from '../exit.ts';
import type { ExplainOptions } from '../explain.ts';
import type { Wanted } from './find.ts';
import type { Given } from './input.ts';
import { explainMail, explainMbox } from './mail.ts';
import { type LoadEngine, requestOf, searchLogs, shownOf, tell, toldBy } from './tell.ts';

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
  if (given.kind === 'mbox') return explainMbox(given, paths, options, io, loadEngine, signal);
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
  exact: readonly Explained[],
  given: readonly string[],
  input: string,
  options: ExplainOptions,
  io: Io,
): Promise<number> {
  const { screen, redactor } = options;
  const explained = shownOf(exact, options);
  const texts = redactor === undefined ? given : given.map((text) => redactor.text(text));
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

/** Log lines: what became of the recipients that they name; with logs, the whole mail. */
async function explainMessages(
  messages: readonly Message[],
  paths: readonly string[],
  options: ExplainOptions,
  io: Io,
  loadEngine: LoadEngine,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { redactor } = options;
  const names = messages.flatMap(({ sender, recipients }) => [sender, ...recipients.map(({ address }) => address)]);
  const explained = shownOf(
    messages.flatMap(({ recipients }) => recipients.map(toldBy)),
    options,
    names.flatMap((each) => (each === undefined || each === '' ? [] : [each])),
  );
  const facts: ExplainFacts = { input: 'log-line', explained };
  const [first] = messages;
  const shown = redactor === undefined ? messages : messages.map((message) => redactor.message(message));
  const texts = shown.map((message) => showText(message, [], options.screen, options.own));
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
