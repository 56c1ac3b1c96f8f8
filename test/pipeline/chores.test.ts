import { describe, expect, test } from 'vitest';
import { type Chores, LastChores } from '../../src/pipeline/chores.ts';
import { mergeStreams } from '../../src/pipeline/merge.ts';
import { openStreams } from '../../src/pipeline/streams.ts';
import { discover } from '../../src/sources/discover.ts';
import { writeLogs } from './stub.ts';

/** Work of so many steps, each as long as a slice. */
class Steps implements Chores {
  left = 0;
  hasTold = true;

  get isBusy(): boolean {
    return this.left > 0;
  }

  work(until: number): boolean {
    while (this.left > 0) {
      this.left--;
      while (performance.now() < until);
      if (this.left > 0) return false;
    }
    return true;
  }
}

describe('the last chores', () => {
  test('are all done, and timers run between the slices', async () => {
    const chores = new Steps();
    chores.left = 5;
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    expect(await new LastChores(chores, new AbortController().signal).work()).toBe(true);
    clearInterval(timer);
    expect(chores.left).toBe(0);
    expect(ticks).toBeGreaterThan(1);
  });

  test('are left undone soon after an abort, before them or between', async () => {
    for (const stop of [AbortSignal.abort(), AbortSignal.timeout(30)]) {
      const chores = new Steps();
      chores.left = 10_000;
      expect(await new LastChores(chores, stop).work()).toBe(false);
      expect(chores.left).toBeGreaterThan(9_000);
    }
  });

  test('go on longer where nothing was told yet', async () => {
    const chores = new Steps();
    chores.left = 12;
    chores.hasTold = false;
    expect(await new LastChores(chores, AbortSignal.abort()).work()).toBe(true);
  });

  test('that are short are done after an abort too', async () => {
    const chores = new Steps();
    chores.left = 1;
    expect(await new LastChores(chores, AbortSignal.abort()).work()).toBe(true);
  });
});

describe('chores of the reading', () => {
  const run = async (lines: string, chores: Steps, onLine: () => void, signal?: AbortSignal): Promise<void> => {
    const { files } = await discover(['mail.log'], { cwd: writeLogs({ 'mail.log': lines }), standardPlaces: [] });
    const makeFramer = (): { frame: () => 'line' } => ({ frame: () => 'line' });
    const streams = await openStreams(files, { now: 0, onProblem: () => undefined, makeFramer });
    await mergeStreams(streams, onLine, { chores, signal });
  };

  test('are done before the next line', async () => {
    const chores = new Steps();
    const left: number[] = [];
    await run('1 a\n2 b\n3 c\n', chores, () => {
      left.push(chores.left);
      chores.left = 3;
    });
    expect(left).toEqual([0, 0, 0]);
    expect(chores.left).toBe(0);
  });

  test('an abort between two slices ends the reading', async () => {
    const chores = new Steps();
    const stop = new AbortController();
    let lines = 0;
    await run(
      '1 a\n2 b\n',
      chores,
      () => {
        lines++;
        chores.left = 10_000;
        setTimeout(() => stop.abort(), 1);
      },
      stop.signal,
    );
    expect(lines).toBe(1);
    expect(chores.left).toBeGreaterThan(0);
  });
});
