/**
 * Lines lost, cut and overwritten, in every recording: mails whose lines are whole are told as from the clean log, and of the
 * others no end is told that the clean log denies.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { contractFaults } from '../properties/contract.ts';
import { dice, type Logs, runs, trace } from '../properties/harness.ts';
import { beheaded, crashed, cut, type Damaged, lost, unfinished, zeroed } from './damage.ts';
import { changedWhole, type Clean, cleanOf, type Loose, wholeOf, wrongEnds } from './judge.ts';
import { ALL, WRITTEN } from './recordings.ts';

/**
 * OpenSMTPD names no mail in the lines of its bounces: they are told by what comes before and after. Where two hosts' clocks
 * differ, which refusals are tries of a mail is told by all mails that went the same way. spamd knows mails by their
 * Message-ID, which several have.
 */
const LOOSE: readonly (readonly [RegExp, Loose])[] = [
  [/opensmtpd/, new Set(['links'])],
  [/relayed/, new Set(['links', 'verdicts', 'lastTime', 'chain'])],
  [/spamassassin/, new Set(['verdicts', 'chain'])],
];

const KINDS: Readonly<Record<string, (logs: Logs, random: () => number, share: number) => Damaged>> = {
  'lines lost': lost,
  'lines cut at any byte': cut,
  'lines without their beginning': beheaded,
  'zero bytes over lines': zeroed,
  'zero bytes before lines': crashed,
  'a last line that was not written to its end': unfinished,
};

describe.each(Object.keys(ALL))('%s', { timeout: 120_000 }, (name) => {
  const loose = LOOSE.find(([pattern]) => pattern.test(name))?.[1] ?? new Set();
  let clean: Clean;
  beforeAll(async () => {
    clean = await cleanOf(ALL[name] as Logs);
  });

  it.each(Object.keys(KINDS))('%s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const random = dice(seed);
        const share = 0.002 * 10 ** (random() * 1.5);
        const { logs, hurt } = (KINDS[kind] as (typeof KINDS)[string])(clean.logs, random, share);
        const outcome = await trace(logs, { written: WRITTEN });
        expect(changedWhole(clean, hurt, outcome, loose)).toEqual([]);
        expect(wrongEnds(clean, hurt, outcome)).toEqual([]);
        expect(contractFaults(outcome)).toEqual([]);
      }),
      runs(2),
    );
  });

  it('the judge sees a mail that was hurt, and that others were not', () => {
    const [first] = clean.outcome.messages;
    const line = first?.lines?.[0];
    const place = `${clean.outcome.files[line?.source ?? 0]?.path}:${line?.line}`;
    const whole = wholeOf(clean, new Set([place]));
    expect(whole).not.toContain(first);
    expect(whole.length).toBeGreaterThan(clean.outcome.messages.length / 2);
  });
});
