/**
 * A report that somebody passed on in the text of a mail of their own -> that report as a mail.
 * Shape:  a ruler (`---------- Forwarded message ---------`, `Begin forwarded message:`, `-----Original Message-----`), then
 *         From, Date, Subject, To in the language of the program, an empty line, the text; in some programs each line
 *         behind `> `. Apple Mail, Gmail, Outlook, Thunderbird.
 * Errors: none; undefined where no report was passed on.
 */
import { type Fields, readBlock, valueOf } from './fields.ts';
import type { MailParts } from './parts.ts';
import { REPORTERS, SUBJECTS } from './wordings.ts';

const MOST_LINES = 3000;
/** Lines between the ruler and the first field. */
const MOST_GAP = 4;

/** From and Subject as mail programs write them above what they pass on. */
const NAMES: Readonly<Record<string, string>> = {
  from: 'from',
  von: 'from',
  de: 'from',
  da: 'from',
  van: 'from',
  från: 'from',
  fra: 'from',
  od: 'from',
  от: 'from',
  差出人: 'from',
  发件人: 'from',
  subject: 'subject',
  betreff: 'subject',
  objet: 'subject',
  asunto: 'subject',
  oggetto: 'subject',
  onderwerp: 'subject',
  ämne: 'subject',
  emne: 'subject',
  assunto: 'subject',
  temat: 'subject',
  тема: 'subject',
  件名: 'subject',
  主题: 'subject',
  date: 'date',
  sent: 'date',
  gesendet: 'date',
  datum: 'date',
  to: 'to',
  an: 'to',
  'message-id': 'message-id',
};

const RULER =
  /^\s{0,8}(?:-{2,}\s*(?:original message|forwarded (?:message|mail)(?: (?:from|follows).{0,80})?|weitergeleitete nachricht|ursprüngliche nachricht|message (?:transféré|d['’]origine)|mensaje (?:reenviado|original)|messaggio (?:inoltrato|originale)|mensagem (?:encaminhada|original)|doorgestuurd bericht|пересылаемое сообщение)\s*-*|begin forwarded message:|anfang der weitergeleiteten nachricht:?|début du message réexpédié\s*:?|_{10,})$/i;
const FIELD = /^\s{0,8}\*?([\p{L}-]{2,12})\s?[:：]\*?\s?(.{0,500})$/u;

const unquoted = (line: string): string => line.replace(/^\s{0,2}>\s?/, '');

/** The fields behind a ruler, by their English names; `next` is the line behind them. */
function fieldsAt(lines: readonly string[], from: number): { fields: Fields; next: number } | undefined {
  let i = from;
  while (i < lines.length && i < from + MOST_GAP && (lines[i] ?? '').trim() === '') i++;
  const block: string[] = [];
  for (; i < lines.length && block.length < 40; i++) {
    const line = lines[i] ?? '';
    const [, name = '', value = ''] = FIELD.exec(line) ?? [];
    const known = NAMES[name.toLowerCase()];
    if (known !== undefined) block.push(`${known}: ${value}`);
    else if (name === '' || line.trim() === '') break;
  }
  const { fields } = readBlock(block);
  return fields.has('from') || fields.has('subject') ? { fields, next: i } : undefined;
}

/** True if a mail server wrote it. */
function isReport(fields: Fields): boolean {
  return REPORTERS.test(valueOf(fields, 'from') ?? '') || SUBJECTS.test(valueOf(fields, 'subject') ?? '');
}

/** The report that stands in a mail's text. */
export function forwardedReport(text: string): MailParts | undefined {
  const lines = text.split(/\r\n|\r|\n/, MOST_LINES);
  for (const [i, line] of lines.entries()) {
    if (line.length > 200 || !RULER.test(unquoted(line).trimEnd())) continue;
    const behind = lines.slice(i + 1);
    const isQuoted = behind.slice(0, 12).filter((each) => each.trimStart().startsWith('>')).length >= 3;
    const plain = isQuoted ? behind.map(unquoted) : behind;
    const found = fieldsAt(plain, 0);
    if (found === undefined || !isReport(found.fields)) continue;
    return { fields: found.fields, text: plain.slice(found.next).join('\n'), parts: [], isCut: false };
  }
  return undefined;
}
