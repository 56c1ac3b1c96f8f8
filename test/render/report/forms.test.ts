/** Every form of a report, with hostile log text in it: nothing reaches a terminal, a spreadsheet or a page as more than text. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderReport } from '../../../src/render/report/index.ts';
import { Clock } from '../../../src/render/times.ts';
import { widthOf } from '../../../src/render/width.ts';
import type { ReportDocument } from '../../../src/report/document.ts';
import { AT, hostileText } from '../messages.ts';
import { DANGEROUS } from '../screens.ts';

const options = { clock: new Clock('UTC'), tty: true };

const COLUMNS: ReportDocument['sections'][number]['columns'] = [
  { name: 'reason', label: 'Reason', isData: true },
  { name: 'recipients', label: 'Recipients', align: 'right' },
  { name: 'domain', label: 'Domain' },
  { name: 'first', label: 'First', unit: 'time' },
  { name: 'answer', label: 'Answer', wide: true },
];

function documentOf(text: string, more: string): ReportDocument {
  const cells = ['policy', 3, text, AT, more];
  return {
    kind: 'bounces',
    title: 'Bounces',
    period: { first: AT, last: AT + 1000 },
    filters: text,
    figures: [
      { name: 'recipients', label: 'recipients', value: 3, previous: 2 },
      { name: 'held', label: 'held', value: 0, isPart: true },
      { name: 'bytes', label: 'accepted', value: 1_500_000, unit: 'bytes' },
    ],
    charts: [],
    sections: [
      {
        name: 'reasons',
        title: 'Why',
        columns: COLUMNS,
        rows: [{ cells, heading: text, advice: more, rows: [{ cells, isNew: true }], more: 4 }],
      },
      {
        name: 'plain',
        title: 'Plain',
        columns: COLUMNS,
        rows: [{ cells }, { cells: ['policy', 1, undefined, AT, undefined] }],
      },
      { name: 'none', title: 'None', columns: COLUMNS, rows: [] },
    ],
    notes: [more],
    empty: false,
  };
}

const usual = documentOf('example.com', '550 5.1.1 No such user');

describe('text', () => {
  test('says figures, groups with what to do, details, and what is left out', () => {
    expect(renderReport(usual, 'text', options)).toBe(`Bounces
=======
2026-11-21 09:15:02 to 2026-11-21 09:15:03 (+00:00)
Only: example.com

       3  recipients (was 2)
  1.5 MB  accepted

Why
---
     3  example.com
        -> 550 5.1.1 No such user
         3  NEW example.com  2026-11-21 09:15
            550 5.1.1 No such user
        … and 4 more

Plain
-----
Recipients  Domain       First
         3  example.com  2026-11-21 09:15
    550 5.1.1 No such user
         1               2026-11-21 09:15

* 550 5.1.1 No such user
`);
  });

  test('hostile text is visible, and no line is wider than 72', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (a, b) => {
        const text = renderReport(documentOf(a, b), 'text', options);
        expect(text).not.toMatch(DANGEROUS);
        for (const line of text.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(72);
      }),
    );
  });
});

describe('markdown', () => {
  test('no character of a log means anything', () => {
    const hostile = '<img src=x> [a](http://b) `c` | *d* https://evil.example www.evil.example &lt; # - +';
    const text = renderReport(documentOf(hostile, '- x'), 'markdown', options);
    expect(text).toContain(
      String.raw`\<img src=x\> \[a\](http\://b) \`c\` \| \*d\* https\://evil.example www\.evil.example \&lt; \# - +`,
    );
    expect(text).toContain(String.raw`- \- x`);
    // each row has its cells and no more
    for (const line of text.split('\n').filter((each) => each.startsWith('| 3 ')))
      expect(line.match(/(?<!\\)\|/g)).toHaveLength(5);
  });

  test('hostile text is visible', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (a, b) => {
        const text = renderReport(documentOf(a, b), 'markdown', options);
        expect(text).not.toMatch(DANGEROUS);
        expect(text.replaceAll(/\\[\s\S]/g, '')).not.toMatch(/[<&`]/);
      }),
    );
  });
});

describe('JSON', () => {
  test('is one object of stable names, without null', () => {
    const text = renderReport(usual, 'json', options);
    expect(JSON.parse(text)).toEqual({
      v: 1,
      report: 'bounces',
      period: { first: '2026-11-21T09:15:02.120+00:00', last: '2026-11-21T09:15:03.120+00:00' },
      filters: 'example.com',
      figures: { recipients: 3, held: 0, bytes: 1_500_000 },
      tables: {
        reasons: [
          {
            reason: 'policy',
            recipients: 3,
            domain: 'example.com',
            first: '2026-11-21T09:15:02.120+00:00',
            answer: '550 5.1.1 No such user',
            meaning: 'example.com',
            advice: '550 5.1.1 No such user',
            rows: [
              {
                reason: 'policy',
                recipients: 3,
                domain: 'example.com',
                first: '2026-11-21T09:15:02.120+00:00',
                answer: '550 5.1.1 No such user',
                new: true,
              },
            ],
            more: 4,
          },
        ],
        plain: [
          {
            reason: 'policy',
            recipients: 3,
            domain: 'example.com',
            first: '2026-11-21T09:15:02.120+00:00',
            answer: '550 5.1.1 No such user',
          },
          { reason: 'policy', recipients: 1, first: '2026-11-21T09:15:02.120+00:00' },
        ],
        none: [],
      },
      series: {},
      notes: ['550 5.1.1 No such user'],
      empty: false,
    });
    expect(text).not.toContain('null');
  });

  test('hostile text comes back as it stood, and hides nothing', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (a, b) => {
        const text = renderReport(documentOf(a, b), 'json', options);
        expect(text).not.toMatch(DANGEROUS);
        expect((JSON.parse(text) as { filters: string; notes: string[] }).notes).toEqual([b]);
      }),
    );
  });
});

describe('CSV', () => {
  test('is the first table, its details alone; --section chooses another', () => {
    expect(renderReport(usual, 'csv', options)).toBe(
      'reason,recipients,domain,first,answer\npolicy,3,example.com,2026-11-21T09:15:02.120+00:00,550 5.1.1 No such user\n',
    );
    expect(renderReport(usual, 'csv', { ...options, section: 'figures' })).toBe(
      'name,value\nrecipients,3\nheld,0\nbytes,1500000\n',
    );
    expect(renderReport(usual, 'csv', { ...options, section: 'none' })).toBe('reason,recipients,domain,first,answer\n');
    expect(() => renderReport(usual, 'csv', { ...options, section: 'nothing' })).toThrow(/no table 'nothing'/);
  });

  test('no cell is a formula', () => {
    const text = renderReport(documentOf('=1+1', '@SUM(A1)'), 'csv', options);
    expect(text).toContain(",'=1+1,");
    expect(text).toContain(",'@SUM(A1)\n");
  });
});
