import { ALL, WRITTEN } from './recordings.ts';
import { cleanOf, changedWhole, wrongEnds } from './judge.ts';
import * as damage from './damage.ts';
import { dice, trace } from '../properties/harness.ts';
const LOOSE: any = [
  [/opensmtpd/, new Set(['links'])],
  [/relayed/, new Set(['links', 'verdicts', 'lastTime', 'chain'])],
  [/spamassassin/, new Set(['verdicts', 'chain'])],
];
for (const job of process.argv.slice(2)) {
  const [name, kind, seed] = job.split('/') as [string, string, string];
  const clean = await cleanOf(ALL[name]!);
  const random = dice(Number(seed));
  const share = 0.002 * 10 ** (random() * 1.5);
  const { logs, hurt } = (damage as any)[kind](ALL[name], random, share);
  const loose = LOOSE.find(([p]: any) => p.test(name))?.[1] ?? new Set();
  const bad = async (set: Set<string>, l: any): Promise<string[]> => {
    const out = await trace(l, { written: WRITTEN });
    return [...changedWhole(clean, set, out, loose), ...wrongEnds(clean, set, out)];
  };
  const f = await bad(hurt, logs);
  console.log('==', job, hurt.size, f.length);
  for (const x of f.slice(0, 3)) console.log('  ', x.slice(0, 900).replaceAll('\0', '0'));
  if (f.length && kind !== 'cut' && kind !== 'zeroed' && kind !== 'crashed' && kind !== 'beheaded') continue;
  for (const p of hurt) {
    const i = p.lastIndexOf(':');
    const id = /\(([^ )>]+)/.exec(f[0] ?? '')?.[1] ?? '---';
    const t = damage.rawLines(ALL[name]![p.slice(0, i)]!)[Number(p.slice(i + 1)) - 1]!.toString();
    if (t.includes(id)) console.log('   hurt', p, t.slice(0, 300));
  }
}
