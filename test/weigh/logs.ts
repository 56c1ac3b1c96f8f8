/** Logs for the counting: many mails alike, and whatever damage. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../house/sources.ts';
import { linesOf, textOf } from '../pipeline/properties/harness.ts';

const SCENARIOS = join(root, 'fixtures', 'scenarios');

/** Each with a `mail.log`: its name and content. */
export const scenarios = readdirSync(SCENARIOS).flatMap((name) => {
  try {
    return [[name, readFileSync(join(SCENARIOS, name, 'mail.log'))] as const];
  } catch {
    return [];
  }
});

/** `count` mails and sessions for each of the log, line by line: other ids, processes, Message-IDs and addresses. */
export function copies(content: string | Buffer, count: number): Buffer {
  const out: string[] = [];
  for (const line of linesOf(content)) for (let i = 0; i < count; i++) out.push(i === 0 ? line : copied(line, i));
  return textOf(out);
}

function copied(line: string, i: number): string {
  return line
    .replaceAll(/\[(\d+)\](?=: )/g, (_, pid) => `[${Number(pid) + i * 40_000}]`)
    .replaceAll(/\b(?=[0-9A-F]*\d)[0-9A-F]{8,15}\b/g, (id) => {
      const head = (Number.parseInt(id.slice(0, 5), 16) + i * 7919) % 0x100000;
      return head.toString(16).padStart(5, '0').toUpperCase() + id.slice(5);
    })
    .replaceAll(/message-id=<([^>]*)>/g, (_, id) => `message-id=<${i}.${id}>`)
    .replaceAll(/[a-z0-9.+-]+@/g, (local) => `c${i}${local}`);
}

/** Some lines are lost, some come twice. */
export function damaged(content: string | Buffer, random: () => number, share: number): Buffer {
  return textOf(
    linesOf(content)
      .filter(() => random() >= share)
      .flatMap((line) => (random() < share / 5 ? [line, line] : [line])),
  );
}

/** Mails that were given up: by their session alone can be told what became of each. Six kinds of sessions, one a minute. */
export function abandonedLog(): Buffer {
  const ends = [
    ['lost connection after DATA from h[192.0.2.7]', ' ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4'],
    ['lost connection after RCPT from h[192.0.2.7]', ' ehlo=1 mail=1 rcpt=1 commands=3'],
    [undefined, ' ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5'],
    [undefined, ' ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5'],
    [undefined, ' ehlo=1 mail=1 rcpt=1 quit=1 commands=4'],
    [undefined, ''],
  ] as const;
  const lines: string[] = [];
  for (let n = 0; n < 240; n++) {
    const [lost, counters] = ends[n % ends.length] as (typeof ends)[number];
    const at = `Nov 21 ${String(8 + Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`;
    const head = `mx1 postfix/smtpd[${700 + (n % 7)}]: `;
    const id = (0x3f1a20b77c + n * 16).toString(16).toUpperCase();
    lines.push(`${at}:01 ${head}connect from h[192.0.2.7]`, `${at}:02 ${head}${id}: client=h[192.0.2.7]`);
    if (lost !== undefined) lines.push(`${at}:05 ${head}${lost}`);
    // the id comes again, or something is said of it after all
    if (n % 40 === 39) lines.push(`${at}:06 mx1 postfix/cleanup[820]: ${id}: message-id=<late${n}@example.net>`);
    lines.push(`${at}:07 ${head}disconnect from h[192.0.2.7]${counters}`);
  }
  return textOf(lines);
}
