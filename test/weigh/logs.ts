/** Logs for the counting: many mails alike, and whatever damage. */
import { linesOf, textOf } from '../pipeline/properties/harness.ts';

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
