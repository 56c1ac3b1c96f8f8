/**
 * What makes two answers the same for a table: status, codes and words; addresses, hosts, numbers and ids do not count.
 * Units: at most MEMORY_LIMIT answers are remembered by their fingerprint; the memory is emptied when it is full.
 */
import { fingerprint } from '../explain/reply-fingerprint.ts';
import { readReply } from '../explain/reply-text.ts';
import type { Recipient } from '../model/message.ts';

const MEMORY_LIMIT = 16_384;
/** readReply() writes digits as `0`: what has some and stands beside letters is an id of that server. */
const WITH_DIGITS = /\S*0\S*/g;

const memory = new Map<number, string>();

export function answerKey({ status, code, dsn, reply }: Recipient): string {
  const print = fingerprint(status, code, dsn, reply);
  let key = memory.get(print);
  if (key === undefined) {
    const words = reply === undefined ? '' : readReply(reply).text.replace(WITH_DIGITS, '#');
    key = `${status} ${code ?? ''} ${dsn ?? ''} ${words}`;
    if (memory.size >= MEMORY_LIMIT) memory.clear();
    memory.set(print, key);
  }
  return key;
}
