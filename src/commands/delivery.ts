/**
 * A finished report handed over: written to a file, mailed, or printed.
 * Errors: UserError where it could not be handed over.
 */
import { writeWhole } from '../deliver/whole-file.ts';
import type { Io } from '../io.ts';
import { reportHtml } from '../render/report/html.ts';
import { reportSubject } from '../render/report/subject.ts';
import { reportText } from '../render/report/text.ts';
import type { Screen } from '../render/screen.ts';
import type { ReportDocument } from '../report/document.ts';
import type { DeliveryOptions, MailOptions } from './delivery-options.ts';

/** `print` gives the report in the form asked for. False: the reader of standard output has gone. */
export async function deliver(
  document: ReportDocument,
  { output, mail, quietIfEmpty }: DeliveryOptions,
  print: () => string,
  screen: Screen,
  io: Io,
): Promise<boolean> {
  if (document.empty && quietIfEmpty) return true;
  if (output !== undefined && output !== '-') writeWhole(output, print());
  if (mail !== undefined) await send(document, mail, screen, io);
  if (output === '-' || (output === undefined && mail === undefined)) {
    io.stdout.write(print());
    await io.stdout.flush();
    return !io.stdout.closed;
  }
  return true;
}

async function send(document: ReportDocument, mail: MailOptions, screen: Screen, io: Io): Promise<void> {
  const { mailMessage } = await import('../deliver/mail-message.ts');
  const { clock, now } = screen;
  const { from, to, smtp, login } = mail;
  const parts = {
    from,
    to,
    subject: reportSubject(document, clock),
    text: reportText(document, { clock, tty: true }),
    html: reportHtml(document, { clock, now }),
    date: new Date(now),
  };
  if (smtp === undefined) {
    const { sendBySendmail } = await import('../deliver/sendmail.ts');
    await sendBySendmail(await mailMessage(parts, 'LF'), { to, ...(mail.isFromGiven ? { from } : {}) }, io.env);
    return;
  }
  const { sendBySmtp } = await import('../deliver/smtp.ts');
  const message = await mailMessage(parts, 'CRLF');
  await sendBySmtp(message, { server: smtp, from, to, ...(login === undefined ? {} : { login }) });
}
