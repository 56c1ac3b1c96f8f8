/** Rotated sets as one stream, in the order of their stamps and not of their names. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { FileFacts } from '../../src/pipeline/streams.ts';
import { boundOf, rotatedName } from '../../src/pipeline/rotation.ts';
import { pipeOf, readLogs, textsOf, writeLogs } from './stub.ts';

const DAY = 86_400_000;

async function keptOf(folder: string): Promise<string[]> {
  const { lines } = await readLogs(folder, ['.']);
  return lines.filter((line) => !line.duplicate).map((line) => line.text);
}

/** A zstd frame of one raw block (RFC 8878 3.1.1), for there is no zstd in this Node. */
const zstd = (text: string): Buffer =>
  Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, text.length, (text.length << 3) | 1, 0, 0]),
    Buffer.from(text),
  ]);

describe('names', () => {
  test.each([
    [
      'mail.log',
      ['mail.log', 'mail.log.1', 'mail.log.2.gz', 'mail.log.14', 'mail.log.gz', 'mail.log.0.bz2', 'mail.log.3.zst'],
    ],
    [
      'mail.log',
      ['mail.log-20261101', 'mail.log-20261101.gz', 'mail.log-2026110103.xz', 'mail.log-20261101-1793500000'],
    ],
    [
      'mail.log',
      [
        'mail.log.2026-11-21',
        'mail.log.20261121',
        'mail-20261121.log',
        'mail-2026-11-21.log.zst',
        'mail.log_2026-11-21_09:15',
      ],
    ],
    ['maillog', ['maillog', 'maillog.20261121-101500', 'maillog-20261121-101500.gz']],
    [
      'mail.current',
      ['mail.current', 'mail.@20261121T091502.s', 'mail.@20261120T091502.s.gz', 'mail.@20261122T000000.c'],
    ],
    ['mainlog', ['mainlog', 'mainlog.01', 'mainlog.1.gz', 'mainlog-20261121']],
  ])('of one log: %s', (base, names) => {
    for (const name of names) expect(rotatedName(`/var/log/${name}`).base, name).toBe(`/var/log/${base}`);
  });

  test.each([
    'mx1.mail.log',
    'mx2.mail.log',
    'mail.err',
    'mail.2026',
    'host-12345678',
    'log.192.0.2.7.log',
    '20261121',
    '.1',
  ])('a log of its own: %s', (name) => {
    expect(rotatedName(`/var/log/${name}`).base).toBe(`/var/log/${name}`);
  });

  test('the same name in another folder is another log', () => {
    expect(rotatedName('/a/mail.log.1').base).not.toBe(rotatedName('/b/mail.log').base);
  });
});

describe('the bound of years', () => {
  const date = Date.UTC(2024, 0, 4);

  test("is the file's time, of a pipe now", () => {
    expect(boundOf('mail.log', 5 * DAY, 9 * DAY)).toBe(5 * DAY);
    expect(boundOf('-', undefined, 9 * DAY)).toBe(9 * DAY);
    expect(boundOf('mail.log-20240104.gz', date + DAY, Infinity)).toBe(date + DAY);
  });

  test('a file with a date in its name that was copied much later: the stamps lie around that date', () => {
    const bound = boundOf('mail.log-20240104.gz', Date.UTC(2026, 10, 22), 0);
    expect(bound).toBeGreaterThan(date + 100 * DAY);
    expect(bound).toBeLessThan(date + 200 * DAY);
  });
});

describe('a rotated set', () => {
  test('is one stream, by first stamps, whatever the names and the packing say', async () => {
    const folder = writeLogs({
      'mail.log': '3 c\n',
      'mail.log.1': '1 a\n',
      'mail.log.2.gz': gzipSync('# noise first\n2 b\n'),
      'mail.log-20261101': '4 d\n',
      'mail.log.3': '',
      'mail.log.4.zst': zstd('5 e\n'),
      'mail.log.5': '6 f\n',
    });
    const { lines } = await readLogs(folder, ['mail.log*']);
    expect(lines.map(({ text, file, line, stream }) => [text, file, line, stream])).toEqual([
      ['1 a', 'mail.log.1', 1, 0],
      ['2 b', 'mail.log.2.gz', 2, 0],
      ['3 c', 'mail.log', 1, 0],
      ['4 d', 'mail.log-20261101', 1, 0],
      ['5 e', 'mail.log.4.zst', 1, 0],
      ['6 f', 'mail.log.5', 1, 0],
    ]);
  });

  test('keeps the order of its files where clocks of hosts differ across a cut', async () => {
    const folder = writeLogs({ 'mail.log.1': '1000 a\n9000 mx2\n3000 b\n', 'mail.log': '4000 c\n9500 mx2\n5000 d\n' });
    const { lines } = await readLogs(folder, ['.']);
    expect(new Set(lines.map((line) => line.stream)).size).toBe(1);
    expect(lines.map((line) => line.text)).toEqual(['1000 a', '9000 mx2', '3000 b', '4000 c', '9500 mx2', '5000 d']);
  });

  test('keeps the order of its names where a file begins with the slow host, before the last one did', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => {
      const isSlow = i % 3 === 0;
      return `${100_000 + i * 1000 - (isSlow ? 40_000 : 0)} ${isSlow ? 'slow' : 'fast'} ${i}`;
    });
    const folder = writeLogs({
      'mail.log.2.gz': gzipSync(`${lines.slice(0, 21).join('\n')}\n`),
      'mail.log.1': `${lines.slice(21, 43).join('\n')}\n`,
      'mail.log': `${lines.slice(43).join('\n')}\n`,
    });
    expect((await keptOf(folder)).map((text) => text.slice(text.lastIndexOf(' ') + 1))).toEqual(
      lines.map((_, i) => String(i)),
    );
  });

  test('a line that follows across the cut follows still', async () => {
    const folder = writeLogs({ 'mainlog.1': '1 a\n', mainlog: '\tmore\n3 b\n', other: '2 x\n' });
    expect(textsOf(await readLogs(folder, ['.']))).toEqual(['1 a', '\tmore', '2 x', '3 b']);
  });

  test('equal lines on both sides of a cut are different lines', async () => {
    const folder = writeLogs({ 'mail.log.1': '1 a\n2 same\n', 'mail.log': '2 same\n3 b\n', other: '9 x\n' });
    expect((await readLogs(folder, ['.'])).lines.filter((line) => line.duplicate)).toEqual([]);
  });

  test('a copy beside its packed form, and cuts that overlap, count once', async () => {
    const folder = writeLogs({
      'mail.log.1': '1 a\n2 b\n',
      'mail.log.1.gz': gzipSync('1 a\n2 b\n'),
      'mail.log': '5000 c\n',
    });
    expect(await keptOf(folder)).toEqual(['1 a', '2 b', '5000 c']);
    for (const pack of [(text: string) => Buffer.from(text), (text: string) => gzipSync(text)]) {
      const overlapping = writeLogs({
        'mail.log.1': pack('1000 a\n3000 b\n5000 c\n'),
        'mail.log': '3000 b\n5000 c\n8000 d\n',
      });
      expect(await keptOf(overlapping)).toEqual(['1000 a', '3000 b', '5000 c', '8000 d']);
    }
  });

  test('a file that begins with what the one before it ends with is its next one, however much that is', async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `1000 line ${i} of a second with more than a block of lines`);
    for (const [end, begin] of [
      [2900, 40],
      [2000, 1990],
      [1500, 1498],
    ] as const) {
      const paths = writeLogs({
        'mail.log.1': `900 first\n${lines.slice(0, end).join('\n')}\n`,
        'mail.log': `${lines.slice(begin).join('\n')}\n`,
      });
      expect(await keptOf(paths)).toEqual(['900 first', ...lines]);
    }
  });

  test('a last line that was not written to its end is none that both have', async () => {
    const paths = writeLogs({
      'mail.log.1': '900 a\n1000 b\n1000 c\n1000 cut he',
      'mail.log': '1000 b\n1000 c\n1000 cut here\n',
    });
    expect(await keptOf(paths)).toEqual(['900 a', '1000 b', '1000 c', '1000 cut he', '1000 cut here']);
  });

  test('files of like names that tell the same days are logs of their own', async () => {
    const days = (host: string) => Array.from({ length: 5 }, (_, i) => `${i * DAY} ${host}\n`).join('');
    const folder = writeLogs({ 'mail.1': days('mx1'), 'mail.2': days('mx2') });
    expect(textsOf(await readLogs(folder, ['.'])).slice(0, 4)).toEqual(['0 mx1', '0 mx2', `${DAY} mx1`, `${DAY} mx2`]);
  });

  test('a file that ends early is a problem, the next one is read', async () => {
    const packed = gzipSync('2 b\n');
    const folder = writeLogs({ 'mail.log.2': '1 a\n', 'mail.log.1.gz': packed.subarray(0, -6), 'mail.log': '3 c\n' });
    const { lines, problems } = await readLogs(folder, ['.']);
    expect(lines.map((line) => line.text)).toEqual(['1 a', '2 b', '3 c']);
    expect(problems.map((problem) => problem.where)).toEqual(['mail.log.1.gz']);
  });
});

describe('what framing is told of a file', () => {
  test('its time, and pieces of it: the beginning, places between, the end', async () => {
    const mtime = Date.UTC(2026, 10, 21);
    const text = Array.from({ length: 50_000 }, (_, i) => `${i} some line of a log\n`).join('');
    const folder = writeLogs(
      { 'mail.log': text, 'small.gz': gzipSync(text) },
      { 'mail.log': mtime, 'small.gz': mtime },
    );
    const { facts } = await readLogs(folder, ['mail.log', 'small.gz']);
    for (const file of ['mail.log', 'small.gz']) {
      const { bound, look } = facts.get(file) as FileFacts;
      const { pieces, hasEnd } = look();
      expect(bound).toBe(mtime);
      expect(hasEnd).toBe(true);
      expect(pieces.length).toBeGreaterThan(4);
      expect(text.startsWith(String(pieces[0]))).toBe(true);
      expect(text.endsWith(String(pieces.at(-1)))).toBe(true);
      const places = pieces.map((piece) => text.indexOf(String(piece)));
      expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
    }
  });

  test('of a small file all of it, once; of a pipe the time now and the first block', async () => {
    const folder = writeLogs({ 'mail.log': '1 a\n2 b\n' });
    const { facts } = await readLogs(folder, ['mail.log', '-'], { stdin: pipeOf('1 x\n2 y', 100), now: 77 });
    expect(facts.get('mail.log')?.look()).toEqual({ pieces: [Buffer.from('1 a\n2 b\n')], hasEnd: true });
    expect(facts.get('-')?.bound).toBe(77);
    expect(facts.get('-')?.look()).toMatchObject({ hasEnd: false });
  });
});
