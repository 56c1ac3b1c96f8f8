/**
 * Haraka 2.8 to 3.1: connections by their UUID, mails by `UUID.N`. README.md tells what is read.
 */
import type { Frame } from '../../model/frame.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { readConnect, readDisconnect, readMessage, readQueue, readRecipient, readSender } from './inbound.ts';
import { Line } from './line.ts';
import { Mails } from './mails.ts';
import { mention, readBouncing, readCreated, readDelivered, readRefused, readTemporary } from './outbound.ts';

class Context {
  readonly line = new Line();
  readonly mails = new Mails();
}

const TAGS = new Set(['haraka', 'Haraka']);
/** `deferred:` and `rejected:` of the next server; a local part may hold them, but not behind its `>` */
const REFUSED = /> (?:deferred|rejected): /;

const haraka: LogFormat<Context> = {
  name: 'haraka',
  title: 'Haraka',
  docs: 'https://haraka.github.io/core/Logging',
  versions: '2.8 to 3.1',

  claims(program: string): boolean {
    return TAGS.has(program);
  },

  createContext(): Context {
    return new Context();
  },

  parse(frame: Frame, event: LogEvent, emit: Emit, { line, mails }: Context): ParseResult {
    // what plugins and Node print without a level: stacks, banners
    if (!line.take(frame, event, emit)) return 'ignored';
    if (line.session === '') return line.words.startsWith('Created ') ? readCreated(line, mails) : 'ignored';
    return read(line, mails);
  },

  refusedSigns: [' deferred: ', ' rejected: ', 'Temp failing ', 'bouncing mail: '],

  /** A delivery names no recipient: whom it means is told by lines before it. */
  isContextual(): boolean {
    return true;
  },

  detect(sample: readonly Frame[]): number {
    if (sample.length === 0) return 0;
    let ours = 0;
    for (const frame of sample) if (TAGS.has(frame.program)) ours++;
    return ours / sample.length;
  },
};

export default haraka;

function read(line: Line, mails: Mails): ParseResult {
  const { words } = line;
  const space = words.search(/[ =]/);
  const first = space < 0 ? words : words.slice(0, space);
  const isCore = line.origin === 'core' || line.origin === '';
  if (isCore && first === 'connect') return readConnect(line);
  if (isCore && first === 'disconnect') return readDisconnect(line, mails);
  if (line.mail === '') return 'ignored';
  if (isCore) return readTransaction(line, mails, first) ?? mention(line);
  return (line.origin === 'outbound' ? readOutbound(line, mails, first) : readPlugin(line, mails)) ?? mention(line);
}

function readTransaction(line: Line, mails: Mails, first: string): ParseResult | undefined {
  switch (first) {
    case 'sender':
      return readSender(line, mails);
    case 'recipient':
      // before 3.0 the queue wrote as core too
      return REFUSED.test(line.words) ? readRefused(line, mails) : readRecipient(line, mails);
    case 'message':
      return line.value('mid') === undefined ? undefined : readMessage(line, mails);
    case 'queue':
      return line.value('code') === undefined ? undefined : readQueue(line, mails);
    case 'discarding':
      return readPlugin(line, mails);
  }
  return readOutbound(line, mails, first);
}

function readOutbound(line: Line, mails: Mails, first: string): ParseResult | undefined {
  switch (first) {
    case 'recipient':
      return readRefused(line, mails);
    case 'delivered':
      return readDelivered(line, mails);
    case 'Temp':
      return readTemporary(line, mails);
    case 'bouncing':
      return readBouncing(line, mails);
    case 'Created':
      return readCreated(line, mails);
  }
  return undefined;
}

/** What a queue plugin is about to do (plugins/queue/discard.js, smtp_forward.js). */
function readPlugin(line: Line, mails: Mails): ParseResult | undefined {
  const mail = mails.get(line.mail);
  if (mail === undefined) return undefined;
  if (line.words === 'discarding message') mail.discarding = true;
  mail.forwardedTo = /^forwarding to (\S+)/.exec(line.words)?.[1] ?? mail.forwardedTo;
  return undefined;
}
