/**
 * Lines without end, of which each kind makes one thing grow: written to standard output as fast as it is read, and nowhere kept.
 *
 *     tsx test/bench/endless.ts KIND COUNT | mailtrace …
 *
 * Deterministic: line n is told by n alone. Postfix's lines, with stamps that name the zone.
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const BEGIN = Date.UTC(2026, 10, 20);
const CHUNK = 1 << 18;

/** Stamp of the second; RFC 3339. */
function stamps(): (ms: number) => string {
  let last = Number.NaN;
  let text = '';
  return (ms) => {
    const second = Math.floor(ms / 1000) * 1000;
    if (second !== last) text = new Date((last = second)).toISOString().replace('.000Z', '+00:00');
    return text;
  };
}

const at = stamps();

/** In the form of long queue ids (seconds, microseconds, `z`, inode), of no time that means anything: letters told by n. */
const ID = 'BCDFGHJKLMNPQRSTVWXYZ';

function idOf(n: number): string {
  let text = '';
  for (let rest = n, i = 0; i < 10; i++, rest = Math.floor(rest / ID.length))
    text = (ID[rest % ID.length] ?? '') + text;
  return `4Z${text.slice(0, 8)}zB${text.slice(8)}`;
}

export interface Endless {
  /** what there are COUNT of */
  readonly unit: string;
  /** at this size nothing may be left out of the figures: what the project promises */
  readonly full: number;
  /** the lines of one of them */
  lines(n: number): string;
}

const head = (ms: number, program: string, pid: number): string => `${at(ms)} mx1 postfix/${program}[${pid}]: `;

/** A whole mail to one recipient, as a relay logs it: seven lines, about 1 kB. */
function mail(n: number, ms: number, recipient: string): string {
  const id = idOf(n);
  const pid = 1000 + (n % 50);
  const client = `client${n % 5000}.example.net[192.0.2.${n % 250}]`;
  return (
    `${head(ms, 'smtpd', pid)}connect from ${client}\n` +
    `${head(ms, 'smtpd', pid)}${id}: client=${client}\n` +
    `${head(ms, 'cleanup', 900)}${id}: message-id=<${n}.${id}@example.net>\n` +
    `${head(ms, 'qmgr', 800)}${id}: from=<sender${n % 3000}@example.net>, size=${2000 + (n % 9000)}, nrcpt=1 (queue active)\n` +
    `${head(ms, 'smtp', 700)}${id}: to=<${recipient}>, relay=mx.example.com[198.51.100.7]:25, delay=0.9, delays=0.1/0/0.3/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as ${idOf(n + 7_000_000_000)})\n` +
    `${head(ms, 'qmgr', 800)}${id}: removed\n` +
    `${head(ms, 'smtpd', pid)}disconnect from ${client} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5\n`
  );
}

export const ENDLESS: Readonly<Record<string, Endless>> = {
  /** 100 mails a second: 8.6 million a day */
  mails: {
    unit: 'mails',
    full: 11_000_000,
    lines: (n) => mail(n, BEGIN + n * 10, `user${n % 20_000}@example.com`),
  },
  unfinished: {
    unit: 'queue ids that never finish',
    full: 50_000_000,
    lines: (n) =>
      `${head(BEGIN + n * 2, 'qmgr', 800)}${idOf(n)}: from=<sender${n % 3000}@example.net>, size=2000, nrcpt=1 (queue active)\n`,
  },
  addresses: {
    unit: 'different addresses, one a mail',
    full: 100_000_000,
    lines: (n) => {
      const id = idOf(n);
      const ms = BEGIN + n * 2;
      return (
        `${head(ms, 'qmgr', 800)}${id}: from=<s${n}@sender${n}.example.net>, size=2000, nrcpt=1 (queue active)\n` +
        `${head(ms, 'smtp', 700)}${id}: to=<r${n}@domain${n}.example.com>, relay=mx${n}.example.com[198.51.100.7]:25, delay=0.9, delays=0.1/0/0.3/0.5, dsn=5.1.1, status=bounced (host mx${n}.example.com[198.51.100.7] said: 550 5.1.1 no such user r${n} (in reply to RCPT TO command))\n` +
        `${head(ms, 'qmgr', 800)}${id}: removed\n`
      );
    },
  },
  recipients: {
    unit: 'recipients of one mail',
    full: 200_000,
    lines: (n) => {
      const ms = BEGIN + n;
      const begin =
        n === 0
          ? `${head(ms, 'cleanup', 900)}4fONEz: message-id=<one@example.net>\n${head(ms, 'qmgr', 800)}4fONEz: from=<list@example.net>, size=2000, nrcpt=200000 (queue active)\n`
          : '';
      return `${begin}${head(ms, 'smtp', 700)}4fONEz: to=<member${n}@example.com>, relay=mx.example.com[198.51.100.7]:25, delay=0.9, delays=0.1/0/0.3/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as ${idOf(n)})\n`;
    },
  },
  /** 2 million a minute */
  rejects: {
    unit: 'refusals, 2 million a minute',
    full: 40_000_000,
    lines: (n) =>
      `${head(BEGIN + n * 0.03, 'smtpd', 1000 + (n % 500))}NOQUEUE: reject: RCPT from bot${n % 100_000}.example.org[203.0.113.${n % 250}]: 554 5.7.1 Service unavailable; Client host blocked using zen.example.org; from=<spam${n}@example.org> to=<user${n % 20_000}@example.com> proto=ESMTP helo=<bot${n}>\n`,
  },
  sessions: {
    unit: 'connections that are never closed',
    full: 20_000_000,
    lines: (n) => `${head(BEGIN + n * 2, 'smtpd', n)}connect from unknown[203.0.113.${n % 250}]\n`,
  },
  session: {
    unit: 'refusals in one session',
    full: 5_000_000,
    lines: (n) =>
      `${head(BEGIN + n, 'smtpd', 1)}NOQUEUE: reject: RCPT from bot.example.org[203.0.113.1]: 554 5.7.1 Service unavailable; Client host blocked; from=<spam${n}@example.org> to=<user${n}@example.com> proto=ESMTP helo=<bot>\n`,
  },
  hosts: {
    unit: 'different hosts',
    full: 5_000_000,
    lines: (n) =>
      `${at(BEGIN + n)} mx${n} postfix/qmgr[1]: ${idOf(n)}: from=<sender${n % 3000}@example.net>, size=2000, nrcpt=1 (queue active)\n`,
  },
  retries: {
    unit: 'greylisted first attempts, each of another sender',
    full: 20_000_000,
    lines: (n) =>
      `${head(BEGIN + n * 2, 'smtpd', 1000 + (n % 500))}NOQUEUE: reject: RCPT from bot.example.org[203.0.113.${n % 250}]: 450 4.2.0 <user${n % 20_000}@example.com>: Recipient address rejected: Greylisted; from=<spam${n}@example.org> to=<user${n % 20_000}@example.com> proto=ESMTP helo=<bot${n}>\n`,
  },
};

/** Writes until the reader has gone. */
async function main([kind = '', count = '']: readonly string[]): Promise<void> {
  const endless = ENDLESS[kind];
  if (endless === undefined) throw new Error(`KIND is one of ${Object.keys(ENDLESS).join(', ')}`);
  process.stdout.on('error', () => process.exit(0));
  const end = Number(count);
  let text = '';
  for (let n = 0; n < end; n++) {
    text += endless.lines(n);
    if (text.length <= CHUNK && n < end - 1) continue;
    if (!process.stdout.write(text, 'latin1')) await once(process.stdout, 'drain');
    text = '';
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
