/** RFC 2047 encoded words as loggers write them: whole, folded, split, cut, hostile. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeEncodedWords, headerText } from '../../src/util/encoded-words.ts';

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes as string).toString('base64');
const quoted = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** The bytes in words that end at `ends`, B or Q by turns. */
function encode(bytes: Buffer, ends: readonly number[], encodings: readonly boolean[], between: string): string {
  const marks = [...new Set([0, ...ends.map((end) => end % bytes.length), bytes.length])].toSorted((a, b) => a - b);
  const parts = marks.slice(1).map((end, index) => bytes.subarray(marks[index], end));
  return parts
    .map((part, index) =>
      encodings[index % encodings.length] ? `=?utf-8?B?${base64(part)}?=` : `=?UTF-8?q?${quoted(part)}?=`,
    )
    .join(between);
}

/** Recorded: subjects as Postfix 3.7 (header_checks WARN) and Exim 4.96 (reject log) wrote them, and what was sent. */
const RECORDED: readonly (readonly [logged: string, subject: string])[] = [
  ['=?utf-8?b?8J+OiSBQYXJ0eSB0aW1lIPCfjoIgNDU=?=', '🎉 Party time 🎂 45'],
  ['=?utf-8?b?8J+OiSBQYXJ0eSB0aW1lIPCfjoIgOTQ5?=', '🎉 Party time 🎂 949'],
  ['=?utf-8?b?8J+OiSBQYXJ0eSB0aW1lIPCfjoIgMzE=?=', '🎉 Party time 🎂 31'],
  ['Rejected: =?utf-8?b?8J+OiSBQYXJ0eSB0aW1lIPCfjoIgMzM4?=', 'Rejected: 🎉 Party time 🎂 338'],
  ['=?utf-8?b?0KHQvNC10YLQsCDQvdCwINGA0LXQvNC+0L3RgiAyOTU=?=', 'Смета на ремонт 295'],
  ['=?utf-8?b?0KHQvNC10YLQsCDQvdCwINGA0LXQvNC+0L3RgiA1NQ==?=', 'Смета на ремонт 55'],
  ['=?utf-8?b?0KHQvNC10YLQsCDQvdCwINGA0LXQvNC+0L3RgiA5NDM=?=', 'Смета на ремонт 943'],
  ['=?utf-8?b?R3LDtsOfZSBkZXIgw4RuZGVydW5nIDUwNA==?=', 'Größe der Änderung 504'],
  ['=?utf-8?b?R3LDtsOfZSBkZXIgw4RuZGVydW5nIDIwNQ==?=', 'Größe der Änderung 205'],
  ['=?utf-8?b?R3LDtsOfZSBkZXIgw4RuZGVydW5nIDkwMA==?=', 'Größe der Änderung 900'],
  ['=?utf-8?b?xbvDs8WCdGEgxYLDs2TFuiAzNTg=?=', 'Żółta łódź 358'],
  ['=?utf-8?b?xbvDs8WCdGEgxYLDs2TFuiA0NTQ=?=', 'Żółta łódź 454'],
  ['=?utf-8?b?xbvDs8WCdGEgxYLDs2TFuiA2NjM=?=', 'Żółta łódź 663'],
  ['=?utf-8?b?5Lya6K2w44Gu6K2w5LqL6YyyIDMxNQ==?=', '会議の議事録 315'],
  ['=?utf-8?b?5Lya6K2w44Gu6K2w5LqL6YyyIDIyNQ==?=', '会議の議事録 225'],
  ['=?utf-8?b?w5xiZXJ3ZWlzdW5nIGbDvHIgTcOkcnogMjQ5?=', 'Überweisung für März 249'],
  ['=?utf-8?b?w5xiZXJ3ZWlzdW5nIGbDvHIgTcOkcnogODc2?=', 'Überweisung für März 876'],
  ['=?utf-8?b?2LnYsdi2INiz2LnYsSA2Mg==?=', 'عرض سعر 62'],
  ['=?utf-8?b?2LnYsdi2INiz2LnYsSA4MTY=?=', 'عرض سعر 816'],
  ['=?utf-8?b?UsOpdW5pb24gw6AgUGFyaXMg4oCTIGNhZsOpIDk5Mw==?=', 'Réunion à Paris – café 993'],
  ['=?utf-8?b?UsOpdW5pb24gw6AgUGFyaXMg4oCTIGNhZsOpIDY4?=', 'Réunion à Paris – café 68'],
  ['=?utf-8?b?zpXOu867zrfOvc65zrrPjCDOuM6tzrzOsSA1MzU=?=', 'Ελληνικό θέμα 535'],
  ['=?utf-8?b?bmHDr3ZlIGZhw6dhZGUgMzc5?=', 'naïve façade 379'],
  ['=?utf-8?b?bmHDr3ZlIGZhw6dhZGUgODk=?=', 'naïve façade 89'],
  ['Rohe Ümläute ñ 101', 'Rohe Ümläute ñ 101'],
  [
    'first part of the subject? second part after the fold??third part',
    'first part of the subject? second part after the fold??third part',
  ],
  ['tab?here 870', 'tab?here 870'],
];

test.each(RECORDED)('recorded: %s', (logged, subject) => {
  expect(headerText(logged)).toBe(subject);
});

describe('whole words', () => {
  test.each([
    ['text without words stays', 'Is 1=?2, or a =? b', 'Is 1=?2, or a =? b'],
    ['Q, with _ for a space', '=?UTF-8?Q?Caf=C3=A9_au_lait=21?=', 'Café au lait!'],
    ['text around words stays', 'Re: =?utf-8?Q?=C3=A9?= (2) =?utf-8?Q?=C3=A8?=?', 'Re: é (2) è?'],
    ['a language is no part of the charset (RFC 2231)', '=?utf-8*fr-CA?Q?=C3=A9t=C3=A9?=', 'été'],
    ['an empty word', 'a =?utf-8?Q??= b', 'a  b'],
    ['an encoded line end and ESC are left to the renderers', '=?utf-8?Q?a=0Ab=1B[m?=', 'a\nb\u001b[m'],
    ['a question mark that the mailer left unencoded', '=?utf-8?Q?Really??=', 'Really?'],
    ['a fold inside a B word, as Postfix prints it', '=?utf-8?B?4oKs? IDEw?=', '€ 10'],
    ['a B word that is not base64', '=?utf-8?B?not base64!?=', '=?utf-8?B?not base64!?='],
    ['an unknown encoding', '=?utf-8?X?abc?=', '=?utf-8?X?abc?='],
    ['a start without an end before another word', '=?utf-8?Q?a =?utf-8?Q?b?=', '=?utf-8?Q?a b'],
  ])('%s', (_, logged, text) => {
    expect(decodeEncodedWords(logged)).toBe(text);
  });

  test('headerText drops the white space at the end, decodeEncodedWords keeps it', () => {
    expect(headerText('=?utf-8?Q?a_?= \t')).toBe('a');
    expect(decodeEncodedWords('=?utf-8?Q?a_?= \t')).toBe('a  \t');
    expect(headerText('plain ')).toBe('plain');
  });
});

describe('words that follow each other', () => {
  const A = '=?utf-8?Q?=C3=A9?=';
  const B = '=?utf-8?B?w6g=?=';
  test.each(['', ' ', '\t', '? ', '?', '??', ' ?', ' ? ', '\r\n ', '\n\t', '?   ', '\ufffd '])(
    'join over %j',
    (between) => {
      expect(decodeEncodedWords(`x ${A}${between}${B} y`)).toBe('x éè y');
      expect(decodeEncodedWords(`x ${A}${between}=?koi8-r?B?xA==?= y`)).toBe('x éд y');
    },
  );

  test('a ? before, after or beside other text stays', () => {
    expect(decodeEncodedWords(`x? ${A}? y ${B}??z`)).toBe('x? é? y è??z');
  });

  test.each([
    ['B, padded', '=?utf-8?B?4oI=?= =?utf-8?B?rA==?=', '€'],
    ['B, not padded', '=?UTF-8?B?4oKs4oKs4oKs4oKs8J+O?=? =?utf-8?B?iQ?=', '€€€€🎉'],
    ['Q', '=?utf-8?Q?=E2=82?=??=?UTF-8*en?q?=AC_1?=', '€ 1'],
    ['B, then Q', '=?utf-8?B?4oI=?= =?utf-8?Q?=AC?=', '€'],
    ['Shift_JIS', '=?shift_jis?B?k/o=?= =?shift_jis?B?lg==?= =?shift_jis?B?ew==?=', '日本'],
    [
      'half a character at the end of one does not spoil the next',
      '=?gbk?Q?=D6?= =?gbk?Q?=D6=D0=CE=C4?=',
      '\ufffd中文',
    ],
    ['split, and cut at the end', '=?utf-8?B?4oI=?= =?utf-8?B?rPCfjo', '€'],
  ])('one character in two words: %s', (_, logged, text) => {
    expect(decodeEncodedWords(logged)).toBe(text);
  });
});

describe('charsets', () => {
  test.each([
    ['iso-8859-1', 'gr=FC=DFe', 'grüße'],
    ['iso-8859-1', '=93=80=94_=96', '“€” –'],
    ['windows-1252', '=8A=9F=85=81', 'ŠŸ…\u0081'],
    ['Latin1', '=80=E9', '€é'],
    ['us-ascii', 'plain', 'plain'],
    ['iso-8859-2', '=A3=F3d=BC', 'Łódź'],
    ['iso-8859-5', '=BF=E0=D8', 'При'],
    ['iso-8859-7', '=C5=EB', 'Ελ'],
    ['iso-8859-8-i', '=F9=EC', 'של'],
    ['iso-8859-9', '=DE=FD', 'Şı'],
    ['iso-8859-15', '=A4', '€'],
    ['windows-1250', '=8A=E8', 'Šč'],
    ['windows-1251', '=CF=F0=E8', 'При'],
    ['windows-1253', '=C5=EB', 'Ελ'],
    ['windows-1254', '=DE=80', 'Ş€'],
    ['windows-1255', '=F9=EC', 'של'],
    ['windows-1256', '=E3=D1', 'مر'],
    ['windows-1257', '=D0=E0', 'Šą'],
    ['windows-1258', '=D0=FE', 'Đ₫'],
    ['koi8-r', '=F0=D2=C9', 'При'],
    ['koi8-u', '=A7=A4', 'їє'],
    ['gb2312', '=D6=D0=CE=C4', '中文'],
    ['GBK', '=D6=D0=CE=C4', '中文'],
    ['cp936', '=D6=D0=CE=C4', '中文'],
    ['gb18030', '=D6=D0=94=39=FC=36', '中😀'],
    ['big5', '=A4=A4=A4=E5', '中文'],
    ['shift_jis', '=93=FA=96{', '日本'],
    ['iso-2022-jp', '=1B$BF|K\\=1B(B', '日本'],
    ['euc-kr', '=C7=D1=B1=DB', '한글'],
    ['ks_c_5601-1987', '=C7=D1=B1=DB', '한글'],
  ])('%s %s', (charset, payload, text) => {
    expect(decodeEncodedWords(`=?${charset}?Q?${payload}?=`)).toBe(text);
  });

  test('a word in an unknown charset stays raw, and so does the white space beside it', () => {
    const raw = '=?x-nobody?Q?=41?= =?utf-7?B?QQ==?= ? =?utf-8?Q?b?= =?iso-2022-kr?Q?c?=';
    expect(decodeEncodedWords(raw)).toBe(raw.replace('=?utf-8?Q?b?=', 'b'));
  });
});

describe('words that the logger cut', () => {
  test.each([
    ['B in a group', '=?utf-8?b?8J+OiSBQYXJ0e', '🎉 Part'],
    ['B in a character', '=?utf-8?B?R3LD', 'Gr'],
    ['before its last =', '=?utf-8?B?R3LDtsOfZQ==?', 'Größe'],
    ['in its padding', '=?utf-8?B?R3LDtsOfZQ=', 'Größe'],
    ['Q after =', '=?utf-8?Q?Gr=C3=B6=C3=9Fe_=', 'Größe '],
    ['Q in an escape', '=?utf-8?Q?Gr=C3=B6=C', 'Grö'],
    ['Q in a character', '=?utf-8?Q?Gr=C3=B6=C3', 'Grö'],
    ['after another word', '=?utf-8?Q?Gr=C3?=? =?utf-8?Q?=B6=C3=9', 'Grö'],
    ['an incomplete word of another charset', '=?utf-8?Q?a?= =?gbk?Q?=D6', 'a'],
    ['with the mark of the logger', '=?utf-8?B?R3LDtsO...', 'Grö...'],
    ['with the mark of the logger, Q', '=?utf-8?Q?Gr=C3=B6=C…', 'Grö…'],
    ['in its charset', 'a =?utf-8?Q?b?= =?utf', 'a b =?utf'],
    ['before its payload', 'a =?utf-8?Q?b?= =?utf-8?B?', 'a b =?utf-8?B?'],
    ['with nothing whole in it, alone', '=?utf-8?B?8J+', '=?utf-8?B?8J+'],
    ['no word: white space follows', 'what is =?utf-8?Q?this and that', 'what is =?utf-8?Q?this and that'],
  ])('%s', (_, logged, text) => {
    expect(decodeEncodedWords(logged)).toBe(text);
  });

  test.each([
    ['utf-8', 'B', base64('Смета 🎉 €')],
    ['utf-8', 'Q', quoted(Buffer.from('Смета 🎉 €'))],
    ['big5', 'Q', '=A4=A4=A4=E5=A4=A4'],
    ['gb18030', 'Q', '=D6=D0=94=39=FC=36=D6=D0'],
    ['iso-2022-jp', 'B', base64('\u001b$BF|K\\\u001b(B a')],
    ['euc-kr', 'B', 'x9Gx28fRsds='],
  ])('%s in %s cut anywhere gives the start of its text', (charset, encoding, payload) => {
    const whole = decodeEncodedWords(`=?${charset}?${encoding}?${payload}?=`);
    for (let length = 1; length <= payload.length; length += 1) {
      const raw = `x =?${charset}?${encoding}?${payload.slice(0, length)}`;
      expect(`x ${whole}`.startsWith(decodeEncodedWords(raw)), raw).toBe(true);
    }
  });
});

describe('properties', () => {
  const piece = fc.constantFrom(
    '=?',
    '?=',
    '?',
    '=',
    ' ',
    'utf-8',
    'gbk',
    'x-no',
    '?Q?',
    '?B?',
    '=C3',
    '4oKs',
    '*',
    '_',
    '...',
    'é',
    '\ud83d',
  );
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 40 }).map((parts) => parts.join('')),
  );

  test('any text gives text, and never longer than its bytes allow', () => {
    fc.assert(
      fc.property(hostile, (raw) => {
        const text = decodeEncodedWords(raw);
        expect(text.length).toBeLessThanOrEqual(raw.length);
        if (!raw.includes('=?')) expect(text).toBe(raw);
        expect(headerText(raw)).toBe(text.trimEnd());
      }),
    );
  });

  const words = fc.record({
    // A byte order mark at the start is no text to a decoder.
    text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((text) => !text.includes('\ufeff')),
    cuts: fc.array(fc.nat({ max: 240 }), { maxLength: 6 }),
    encodings: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
    between: fc.constantFrom(' ', '? ', '??', '?', '\n '),
  });

  test('a text in words that end anywhere, in the middle of a character too, comes back', () => {
    fc.assert(
      fc.property(words, ({ text, cuts, encodings, between }) => {
        expect(decodeEncodedWords(encode(Buffer.from(text), cuts, encodings, between))).toBe(text);
      }),
    );
  });

  test('and cut anywhere in the last payload it gives its start', () => {
    fc.assert(
      fc.property(words, fc.nat(), ({ text, cuts, encodings, between }, at) => {
        const raw = encode(Buffer.from(text), cuts, encodings, between);
        const from = raw.lastIndexOf('?', raw.length - 3) + 1;
        const cut = raw.slice(0, from + 1 + (at % (raw.length - 2 - from)));
        const got = decodeEncodedWords(cut);
        expect(got === cut || text.startsWith(got), cut).toBe(true);
      }),
    );
  });
});
