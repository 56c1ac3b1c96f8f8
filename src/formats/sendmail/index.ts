/**
 * Sendmail 8.8 to 8.18: the server, its queue runners and the submission program. README.md tells what is read and what is not.
 *
 * A line is known by its tag and by what follows the queue id; the id is the mail's on its host, under whatever tag
 * (`sendmail`, `sm-mta`, `sm-msp-queue`) a process writes it, for it holds time and pid of who made it.
 */
import type { Frame } from '../../model/frame.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { ALIAS, readAlias } from './alias.ts';
import { Answers } from './answers.ts';
import { readDelivery, TO } from './delivery.ts';
import { Line } from './line.ts';
import { isNoise } from './noise.ts';
import { readChild, readEnd, readTooManyHops, SYSERR } from './notices.ts';
import { MILTER, MILTER_NAMED, readAnswer, readMilter, readMilterNamed, readRuleset, RULESET } from './refuse.ts';
import { FROM, readFrom } from './sender.ts';
import { readSession } from './session.ts';

class Context {
  readonly line = new Line();
  readonly answers = new Answers();
}

/** Names that distributions start it under; Debian's mail programs are `sm-mta`, `sm-msp-queue`, FreeBSD's the same. */
const TAGS = /^(?:sendmail(?:-[a-z]+)?|sm-[a-z-]+)$/i;

const sendmail: LogFormat<Context> = {
  name: 'sendmail',
  title: 'Sendmail',
  docs: 'https://ftp.sendmail.org/pub/doc/8.17/op.pdf',
  versions: '8.8 to 8.18',

  claims(program: string): boolean {
    return TAGS.test(program);
  },

  createContext(): Context {
    return new Context();
  },

  parse(frame: Frame, event: LogEvent, emit: Emit, { line, answers }: Context): ParseResult {
    line.take(frame, event, emit);
    const { bytes, a } = line;
    if (line.idEnd >= 0) {
      if (bytes[a] === 0x74 && line.at(TO)) return readDelivery(line);
      if (bytes[a] === 0x66 && line.at(FROM)) return readFrom(line);
    }
    return readOther(line, answers);
  },

  // deliver.c logdelivery(): a code that another server gave stands in one of these
  refusedSigns: ['dsn=4.', 'dsn=5.', 'reply=', 'stat=Deferred'],

  detect(sample: readonly Frame[]): number {
    if (sample.length === 0) return 0;
    let ours = 0;
    for (const frame of sample) if (TAGS.test(frame.program)) ours++;
    return ours / sample.length;
  },
};

export default sendmail;

const LESS = 0x3c;
const DASH = 0x2d;

function readOther(line: Line, answers: Answers): ParseResult {
  if (line.a >= line.b) return line.mention();
  if (line.at(RULESET)) return readRuleset(line);
  if (line.at(MILTER)) return readMilter(line);
  if (line.at(MILTER_NAMED)) return readMilterNamed(line);
  if (line.at(SYSERR)) return readTooManyHops(line) ?? line.mention();
  const known = readChild(line) ?? readEnd(line) ?? readSession(line);
  if (known !== undefined) return known;
  const answer = line.idEnd >= 0 && line.bytes[line.a] === LESS ? readAnswer(line, answers) : undefined;
  if (answer !== undefined) return answer;
  if (line.at(ALIAS)) return readAlias(line) ?? line.mention();
  if (line.bytes[line.a] === DASH) answers.note(line);
  if (isNoise(line)) return line.mention();
  return (line.idEnd >= 0 ? readAnswer(line, answers) : undefined) ?? line.unknown();
}
