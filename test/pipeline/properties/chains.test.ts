/** The raw chain of a message is what stands in the log, and all of it that names the mail. */
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/model/message.ts';
import { central, linesOf, type Logs, type Outcome, recording, trace, type TraceOptions } from './harness.ts';

interface Case {
  plain: Logs;
  logs: Logs;
  options?: () => TraceOptions;
}

const crlf = (content: Buffer): Buffer => Buffer.from(content.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');

const CASES: Readonly<Record<string, Case>> = {
  single: { plain: recording('single'), logs: recording('single') },
  hosts: { plain: recording('hosts'), logs: recording('hosts') },
  exim: { plain: recording('exim'), logs: recording('exim') },
  sendmail: { plain: recording('sendmail'), logs: recording('sendmail') },
  opensmtpd: { plain: recording('opensmtpd'), logs: recording('opensmtpd') },
  'three hosts in one packed log': {
    plain: { 'mail.log.gz': central() },
    logs: { 'mail.log.gz': gzipSync(central()) },
  },
  'lines that end in CR LF': { plain: { 'mail.log': central() }, logs: { 'mail.log': crlf(central()) } },
  'three hosts through a pipe': {
    plain: { '-': central() },
    logs: {},
    options: () => ({ paths: ['-'], stdin: Readable.from([central()]) }),
  },
};

/** Host and queue id that a line begins with; the host of an Exim log is not logged. */
function idOf(text: string): string | undefined {
  const postfix = /^[A-Z][a-z]{2} [ \d]\d [\d:]{8} (\S+) postfix\S*: ([0-9A-Za-z]{6,40}): /.exec(text);
  if (postfix !== null) return `${postfix[1]} ${postfix[2]}`;
  const sendmail = /^\S+ (\S+) sendmail\[\d+\]: (\w{14}): /.exec(text);
  if (sendmail !== null) return `${sendmail[1]} ${sendmail[2]}`;
  const opensmtpd = /^\S+ (\S+) smtpd\[\d+\]: .* (?:evpid|msgid)=(\w{8})/.exec(text);
  if (opensmtpd !== null) return `${opensmtpd[1]} ${opensmtpd[2]}`;
  const exim = /^[-\d]{10} [:\d]{8} (?:\[\d+\] )?(\w{6}-\w{6,11}-\w{2,4}) /.exec(text);
  return exim === null ? undefined : ` ${exim[1]}`;
}

const tell = ({ id }: Message): string => id;

function areLinked(messages: readonly Message[]): boolean {
  return messages.every((a) => messages.some((b) => a !== b && a.links.some(({ id }) => id === b.id)));
}

describe.each(Object.entries(CASES))('%s', (_, { plain, logs, options }) => {
  const outcome: Promise<Outcome> = trace(logs, options?.() ?? {});

  it('every chain is exactly lines of the input, each once, in their order', async () => {
    const { messages, files, chains } = await outcome;
    const texts = Object.fromEntries(Object.entries(plain).map(([name, content]) => [name, linesOf(content)]));
    for (const message of messages) {
      const lines = message.lines ?? [];
      expect(lines.length, message.id).toBeGreaterThan(0);
      const input = lines.map(({ source, line }) => texts[files[source]?.path as string]?.[line - 1]);
      expect(chains.get(message)).toEqual(input);
      expect(new Set(lines.map(({ source, line }) => `${source}:${line}`)).size).toBe(lines.length);
      expect(lines.map(({ order }) => order)).toEqual(lines.map(({ order }) => order).toSorted((a, b) => a - b));
    }
  });

  it('every line that begins with the queue id of a message is in its chain', async () => {
    const { messages, chains } = await outcome;
    const holders = new Map<string, Set<string>>();
    for (const message of messages) {
      for (const { host = '', queueId } of message.hops) {
        if (queueId === undefined) continue;
        const lines = holders.get(`${host} ${queueId}`) ?? new Set();
        for (const text of chains.get(message) ?? []) lines.add(text);
        holders.set(`${host} ${queueId}`, lines);
      }
    }
    const all = Object.values(plain).flatMap(linesOf);
    const named = all.filter((text) => holders.has(idOf(text) ?? ''));
    expect(named.length).toBeGreaterThan(all.length / 3);
    expect(named.filter((text) => holders.get(idOf(text) ?? '')?.has(text) !== true)).toEqual([]);
  });

  it('no line that is of one mail is in the chains of two, unless these are linked', async () => {
    const { messages, chains, files } = await outcome;
    const holders = new Map<string, { text: string; messages: Message[] }>();
    for (const message of messages) {
      message.lines?.forEach(({ source, line }, i) => {
        const text = chains.get(message)?.[i] as string;
        if (idOf(text) === undefined && !/NOQUEUE|rejected RCPT/.test(text)) return;
        const key = `${files[source]?.path}:${line}`;
        const holder = holders.get(key) ?? { text, messages: [] };
        holder.messages.push(message);
        holders.set(key, holder);
      });
    }
    const shared = [...holders.values()].filter((holder) => holder.messages.length > 1 && !areLinked(holder.messages));
    expect(shared.map((holder) => `${holder.messages.map(tell).join(' ')}: ${holder.text}`)).toEqual([]);
  });
});
