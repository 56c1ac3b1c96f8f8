/** What of a log must not be seen in redacted output: gathered from the log's own bytes and from what a search tells of it. */
import { isIPv4, isIPv6 } from 'node:net';
import type { Message } from '../../src/model/message.ts';
import { isLogWord } from '../../src/render/redact/vocabulary.ts';

export interface Secrets {
  /** whole, lower case: found anywhere in the output they are a leak */
  readonly whole: ReadonlySet<string>;
  /** lower case: found as a word they are a leak */
  readonly words: ReadonlySet<string>;
}

const ADDRESS = /[^\s<>"'()[\],;:=|\\]+@[\w-]+(?:\.[\w-]+)*/g;
const NAMED = /([\w-]+(?:\.[\w-]+)+)(?= ?\[)/g;
const V4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d]|\.\d)/g;

/** `messages`: as `--json` without --redact prints them. */
export function secretsOf(log: string, messages: readonly Message[]): Secrets {
  const whole = new Set<string>();
  const words = new Set<string>();
  const addWord = (text: string | undefined): void => {
    if (text !== undefined && text.length >= 3 && !/^[\d.]+z$/i.test(text) && !isLogWord(text))
      words.add(text.toLowerCase());
  };
  const addHost = (name: string | undefined): void => {
    if (name === undefined) return;
    if (isIPv4(name) || isIPv6(name)) words.add(name.toLowerCase());
    else if (/\.[a-z][a-z-]+$/i.test(name)) whole.add(name.toLowerCase());
    else if (!name.includes('/')) addWord(name);
  };
  const addAddress = (address: string | undefined): void => {
    if (address === undefined || address === '' || address === '#@[]' || /^[|/:]/.test(address)) return;
    const at = address.lastIndexOf('@');
    const local = (at < 0 ? address : address.slice(0, at)).replace(/^"(.*)"$/, '$1');
    addWord(local);
    for (const piece of local.split(/[^\p{L}\p{N}._-]+/u)) addWord(piece);
    if (at >= 0) {
      whole.add(address.toLowerCase());
      addHost(address.slice(at + 1));
    }
  };
  for (const [address] of log.matchAll(ADDRESS)) {
    if (address.startsWith('#@')) continue;
    whole.add(address.toLowerCase());
    addHost(address.slice(address.lastIndexOf('@') + 1));
  }
  for (const [, name] of log.matchAll(NAMED)) addHost(name);
  for (const [ip] of log.matchAll(V4)) if (isIPv4(ip)) words.add(ip);
  for (const { sender, from, subject, messageId, client, hops, recipients, verdicts = [] } of messages) {
    addAddress(sender);
    for (const [address] of (from ?? '').matchAll(ADDRESS)) addAddress(address);
    if (subject !== undefined && subject.length >= 6 && !isLogWord(subject)) whole.add(subject.toLowerCase());
    if (messageId?.includes('@') === true) whole.add(messageId.toLowerCase());
    addHost(client?.ip);
    addHost(client?.name);
    addHost(client?.helo?.replace(/^\[|\]$/g, ''));
    addAddress(client?.user);
    for (const { host } of hops) addHost(host);
    for (const { address, finalAddress, relay } of recipients) {
      addAddress(address);
      addAddress(finalAddress);
      addHost(relay?.ip);
      if (relay?.ip !== undefined) addHost(relay.name);
    }
    for (const verdict of verdicts) for (const address of verdict.recipients ?? []) addAddress(address);
  }
  return { whole, words };
}

/** The lines of the output with something that must not be seen, at most `most`. */
export function leaksIn(output: string, { whole, words }: Secrets, most = 20): string[] {
  const leaks: string[] = [];
  for (const line of output.split('\n')) {
    const text = line.toLowerCase();
    const found = [...text.matchAll(/[^\s<>"'()[\]{},;=|]+/g)].flatMap(([run]) => leakOf(run, words));
    for (const secret of whole) if (text.includes(secret)) found.push(secret);
    const foreign = [...text.matchAll(/([^\s<>"'()[\],;:|]*)@([\w-]+(?:\.[\w-]+)*)/g)].filter(
      ([all, local = '', domain = '']) =>
        local !== '' && all !== '#@' && (!/-[a-z2-9]{7}/.test(local) || !/(?:host|dom)-[a-z2-9]{7}/.test(domain)),
    );
    if (foreign.length > 0) found.push(...foreign.map(([address]) => address));
    if (found.length > 0) leaks.push(`${[...new Set(found)].join(' ')}: ${line.slice(0, 600)}`);
    if (leaks.length >= most) break;
  }
  return leaks;
}

/** Words within a run without blanks: the run, and its pieces by each of the signs that part names. */
function leakOf(run: string, words: ReadonlySet<string>): string[] {
  const candidates = new Set([
    run.replace(/[.:]+$/, ''),
    ...run.split(/[^\p{L}\p{N}.:_-]+/u),
    ...run.split(/[^\p{L}\p{N}._-]+/u),
    ...run.split(/[^\p{L}\p{N}]+/u),
  ]);
  return [...candidates].map((word) => word.replace(/[.]+$/, '')).filter((word) => words.has(word));
}
