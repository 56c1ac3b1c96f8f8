/**
 * Whether a mail is the automatic answer of a mailbox (vacation, out of office, "this address is no longer read"): the mail
 * that it answers has arrived, whatever its words are.
 * Source: RFC 3834 section 5 (Auto-Submitted); RFC 5230 section 4.5 (`Auto: ` before the subject, Sieve vacation); the fields that programs without it write: Microsoft MS-OXCMAIL 2.2.3.2.14
 *         (X-Auto-Response-Suppress), vacation(1) and Mailman (Precedence), cPanel and Plesk (X-Autorespond), Apple
 *         (X-Apple-Action), FirstClass (X-FC-MachineGenerated).
 */
import { type Fields, valueOf } from './fields.ts';

/** Fields that only an autoresponder writes. */
const FIELDS = [
  'x-autoreply',
  'x-autorespond',
  'x-autoresponder',
  'x-autoreply-from',
  'x-auto-reply',
  'x-mail-autoreply',
  'x-apple-unsubscribe',
  'x-fc-machinegenerated',
] as const;

/** What subjects of automatic answers say, in the words of the common programs. */
const SUBJECT =
  /^\W{0,3}(?:auto: |auto(?:matic|mated)?[- ]?(?:reply|response|respon[sd]er?|respons)\b|automatische (?:antwort|beantwoording)|automatisk svar|automaattinen vastaus|réponse automatique|respuesta automática|risposta automatica|resposta automática|automatyczna odpowied|automatická odpov|automatikus válasz|automaatvastus|automātiskā atbilde|автоматический ответ|автоответ|自動(?:応答|返信)|自动(?:回复|答复)|out of (?:the )?office|away (?:until|from)|on (?:vacation|holiday|leave)\b|abwesen|absence (?:du bureau|de)|fuori (?:sede|ufficio)|fuera de (?:la )?oficina|afwezig|poza biurem|frånvaro|fravær)|\((?:automatic (?:response|reply)|auto[- ]?reply)\)\s*$|^re:.{0,200}\bout of (?:the )?office\b|\bis out of the office\b|\bautomatiska atbilde\b/i;

const PRECEDENCE = /^\s*auto[_-]?reply/i;

/** True for an automatic answer. `subject` is decoded. The mail of a server is none: it is judged before this. */
export function isAutomaticAnswer(fields: Fields, subject: string | undefined): boolean {
  if (FIELDS.some((name) => fields.has(name))) return true;
  if (/^\s*auto-replied/i.test(valueOf(fields, 'auto-submitted') ?? '')) return true;
  if (PRECEDENCE.test(valueOf(fields, 'precedence') ?? '') || PRECEDENCE.test(valueOf(fields, 'x-precedence') ?? ''))
    return true;
  if (/^\s*vacation/i.test(valueOf(fields, 'x-apple-action') ?? '')) return true;
  return SUBJECT.test(subject ?? '');
}
