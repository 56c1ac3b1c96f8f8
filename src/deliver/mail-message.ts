/**
 * A report as a finished mail: text and HTML, ready for a server.
 * Source: RFC 5322 (headers), RFC 2046 5.1.4 (multipart/alternative, the plainest first), RFC 3834 5 (Auto-Submitted: no
 *         auto-reply answers it).
 * Loaded only with --mail-to.
 */
import { randomBytes } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { visible } from '../util/visible.ts';

export interface ReportMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly date: Date;
}

const LONGEST_SUBJECT = 200;

/** The whole message. `lineEnd`: LF for a program that takes it as a file, CRLF for SMTP. */
export async function mailMessage(mail: ReportMail, lineEnd: 'LF' | 'CRLF'): Promise<Buffer> {
  const { from, to, text, html, date } = mail;
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const composer = new MailComposer({
    from: { name: 'mailtrace', address: from },
    to: to.map((address) => ({ name: '', address })),
    // a line end would begin another header
    subject: visible(mail.subject).slice(0, LONGEST_SUBJECT),
    date,
    messageId: `<mailtrace.${date.getTime()}.${randomBytes(8).toString('hex')}@${domain}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    text,
    // its lines are longer than a server must take (RFC 5321 4.5.3.1.6)
    html: { content: html, contentTransferEncoding: 'quoted-printable' },
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: lineEnd === 'LF' ? 'linux' : 'win',
  });
  return composer.compile().build();
}
