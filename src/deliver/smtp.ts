/**
 * A finished mail handed to an SMTP server. Port 465 begins with TLS, others change to it where the server can; with a
 * password it must, and its certificate must be valid. Without one TLS is taken as it comes, as servers do among each other.
 * Source: RFC 5321, RFC 8314 3.3 (port 465), RFC 7435 (opportunistic security).
 * Errors: UserError, with the server's answer; a recipient that is refused is an error too, even if others were taken.
 */
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { isIP } from 'node:net';
import { UserError } from '../errors.ts';
import { onOneLine } from '../util/trim.ts';
import type { SmtpServer } from './mail-address.ts';

interface SmtpLogin {
  readonly user: string;
  readonly password: string;
}

export interface SmtpRequest {
  readonly server: SmtpServer;
  readonly login?: SmtpLogin;
  readonly from: string;
  readonly to: readonly string[];
}

const CONNECT_MS = 30_000;
/** RFC 5321 4.5.3.2.6: a server may think for ten minutes about the end of the data. */
const ANSWER_MS = 600_000;
const IMPLICIT_TLS = 465;

const isLoopback = (host: string): boolean => host === 'localhost' || host.startsWith('127.') || host === '::1';

/** Resolves when the server has taken the mail for every recipient. */
export async function sendBySmtp(message: Buffer, { server, login, from, to }: SmtpRequest): Promise<void> {
  const { host, port } = server;
  const connection = new SMTPConnection({
    host,
    port,
    secure: port === IMPLICIT_TLS,
    requireTLS: login !== undefined && !isLoopback(host),
    // to oneself nothing is gained by it, and the certificate is often a made-up one
    ignoreTLS: isLoopback(host),
    tls: { rejectUnauthorized: login !== undefined, ...(isIP(host) === 0 ? { servername: host } : {}) },
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: ANSWER_MS,
  });
  const where = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  try {
    await talk(connection, message, login, { from, to: [...to] }, where);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError({ where, what: troubleOf(error), help: 'the report was not sent' });
  } finally {
    connection.close();
  }
}

async function talk(
  connection: SMTPConnection,
  message: Buffer,
  login: SmtpLogin | undefined,
  envelope: { from: string; to: string[] },
  where: string,
): Promise<void> {
  const broken = new Promise<never>((_resolve, reject) => {
    connection.on('error', reject);
    connection.on('end', () => reject(new Error('the connection was closed')));
  });
  const step = (act: (done: (error?: Error | null) => void) => void): Promise<void> =>
    Promise.race([
      broken,
      new Promise<void>((resolve, reject) => {
        act((error) => (error === undefined || error === null ? resolve() : reject(error)));
      }),
    ]);
  await step((done) => connection.connect(done));
  if (login !== undefined) {
    await step((done) => connection.login({ credentials: { user: login.user, pass: login.password } }, done));
  }
  let refused: readonly Error[] = [];
  await step((done) =>
    connection.send(envelope, message, (error, info) => {
      refused = info?.rejectedErrors ?? [];
      done(error);
    }),
  );
  connection.quit();
  if (refused.length === 0) return;
  throw new UserError({
    where,
    what: `refused for some recipients: ${refused.map(troubleOf).join('; ')}`,
    help: 'the others got the report',
  });
}

/** What the server said, else what the library says, on one line. */
function troubleOf(error: unknown): string {
  const { response, recipient, message } = error as { response?: unknown; recipient?: unknown; message?: unknown };
  const text = typeof response === 'string' && response !== '' ? response : String(message);
  const who = typeof recipient === 'string' ? `${recipient}: ` : '';
  return onOneLine(`${who}${text}`, ' ').slice(0, 500);
}
