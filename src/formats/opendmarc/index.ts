/**
 * OpenDMARC: the policy's result by the server's queue id. A failure is logged alike whether it was rejected or let through.
 *
 * Source: OpenDMARC opendmarc/opendmarc.c mlfi_eom(): `QID: example.com fail`.
 */
import type { Frame } from '../../model/frame.ts';
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { indexOfByte, lit, startsAt } from '../postfix/bytes.ts';
import { queueIdEnd } from '../milter-id.ts';

const SPACE = 0x20;
const FAIL = lit('fail');
const OTHERS = ['pass', 'none'].map(lit);

function parse(frame: Frame, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, body, end } = frame;
  const idEnd = queueIdEnd(bytes, body, end);
  if (idEnd < 0) return 'ignored';
  const text = idEnd + 2;
  const space = indexOfByte(bytes, text, end, SPACE);
  // a domain and one word, no more
  const isResult = space > text && end - space === 5;
  const isFail = isResult && startsAt(bytes, space + 1, end, FAIL);
  const isTold = isFail || (isResult && OTHERS.some((word) => startsAt(bytes, space + 1, end, word)));
  // a line that tells no result is a verdict without an action: it belongs to the mail's chain
  event.reset('verdict', frame);
  event.system = 'opendmarc';
  event.set(F.queueId, body, idEnd);
  if (isTold) {
    event.engine = 'opendmarc';
    event.what = 'auth';
    if (!isFail) event.action = 'accepted';
    event.set(F.reason, text, end);
  }
  emit(event);
  return 'event';
}

const opendmarc: LogFormat = {
  name: 'opendmarc',
  title: 'OpenDMARC',
  docs: 'http://www.trusteddomain.org/opendmarc/opendmarc.conf.5.html',
  versions: '1.1 to 1.4',
  claims: (program) => program === 'opendmarc',
  createContext: () => ({}),
  parse,
  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const { program } of sample) if (program === 'opendmarc') ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default opendmarc;
