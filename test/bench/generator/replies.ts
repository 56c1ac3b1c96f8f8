/**
 * What remote servers answer, in the words of the software and providers that are met most
 * (shapes of Postfix, Exim, Sendmail and Exchange replies and of large providers' help pages).
 */
import { BASE64, hex, type RemoteDomain } from './people.ts';
import type { Prng } from './prng.ts';

export interface Reply {
  dsn: string;
  text: string;
}

/** Taken. Ids are longer than ours, so that none of them can be taken for one of ours. */
export function accepted(prng: Prng, domain: RemoteDomain, time: number, messageId: string): Reply {
  const seconds = Math.floor(time / 1e6);
  switch (domain.flavour) {
    case 0:
      return {
        dsn: '2.6.0',
        text: `250 2.6.0 <${messageId}> [InternalId=${prng.between(1e12, 9e12)}, Hostname=${prng.text(BASE64, 10).toUpperCase()}.eurprd05.prod.${domain.name}] ${prng.between(4000, 90000)} bytes in 0.${prng.between(100, 999)}, ${prng.between(10, 900)}.${prng.int(999)} KB/sec Queued mail for delivery`,
      };
    case 2:
      return { dsn: '2.0.0', text: `250 2.0.0 OK  ${seconds} ${hex(prng, 16)}.${prng.int(999)} - gsmtp` };
    case 3:
      return {
        dsn: '2.0.0',
        text: `250 OK id=${prng.text(BASE64, 6)}-0000000${prng.text(BASE64, 4)}-${prng.text(BASE64, 4)}`,
      };
    case 4:
      return {
        dsn: '2.0.0',
        text: `250 2.0.0 6AL${prng.text(BASE64, 5)}${prng.between(100000, 999999)} Message accepted for delivery`,
      };
    default:
      return { dsn: '2.0.0', text: `250 2.0.0 Ok: queued as ${hex(prng, 13).toUpperCase()}` };
  }
}

/** Refused for good. */
export function refused(prng: Prng, domain: RemoteDomain, to: string, ip: string): Reply {
  const kinds: Reply[] = [
    {
      dsn: '5.1.1',
      text: `550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking the recipient's email address for typos or 550-5.1.1 unnecessary spaces. Learn more at 550 5.1.1 https://support.${domain.name}/mail/?p=NoSuchUser ${hex(prng, 16)}.${prng.int(999)} - gsmtp (in reply to RCPT TO command)`,
    },
    {
      dsn: '5.1.1',
      text: `550 5.1.1 <${to}>: Recipient address rejected: User unknown in virtual mailbox table (in reply to RCPT TO command)`,
    },
    {
      dsn: '5.5.0',
      text: `550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). [${prng.text(BASE64, 10).toUpperCase()}.eop-EUR05.prod.protection.${domain.name}] (in reply to RCPT TO command)`,
    },
    {
      dsn: '5.7.1',
      text: `554 5.7.1 Service unavailable; Client host [${ip}] blocked using zen.spamhaus.example; https://www.spamhaus.example/query/ip/${ip} (in reply to RCPT TO command)`,
    },
    { dsn: '5.2.2', text: `552 5.2.2 <${to}>: mailbox is full (in reply to end of DATA command)` },
    { dsn: '5.0.0', text: '550 Unrouteable address (in reply to RCPT TO command)' },
  ];
  return prng.pick(kinds);
}

/** Not now. */
export function delayed(prng: Prng, domain: RemoteDomain, to: string, ip: string): Reply {
  const kinds: Reply[] = [
    {
      dsn: '4.2.0',
      text: `450 4.2.0 <${to}>: Recipient address rejected: Greylisted, see http://postgrey.example/help/${domain.name}.html (in reply to RCPT TO command)`,
    },
    {
      dsn: '4.7.0',
      text: `421 4.7.0 [TSS04] Messages from ${ip} temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.${domain.name}/error-codes (in reply to MAIL FROM command)`,
    },
    {
      dsn: '4.7.500',
      text: `451 4.7.500 Server busy. Please try again later from [${ip}]. (S77719) [${prng.text(BASE64, 10).toUpperCase()}.prod.${domain.name}] (in reply to RCPT TO command)`,
    },
    {
      dsn: '4.2.2',
      text: `452 4.2.2 The email account that you tried to reach is over quota and inactive. ${hex(prng, 16)}.${prng.int(999)} - gsmtp (in reply to RCPT TO command)`,
    },
    { dsn: '4.3.0', text: '451 Temporary local problem - please try later (in reply to RCPT TO command)' },
  ];
  return prng.pick(kinds);
}
