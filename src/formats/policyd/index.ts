/**
 * Policy services that Postfix asks at RCPT: policyd v2 (cluebringer), policyd v1, postfwd. They name client, sender and
 * recipient, and no queue id.
 *
 * Source: cluebringer cbp/modules/Greylisting.pm, Quotas.pm, AccessControl.pm (`maillog`); policyd v1 logging.html; postfwd
 * sbin/postfwd3 (`[RULES]`).
 */
import type { Frame } from '../../model/frame.ts';
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { indexOf, lit, startsAt } from '../postfix/bytes.ts';
import { queueIdEnd } from '../milter-id.ts';
import { readModule } from './cluebringer.ts';
import { readPostfwd } from './postfwd.ts';

const MODULE = lit('module=');
const GREYLIST = lit('greylist=');
const RULES = lit('[RULES] ');

const TAG = /^(?:cbpolicyd|policyd|postfwd\d?(?:\/.*)?)$/;

function parse(frame: Frame, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, body, end } = frame;
  let text = body;
  const idEnd = queueIdEnd(bytes, body, end);
  if (idEnd > 0) text = idEnd + 2;
  event.reset('verdict', frame);
  event.system = 'policyd';
  event.what = 'policy';
  event.stage = 'RCPT';
  if (idEnd > 0) event.set(F.queueId, body, idEnd);
  let isRead = false;
  if (startsAt(bytes, text, end, MODULE)) isRead = readModule(event, text, end);
  else if (startsAt(bytes, text, end, RULES)) isRead = readPostfwd(event, text + RULES.length, end);
  else {
    const greylist = indexOf(bytes, text, Math.min(end, text + 40), GREYLIST);
    if (greylist >= 0) isRead = readModule(event, greylist, end);
  }
  if (!isRead) return 'ignored';
  emit(event);
  return 'event';
}

const policyd: LogFormat = {
  name: 'policyd',
  title: 'policy services of Postfix: policyd (cluebringer), postfwd',
  docs: 'https://www.postfix.org/SMTPD_POLICY_README.html',
  versions: 'cluebringer 2.0 to 2.1, policyd 1.8, postfwd 1 to 3',
  claims: (program) => TAG.test(program),
  createContext: () => ({}),
  parse,
  // a proposal alone: what came of it the server's own lines tell
  besides: { signs: [], byQueueId: true, envelopes: ['policyd[', 'policyd: ', 'postfwd'] },
  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const frame of sample) if (policyd.claims(frame.program, frame)) ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default policyd;
