/**
 * OpenDKIM: what it found or signed, by the server's queue id. It is a fact; what came of it stands in the server's lines.
 *
 * Source: OpenDKIM opendkim/opendkim.c mlfi_eoh(), mlfi_eom(), dkimf_sigreport().
 *
 *   3F1A20B77C: DKIM-Signature field added (s=s1, d=example.net)
 *   3F1A20B77C: DKIM verification successful
 */
import type { Frame } from '../../model/frame.ts';
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { lit, startsAt } from '../postfix/bytes.ts';
import { queueIdEnd } from '../milter-id.ts';

const GOOD = ['DKIM-Signature field added', 'DKIM verification successful'].map(lit);
const BAD = ['bad signature data', 'no signature data', 'key revoked', 'key retrieval failed', 'blocked by '].map(lit);

function parse(frame: Frame, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, body, end } = frame;
  const idEnd = queueIdEnd(bytes, body, end);
  if (idEnd < 0) return 'ignored';
  const text = idEnd + 2;
  const isGood = GOOD.some((word) => startsAt(bytes, text, end, word));
  const isTold = isGood || BAD.some((word) => startsAt(bytes, text, end, word));
  // a line that tells no result is a verdict without an action: it belongs to the mail's chain
  event.reset('verdict', frame);
  event.system = 'opendkim';
  event.set(F.queueId, body, idEnd);
  if (isTold) {
    event.engine = 'opendkim';
    event.what = 'auth';
    if (isGood) event.action = 'accepted';
    event.set(F.reason, text, end);
  }
  emit(event);
  return 'event';
}

const opendkim: LogFormat = {
  name: 'opendkim',
  title: 'OpenDKIM',
  docs: 'http://www.opendkim.org/opendkim.conf.5.html',
  versions: '2.0 to 2.11',
  claims: (program) => program === 'opendkim',
  createContext: () => ({}),
  parse,
  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const { program } of sample) if (program === 'opendkim') ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default opendkim;
