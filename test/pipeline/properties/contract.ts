/** What holds of the messages of any run: the output contract, ids that are unique, links that lead both ways. */
import type { LinkType } from '../../../src/model/words.ts';
import { messageWriter } from '../../../src/render/json.ts';
import { messageSchema } from '../../../src/render/schema.ts';
import { Clock } from '../../../src/render/times.ts';
import type { Outcome } from './harness.ts';

const BACK: Readonly<Record<LinkType, LinkType>> = {
  'bounce-of': 'bounced-by',
  'bounced-by': 'bounce-of',
  'notice-of': 'notified-by',
  'notified-by': 'notice-of',
  'reply-to': 'replied-by',
  'replied-by': 'reply-to',
  'copy-of': 'copied-as',
  'copied-as': 'copy-of',
  'forward-of': 'forwarded-as',
  'forwarded-as': 'forward-of',
  'expanded-from': 'expanded-to',
  'expanded-to': 'expanded-from',
  'retry-of': 'retried-by',
  'retried-by': 'retry-of',
};

/** What breaks the contract, in words. */
export function contractFaults({ messages, files }: Outcome): string[] {
  const faults: string[] = [];
  const byId = new Map(messages.map((message) => [message.id, message]));
  if (byId.size !== messages.length) faults.push(`${messages.length - byId.size} ids are not unique`);
  const write = messageWriter(new Clock('UTC'));
  for (const message of messages) {
    const { id, time, lastTime, links } = message;
    const lines = message.lines?.map(({ source, line }) => ({
      file: files[source]?.path ?? '',
      line,
      bytes: new Uint8Array([120]),
    }));
    const printed = messageSchema.safeParse(JSON.parse(write(message, lines)));
    if (!printed.success)
      faults.push(`${id}: ${printed.error.issues.map((i) => `${i.path.join('.')} ${i.message}`).join('; ')}`);
    if (!(time <= lastTime)) faults.push(`${id}: ends before it begins`);
    if (message.recipients.length === 0) faults.push(`${id}: has no entry that carries its status`);
    for (const { type, id: other } of links) {
      const there = byId.get(other);
      if (there === undefined) faults.push(`${id}: ${type} ${other}, which was not told`);
      else if (!there.links.some((link) => link.id === id && link.type === BACK[type]))
        faults.push(`${id}: ${type} ${other}, which does not lead back`);
    }
    const kinds = links.map((link) => `${link.type} ${link.id}`);
    if (new Set(kinds).size !== kinds.length) faults.push(`${id}: the same link twice`);
    if (message.hops.some((hop) => !(hop.time <= hop.lastTime))) faults.push(`${id}: a hop ends before it begins`);
  }
  return faults;
}
