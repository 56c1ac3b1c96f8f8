/** Logs of a site that greylists: what postgrey says and what smtpd(8) answers, in every order and distance, doubled and lost. */
import { dice, textOf } from '../pipeline/properties/harness.ts';

const AT = Date.UTC(2026, 10, 21, 10);
const SENDERS = ['ann@example.net', 'Ann@Example.net', 'win@example.org', 'eve@example.com', ''];
const RECIPIENTS = ['bob@example.com', 'Bob@example.com', 'carol@example.com', 'dan@example.com'];

interface Line {
  at: number;
  text: string;
}

/** `clients`: how many there are; few of them meet again and again. */
export function greylistLog(seed: number, clients: number): string {
  const random = dice(seed);
  const of = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const lines: Line[] = [];
  let start = AT;
  for (let n = 0; n < 80; n++) {
    start += random() < 0.1 ? random() * 600_000 : random() * 4000;
    let at = start;
    const ip = `192.0.2.${1 + Math.floor(random() * clients)}`;
    const pid = 700 + (n % 50);
    const smtpd = `postfix/smtpd[${pid}]: `;
    const sender = of(SENDERS);
    const say = (text: string, most = 300): void => void lines.push({ at: (at += random() * most), text });
    const word = (to: string, action = 'greylist, reason=new'): void =>
      say(
        `postgrey[640]: action=${action}, client_name=h, client_address=${ip}, sender=${sender}, recipient=${to}`,
        random() < 0.1 ? 5000 : 300,
      );
    const refusal = (to: string, head = 'NOQUEUE'): void =>
      say(
        `${smtpd}${head}: reject: RCPT from h[${ip}]: 450 4.2.0 <${to}>: Recipient address rejected: Greylisted; from=<${sender}> to=<${to}> proto=ESMTP helo=<h>`,
        random() < 0.1 ? 6000 : 300,
      );
    say(`${smtpd}connect from h[${ip}]`);
    const tos = [...new Set(Array.from({ length: random() < 0.2 ? 3 : 1 }, () => of(RECIPIENTS)))];
    for (const to of tos) {
      if (random() < 0.9) word(to);
      if (random() < 0.06) word(to);
      if (random() < 0.95) refusal(to);
      if (random() < 0.04) refusal(to);
      if (random() < 0.04) word(to);
      if (random() < 0.03) word(of(RECIPIENTS));
    }
    const isTaken = random() < 0.3;
    if (isTaken) {
      const id = (0x3f1a20b77c + n * 16).toString(16).toUpperCase();
      const to = of(RECIPIENTS);
      if (random() < 0.2) word(to, 'pass, reason=triplet found');
      say(`${smtpd}${id}: client=h[${ip}]`);
      if (random() < 0.3) {
        if (random() < 0.7) word(of(RECIPIENTS));
        refusal(of(RECIPIENTS), id);
      }
      say(`postfix/cleanup[820]: ${id}: message-id=<m${n}@example.net>`);
      say(`postfix/qmgr[800]: ${id}: from=<${sender}>, size=620, nrcpt=1 (queue active)`);
      say(
        `postfix/local[822]: ${id}: to=<${to}>, relay=local, delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=sent (delivered to maildir)`,
      );
      say(`postfix/qmgr[800]: ${id}: removed`);
    }
    const rcpt = isTaken ? `1/${1 + tos.length}` : `0/${tos.length}`;
    if (random() < 0.95)
      say(`${smtpd}disconnect from h[${ip}] ehlo=1 mail=${random() < 0.9 ? 1 : 2} rcpt=${rcpt} quit=1 commands=5/6`);
  }
  const kept = lines.toSorted((a, b) => a.at - b.at).filter(() => random() > 0.005);
  return textOf(
    kept.map(({ at, text }) => `Nov 21 ${new Date(at).toISOString().slice(11, 19)} mx1 ${text}`),
  ).toString();
}
