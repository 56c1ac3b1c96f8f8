/** A filter or last hop on a host of its own, whose clock is off by minutes: the messages end as they do with one clock. */
import { describe, expect, test } from 'vitest';
import type { Message } from '../../../src/model/message.ts';
import { linesOf, type Logs, recording, textOf, trace } from './harness.ts';

const HEAD = /^(\w{3} [ \d]\d )(\d\d):(\d\d):(\d\d) \S+ /;

/** Lines of this program under another host's name and clock, in a file of their own. */
function moved(log: string | Buffer, program: string, seconds: number): Logs {
  const ours: string[] = [];
  const theirs: string[] = [];
  for (const line of linesOf(log)) {
    const head = HEAD.exec(line);
    if (head === null || !line.startsWith(program, head[0].length)) {
      ours.push(line);
      continue;
    }
    const time = Number(head[2]) * 3600 + Number(head[3]) * 60 + Number(head[4]) + seconds;
    const parts = [Math.floor(time / 3600), Math.floor(time / 60) % 60, time % 60];
    const stamp = parts.map((part) => String(part).padStart(2, '0')).join(':');
    theirs.push(`${head[1]}${stamp} other ${line.slice(head[0].length)}`);
  }
  expect(theirs.length).toBeGreaterThan(50);
  return { 'server.log': textOf(ours), 'other.log': textOf(theirs) };
}

/** What became of everybody, by the first queue id. */
function fates(messages: readonly Message[]): string[] {
  return messages
    .map(({ hops, recipients, action }) => {
      const ends = recipients.map((r) => `${r.address} ${r.finalAddress} ${r.status} ${r.action} ${r.mailbox}`);
      return `${hops.map((hop) => hop.queueId).join('>')} ${action} ${ends.toSorted().join(', ')}`;
    })
    .toSorted();
}

describe.each(['dovecot', 'amavis'])('%s on another host', (name) => {
  const log = recording(name)['mail.log'] as Buffer;
  test.each([-90, -2, 30, 180])('its clock %i s off', async (seconds) => {
    const together = await trace({ 'mail.log': log }, { lines: false });
    const apart = await trace(moved(log, name, seconds), { lines: false });
    expect(fates(apart.messages)).toEqual(fates(together.messages));
  });
});
