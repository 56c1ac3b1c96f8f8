/**
 * Courier MTA 0.50 to 1.4: mails by the id that every line of them has. README.md tells what is read.
 */
import type { Frame } from '../../model/frame.ts';
import { F, type LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { equals, indexOf, lit, startsAt } from '../postfix/bytes.ts';
import { readDelivery, type Answers } from './delivery.ts';
import { readArrival, readRefusal, readStarted } from './queue.ts';

class Context implements Answers {
  readonly byRecipient = new Map<string, string>();
}

/** courierd is the queue; the others hand one mail on; courieresmtpd takes mail. */
const TAGS = new Set([
  'courierd',
  'courieresmtp',
  'courieresmtpd',
  'courierlocal',
  'courieruucp',
  'courierfax',
  'courierdsn',
]);

const NEWMSG = lit('newmsg,id=');
const STARTED = lit('started,id=');
const COMPLETED = lit('completed,id=');
const ID = lit('id=');
const ERROR = lit('error,relay=');
const SESSION = lit('started,ip=[');
const WAITING = lit('Waiting.');
const COLON = lit(': ');

const courier: LogFormat<Context> = {
  name: 'courier',
  title: 'Courier MTA',
  docs: 'https://www.courier-mta.org/courierd.html',
  versions: '0.50 to 1.4',

  claims(program: string): boolean {
    return TAGS.has(program);
  },

  createContext(): Context {
    return new Context();
  },

  parse(frame: Frame, event: LogEvent, emit: Emit, context: Context): ParseResult {
    const { bytes, body: a, end: b } = frame;
    if (startsAt(bytes, a, b, ID)) return readDelivery(frame, event, emit, context);
    if (startsAt(bytes, a, b, STARTED)) return readStarted(frame, event, emit, a + STARTED.length);
    if (startsAt(bytes, a, b, COMPLETED)) return mention(frame, event, emit, a + COMPLETED.length);
    if (startsAt(bytes, a, b, NEWMSG)) return readArrival(frame, event, emit, a + NEWMSG.length);
    if (startsAt(bytes, a, b, ERROR)) return readRefusal(frame, event, emit, a + ERROR.length);
    if (startsAt(bytes, a, b, WAITING) || startsAt(bytes, a, b, SESSION)) return 'ignored';
    return isNoise(bytes, a, b) ? 'ignored' : 'unknown';
  },

  // comctlfile.c ctlfile_append_reply(); of a refusal during SMTP the code alone
  refusedSigns: [',status: deferred', ',status: failure', 'error,relay='],

  /** What the next server said stands on the line before the result. */
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

export default courier;

/** `completed,id=ID`: one delivery is over, whatever came of it (cdmsgq3.C queue_completed()). */
function mention(frame: Frame, event: LogEvent, emit: Emit, at: number): ParseResult {
  event.reset('mention', frame);
  event.system = event.instance = 'courier';
  event.set(F.queueId, at, frame.end);
  emit(event);
  return 'event';
}

const NOISE = ['Purging ', 'SHUTDOWN: ', 'queue scan', 'Installing ', 'Started ', 'Loading ', 'Low on disk'].map(lit);

/** What courierd says of itself (courierd.C); start-up lines name a program of its own. */
function isNoise(bytes: Uint8Array, a: number, b: number): boolean {
  for (const word of NOISE) if (startsAt(bytes, a, b, word)) return true;
  const colon = indexOf(bytes, a, b, COLON);
  return colon < 0 && !equals(bytes, a, b, ID) && indexOf(bytes, a, b, ID) < 0;
}
