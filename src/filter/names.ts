/**
 * Filters by names: `--host`, `--relay`, `--user`, `--engine`, `--reason`, `--mailbox`; ids: `--message-id`, `--queue-id`,
 * `--quarantine-id`; and `--text`.
 * Shapes: names without case, `*` for any characters; a host also by its first label (`mx1` = `mx1.example.org`), a relay by
 *         its domain (`.example.org`), IP or network too, a login also by its local part. Ids with case, `<>` optional; a
 *         queue id by its beginning too.
 * Errors: UsageError for an empty value.
 */
import { UsageError } from '../errors.ts';
import type { Message, Recipient } from '../model/message.ts';
import { fold, globTest } from './glob.ts';
import { isIpPattern, parseIp } from './ip.ts';
import { foldText } from './subject.ts';
import type { Test } from './test.ts';
import { anyOf } from './test.ts';

function filled(value: string, where: string): string {
  const text = value.trim();
  if (text === '') throw new UsageError({ where, what: 'the value is empty' });
  return text;
}

function nameTests(values: readonly string[], where: string): (name: string) => boolean {
  const tests = values.map((value) => globTest(fold(filled(value, where))));
  const matches = anyOf(tests);
  return (name) => matches(fold(name));
}

function hostTest(value: string, where: string): (host: string) => boolean {
  const text = fold(filled(value, where));
  if (text.startsWith('.')) return (host) => fold(host).endsWith(text) || fold(host) === text.slice(1);
  const test = globTest(text);
  const firstLabel = `${text}.`;
  return (host) => {
    const folded = fold(host);
    return test(folded) || (!text.includes('.') && folded.startsWith(firstLabel));
  };
}

/** Any host on the way. */
export function hostFilter(values: readonly string[], where: string): Test {
  const matches = anyOf(values.map((value) => hostTest(value, where)));
  return { of: 'message', message: ({ hops }) => hops.some(({ host }) => host !== undefined && matches(host)) };
}

export function relayFilter(values: readonly string[], where: string): Test {
  const tests = values.map((value): ((recipient: Recipient) => boolean) => {
    if (isIpPattern(value.trim())) {
      const isIp = parseIp(value, where);
      return ({ relay }) => relay?.ip !== undefined && isIp(relay.ip);
    }
    const isHost = hostTest(value, where);
    return ({ relay }) => relay?.name !== undefined && isHost(relay.name);
  });
  return { of: 'recipient', recipient: anyOf(tests) };
}

export function userFilter(values: readonly string[], where: string): Test {
  const tests = values.map((value) => {
    const text = fold(filled(value, where));
    const test = globTest(text);
    return (user: string): boolean => test(user) || (!text.includes('@') && test(user.replace(/@[^]*$/, '')));
  });
  const matches = anyOf(tests);
  return { of: 'message', message: ({ client }) => client?.user !== undefined && matches(fold(client.user)) };
}

export function engineFilter(values: readonly string[], where: string): Test {
  const matches = nameTests(values, where);
  return { of: 'message', message: ({ verdicts }) => verdicts.some(({ engine }) => matches(engine)) };
}

export function reasonFilter(values: readonly string[], where: string): Test {
  const matches = nameTests(values, where);
  return { of: 'recipient', recipient: ({ reason }) => reason !== undefined && matches(reason) };
}

export function mailboxFilter(values: readonly string[], where: string): Test {
  const matches = nameTests(values, where);
  return { of: 'recipient', recipient: ({ mailbox }) => mailbox !== undefined && matches(mailbox) };
}

/** An id without `<` and `>`. */
export function bareId(value: string, where: string): string {
  return filled(filled(value, where).replace(/^<(.*)>$/s, '$1'), where);
}

function idFilter(
  values: readonly string[],
  where: string,
  idsOf: (message: Message) => readonly (string | undefined)[],
): Test {
  const wanted = new Set(values.map((value) => bareId(value, where)));
  return { of: 'message', message: (message) => idsOf(message).some((id) => id !== undefined && wanted.has(id)) };
}

export function messageIdFilter(values: readonly string[], where: string): Test {
  return idFilter(values, where, (message) => [message.messageId]);
}

export function quarantineIdFilter(values: readonly string[], where: string): Test {
  return idFilter(values, where, (message) =>
    message.verdicts.flatMap(({ quarantineId, mailId }) => [quarantineId, mailId, baseName(quarantineId)]),
  );
}

/** `k/spam-k7Rw2mXq9TfB.gz` lies in a folder: people copy the file's name. */
function baseName(path: string | undefined): string | undefined {
  return path?.slice(path.lastIndexOf('/') + 1) || undefined;
}

/** Any hop's queue id, whole or its beginning. */
export function queueIdFilter(values: readonly string[], where: string): Test {
  const wanted = values.map((value) => bareId(value, where));
  const matches = ({ hops }: Message): boolean =>
    hops.some(({ queueId }) => queueId !== undefined && wanted.some((id) => queueId.startsWith(id)));
  return { of: 'message', message: matches };
}

/** A phrase in any raw line, without case. */
export function textFilter(values: readonly string[], where: string): Test {
  const phrases = values.map((value) => foldText(filled(value, where)));
  return {
    of: 'lines',
    line: (text) => {
      const folded = foldText(text);
      return phrases.some((phrase) => folded.includes(phrase));
    },
  };
}
