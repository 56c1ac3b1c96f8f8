/**
 * Keys that part mails from one another over the whole log: ids (ids.ts), relays, addresses that were refused. Where two that were weighed apart turn out to touch, the key is told as a clash: the next pass
 * begins with it as forced, and whatever touches a forced key is read by the formats.
 */
import { STEP_2 } from './bytes.ts';
import { type i32, ld, mul, st, take } from './memory.ts';
import { SERIAL } from './records.ts';
import { empty, lookUp, newTable, put, valueOf } from './tables.ts';

/** relays that mail came back through; that it did not come back through */
let filters: i32 = 0;
let leaves: i32 = 0;
let forced: i32 = 0;
/** addresses whose delivery failed, that were refused: value = time, of the last half hour and the one before */
let failedNow: i32 = 0;
let failedBefore: i32 = 0;
let refusedNow: i32 = 0;
let refusedBefore: i32 = 0;
let since: i32 = 0;
/** Message-IDs of mails handed in on the machine -> time */
let handedIn: i32 = 0;
/** of mails that a filter gave back, naming the first client */
let handedBack: i32 = 0;

/** Clashes: pairs of words. */
export let clashes: i32 = 0;
export let clashCount: i32 = 0;
const MOST_CLASHES = 100_000;

const OF_RELAY = 0x52454c41;
const OF_ADDRESS = 0x41444452;

export function openKeys(): void {
  filters = newTable(64);
  leaves = newTable(1024);
  forced = newTable(64);
  failedNow = newTable(1024);
  failedBefore = newTable(1024);
  refusedNow = newTable(1024);
  refusedBefore = newTable(1024);
  handedIn = newTable(256);
  handedBack = newTable(256);
  since = -1_000_000_000;
  clashes = take(MOST_CLASHES * 8);
  clashCount = 0;
}

export function force(a: i32, b: i32): void {
  put(forced, a, b, 1, 0);
}

export function isForced(a: i32, b: i32): boolean {
  return ld(forced + 8) !== 0 && lookUp(forced, a, b) !== 0;
}

export function clash(a: i32, b: i32): void {
  if (clashCount >= MOST_CLASHES) return;
  st(clashes + clashCount * 8, a);
  st(clashes + clashCount * 8 + 4, b);
  clashCount++;
}

/** A mail ended at this relay. True: other mail comes back through it. */
export function endsAt(a: i32, b: i32): boolean {
  if (isForced(a ^ OF_RELAY, b) || lookUp(filters, a, b) !== 0) return true;
  put(leaves, a, b, 1, 0);
  return false;
}

/** A mail came back through this relay. True: the first, which must be read, for the formats learn from it too. */
export function comesBackFrom(a: i32, b: i32): boolean {
  if (lookUp(filters, a, b) !== 0) return false;
  put(filters, a, b, 1, 0);
  if (lookUp(leaves, a, b) !== 0 && !isForced(a ^ OF_RELAY, b)) clash(a ^ OF_RELAY, b);
  return true;
}

/** What a delivery line and a refusal say of the same address belongs together within this time, in seconds. */
const NEAR = 1_200;

function turn(now: i32): void {
  if (now - since < 2 * NEAR && now >= since) return;
  const failed = failedBefore;
  failedBefore = failedNow;
  failedNow = failed;
  empty(failed);
  const refused = refusedBefore;
  refusedBefore = refusedNow;
  refusedNow = refused;
  empty(refused);
  since = now;
}

/**
 * What is known of an address of late: nothing (0); told by a line that is read anyway; by one of a mail or session that was
 * weighed, or may have been; else the record that holds the line, whose serial number is the word more.
 */
export const READ = 1;
export const HELD = 2;

/** The record that holds what the last `sawRefused` or `sawFailed` found, and must be read too; 0 = none. */
export let other: i32 = 0;

const ANY_CODE = 0x434f4445;

/** Where what is known of a refusal by its sender (0 = any) and code (0 = not told) stands. */
function signOf(sender: i32, code: i32): i32 {
  return sender === 0 ? 0 : sender ^ mul(code, STEP_2);
}

/** READ, HELD or a record, where sender and code may be the same. */
function nearBy(nowTable: i32, beforeTable: i32, low: i32, sender: i32, code: i32): i32 {
  const one = nearIn(nowTable, low, sender, code);
  return one !== 0 ? one : nearIn(beforeTable, low, sender, code);
}

function nearIn(table: i32, low: i32, sender: i32, code: i32): i32 {
  const all = valueOf(table, low, OF_ADDRESS);
  if (all === 0 || sender === 0) return all;
  if (code === 0) {
    const any = valueOf(table, low, signOf(sender, ANY_CODE));
    return any !== 0 ? any : valueOf(table, low, 0);
  }
  let slot = lookUp(table, low, signOf(sender, code));
  if (slot === 0) slot = lookUp(table, low, signOf(sender, 0));
  if (slot === 0) slot = lookUp(table, low, 0);
  if (slot === 0) return 0;
  const value = ld(slot + 8);
  return value > HELD && ld(value + SERIAL) !== ld(slot + 12) ? HELD : value;
}

function note(table: i32, low: i32, holder: i32, sender: i32, code: i32): void {
  const sign = signOf(sender, code);
  const slot = lookUp(table, low, sign);
  let value = holder;
  if (slot !== 0 && holder > READ && ld(slot + 8) !== READ && ld(slot + 8) !== holder) value = HELD;
  if (slot !== 0 && ld(slot + 8) > READ && holder === READ) value = HELD;
  put(table, low, sign, value, value > HELD ? ld(value + SERIAL) : 0);
  // of several nobody knows which is meant
  if (sender !== 0) noteAll(table, low, signOf(sender, ANY_CODE), value);
  noteAll(table, low, OF_ADDRESS, value);
}

function noteAll(table: i32, low: i32, key: i32, value: i32): void {
  put(table, low, key, value === READ && valueOf(table, low, key) <= READ ? READ : HELD, 0);
}

/** What was found near, as the callers take it: true = the line at hand must be read. */
function answer(near: i32, low: i32): boolean {
  other = near > HELD ? near : 0;
  if (near === HELD) clash(low, OF_ADDRESS);
  return near !== 0;
}

/** An address was refused in a session: `holder`, READ where it is read anyway. True: it must be read, and `other`. */
export function sawRefused(low: i32, now: i32, holder: i32, sender: i32, code: i32): boolean {
  other = 0;
  turn(now);
  if (isForced(low, OF_ADDRESS)) return true;
  const near = nearBy(failedNow, failedBefore, low, sender, code);
  note(refusedNow, low, near === 0 ? holder : READ, sender, code);
  return answer(near, low);
}

/** A delivery to an address failed: `holder` as above. True: it must be read, and `other`. */
export function sawFailed(low: i32, now: i32, holder: i32, sender: i32, code: i32): boolean {
  other = 0;
  turn(now);
  if (isForced(low, OF_ADDRESS)) return true;
  const near = nearBy(refusedNow, refusedBefore, low, sender, code);
  note(failedNow, low, near === 0 ? holder : READ, sender, code);
  return answer(near, low);
}

export function wasHandedIn(a: i32, b: i32, now: i32, id: i32, bySmtp: boolean): void {
  put(bySmtp ? handedBack : handedIn, a, b, now === 0 ? 1 : now, id);
}

/** Whether another mail with this Message-ID was handed in here within the last quarter of an hour. */
export function isHandedIn(a: i32, b: i32, now: i32, id: i32, bySmtp: boolean): boolean {
  const table = bySmtp ? handedBack : handedIn;
  if (ld(table + 8) === 0) return false;
  const slot = lookUp(table, a, b);
  if (slot === 0 || ld(slot + 12) === id) return false;
  const at = ld(slot + 8);
  return now - at < 1_000 && at - now < 1_000;
}
