// minimal hurt lines that change a given message
import { ALL, WRITTEN } from './recordings.ts';
import { cleanOf, changedWhole, wrongEnds } from './judge.ts';
import { dice, trace } from '../properties/harness.ts';
import * as damage from './damage.ts';
const [name, kind, seedText, id] = process.argv.slice(2) as [string, string, string, string];
const logs = ALL[name]!;
const clean = await cleanOf(logs);
const random = dice(Number(seedText) * 7919 + kind.length);
const share = 0.002 * 10 ** (random() * 1.5);
const first = (damage as any)[kind](logs, random, share);
let places = [...first.hurt] as string[];
const apply = (set: Set<string>) =>
  Object.fromEntries(
    Object.entries(logs).map(([n, c]) => [
      n,
      Buffer.concat(damage.rawLines(c).map((l, i) => (set.has(`${n}:${i + 1}`) ? Buffer.alloc(0) : l))),
    ]),
  );
const bad = async (p: string[]) => {
  const s = new Set(p);
  const out = await trace(apply(s), { written: WRITTEN });
  return [...changedWhole(clean, s, out), ...wrongEnds(clean, s, out)].some((x) => x.includes(id));
};
console.log('start', places.length, await bad(places));
for (let size = Math.ceil(places.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
  for (let at = 0; at < places.length;) {
    const f = places.toSpliced(at, size);
    if (f.length < places.length && (await bad(f))) places = f;
    else at += size;
  }
for (const p of places) {
  const i = p.lastIndexOf(':');
  console.log(p, damage.rawLines(logs[p.slice(0, i)]!)[Number(p.slice(i + 1)) - 1]!.toString().slice(0, 400));
}
const m = clean.byId.get(id);
if (m)
  console.log(
    clean.outcome.chains
      .get(m)!
      .map((x) => x.slice(0, 200))
      .join('\n'),
  );
