import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutEnd, cutMiddle, pad, widthOf } from '../../src/render/width.ts';
import { visible } from '../../src/util/visible.ts';
import { hostileText } from './messages.ts';

describe('widthOf', () => {
  it('counts two columns for East Asian wide characters and emoji, none for combining marks', () => {
    expect(
      ['abc', 'é', 'e\u0301', '日本', 'ｆｕｌｌ', 'ﾊﾝ', '🍊', 'กี่', 'हिन्दी', '한국어', '…→', '✅', '©'].map(widthOf),
    ).toEqual([3, 1, 1, 4, 8, 2, 2, 1, 5, 6, 2, 2, 1]);
  });
});

describe('cutting', () => {
  it('cuts an address in its middle and keeps its domain where it can', () => {
    expect(cutMiddle('alice.wonderland@example.org', 22)).toBe('alice.won…@example.org');
    expect(cutMiddle('bob@example.com', 15)).toBe('bob@example.com');
    expect(cutMiddle('bounces+bob=example.com@lists.example.net', 16)).toBe('bounces+…ple.net');
  });

  it('cuts a subject at its end', () => {
    expect(cutEnd('Quarterly numbers', 10)).toBe('Quarterly…');
    expect(cutEnd('会議のお知らせ', 6)).toBe('会議…');
  });

  it('never gives more than the width, and text that fits unchanged', () => {
    fc.assert(
      fc.property(hostileText, fc.nat(40), (raw, width) => {
        const text = visible(raw);
        for (const cut of [cutEnd(text, width), cutMiddle(text, width)]) {
          expect(widthOf(cut)).toBeLessThanOrEqual(width);
          if (widthOf(text) <= width) expect(cut).toBe(text);
        }
        expect(widthOf(pad(cutEnd(text, width), width))).toBe(width);
      }),
    );
  });
});
