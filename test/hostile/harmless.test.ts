/**
 * Hostile text in a log, in the name of a file, in an argument: through every command and format to a terminal and to a
 * pipe. Nothing of it is obeyed, hidden, or taken for a formula; raw lines in a pipe are byte for byte those of the file.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { main } from '../../src/commands/main.ts';
import { COMMANDS } from '../../src/commands/registry.ts';
import { temporaryFolder } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';
import { hostileText } from '../render/messages.ts';
import { DANGEROUS, plain } from '../render/screens.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** What no line may hold: the line's own end. */
const oneLine = hostileText.map((text) => text.replaceAll(/[\n\r\0]/gu, ' '));

/** A log of Postfix and one of Exim with the text in each field that a stranger fills in. */
function logsWith(text: string): Record<string, string> {
  const smtpd = 'Nov 21 09:15:02 mx postfix/smtpd[7]: ';
  const bare = text.replaceAll(/[<>"[\]() ,;]/gu, '');
  const quoted = text.replaceAll(/["\\]/gu, String.raw`\$&`);
  const postfix = [
    `${smtpd}connect from a${bare}.example[192.0.2.7]`,
    `${smtpd}NOQUEUE: reject: RCPT from a.example[192.0.2.7]: 554 5.7.1 <"${quoted}"@b.example>: ${text}; from=<${bare}@c.example> to=<"${quoted}"@b.example> proto=ESMTP helo=<${text}>`,
    `${smtpd}3F1A20B77C: client=a.example[192.0.2.7], sasl_method=PLAIN, sasl_username=u${text}`,
    `Nov 21 09:15:02 mx postfix/cleanup[8]: 3F1A20B77C: warning: header Subject: ${text} from a.example[192.0.2.7]; from=<x@c.example> to=<y@b.example> proto=ESMTP helo=<${text}>: ${text}`,
    `Nov 21 09:15:02 mx postfix/cleanup[8]: 3F1A20B77C: message-id=<${text}>`,
    `Nov 21 09:15:02 mx postfix/qmgr[9]: 3F1A20B77C: from=<"${quoted}"@c.example>, size=9, nrcpt=2 (queue active)`,
    `Nov 21 09:15:03 mx postfix/smtp[10]: 3F1A20B77C: to=<y@b.example>, relay=${bare}.example[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=5.1.1, status=bounced (host b[192.0.2.9] said: 550 5.1.1 ${text} (in reply to RCPT TO command))`,
    `Nov 21 09:15:03 mx postfix/smtp[10]: 3F1A20B77C: to=<"${quoted}"@b.example>, relay=b.example[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ${text})`,
    `Nov 21 09:15:03 mx postfix/qmgr[9]: 3F1A20B77C: removed`,
    `Nov 21 09:15:04 mx ${bare}[9]: ${text}`,
    `${smtpd}warning: ${text}`,
  ];
  const exim = [
    `2026-11-21 09:15:02 1xUhBW-000CXd-DU <= ${bare}@c.example H=(${text}) [192.0.2.7] P=esmtpa A=plain:${text} S=9 id=${bare}@c.example T="${quoted}" from <${bare}@c.example> for y@b.example`,
    `2026-11-21 09:15:03 1xUhBW-000CXd-DU ** y@b.example R=r T=t H=b.example [192.0.2.9]: SMTP error from remote mail server after RCPT TO:<y@b.example>: 550 ${text}`,
    '2026-11-21 09:15:03 1xUhBW-000CXd-DU Completed',
    `2026-11-21 09:15:04 H=(${text}) [192.0.2.7] F=<"${quoted}"@c.example> rejected RCPT <"${quoted}"@b.example>: ${text}`,
  ];
  return { 'mail.log': `${postfix.join('\n')}\n`, mainlog: `${exim.join('\n')}\n` };
}

/** Runs mailtrace there: on a terminal, or with both streams in pipes. */
async function go(args: readonly string[], isTerminal: boolean, cwd: string): Promise<{ out: Buffer; err: string }> {
  const io = fakeIo({
    cwd,
    stdoutIsTty: isTerminal,
    stderrIsTty: isTerminal,
    columns: 80,
    env: {},
    now: () => Date.UTC(2026, 10, 21, 12),
  });
  await main(args, io);
  return { out: io.stdout.bytes, err: io.stderr.text };
}

let next = 0;
function own(logs: Record<string, string>): string {
  const path = join(folder.path, `${next++}`);
  mkdirSync(path);
  for (const [name, text] of Object.entries(logs)) writeFileSync(join(path, name), text);
  return path;
}

/** What may be shown of the log, by commands that read it. */
const READERS: readonly (readonly string[])[] = [
  ['search'],
  ['search', '--sender', 'c.example'],
  ['search', '--raw'],
  ['search', '--sessions', '--ip', '192.0.2.7'],
  ['search', '--group-by', 'sender'],
  ['search', '--group-by', 'reason', '--format', 'csv'],
  ['search', '--recipient', 'nobody@nowhere.example'],
  ['search', '--wide'],
  ...['csv', 'json', 'ndjson', 'raw'].map((format) => ['search', '--format', format]),
  ['show', '3F1A20B77C'],
  ['show', '1xUhBW-000CXd-DU', '--ticket'],
  ...['bounces', 'rejects', 'deferred', 'quarantine', 'traffic', 'delays', 'auth'].flatMap((kind) =>
    ['text', 'markdown', 'html', 'csv', 'json'].map((format) => ['report', kind, '--format', format]),
  ),
  ['doctor'],
  ['explain', '-'],
];

/** Formats that a program reads: exact where no terminal stands behind them. */
const isExact = (args: readonly string[]): boolean =>
  args.some((word) => ['csv', 'json', 'ndjson', 'raw', 'html', '--raw'].includes(word));

const safe = (text: string, what: readonly string[]): void => {
  const found = DANGEROUS.exec(plain(text));
  expect(
    found === null ? '' : JSON.stringify(text.slice(Math.max(0, found.index - 60), found.index + 20)),
    what.join(' '),
  ).toBe('');
};

/** A cell of a CSV line that a spreadsheet would calculate. */
const FORMULA = /(?:^|,)"?[=+\-@\t\r](?!\d+(?:\.\d+)?(?:"?,|"?$))/mu;

describe('text of a log', () => {
  test('is shown, and never obeyed, by every command and format', async () => {
    await fc.assert(
      fc.asyncProperty(oneLine, async (text) => {
        const logs = logsWith(text);
        const cwd = own(logs);
        for (const reader of READERS) {
          const args = [...reader, ...(reader[0] === 'explain' ? [] : Object.keys(logs))];
          const screen = await go(args, true, cwd);
          safe(screen.out.toString(), ['terminal', ...args]);
          safe(screen.err, ['terminal, stderr', ...args]);
          const pipe = await go(args, false, cwd);
          safe(pipe.err, ['pipe, stderr', ...args]);
          if (!isExact(args)) safe(pipe.out.toString(), ['pipe', ...args]);
          if (args.includes('csv')) {
            expect(pipe.out.toString()).not.toMatch(/(?![\n\r])\p{Cc}/u);
            expect(FORMULA.exec(pipe.out.toString())?.[0], args.join(' ')).toBe(undefined);
          }
          if (args.includes('ndjson')) for (const line of pipe.out.toString().trimEnd().split('\n')) JSON.parse(line);
        }
        rmSync(cwd, { recursive: true });
      }),
      { numRuns: 3 },
    );
  }, 240_000);

  test('in a pipe, raw lines are those of the file, byte for byte', async () => {
    const bytes = Buffer.concat([
      Buffer.from('Nov 21 09:15:02 mx postfix/smtpd[7]: 3F1A20B77C: client=a.example[192.0.2.7]\n'),
      Buffer.from('Nov 21 09:15:02 mx postfix/cleanup[8]: 3F1A20B77C: message-id=<'),
      Buffer.from([0x1b, 0x5b, 0x33, 0x31, 0x6d, 0xff, 0xfe, 0x9b, 0x07, 0x09, 0xed, 0xa0, 0x80, 0x0d]),
      Buffer.from('>\nNov 21 09:15:03 mx postfix/qmgr[9]: 3F1A20B77C: removed\n'),
    ]);
    const cwd = own({});
    writeFileSync(join(cwd, 'mail.log'), bytes);
    const args = ['search', '--format', 'raw', 'mail.log'];
    const pipe = await go(args, false, cwd);
    expect(pipe.out.includes(bytes.subarray(0, -1))).toBe(true);
    const screen = await go(args, true, cwd);
    safe(screen.out.toString(), args);
    expect(screen.out.toString()).toContain(String.raw`\x1b[31m`);
  });
});

describe('the name of a file', () => {
  const name = oneLine
    .filter((text) => Buffer.from(text).toString() === text)
    .map((text) => text.replaceAll('/', '_').slice(0, 40))
    .filter((text) => text !== '.' && text !== '..' && text !== '');

  test('is told visibly, in results and in errors', async () => {
    await fc.assert(
      fc.asyncProperty(name, fc.constantFrom('\n', '\u001b[2J', '\u202e', '\r', ''), async (text, more) => {
        const cwd = own({});
        const file = `./${text}${more}.log`;
        writeFileSync(join(cwd, file), logsWith('x')['mail.log'] ?? '');
        writeFileSync(join(cwd, `${file}.gz`), 'not packed');
        writeFileSync(join(cwd, `${file}.txt`), 'nothing of mail\n'.repeat(50));
        mkdirSync(join(cwd, `${file}.d`));
        for (const path of [file, `${file}.gz`, `${file}.txt`, `${file}.d`, `${file}.none`, `${file}.*.none`]) {
          for (const args of [
            ['search', path],
            ['search', '--recipient', 'nobody@nowhere.example', path],
            ['search', '--config', path, 'mail.log'],
            ['search', '--debug', path],
            ['show', '3F1A20B77C', path],
            ['doctor', path],
            ['report', 'bounces', path],
            ['report', 'bounces', '--output', `${path}/x`, file],
            ['explain', path],
          ]) {
            const screen = await go(args, true, cwd);
            safe(screen.out.toString(), ['terminal', ...args]);
            safe(screen.err, ['terminal, stderr', ...args]);
            safe((await go(args, false, cwd)).err, ['pipe, stderr', ...args]);
          }
        }
        expect(readdirSync(cwd).length).toBe(4);
        rmSync(cwd, { recursive: true });
      }),
      { numRuns: 3 },
    );
  }, 240_000);
});

describe('an argument', () => {
  const OPTIONS = [
    '--since',
    '--until',
    '--status',
    '--sort',
    '--fields',
    '--format',
    '--log-tz',
    '--tz',
    '--subject',
    '--size',
    '--limit',
    '--ip',
    '--group-by',
    '--recipient',
    '--output',
    '--memory',
  ];

  test('is told visibly by what refuses it', async () => {
    const cwd = own(logsWith('x'));
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        const lists = [
          [text],
          ['help', text],
          ...Object.keys(COMMANDS).flatMap((command) => [
            [command, text],
            [command, `--${text}`],
            [command, `-${text}`],
            [command, '--help', text],
          ]),
          ...OPTIONS.flatMap((option) => [
            ['search', option, text, 'mail.log'],
            ['search', `${option}=/${text}(`, 'mail.log'],
          ]),
          ['show', text, 'mail.log'],
          ['show', text, '--debug', 'mail.log'],
          ['search', '--debug', '--config', text, 'mail.log'],
          ['search', '--debug', '--status', text, 'mail.log'],
          ['search', '--debug', '--since', text, 'mail.log'],
          ['report', text, 'mail.log'],
          ['report', 'bounces', '--mail-to', text, 'mail.log'],
          ['report', 'bounces', '--title', text, 'mail.log'],
          ['completion', text],
        ];
        for (const args of lists) {
          // an --output is not to be written here
          if (args.some((word) => word.startsWith('--output'))) continue;
          const screen = await go(args, true, cwd);
          safe(screen.out.toString(), ['terminal', ...args]);
          safe(screen.err, ['terminal, stderr', ...args]);
        }
      }),
      { numRuns: 6 },
    );
  }, 240_000);
});
