/**
 * policyd-spf (spf-engine, Python) and postfix-policyd-spf-perl: what they answered to a RCPT. It is a proposal; what came of
 * it stands in the server's lines.
 *
 * Source: spf-engine spf_engine/policyd_spf.py main(): `{queue id}: {action} {text}`, the id empty before the first
 * recipient was taken; postfix-policyd-spf-perl main loop: `Policy action={action}`, never with an id.
 *
 *   : prepend Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip=192.0.2.20; helo=…; envelope-from=…; receiver=…
 *   3F1A20B77C: 550 5.7.23 Message rejected due to: SPF fail - not authorized. Please see http://…
 *   Policy action=PREPEND Received-SPF: pass (…) receiver=mx; identity=mailfrom; envelope-from="a@b"; helo=h; client-ip=192.0.2.20
 */
import type { Frame } from '../../model/frame.ts';
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import type { VerdictAction } from '../../model/words.ts';
import { queueIdEnd } from '../milter-id.ts';
import { indexOf, indexOfByte, lastIndexOf, lit, readNumber, startsAt } from '../postfix/bytes.ts';
import { readPerl } from './perl.ts';

const SEMICOLON = 0x3b;
const NO_ID = lit(': ');
/** The words of each action, and what is proposed by it. */
const ACTIONS: readonly (readonly [Uint8Array, VerdictAction])[] = [
  [lit('prepend '), 'accepted'],
  [lit('550 '), 'rejected'],
  [lit('defer_if_permit '), 'tempfailed'],
  [lit('Header field not prepended: '), 'accepted'],
  [lit('result_only '), 'accepted'],
];
const RECEIVED = lit('Received-SPF: ');
const IDENTITY = lit(' identity=');
const CLIENT = lit('; client-ip=');
/** Behind it stands the client's own text. */
const HELO = lit('; helo=');
const SENDER = lit('; envelope-from=');
const RECEIVER = lit('; receiver=');
const WHY = lit('Why?s=mfrom;id=');
const WHY_IP = lit(';ip=');
const NOBODY = lit('<>');
const REFUSED = 550;
const POLICY = lit('Policy action=');

function parse(frame: Frame, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, body, end } = frame;
  if (startsAt(bytes, body, end, POLICY)) return readPerl(frame, body + POLICY.length, event, emit);
  const idEnd = queueIdEnd(bytes, body, end);
  const i = idEnd >= 0 ? idEnd + 2 : startsAt(bytes, body, end, NO_ID) ? body + 2 : body;
  const found = ACTIONS.find(([words]) => startsAt(bytes, i, end, words));
  if (found === undefined) {
    if (idEnd < 0) return 'ignored';
    event.reset('mention', frame);
  } else event.reset('verdict', frame);
  event.system = 'policyd-spf';
  if (idEnd >= 0) event.set(F.queueId, body, idEnd);
  if (found !== undefined) {
    const [words, action] = found;
    event.engine = 'policyd-spf';
    event.what = 'auth';
    event.stage = 'RCPT';
    event.action = action;
    if (action === 'rejected') event.code = readNumber(bytes, i, end) === REFUSED ? REFUSED : 0;
    readText(event, i + words.length, end);
  }
  emit(event);
  return 'event';
}

/** The result and the client of a header field; of a refusal, its words. */
function readText(event: LogEvent, a: number, end: number): void {
  const { bytes } = event.frame;
  const isHeader = startsAt(bytes, a, end, RECEIVED);
  const identity = isHeader ? indexOf(bytes, a, end, IDENTITY) : -1;
  event.set(F.reason, isHeader ? a + RECEIVED.length : a, identity < 0 ? end : identity);
  if (!isHeader) return readWhy(event, a, end);
  if (identity < 0) return;
  const helo = indexOf(bytes, identity, end, HELO);
  const client = indexOf(bytes, identity, helo < 0 ? end : helo, CLIENT);
  if (client < 0) return;
  const stop = indexOfByte(bytes, client + CLIENT.length, end, SEMICOLON);
  event.set(F.clientIp, client + CLIENT.length, stop < 0 ? end : stop);
  // behind it stand the client's HELO and the sender: a HELO that holds our words hides the sender, and its line ties to no mail
  const sender = helo < 0 ? -1 : indexOf(bytes, helo, end, SENDER);
  const last = sender < 0 ? -1 : lastIndexOf(bytes, sender, end, RECEIVER);
  if (last < 0) return;
  const from = sender + SENDER.length;
  if (last === from + NOBODY.length && startsAt(bytes, from, last, NOBODY)) event.set(F.sender, from, from);
  else if (last >= from) event.set(F.sender, from, last);
}

/** `… Why?s=mfrom;id=a@b;ip=192.0.2.21;r=…`: of a refused HELO the id is no sender. */
function readWhy(event: LogEvent, a: number, end: number): void {
  const { bytes } = event.frame;
  const why = indexOf(bytes, a, end, WHY);
  const ip = why < 0 ? -1 : lastIndexOf(bytes, why, end, WHY_IP);
  if (ip < why + WHY.length) return;
  event.set(F.sender, why + WHY.length, ip);
  const from = ip + WHY_IP.length;
  const stop = indexOfByte(bytes, from, end, SEMICOLON);
  event.set(F.clientIp, from, stop < 0 ? end : stop);
}

/** The second is the Perl one's own, in its source. */
const TAGS: ReadonlySet<string> = new Set(['policyd-spf', 'postfix/policy-spf']);

const policydSpf: LogFormat = {
  name: 'policyd-spf',
  title: 'policyd-spf (spf-engine, Perl)',
  docs: 'https://launchpad.net/spf-engine',
  versions: 'spf-engine 2.9 to 3.1, Perl 2.007 to 2.011',
  claims: (program) => TAGS.has(program),
  createContext: () => ({}),
  parse,
  // a proposal alone: what came of it the server's own lines tell
  besides: { signs: [], byQueueId: true, envelopes: ['policyd-spf', 'policy-spf'] },
  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const { program } of sample) if (TAGS.has(program)) ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default policydSpf;
