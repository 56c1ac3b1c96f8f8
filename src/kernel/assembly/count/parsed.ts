/**
 * What a line says by itself, without the lines before it: a few words of numbers that parse.ts writes and the readers of lines
 * take. The thread ahead writes them into its records (front.ts); else they are written just before they are taken.
 */
import { type i32, ld, st, take } from './memory.ts';

export const PARSED_BYTES = 64;

/** Where the words of the line at hand are. */
export let parsed: i32 = 0;
let own: i32 = 0;

export function openParsed(): void {
  parsed = own = take(PARSED_BYTES);
}

/** They are there from now on; 0 = in a place of their own. */
export function parsedAt(at: i32): void {
  parsed = at === 0 ? own : at;
}

/** The first word: what the line is. */
export const NOTHING = 0;
/** its text begins with something that looks like a queue id, and is none */
export const LIKE_ID = 1;
/** its text begins with a queue id, and goes on with what is read from the bytes */
export const OTHER_OF_MAIL = 2;
export const CLIENT_LINE = 3;
export const MID_LINE = 4;
export const FROM_LINE = 5;
export const EXPIRED_LINE = 6;
export const TO_LINE = 7;
export const REMOVED_LINE = 8;
/** of a session of smtpd(8) */
export const CONNECT_LINE = 9;
export const HOSTNAME_LINE = 10;
export const DISCONNECT_LINE = 11;
export const LOST_LINE = 12;
export const TLS_LINE = 13;
/** of postscreen(8) */
export const SCREEN_LINE = 14;
/** of a program beside the server */
export const BESIDE_LINE = 15;

/** The second word of all: 1 = it is as it should be, 0 = only the formats can read it. */
export const IS_GOOD = 4;

export const WHAT = 0;
// of a Message-ID, a client's key, a stage: two words of hash
export const HASH_1 = 8;
export const HASH_2 = 12;
// of a mail's client, and of `disconnect from`: where the client ends; of the client its address; of the other the mails told
export const PEER_END = 16;
export const CLIENT_HASH = 20;
export const MAILS = 20;
/** `, orig_…` follows */
export const IS_FORWARDED = 24;
// of `from=<a>`: the address as HASH_1, HASH_2, in lower case, its sign, where it ends, recipients
export const LOW = 16;
export const SIGN = 20;
export const VALUE_END = 24;
export const RECIPIENTS = 28;
// of `to=<a>`: the address as HASH_1, HASH_2 and LOW; that of orig_to; relay; the id that the answer names; where the address
// as it was typed stands; code; outcome; bits
export const ORIG_1 = 20;
export const ORIG_2 = 24;
export const ORIG_LOW = 28;
export const RELAY_1 = 32;
export const RELAY_2 = 36;
export const REMOTE_1 = 40;
export const REMOTE_2 = 44;
export const TYPED_START = 48;
export const TYPED_LENGTH = 52;
export const CODE = 56;
export const BITS = 60;
export const OUTCOME_BITS = 0xff;
export const HAS_ORIG = 0x100;
export const HAS_RELAY = 0x200;
export const HAS_REMOTE = 0x400;
/** a command took the mail */
export const BY_COMMAND = 0x800;
// of postscreen(8): its client as HASH_1, HASH_2, where that ends as PEER_END, what it did
export const ACT = 20;

// @inline
export function get(word: i32): i32 {
  return ld(parsed + word);
}

// @inline
export function set(word: i32, value: i32): void {
  st(parsed + word, value);
}

/** The line is this, and as it should be. */
export function isLine(what: i32): void {
  st(parsed + WHAT, what);
  st(parsed + IS_GOOD, 1);
}
