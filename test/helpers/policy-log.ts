/** Logs of mails that policy services speak of by client, sender and recipient: the same pairs again and again, at one time. */
import { dice, type Logs, textOf } from '../pipeline/properties/harness.ts';

const CLIENTS = ['192.0.2.7', '198.51.100.9'];
const SENDERS = ['ann@example.net', 'win@example.org', 'Ann@Example.net', '"a b"@example.net', ''];
const RECIPIENTS = ['bob@example.com', 'carol@example.com'];
const AT = Date.UTC(2026, 10, 21, 10);

/** One attempt to hand in a mail; each of its lines some ms after the one before. */
function attempt(random: () => number, n: number, hasOthers: boolean): string[] {
  const of = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const ip = of(CLIENTS);
  const sender = of(SENDERS);
  const to = of(RECIPIENTS);
  const pid = 700 + (n % 40);
  const id = (0x3f1a20b77c + n * 16).toString(16).toUpperCase();
  const spf = `policyd-spf[830]: : prepend Received-SPF: ${of(['Pass', 'Softfail'])} (mailfrom) identity=mailfrom; client-ip=${ip}; helo=h; envelope-from=${sender === '' ? '<>' : sender}; receiver=example.com `;
  const isRefused = random() < 0.4;
  const grey = `postgrey[640]: action=${isRefused ? 'greylist, reason=new' : of(['pass, reason=triplet found', 'pass, reason=client AWL'])}, client_name=h, client_address=${ip}, sender=${sender}, recipient=${to}`;
  const from = `from=<${sender}> to=<${to}> proto=ESMTP helo=<h>`;
  const head = [
    `postfix/smtpd[${pid}]: connect from h[${ip}]`,
    ...(hasOthers && random() < 0.8 ? [spf] : []),
    ...(random() < 0.8 ? [grey] : []),
  ];
  if (isRefused && random() < 0.4) {
    // refused at the end of its data: Postfix names the last recipient alone
    const other = of(RECIPIENTS);
    const last = `to=<${other}> proto=ESMTP helo=<h>`;
    return [
      `postfix/smtpd[${pid}]: connect from h[${ip}]`,
      ...(hasOthers && random() < 0.5 ? [spf] : []),
      `postgrey[640]: action=pass, reason=triplet found, client_name=h, client_address=${ip}, sender=${sender}, recipient=${to}`,
      `postfix/smtpd[${pid}]: ${id}: client=h[${ip}]`,
      ...(other === to
        ? []
        : [
            `postgrey[640]: ${id}: action=pass, reason=triplet found, client_name=h, client_address=${ip}, sender=${sender}, recipient=${other}`,
          ]),
      `postfix/cleanup[820]: ${id}: message-id=<m${n}@example.net>`,
      `postfix/cleanup[820]: ${id}: milter-reject: END-OF-MESSAGE from h[${ip}]: 5.7.1 rejected by DMARC policy for example.net; from=<${sender}> ${last}`,
      `postfix/smtpd[${pid}]: disconnect from h[${ip}] ehlo=1 mail=1 rcpt=${other === to ? 1 : 2} data=0/1 quit=1 commands=5/6`,
    ];
  }
  if (isRefused)
    return [
      ...head,
      `postfix/smtpd[${pid}]: NOQUEUE: reject: RCPT from h[${ip}]: 450 4.2.0 <${to}>: Recipient address rejected: Greylisted; ${from}`,
      `postfix/smtpd[${pid}]: disconnect from h[${ip}] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4`,
    ];
  return [
    ...head,
    `postfix/smtpd[${pid}]: ${id}: client=h[${ip}]`,
    `postfix/cleanup[820]: ${id}: message-id=<m${n}@example.net>`,
    ...(hasOthers && random() < 0.3 ? [`clamav-milter[811]: Clean message from <${sender}> to <${to}>`] : []),
    `postfix/qmgr[800]: ${id}: from=<${sender}>, size=620, nrcpt=1 (queue active)`,
    `postfix/smtpd[${pid}]: disconnect from h[${ip}] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5`,
    `postfix/local[822]: ${id}: to=<${to}>, relay=local, delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=sent (delivered to maildir)`,
    `postfix/qmgr[800]: ${id}: removed`,
  ];
}

/** Attempts close together in time, with pauses; their lines interleaved. `hasOthers`: other services speak too, else postgrey alone. */
export function policyLog(seed: number, hasOthers = true): Logs {
  const random = dice(seed);
  const lines: { at: number; text: string }[] = [];
  let at = AT;
  for (let n = 0; n < 60; n++) {
    at += random() < 0.2 ? random() * 900_000 : random() * 6000;
    let now = at;
    for (const text of attempt(random, n, hasOthers)) lines.push({ at: (now += random() * 400), text });
  }
  const stamp = (ms: number): string => `Nov 21 ${new Date(ms).toISOString().slice(11, 19)} mx1 `;
  return { 'mail.log': textOf(lines.toSorted((a, b) => a.at - b.at).map((line) => stamp(line.at) + line.text)) };
}
