/**
 * Addresses that a report is mailed to or from, as typed on the command line.
 * Shape:  `ops@example.com`, `<ops@example.com>`, several with commas; a bare local name (`root`) where the local server
 *         completes it. A domain of other letters is sent as IDNA; a local part is plain ASCII without quotes.
 * Source: RFC 5321 4.1.2 (dot-string, sizes of 4.5.3.1), RFC 5891 by way of the WHATWG URL host parser.
 * Errors: UsageError; nothing that could end a header or be taken for an option gets through.
 */
import { hostname } from 'node:os';
import { domainToASCII } from 'node:url';
import { UsageError } from '../errors.ts';

// what sendmail takes for a file, a program or a list begins otherwise (aliases(5))
const LOCAL = /^[A-Za-z0-9_+=][A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{0,63}$/;
const LOCAL_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}$/;
const DOMAIN = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** One address. `where` is the option. `isLocal`: a name without a domain will do. */
export function mailAddressOf(typed: string, where: string, isLocal: boolean): string {
  const bare = typed.trim().replace(/^<(.*)>$/, '$1');
  const at = bare.lastIndexOf('@');
  const local = at < 0 ? bare : bare.slice(0, at);
  const isLocalFine = LOCAL.test(local) && !local.includes('..') && !local.endsWith('.');
  if (at < 0) {
    const isName = LOCAL_NAME.test(local);
    if (isName && isLocal) return local;
    const what = isName ? `'${typed}' has no domain` : `'${typed}' is no address`;
    throw new UsageError({ where, what, help: 'give a whole address: ops@example.com' });
  }
  const domain = domainToASCII(bare.slice(at + 1));
  if (!isLocalFine || !DOMAIN.test(domain)) {
    throw new UsageError({ where, what: `'${typed}' is no address`, help: 'give an address like ops@example.com' });
  }
  return `${local}@${domain}`;
}

/** All of an option that may be given several times, each once. */
export function mailAddressesOf(typed: readonly string[], where: string, isLocal: boolean): string[] {
  const parts = typed.flatMap((text) => text.split(',')).filter((text) => text.trim() !== '');
  if (parts.length === 0) throw new UsageError({ where, what: 'needs an address' });
  return [...new Set(parts.map((part) => mailAddressOf(part, where, isLocal)))];
}

/** A server to hand mail to: `mail.example.com`, `mail.example.com:587`, `[2001:db8::1]:25`. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
}

const SERVER = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+|[0-9a-f:]+:[0-9a-f:]*))(?::(\d{1,5}))?$/i;

export function smtpServerOf(typed: string, where: string): SmtpServer {
  // `2001:db8::1` is an address and has no port
  const isBareIp6 = /^[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*$/i.test(typed.trim());
  const match = SERVER.exec(isBareIp6 ? `[${typed.trim()}]` : typed.trim());
  const host = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3] ?? 25);
  if (host === '' || host.startsWith('-') || port < 1 || port > 65_535) {
    throw new UsageError({
      where,
      what: `'${typed}' is no server`,
      help: 'give mail.example.com, or mail.example.com:587',
    });
  }
  return { host, port };
}

/** Who sends where nobody says: the user who runs it, at this machine. `mailName` is what /etc/mailname says, if it is there. */
export function usualSender(user: string, mailName: string | undefined): string {
  const name = user.replaceAll(/[^A-Za-z0-9._-]/g, '') || 'mailtrace';
  const host = (mailName ?? hostname()).trim().replaceAll(/[^A-Za-z0-9.-]/g, '') || 'localhost';
  return `${name}@${host}`;
}
