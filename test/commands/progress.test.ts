import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withProgress } from '../../src/commands/progress.ts';
import type { StatusLine } from '../../src/io.ts';
import { fakeIo } from '../helpers/io.ts';

class FakeStatus implements StatusLine {
  room = 79;
  shown: string[] = [];
  now = '';
  show(text: string): void {
    this.now = text;
    this.shown.push(text);
  }
  clear(): void {
    this.now = '';
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const none = (): undefined => undefined;

test('nothing in the first second, then the line, gone at the end', async () => {
  const status = new FakeStatus();
  let bytes = 0;
  let found = 0;
  await withProgress(
    fakeIo({ status }),
    undefined,
    () => found,
    async (onPhase) => {
      onPhase?.({ what: 'reading', total: 10e6, done: () => bytes });
      bytes = 1e6;
      await vi.advanceTimersByTimeAsync(900);
      expect(status.shown).toEqual([]);
      bytes = 2e6;
      found = 3;
      await vi.advanceTimersByTimeAsync(1100);
      expect(status.now).toBe('reading 2.0 MB of 10 MB (20%), 1.0 MB/s, 8 s left, 3 matches');
      expect(status.shown.length).toBeLessThanOrEqual(6);
    },
  );
  expect(status.now).toBe('');
  const { length } = status.shown;
  await vi.advanceTimersByTimeAsync(5000);
  expect(status.shown).toHaveLength(length);
});

test('gone as soon as Ctrl-C comes, and when the run fails', async () => {
  const status = new FakeStatus();
  const controller = new AbortController();
  const work = withProgress(fakeIo({ status }), controller.signal, none, async (onPhase) => {
    onPhase?.({ what: 'reading', total: undefined, done: () => 1 });
    await vi.advanceTimersByTimeAsync(2000);
    expect(status.now).toMatch(/^reading 1 B/);
    controller.abort();
    expect(status.now).toBe('');
    await vi.advanceTimersByTimeAsync(2000);
    expect(status.now).toBe('');
    throw new Error('the disk');
  });
  await expect(work).rejects.toThrow('the disk');
  expect(status.now).toBe('');
});

test('a second reading of the inputs says so and begins anew', async () => {
  const status = new FakeStatus();
  await withProgress(fakeIo({ status }), undefined, none, async (onPhase) => {
    onPhase?.({ what: 'reading', total: 100, done: () => 100 });
    await vi.advanceTimersByTimeAsync(2000);
    onPhase?.({ what: 'reading', total: 100, done: () => 10 });
    await vi.advanceTimersByTimeAsync(200);
    expect(status.now).toMatch(/^reading again 10 B of 100 B \(10%\)/);
  });
});

test('without a terminal nobody is asked', async () => {
  await withProgress(fakeIo(), undefined, none, async (onPhase) => {
    expect(onPhase).toBeUndefined();
  });
});
