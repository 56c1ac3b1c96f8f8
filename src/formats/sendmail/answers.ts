/**
 * The answers that a server of a high log level writes as it gives them, and whose codes the line behind lacks.
 * Shape:  `6AML…: --- 550 5.7.0 <bob@x>... domain closed`, then `6AML…: <bob@x>... domain closed`
 * Source: sendmail err.c putoutmsg() (`--- %s%s%s`, LogLevel above 14; ` (hold)` and ` (held)` are for the bounce, not for the
 *         client), usrerr() (`%.900s`, without the codes, while LogUsrErrs is set: RCPT in srvrsmtp.c).
 * Errors: none. Memory: the last answers of 64 mails.
 */
import { F, type LogEvent } from '../../model/log-event.ts';
import { startsAt } from '../postfix/bytes.ts';
import type { Line } from './line.ts';

const DASHES = Buffer.from('--- ');
const SHAPE = /^--- ([45]\d\d) (?:([45]\.\d{1,3}\.\d{1,3}) )?(.{1,900})/s;
const NOT_TOLD = / \((?:hold|held)\)$/;
const MOST_MAILS = 64;
/** usrerr() cuts its line here */
const MOST_TEXT = 900;

interface Answer {
  readonly code: number;
  readonly dsn: string | undefined;
  readonly text: string;
}

/** What was answered last, by queue id. One per log stream. */
export class Answers {
  private readonly byId = new Map<string, Answer>();

  /** Takes note of the line if it is such an answer. */
  note(line: Line): void {
    const { bytes, a, b, idStart, idEnd, frame } = line;
    if (idEnd < 0 || !startsAt(bytes, a, b, DASHES)) return;
    const first = bytes[a + DASHES.length];
    if (first !== 0x34 && first !== 0x35) return;
    const told = frame.text(a, b);
    const [, code, dsn, text] = SHAPE.exec(told) ?? [];
    if (code === undefined || text === undefined || NOT_TOLD.test(told)) return;
    const id = frame.text(idStart, idEnd);
    this.byId.delete(id);
    this.byId.set(id, { code: Number(code), dsn, text });
    if (this.byId.size > MOST_MAILS) this.byId.delete(this.byId.keys().next().value ?? id);
  }

  /** Puts the codes into the event of the same answer, whose words are in [a, b) of `line`. True if they were known. */
  complete(line: Line, event: LogEvent): boolean {
    if (line.idEnd < 0 || this.byId.size === 0) return false;
    const answer = this.byId.get(line.frame.text(line.idStart, line.idEnd));
    if (answer === undefined || line.frame.text(line.a, Math.min(line.b, line.a + MOST_TEXT)) !== answer.text)
      return false;
    event.code = answer.code;
    if (answer.dsn !== undefined) event.setText(F.dsn, answer.dsn);
    return true;
  }
}
