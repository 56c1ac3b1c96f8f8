import { ALL, WRITTEN } from './recordings.ts';
import { cleanOf, changedWhole, wrongEnds, wholeOf } from './judge.ts';
import * as damage from './damage.ts';
import { dice, trace } from '../properties/harness.ts';
const kinds: Record<string, any> = {
  lost: damage.lost,
  cut: damage.cut,
  beheaded: damage.beheaded,
  zeroed: damage.zeroed,
  crashed: damage.crashed,
  unfinished: damage.unfinished,
};
const only = process.argv[2] ?? 'all',
  which = process.argv[3] ?? 'all',
  seeds = Number(process.argv[4] ?? 1),
  first = Number(process.argv[5] ?? 1);
for (const [name, logs] of Object.entries(ALL)) {
  if (only !== 'all' && !name.startsWith(only)) continue;
  const clean = await cleanOf(logs);
  for (const [kind, make] of Object.entries(kinds)) {
    if (which !== 'all' && which !== kind) continue;
    for (let seed = first; seed < first + seeds; seed++) {
      const random = dice(seed * 7919 + kind.length);
      const share = 0.002 * 10 ** (random() * 1.5);
      const { logs: bad, hurt } = make(logs, random, share);
      const out = await trace(bad, { written: WRITTEN });
      const a = changedWhole(clean, hurt, out, { chains: true }),
        b = wrongEnds(clean, hurt, out);
      if (a.length + b.length === 0) continue;
      console.log(
        name,
        kind,
        seed,
        'hurt',
        hurt.size,
        'messages',
        clean.outcome.messages.length,
        'whole',
        wholeOf(clean, hurt).length,
        'changed',
        a.length,
        'wrong',
        b.length,
      );
      for (const x of a.slice(0, 3)) console.log('   C', x.slice(0, 700));
      for (const x of b.slice(0, 3)) console.log('   W', x.slice(0, 900));
    }
  }
}
