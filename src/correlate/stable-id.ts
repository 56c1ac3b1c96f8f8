/**
 * The stable id of a message: time first, then a hash of what names it, e.g. `20261121-222637-k3f9x2ab`.
 * Made only from the first hop's host, native id and UTC second (of a refusal: host, instance, second, client, sender,
 * first recipient and its ordinal among equal ones): never from file names, argument order, offsets or the zone printed.
 */
import { hashText } from '../model/hash.ts';
import type { Instant } from '../model/message.ts';

/** Without vowels and look-alikes: an id is no word and survives being read aloud. */
const DIGITS = '0123456789bcdfghjkmnpqrstvwxyz';

export function stableId(at: Instant, parts: readonly (string | undefined)[]): string {
  const second = Math.floor(at / 1000);
  let hash = hashText(`${second}\n${parts.map((p) => (p === undefined ? '' : p)).join('\n')}`);
  let tail = '';
  for (let i = 0; i < 9; i++) {
    tail += DIGITS[hash % 30];
    hash = Math.floor(hash / 30);
  }
  return `${stamp(second)}-${tail}`;
}

let lastSecond = Number.NaN;
let lastStamp = '';

function stamp(second: number): string {
  if (second === lastSecond) return lastStamp;
  lastSecond = second;
  const date = new Date(Number.isFinite(second) ? second * 1000 : 0);
  const iso = Number.isNaN(date.getTime()) ? '1970-01-01T00:00:00' : date.toISOString();
  lastStamp = `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 10)}-${iso.slice(11, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}`;
  return lastStamp;
}
