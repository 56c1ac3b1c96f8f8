import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeText } from '../../src/model/frame.ts';
import { hashFolded, hashText, TextHash } from '../../src/model/hash.ts';
import { internAscii } from '../../src/model/intern.ts';

const someBytes = fc.uint8Array({ minLength: 0, maxLength: 120 });
const asciiBytes = fc.array(fc.integer({ min: 0, max: 0x7f }), { maxLength: 120 }).map((codes) => Buffer.from(codes));

describe('texts of bytes', () => {
  test('ASCII is the same text each time, from whatever place and buffer it comes', () => {
    fc.assert(
      fc.property(asciiBytes, fc.nat(9), fc.nat(9), (text, before, after) => {
        const expected = text.toString('latin1');
        for (const fill of [0x41, 0xff]) {
          const bytes = Buffer.concat([Buffer.alloc(before, fill), text, Buffer.alloc(after, fill)]);
          const known = internAscii(bytes, before, before + text.length);
          if (text.length > 0 && text.length <= 96) expect(known).toBe(expected);
          else expect(known).toBeUndefined();
          expect(decodeText(bytes, before, before + text.length)).toBe(expected);
        }
      }),
    );
  });

  test('texts that differ in one byte are different texts', () => {
    const bytes = Buffer.from('somebody-with-a-long-name@mail.example.org');
    internAscii(bytes, 0, bytes.length);
    for (let i = 0; i < bytes.length; i++) {
      const other = Buffer.from(bytes);
      other[i] = (other[i] as number) ^ 1;
      expect(internAscii(other, 0, other.length)).toBe(other.toString('latin1'));
      expect(internAscii(bytes, 0, bytes.length)).toBe(bytes.toString('latin1'));
    }
  });

  test('other bytes are UTF-8, or else Latin-1', () => {
    fc.assert(
      fc.property(someBytes, (codes) => {
        const bytes = Buffer.from(codes);
        const utf8 = bytes.toString('utf8');
        const isUtf8 = Buffer.from(utf8).equals(bytes);
        expect(decodeText(bytes, 0, bytes.length)).toBe(isUtf8 ? utf8 : bytes.toString('latin1'));
        const isPlain = codes.length > 0 && codes.length <= 96 && codes.every((c) => c < 0x80);
        expect(internAscii(bytes, 0, bytes.length)).toBe(isPlain ? utf8 : undefined);
      }),
    );
  });
});

describe('hashes of texts', () => {
  test('pieces hash as the whole', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (pieces) => {
        const hash = new TextHash();
        hash.start();
        for (const piece of pieces) {
          hash.add(piece);
          hash.addUnit(0x0a);
        }
        expect(hash.value()).toBe(hashText(pieces.map((piece) => `${piece}\n`).join('')));
      }),
    );
  });

  test('a folded hash is that of the text in lower case', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(text, fc.nat(), (one, seed) => {
        expect(hashFolded(one, seed)).toBe(hashFolded(one.toLowerCase(), seed));
      }),
    );
    // the Kelvin sign is a `k` in lower case
    expect(hashFolded('\u212a@x')).toBe(hashFolded('k@x'));
    expect(hashFolded('Ann@Example.Org')).toBe(hashFolded('ann@example.org'));
    expect(hashFolded('ann@example.org')).not.toBe(hashFolded('amn@example.org'));
  });
});
