/**
 * The printing order of kept messages: a merge of the runs in which they came (messages are told nearly in the order of
 * time), in slices, so that Ctrl-C is noticed.
 */

/** Negative: `a` is printed before `b`. */
export type Before = (a: number, b: number) => number;

const SLICE = 4096;

/** 0 … count-1 in order; undefined where `isOver` said to stop. Where all numbers differ to `before`, there is one order. */
export async function sortedOrder(
  count: number,
  before: Before,
  isOver: () => Promise<boolean>,
): Promise<Uint32Array | undefined> {
  let order = Uint32Array.from({ length: 0 });
  order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let ends = await runsOf(order, before, isOver);
  let other = ends !== undefined && ends.length > 1 ? new Uint32Array(count) : order;
  while (ends !== undefined && ends.length > 1) {
    const merged: number[] = [];
    let start = 0;
    for (let i = 0; i < ends.length; i += 2) {
      const middle = ends[i] as number;
      const end = ends[i + 1] ?? middle;
      if (!(await merge(order, other, start, middle, end, before, isOver))) return undefined;
      merged.push(end);
      start = end;
    }
    [order, other] = [other, order];
    ends = merged;
  }
  return ends === undefined ? undefined : order;
}

/** Ends of the runs that are in order; those in the opposite order are turned round. */
async function runsOf(
  order: Uint32Array,
  before: Before,
  isOver: () => Promise<boolean>,
): Promise<number[] | undefined> {
  const ends: number[] = [];
  const count = order.length;
  for (let start = 0, asked = 0; start < count;) {
    let end = start + 1;
    const isDown = end < count && before(order[start] as number, order[end] as number) > 0;
    while (end < count && before(order[end - 1] as number, order[end] as number) > 0 === isDown) end++;
    if (isDown) order.subarray(start, end).reverse();
    ends.push(end);
    start = end;
    if (start - asked < SLICE) continue;
    asked = start;
    if (await isOver()) return undefined;
  }
  return ends;
}

async function merge(
  from: Uint32Array,
  to: Uint32Array,
  start: number,
  middle: number,
  end: number,
  before: Before,
  isOver: () => Promise<boolean>,
): Promise<boolean> {
  let left = start;
  let right = middle;
  for (let at = start; at < end;) {
    const stop = Math.min(end, at + SLICE);
    for (; at < stop; at++) {
      const takesLeft = right >= end || (left < middle && before(from[left] as number, from[right] as number) <= 0);
      to[at] = from[takesLeft ? left++ : right++] as number;
    }
    if (await isOver()) return false;
  }
  return true;
}

/** The first `most` of 0 … count-1 in order, at once: for when there is no time to sort all. */
export function firstOf(count: number, most: number, before: Before): number[] {
  const first: number[] = [];
  for (let i = 0; i < count; i++) {
    if (first.length === most && before(i, first[most - 1] as number) >= 0) continue;
    let place = first.length;
    while (place > 0 && before(i, first[place - 1] as number) < 0) place--;
    first.splice(place, 0, i);
    if (first.length > most) first.pop();
  }
  return first;
}
