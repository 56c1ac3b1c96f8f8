import { ALL, WRITTEN } from './recordings.ts';
import { cleanOf, changedWhole } from './judge.ts';
import { dice, trace, linesOf, textOf } from '../properties/harness.ts';
const [name, kind] = process.argv.slice(2) as [string, string];
const logs = ALL[name]!;
const clean = await cleanOf(logs);
const random = dice(Number(process.argv[4] ?? 3));
let l: any = {};
for (const [n, c] of Object.entries(logs)) {
  const lines = linesOf(c);
  if (kind === 'twice') l[n] = textOf(lines.flatMap((x) => (random() < 0.1 ? [x, x] : [x])));
  else {
    const end = Math.floor(lines.length * (0.3 + random() * 0.6));
    const begin = Math.floor(end * (0.5 + random() * 0.5));
    console.log(end - begin, lines[begin]!.slice(0, 60), '|', lines[end - 1]!.slice(0, 60));
    l[`${n}.1`] = textOf(lines.slice(0, end));
    l[n] = textOf(lines.slice(begin));
  }
}
const out = await trace(l, { written: WRITTEN });
const f = changedWhole(clean, new Set(), out, undefined);
console.log(name, kind, clean.outcome.messages.length, out.messages.length, f.length);
if (1) for (const x of f.slice(0, 6)) console.log('  ', x.slice(0, 1600));
