/** `formats`: what each file is, the sum of all, and what is of no known format. */
import { describe, expect, test } from 'vitest';
import { formatsRun } from '../../src/commands/formats.ts';
import type { RunSummary } from '../../src/model/run.ts';
import { aSource, fakeEngine } from '../helpers/engine.ts';
import { fakeIo } from '../helpers/io.ts';
import { aScreen, PIPE } from '../render/screens.ts';

async function formats(summary: Partial<RunSummary>): Promise<{ status: number; out: string; err: string }> {
  const io = fakeIo();
  const options = { paths: ['x'], json: false, screen: aScreen(PIPE), logZones: [] };
  const status = await formatsRun(options, io, fakeEngine([], { summary }));
  return { status, out: io.stdout.text, err: io.stderr.text };
}

const strange = aSource({ path: 'spamd.log', lines: 44, formats: [], event: 0, unframed: 40, foreign: 4 });

describe('formats', () => {
  test('a file of no known format is told as that, with nothing that looks understood', async () => {
    const { status, out, err } = await formats({ sources: [strange] });
    expect(status).toBe(0);
    expect(out).toMatch(/^spamd\.log\n +format +none that mailtrace knows\n +lines +44\n/);
    expect(out).not.toMatch(/understood|ignored/);
    expect(err).toBe('44 lines in spamd.log are of no format that mailtrace knows (mailtrace formats lists them)\n');
  });

  test('several files have a sum', async () => {
    const sources = [
      aSource({ path: 'a', lines: 1000, event: 900, ignored: 50, unknown: 50 }),
      aSource({ path: 'b', lines: 1000, event: 990, ignored: 10, formats: ['exim'] }),
      aSource({ path: 'c', formats: ['exim'] }),
      strange,
    ];
    const { out } = await formats({ sources });
    const total = out.slice(out.indexOf('All 4 files'));
    expect(total).toMatch(/format +exim \(2 files\); none that mailtrace knows \(1 file\); postfix \(1 file\)\n/);
    expect(total).toMatch(/lines +2,054\n +understood +1,900\n +ignored +60 /);
    expect(total).toMatch(/not understood +50 \(2\.4%\)\n$/);
    expect((await formats({ sources: sources.slice(0, 1) })).out).not.toContain('All ');
  });
});
