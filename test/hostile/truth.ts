/**
 * What really became of recorded hostile mail (fixtures/hostile/record: the SMTP dialogues on both sides, the mailboxes), and
 * whether messages say the same.
 */
import { readFileSync } from 'node:fs';
import type { Message } from '../../src/model/message.ts';

/** A mail as its recorder knows it; text is Latin-1, one character a byte. */
export interface TrueMail {
  id: string;
  kind: string;
  /** not there: no line can name it (refused before MAIL, or gone before DATA) */
  sender?: string;
  recipients: { address?: string; status: string }[];
  client?: string;
  helo?: string;
  user?: string;
  subject?: string;
  messageId?: string;
  queueId?: string;
}

export function readTruth(path: string): TrueMail[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((row) => JSON.parse(row) as TrueMail);
}

/** The bytes as a log reader shows them: UTF-8 where they are. */
function shown(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('�') ? latin1 : text;
}

/** An address by what it means: no route, the local part without quotes, letters folded. */
export function meaning(address: string): string {
  const plain = address.startsWith('@') && address.includes(':') ? address.slice(address.indexOf(':') + 1) : address;
  const quoted = /^"((?:[^"\\]|\\.)*)"(@.*)?$/su.exec(plain);
  return (quoted === null ? plain : `${quoted[1]?.replaceAll(/\\(.)/gsu, '$1')}${quoted[2] ?? ''}`).toLowerCase();
}

/** Sender, recipients and their statuses: what nothing that a stranger writes may change. */
function essence(sender: string | undefined, ends: readonly { address?: string; status: string }[]): string {
  const recipients = ends.map(({ address, status }) => `${address === undefined ? '' : meaning(address)} ${status}`);
  return JSON.stringify([sender === undefined ? null : meaning(sender), recipients.toSorted()]);
}

const essenceOfTruth = ({ sender, recipients }: TrueMail): string =>
  essence(
    sender === undefined ? undefined : shown(sender),
    recipients.map(({ address, status }) => (address === undefined ? { status } : { address: shown(address), status })),
  );

/** Letters and digits: what is left of a text however a logger printed it. */
const letters = (text: string): string => text.replaceAll(/[^0-9A-Za-z]/gu, '').toLowerCase();

/** Whether `told` is the beginning of `truth` as some logger prints it (Exim writes bytes as `\\033`, `\\b`). */
const tells = (told: string, truth: string): boolean =>
  letters(shown(truth)).startsWith(letters(told.replaceAll(/\\(?:[0-7]{3}|[abtnvfr])/gu, '')));

/** What a message says of a stranger's fields that is not what the stranger said. */
function wrongFields(m: Message, truth: TrueMail): string[] {
  const wrong: string[] = [];
  const look = (name: string, told: string | undefined, said: string | undefined): void => {
    if (told !== undefined && said !== undefined && !tells(told, said))
      wrong.push(`${truth.id} ${name}: ${JSON.stringify(told)}, not ${JSON.stringify(said)}`);
  };
  if (m.client?.ip !== undefined && truth.client !== undefined && m.client.ip !== truth.client)
    wrong.push(`${truth.id} client: ${m.client.ip}, not ${truth.client}`);
  look('helo', m.client?.helo, truth.helo);
  look('user', m.client?.user, truth.user);
  if (m.client?.user !== undefined && truth.user === undefined) wrong.push(`${truth.id} user: made up`);
  // a MIME word is told decoded
  if (truth.subject?.includes('=?') === false) look('subject', m.subject, truth.subject);
  look('message-id', m.messageId, truth.messageId);
  return wrong;
}

/** All that differs between what is told and what happened. */
export function differences(truth: readonly TrueMail[], told: readonly Message[]): string[] {
  const open = new Map<string, TrueMail[]>();
  for (const mail of truth) {
    const key = essenceOfTruth(mail);
    const list = open.get(key);
    if (list === undefined) open.set(key, [mail]);
    else list.push(mail);
  }
  const wrong: string[] = [];
  for (const m of told) {
    const list = open.get(essence(m.sender, m.recipients)) ?? [];
    const ids = new Set(m.hops.map(({ queueId }) => queueId));
    const found = list.findIndex(({ queueId, client }) =>
      queueId === undefined ? client === undefined || client === m.client?.ip : ids.has(queueId),
    );
    const at = found < 0 ? 0 : found;
    const mail = list[at];
    if (mail === undefined) wrong.push(`told, and not true: ${essence(m.sender, m.recipients)} ${m.id}`);
    else {
      list.splice(at, 1);
      wrong.push(...wrongFields(m, mail));
    }
  }
  for (const mail of [...open.values()].flat()) wrong.push(`not told: ${mail.id} ${mail.kind} ${essenceOfTruth(mail)}`);
  return wrong;
}
