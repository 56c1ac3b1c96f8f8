import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvText, shellWord } from '../../src/render/escape.ts';
import { visible } from '../../src/util/visible.ts';
import { hostileText } from './messages.ts';
import { DANGEROUS } from './screens.ts';

describe('visible', () => {
  it('makes visible what a terminal would obey', () => {
    expect(visible('\u001b[31mred\u0007')).toBe(String.raw`\x1b[31mred\x07`);
    expect(visible('a\r\nb\tc\u0000')).toBe(String.raw`a\x0d\x0ab\x09c\x00`);
    expect(visible('\u009b2J')).toBe(String.raw`\x9b2J`);
    expect(visible('\u007f')).toBe(String.raw`\x7f`);
  });

  it('makes visible what nobody would see', () => {
    expect(visible('evil\u202egpj.exe')).toBe(String.raw`evil\u202egpj.exe`);
    expect(visible('pay\u200bpal \u2066x\u2069 \ufeff')).toBe(String.raw`pay\u200bpal \u2066x\u2069 \ufeff`);
    expect(visible('\u{e0041}')).toBe(String.raw`\u{e0041}`);
    expect(visible('\ud800')).toBe(String.raw`\ud800`);
    expect(visible('\u3164')).toBe(String.raw`\u3164`);
  });

  it('leaves every other text as it is', () => {
    for (const text of ['plain', 'Grüße aus Köln', '会議のお知らせ', 'กี่', '🍊 for you', String.raw`a\b`])
      expect(visible(text)).toBe(text);
  });

  it('takes joined emoji apart, so that their width is known', () => {
    expect(visible('👩‍👧')).toBe('👩👧');
    expect(visible('❤\ufe0f')).toBe('❤');
    expect(visible('a\u200db')).toBe(String.raw`a\u200db`);
  });

  it('lets nothing dangerous through, whatever the log holds', () => {
    fc.assert(fc.property(hostileText, (text) => !DANGEROUS.test(visible(text)) && !visible(text).includes('\n')));
  });
});

describe('csvText', () => {
  it('guards formulas and quotes as RFC 4180 says', () => {
    expect(csvText('=1+1')).toBe("'=1+1");
    expect(csvText('@SUM(A1)')).toBe("'@SUM(A1)");
    expect(csvText('-x')).toBe("'-x");
    expect(csvText('+49 30')).toBe("'+49 30");
    expect(csvText('\t=1')).toBe(String.raw`'\x09=1`);
    expect(csvText('a,b')).toBe('"a,b"');
    expect(csvText('say "hi"')).toBe('"say ""hi"""');
    expect(csvText(' padded')).toBe('" padded"');
    expect(csvText('plain')).toBe('plain');
  });

  it('hides nothing on a terminal', () => {
    expect(csvText('a\u202eb')).toBe('a\u202eb');
    expect(csvText('a\u202eb', true)).toBe(String.raw`a\u202eb`);
  });
});

describe('shellWord', () => {
  it('quotes what a shell would take apart', () => {
    expect(['/var/log/mail.log', 'a b', "it's", '$(x)', '', '*.log', '~/x'].map(shellWord)).toEqual([
      '/var/log/mail.log',
      "'a b'",
      String.raw`'it'\''s'`,
      "'$(x)'",
      "''",
      "'*.log'",
      "'~/x'",
    ]);
  });
});
