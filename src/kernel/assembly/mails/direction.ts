/** Whose mail it is, and whether it goes out: src/correlate/direction.ts, where nothing is configured as ours. */
import { is } from '../count/bytes.ts';
import { type i32, ld, ld8 } from '../count/memory.ts';
import {
  ADDRESS,
  COUNT,
  END_BYTES,
  ENDS,
  finalOf,
  has,
  IP,
  IS_STORED,
  LOCAL,
  OUTCOME,
  OWN,
  RELAY_IP,
  root,
  sameFolded,
  SENT,
  typedEndOf,
  typedOf,
  USER,
} from './hop.ts';
import { put } from './put.ts';
import { refusalCount } from './refusal.ts';
import { lastOf } from './results.ts';

const INBOUND = 1;
const OUTBOUND = 2;
const INTERNAL = 3;
const UNKNOWN = 0;

/** whose the sender is: 1 = ours, 0 = a stranger's, -1 = not told */
let ours: i32 = 0;

/** Of the mail at hand; before the others. */
export function tellOurs(): void {
  if (has(root, LOCAL | OWN) || ld(root + USER) > 0) ours = 1;
  else ours = isPrivate(ld(root + IP), ld(root + IP + 4)) ? -1 : 0;
}

/** Loopback, private and link-local networks. */
function isPrivate(ip: i32, b: i32): boolean {
  let a = ip;
  if (is(a, '::ffff:')) a += 7;
  if (is(a, '127.') || is(a, '10.') || is(a, '192.168.') || is(a, '169.254.')) return true;
  if (is(a, '172.')) {
    const x = ld8(a + 4) - 0x30;
    const y = ld8(a + 5) - 0x30;
    if (y >= 0 && y <= 9 && ld8(a + 6) === 0x2e) return x * 10 + y >= 16 && x * 10 + y <= 31;
    return false;
  }
  if (b - ip === 3 && is(ip, '::1')) return true;
  if ((ld8(ip) | 0x20) !== 0x66) return false;
  const second = ld8(ip + 1) | 0x20;
  if (second === 0x63 || second === 0x64) return true;
  return second === 0x65 && ld8(ip + 2) === 0x38 && ld8(ip + 3) === 0x30 && ld8(ip + 4) === 0x3a;
}

/** Of a recipient typed as at `typed`, whose mail ended at `end`. */
export function directionFor(typed: i32, end: i32): i32 {
  if (ld(end + OUTCOME) === SENT && ld(end + IS_STORED) !== 0) return ours === 1 ? INTERNAL : INBOUND;
  if (ours === 0) return INBOUND;
  if (ours < 0) return UNKNOWN;
  const isForeign = ld(end + OUTCOME) === SENT || ld(end + RELAY_IP) > 0;
  return isForeign && !isFinalOther(typed, end) ? OUTBOUND : UNKNOWN;
}

/** Whether the mail of this recipient went to another address than the typed one. */
export function isFinalOther(typed: i32, end: i32): boolean {
  let a = finalOf(end);
  let b = ld(end + ADDRESS + 4);
  if (a === 0) {
    a = typedOf(end);
    b = typedEndOf(end);
  }
  return !sameFolded(a, b, typedOf(typed), typedEndOf(typed));
}

/** Of the whole mail. */
export function overall(): i32 {
  const ends = ld(root + ENDS);
  const first = directionFor(ends, lastOf(0));
  let isOne = refusalCount === 0 || first === UNKNOWN;
  let hasOutbound = false;
  // of whom was refused it is not known
  let hasUnknown = refusalCount > 0;
  for (let i = 0; i < ld(root + COUNT); i++) {
    const one = directionFor(ends + i * END_BYTES, lastOf(i));
    if (one !== first) isOne = false;
    if (one === OUTBOUND) hasOutbound = true;
    if (one === UNKNOWN) hasUnknown = true;
  }
  if (isOne) return first;
  if (hasOutbound) return OUTBOUND;
  return hasUnknown ? UNKNOWN : first;
}

export function putDirection(direction: i32): void {
  if (direction === INBOUND) put('inbound');
  else if (direction === OUTBOUND) put('outbound');
  else if (direction === INTERNAL) put('internal');
  else put('unknown');
}
