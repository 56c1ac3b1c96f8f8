/**
 * The least framing that tests of formats need: stamp, host, tag, pid, body. The real one is src/framing.
 */
import { Framer } from '../../src/framing/framer.ts';
import { Frame } from '../../src/model/frame.ts';

/** `Nov 21 09:15:02 mx1 postfix/smtpd[812]: body`, also with an ISO stamp, also RFC 5424 with its `<PRI>1`. */
const SYSLOG =
  /^(?:(?:\d{4} )?[A-Z][a-z]{2} [ \d]\d [\d:.]{8,15}|\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?) (\S+) ([^\s[:]+)(?:\[(\d+)\])?: ?/;
const RFC5424 = /^<\d+>1 (\S+) (\S+) (\S+) (\S+) \S+ (?:-|\[.*?\]) ?(?:\uFEFF)?/;
/** Exim's own log: no host, no program */
const EXIM = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?(?: \[(\d+)\])? /;

/** Rspamd's own file */
const RSPAMD = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? (?:\[\w+\] )?#(\d+)\(\w+\) /;

/** multilog and tai64nlocal: no host, and a program of the framing's */
const MULTILOG = /^(?:@[0-9a-f]{24}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9}) /;
/** splogger's stamp behind its tag */
const SPLOGGER = /^\d{5,12}\.\d{6}[ +]/;

/** A row of an export behind the line of its header, as the real framing gives it. */
function frameRow(bytes: Buffer, behindHeader: number, frame: Frame): Frame {
  const framer = new Framer({ zone: 'UTC', bound: Date.UTC(2026, 11, 1) });
  framer.frame(bytes, 0, behindHeader - 1, frame);
  framer.frame(bytes, behindHeader, bytes.length, frame);
  return frame;
}

/** Fills a frame from one line of text; a row of an export stands behind its header; a line of no known wrapping is all body, framing 'none'. */
export function frameLine(text: string | Buffer, frame = new Frame()): Frame {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const head = bytes.toString('latin1');
  if (/^(?:#Fields: )?[\w -]+,[\w ,-]+\n/.test(head)) return frameRow(bytes, head.indexOf('\n') + 1, frame);
  frame.bytes = bytes;
  frame.body = 0;
  frame.end = bytes.length;
  frame.length = bytes.length;
  frame.host = undefined;
  frame.program = '';
  frame.pid = -1;
  frame.framing = 'none';
  if (head.startsWith('{"type":')) {
    // a record of KumoMTA is a line of its own
    frame.framing = 'journald';
    frame.program = 'kumomta';
    return frame;
  }
  let match = RFC5424.exec(head);
  if (match) {
    const [all, , host = '', program = '', pid = ''] = match;
    return place(frame, 'rfc5424', all.length, host, program, pid);
  }
  match = RSPAMD.exec(head);
  if (match) {
    place(frame, 'exim', match[0].length, '', 'rspamd', match[1] ?? '');
    frame.host = undefined;
    return frame;
  }
  match = MULTILOG.exec(head);
  if (match) {
    place(frame, 'multilog', match[0].length, '', 'multilog', '');
    frame.host = undefined;
    return frame;
  }
  match = EXIM.exec(head);
  if (match) {
    frame.framing = 'exim';
    frame.body = match[0].length;
    frame.pid = match[1] === undefined ? -1 : Number(match[1]);
    return frame;
  }
  match = SYSLOG.exec(head);
  if (match) {
    const [all, host = '', program = '', pid = ''] = match;
    const inside = program.startsWith('qmail') ? SPLOGGER.exec(head.slice(all.length)) : null;
    const stamp = inside === null ? 0 : inside[0].length - (inside[0].endsWith('+') ? 1 : 0);
    return place(frame, 'syslog', all.length + stamp, host, program, pid);
  }
  return frame;
}

function place(
  frame: Frame,
  framing: Frame['framing'],
  body: number,
  host: string,
  program: string,
  pid: string,
): Frame {
  frame.framing = framing;
  frame.body = body;
  frame.host = host;
  frame.program = program;
  frame.pid = /^\d+$/.test(pid) ? Number(pid) : -1;
  return frame;
}
