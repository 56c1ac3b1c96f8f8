/**
 * The entry of one recipient among a hop's ends.
 */
import { End, type Hop } from './hop.ts';

/** Beyond this many recipients of one mail, ends are found through a map. */
const MANY = 16;

const bigHops = new WeakMap<Hop, Map<string, End>>();

/** Ends beside ends of the same address. */
const besides = new WeakMap<End, End>();

/** The entry of (address, address before aliases), made where it is new. Local parts differ by case only in theory. */
export function endOf(hop: Hop, address: string, orig: string | undefined): End {
  const { ends } = hop;
  if (ends.length < MANY) {
    for (const end of ends) if (end.address === address && end.orig === orig) return end;
    const low = address.toLowerCase();
    for (const end of ends)
      if (end.address.toLowerCase() === low && end.orig?.toLowerCase() === orig?.toLowerCase()) return end;
    return addEnd(hop, address, orig);
  }
  let map = bigHops.get(hop);
  if (map === undefined) {
    map = new Map(ends.map((e) => [keyOf(e.address, e.orig), e]));
    bigHops.set(hop, map);
  }
  const key = keyOf(address, orig);
  let end = map.get(key);
  if (end === undefined) {
    end = addEnd(hop, address, orig);
    map.set(key, end);
  }
  return end;
}

/** Another end of the same address: one copy is kept, another went on. Made where it is new. */
export function besideOf(hop: Hop, end: End): End {
  let beside = besides.get(end);
  if (beside === undefined) {
    beside = addEnd(hop, end.address, end.orig);
    besides.set(end, beside);
  }
  return beside;
}

function keyOf(address: string, orig: string | undefined): string {
  return `${address.toLowerCase()}\n${orig === undefined ? '' : orig.toLowerCase()}`;
}

function addEnd(hop: Hop, address: string, orig: string | undefined): End {
  const end = new End(address, orig);
  // most have one: an array that grows takes room for seventeen
  if (hop.ends.length === 0) hop.ends = [end];
  else hop.ends.push(end);
  return end;
}
