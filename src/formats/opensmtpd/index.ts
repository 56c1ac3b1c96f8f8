/**
 * OpenSMTPD 5.4 to 7.8: sessions by their id, mails by the first half of their envelopes' ids. README.md tells what is read.
 */
import type { Frame } from '../../model/frame.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { lit } from '../postfix/bytes.ts';
import { readDelivery, readQueueLog } from './delivery.ts';
import { Line } from './line.ts';
import { isNoise, readOldSmtp } from './old.ts';
import { readSmtp } from './session.ts';

class Context {
  readonly line = new Line();
}

/** All its processes write as `smtpd`, smtpctl(8) and the enqueuer under names of their own. */
const TAGS = new Set(['smtpd', 'opensmtpd']);

const SMTP = lit('smtp');
const MTA = lit('mta');
const MDA = lit('mda');
const DELIVERY = lit('delivery');
const RELAY = lit('relay:');
const LOCAL = lit('delivery:');

const opensmtpd: LogFormat<Context> = {
  name: 'opensmtpd',
  title: 'OpenSMTPD',
  docs: 'https://man.openbsd.org/smtpd.8',
  versions: '5.4 to 7.8',

  claims(program: string): boolean {
    return TAGS.has(program);
  },

  createContext(): Context {
    return new Context();
  },

  parse(frame: Frame, event: LogEvent, emit: Emit, { line }: Context): ParseResult {
    line.take(frame, event, emit);
    if (line.session < 0) return readQueue(line);
    if (line.takeWord(SMTP)) return readSmtp(line);
    const isLocal = line.takeWord(MDA);
    if (isLocal || line.takeWord(MTA)) return line.takeWord(DELIVERY) ? readDelivery(line, isLocal) : 'ignored';
    return 'unknown';
  },

  // mta.c, mda.c: of 6.0 and later, and of queue_log()
  refusedSigns: [
    'result="TempFail"',
    'result="PermFail"',
    'result=TempFail',
    'result=PermFail',
    'TempFail for ',
    'PermFail for ',
    'Expire for ',
  ],

  /** A mail's id is but the first half of its envelopes' ids: lines of one mail have no word in common. */
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

export default opensmtpd;

function readQueue(line: Line): ParseResult {
  if (line.takeWord(RELAY)) return readQueueLog(line, false);
  if (line.takeWord(LOCAL)) return readQueueLog(line, true);
  return readOldSmtp(line) ?? (isNoise(line) ? 'ignored' : 'unknown');
}
