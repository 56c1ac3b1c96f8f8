/**
 * Lines that begin `MID 6 `: facts of the mail, what the engines say of it, and what is done with it.
 * Shapes: README.md. Texts from outside (subject, Message-ID, names of attachments) stand in quotes behind the daemon's own first
 *         words, which decide.
 */
import { F } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import type { VerdictAction } from '../../model/words.ts';
import { lit } from '../postfix/bytes.ts';
import { readAnother } from './another.ts';
import type { Context, Mail } from './context.ts';
import { readResponse } from './delivery.ts';
import type { Line } from './line.ts';
import { unquoted } from './python.ts';
import { readQuarantined, readStopped } from './quarantine.ts';
import { readEnvelope, setRecipients } from './receiving.ts';

const ICID = lit('ICID ');
const READY = lit('ready ');
const MESSAGE_ID = lit('Message-ID ');
const SUBJECT = lit('Subject ');
const RID = lit('RID ');
const ENGINE = lit('using engine: ');
const ANTIVIRUS = lit('antivirus ');
const AMP = lit('AMP file reputation verdict');
const OUTBREAK = lit('Outbreak Filters: verdict positive');
const SPF = lit('SPF: mailfrom identity ');
const DKIM = lit('DKIM: ');
const DMARC = lit('DMARC: Message from domain ');

/** Heads of lines that decide nothing: the mail's chain has them. */
const NOISE = [
  'matched ',
  'interim ',
  'queued for delivery',
  'attachment',
  'to RID ',
  'to [',
  'Outbreak Filters: ',
  'SPF: ',
  'DMARC: ',
  'DomainKeys: ',
  'SDR: ',
  'AMP ',
  'IncomingRelay',
  'masquerading ',
  'invalid bounce',
  'was too big (',
  'Could not convert character set',
  'Virus Threat Level',
  'quarantine "',
  'released ',
  'deleted from quarantine ',
  'could not be split',
  'Global unsubscribe ',
  'Custom Log Entry: ',
  'DLP ',
  'URL ',
  'CASE sent ',
  'From: <',
].map(lit);

/** `MID `, of which this is the rest. */
export function readMid(line: Line, context: Context): ParseResult {
  if (line.number() < 0) return 'unknown';
  const id = line.id();
  line.a++;
  if (line.word(ICID)) return readEnvelope(line, context, id);
  const mail = context.mail(id);
  return (
    readFacts(line, mail, id) ??
    readEngine(line, id) ??
    readQuarantined(line, id) ??
    readStopped(line, id) ??
    readAnother(line, context, id) ??
    readRest(line, id)
  );
}

function readFacts(line: Line, mail: Mail | undefined, id: string): ParseResult | undefined {
  if (line.word(RID)) return readResponse(line, mail, id);
  if (line.word(READY)) {
    const event = line.about('facts', id);
    event.size = line.number();
    event.active = event.size >= 0;
    if (mail !== undefined) {
      mail.isReady = true;
      setRecipients(event, mail);
    }
    return line.done();
  }
  if (line.word(MESSAGE_ID)) {
    const text = unquoted(line.rest()).trim();
    const event = line.about('facts', id);
    event.setText(F.messageId, text.startsWith('<') && text.endsWith('>') ? text.slice(1, -1) : text);
    return line.done();
  }
  if (line.word(SUBJECT)) {
    const text = unquoted(line.rest());
    line.about('facts', id).setText(F.subject, text);
    return line.done();
  }
  return undefined;
}

/** What CASE's words mean; of other engines (GRAYMAIL) a hit alone says nothing of what is done. */
const SPAM: Readonly<Record<string, VerdictAction>> = {
  'spam positive': 'tagged',
  'spam suspect': 'tagged',
  'spam negative': 'accepted',
};
/** `antivirus WORD ['NAME']` */
const VIRUS = /^(positive|negative|repaired|encrypted|unscannable)(?: (.*))?$/s;
/** first words of a result, as `SPF: mailfrom identity a@b Pass (v=spf1)`, `DKIM: pass signature verified (…)` tell it */
const CHECKED = /^(?:pass|permfail|tempfail|hardfail|fail|neutral)\b/i;

function readEngine(line: Line, id: string): ParseResult | undefined {
  if (line.word(ENGINE)) {
    const [, engine = '', text = ''] = /^(\w+) (.*)$/s.exec(line.rest()) ?? [];
    const action = engine === 'GRAYMAIL' ? undefined : SPAM[text];
    if (action === undefined) return line.mention(id);
    return judge(line, id, engine.toLowerCase(), action === 'tagged' ? 'spam' : 'clean', action, text);
  }
  if (line.word(ANTIVIRUS)) {
    const [, word = '', name = ''] = VIRUS.exec(line.rest()) ?? [];
    if (word === '') return undefined;
    const action = word === 'positive' ? 'tagged' : word === 'repaired' ? 'modified' : 'accepted';
    const what = word === 'negative' ? 'clean' : action === 'accepted' ? 'other' : 'virus';
    return judge(line, id, 'antivirus', what, action, name === '' ? word : unquoted(name));
  }
  if (line.word(AMP)) {
    const text = line.rest().replace(/^[ :]+/, '');
    return /^MALWARE|^MALICIOUS/i.test(text) ? judge(line, id, 'amp', 'virus', 'tagged', text) : line.mention(id);
  }
  if (line.word(OUTBREAK)) return judge(line, id, 'outbreak', 'other', 'tagged', 'verdict positive');
  if (line.word(SPF)) return judge(line, id, 'spf', 'auth', '', line.rest());
  if (line.word(DMARC)) return judge(line, id, 'dmarc', 'auth', '', line.rest());
  if (!line.word(DKIM)) return undefined;
  const text = line.rest();
  return CHECKED.test(text) ? judge(line, id, 'dkim', 'auth', '', text) : line.mention(id);
}

function judge(
  line: Line,
  id: string,
  engine: string,
  what: string,
  action: VerdictAction | '',
  reason: string,
): ParseResult {
  const event = line.about('verdict', id);
  event.engine = engine;
  event.what = what;
  event.action = action;
  event.setText(F.reason, reason);
  return line.done();
}

function readRest(line: Line, id: string): ParseResult {
  line.mention(id);
  return NOISE.some((word) => line.word(word)) ? 'event' : 'unknown';
}
