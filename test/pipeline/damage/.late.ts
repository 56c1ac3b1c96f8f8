import { ALL, WRITTEN } from './recordings.ts';
import { cleanOf, changedWhole, wrongEnds } from './judge.ts';
import { dice, trace, linesOf, textOf } from '../properties/harness.ts';
for (const name of ['single', 'exim', 'sendmail', 'opensmtpd', 'qmail', 'haraka default']) {
  const logs = ALL[name]!;
  const clean = await cleanOf(logs);
  const random = dice(5);
  const l = Object.fromEntries(
    Object.entries(logs).map(([n, c]) => {
      if (n === 'rejectlog') return [n, c];
      const lines = linesOf(c);
      const out = lines
        .map((line, i) => ({ line, at: i + (random() < 0.05 ? 1 + random() * 3 : 0) }))
        .toSorted((a, b) => a.at - b.at)
        .map((x) => x.line);
      return [n, textOf(out)];
    }),
  );
  const out = await trace(l, { written: WRITTEN });
  const ends = (m: any) =>
    m.recipients
      .map((r: any) => r.address + ' ' + r.status)
      .sort()
      .join();
  const by = new Map(out.messages.map((m) => [m.id, m]));
  const d = clean.outcome.messages.filter((m) => {
    const o = by.get(m.id);
    return o === undefined || ends(o) !== ends(m);
  });
  console.log(
    name,
    clean.outcome.messages.length,
    out.messages.length,
    'other ends',
    d.length,
    'wrong',
    wrongEnds(clean, new Set(), out).length,
  );
  for (const m of d.slice(0, 4)) {
    const o = by.get(m.id);
    console.log('  ', m.id, ends(m), '->', o && o.state, o && ends(o));
    console.log(
      (o ? out.chains.get(o) : clean.outcome.chains.get(m))!.map((x) => '      ' + x.slice(0, 130)).join('\n'),
    );
  }
}
