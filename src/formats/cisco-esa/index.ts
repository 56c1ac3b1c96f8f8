/**
 * Cisco Secure Email (ESA, IronPort; AsyncOS 3.8 to 15): text mail logs. README.md tells what is read.
 */
import type { Frame } from '../../model/frame.ts';
import { F, type LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { lit } from '../postfix/bytes.ts';
import { Context } from './context.ts';
import { readDeliveryStart, readFailure, readLdap, readMessageDone } from './delivery.ts';
import type { Line } from './line.ts';
import { readMid } from './mail.ts';
import { mentioned, readAborted, readFinished, readSpamQuarantine } from './quarantine.ts';
import { readConnect, readIcid, readRelay, readStart } from './receiving.ts';

/** What `framing/asyncos.ts` calls the program of the appliance's own files; the default name of the log subscription. */
const OWN = new Set(['asyncos', 'mail_logs']);
/** A subscription that is sent by syslog has the name that its administrator gave it: `splunk_maillogs`, `esa_mail_logs`. */
const NAMED = /mail_?logs?|ironport|(?:^|[^a-z])esa(?:[^a-z]|$)/i;

const MID = lit('MID ');
const ICID = lit('ICID ');
const NEW_ICID = lit('New SMTP ICID ');
const NEW_DCID = lit('New SMTP DCID ');
const START = lit('Start MID ');
const DELIVERY = lit('Delivery start DCID ');
const DONE = lit('Message done DCID ');
const FINISHED = lit('Message finished MID ');
const ABORTED = lit('Message aborted MID ');
const BOUNCED = lit('Bounced: DCID');
const DELAYED = lit('Delayed: DCID');
const DOUBLE = lit('Double bounce: ');
const LDAP = lit('LDAP: ');
const ISQ = lit('ISQ: ');
const EUQ = lit('EUQ: ');
const RPC = lit('RPC ');
const AUTH = lit('SMTP Auth: (ICID ');
/** Nothing about one mail. */
const NOISE = [
  'DCID',
  'Status: ',
  'Connection Error: ',
  'Begin Logfile',
  'End Logfile',
  'Version: ',
  'Time offset from UTC: ',
].map(lit);

const ciscoEsa: LogFormat<Context> = {
  name: 'cisco-esa',
  title: 'Cisco Secure Email (ESA) text mail logs',
  docs: 'https://www.cisco.com/c/en/us/support/docs/security/email-security-appliance/118232-technote-esa-00.html',
  versions: 'AsyncOS 3.8 to 15',

  claims(program: string): boolean {
    return OWN.has(program) || NAMED.test(program);
  },

  createContext(): Context {
    return new Context();
  },

  parse(frame: Frame, event: LogEvent, emit: Emit, context: Context): ParseResult {
    const { line } = context;
    return line.take(frame, event, emit) ? read(line, context) : 'unknown';
  },

  refusedSigns: ['Bounced: DCID', 'Delayed: DCID'],

  /** A delivery names its recipients by number: who they are is told by lines before it. */
  isContextual(): boolean {
    return true;
  },

  detect(sample: readonly Frame[]): number {
    if (sample.length === 0) return 0;
    let ours = 0;
    for (const frame of sample) if (ciscoEsa.claims(frame.program, frame)) ours++;
    return ours / sample.length;
  },
};

export default ciscoEsa;

function read(line: Line, context: Context): ParseResult {
  if (line.word(MID)) return readMid(line, context);
  if (line.word(ICID)) return readIcid(line, context);
  if (line.word(NEW_ICID)) return readConnect(line, context);
  if (line.word(NEW_DCID)) return readRelay(line, context);
  if (line.word(START)) return readStart(line, context);
  if (line.word(DELIVERY)) return readDeliveryStart(line);
  if (line.word(DONE)) return readMessageDone(line, context);
  if (line.word(FINISHED)) return readFinished(line, context);
  if (line.word(ABORTED)) return readAborted(line, context);
  if (line.word(BOUNCED)) return readFailure(line, context, true);
  if (line.word(DELAYED)) return readFailure(line, context, false);
  if (line.word(LDAP)) return readLdap(line);
  if (line.word(ISQ) || line.word(EUQ)) return readSpamQuarantine(line, context);
  if (line.word(RPC) || line.word(DOUBLE)) return mentioned(line);
  if (line.word(AUTH)) return readLogin(line);
  return NOISE.some((word) => line.word(word)) ? 'ignored' : 'unknown';
}

/** `SMTP Auth: (ICID 450) succeeded for user: ann using AUTH mechanism: PLAIN with profile: p` */
const LOGIN = /^\) (succeeded|failed) for user: (.*) using AUTH mechanism: /s;

function readLogin(line: Line): ParseResult {
  if (line.number() < 0) return 'unknown';
  const [, word, user = ''] = LOGIN.exec(line.rest()) ?? [];
  const event = line.start('session');
  event.set(F.sessionId, line.from, line.to);
  event.what = word === 'succeeded' ? 'auth' : word === 'failed' ? 'auth-failed' : 'other';
  if (user !== '') event.setText(F.user, user);
  return line.done();
}
