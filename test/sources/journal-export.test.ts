/** The journal's export format: systemd docs/JOURNAL_EXPORT_FORMATS.md. */
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { InputFile } from '../../src/sources/input-file.ts';
import { exportAsJson } from '../../src/sources/journal-export.ts';
import { openInput } from '../../src/sources/open.ts';
import { bytesOf } from './bytes.ts';

const STDIN: InputFile = {
  path: '-',
  full: '',
  kind: 'stdin',
  encoding: 'plain',
  size: 0,
  mtime: undefined,
  identity: 'stdin',
};

function binary(name: string, value: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(value.length));
  return Buffer.concat([Buffer.from(`${name}\n`), length, value, Buffer.from('\n')]);
}

const entry = (...fields: (string | Buffer)[]): Buffer =>
  Buffer.concat([
    Buffer.from('__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795252502418233\n'),
    ...fields.map((field) => (typeof field === 'string' ? Buffer.from(`${field}\n`) : field)),
    Buffer.from('\n'),
  ]);

const TIME = { __REALTIME_TIMESTAMP: '1795252502418233' };

async function read(bytes: Buffer, size: number): Promise<unknown[]> {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  const found: string[] = [];
  const out = await bytesOf(
    openInput(STDIN, { onProblem: ({ what }) => found.push(what), stdin: Readable.from(pieces) }),
  );
  expect(found).toEqual([]);
  const lines = out.toString('utf8').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line) as unknown);
}

const TWO = Buffer.concat([
  entry('_HOSTNAME=mx1', '_UID=0', 'MESSAGE=a=b "x"', 'MESSAGE=second', binary('COREDUMP', Buffer.alloc(70_000, 10))),
  entry(binary('MESSAGE', Buffer.from('two\n\nlines=é\n')), binary('_COMM', Buffer.from([0xe9, 0x0a])), 'SYSLOG_PID=7'),
]);
const READ = [
  { ...TIME, _HOSTNAME: 'mx1', MESSAGE: 'a=b "x"' },
  { ...TIME, MESSAGE: 'two\n\nlines=é\n', _COMM: [0xe9, 0x0a], SYSLOG_PID: '7' },
];

test.each([1, 2, 9, 1000, 65_536, 1_000_000])('entries in pieces of %i bytes', async (size) => {
  expect(await read(size < 9 ? TWO.subarray(0, 60) : TWO, size)).toEqual(size < 9 ? [TIME] : READ);
});

test('the last entry needs no empty line behind it, nor a line feed', async () => {
  expect(await read(TWO.subarray(0, -2), 5000)).toEqual(READ);
});

test('nothing of a value above the bound is kept', async () => {
  const bytes = Buffer.concat([
    entry(binary('MESSAGE', Buffer.alloc(1_100_000, 0x61)), '_PID=1'),
    entry(`MESSAGE=${'b'.repeat(1_200_000)}`, '_PID=2'),
    entry('MESSAGE=c'),
  ]);
  expect(await read(bytes, 10_000)).toEqual([
    { ...TIME, _PID: '1' },
    { ...TIME, _PID: '2' },
    { ...TIME, MESSAGE: 'c' },
  ]);
});

test('any bytes give lines of JSON', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 200 }), (more, at) => {
      const bytes = Buffer.concat([TWO.subarray(0, at), more, TWO.subarray(at)]);
      for (const line of exportAsJson(bytes).toString('utf8').split('\n')) if (line !== '') JSON.parse(line);
    }),
  );
});
