import { describe, expect, it } from 'vitest';
import { RawStream } from '../../src/render/raw.ts';

const bytes = Buffer.from([0x41, 0xff, 0x1b, 0x5b, 0x32, 0x4a]);
const line = (text: string | Buffer, number: number): { file: string; line: number; bytes: Buffer } => ({
  file: 'mail.log',
  line: number,
  bytes: Buffer.from(text as Buffer),
});

describe('RawStream', () => {
  it('writes the exact bytes to a pipe, chains separated by one empty line', () => {
    const raw = new RawStream(false);
    const out = Buffer.concat(
      [raw.chain([line(bytes, 1), line('b', 2)]), raw.chain([line('c', 9)])].map((piece) =>
        Buffer.from(piece as Uint8Array),
      ),
    );
    expect(out.equals(Buffer.concat([bytes, Buffer.from('\nb\n\nc\n')]))).toBe(true);
  });

  it('writes nothing that a terminal obeys', () => {
    const raw = new RawStream(true);
    expect(String(raw.chain([line(bytes, 1)])) + String(raw.chain([line('a\tb', 2)]))).toBe('Aÿ\\x1b[2J\n\na    b\n');
  });
});
