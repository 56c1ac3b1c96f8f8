/** The HTML report: well-formed, complete in itself, and nothing from a log becomes markup. */
import { describe, expect, test } from 'vitest';
import { reportHtml } from '../../../src/render/report/html.ts';
import { Clock } from '../../../src/render/times.ts';
import { DAY_START, EMPTY, HOSTILE, aReport } from './documents.ts';

const OPTIONS = { clock: new Clock('UTC'), now: DAY_START + 86_400_000 };
const page = reportHtml(aReport(), OPTIONS);

const VOID: ReadonlySet<string> = new Set(['meta', 'wbr']);
const TAG = /<(\/?)([a-z][a-z0-9]*)((?: [a-z][a-z0-9-]*(?:="[^"<]*")?)*)(\/?)>/gi;

interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** All elements; fails where a tag is not closed, or closed by another. */
function elementsOf(text: string): Element[] {
  const body = text.replace(/^<!DOCTYPE html>/, '').replace(/<style>[^<]*<\/style>/, '');
  const open: string[] = [];
  const elements: Element[] = [];
  for (const [tag, closes, name = '', attributes = '', closed] of body.matchAll(TAG)) {
    if (closes === '/') {
      expect(name, tag).toBe(open.pop());
      continue;
    }
    const pairs = [...attributes.matchAll(/ ([a-z][a-z0-9-]*)(?:="([^"]*)")?/gi)];
    elements.push({ name, attributes: new Map(pairs.map(([, key = '', value = '']) => [key, value])) });
    if (closed !== '/' && !VOID.has(name)) open.push(name);
  }
  expect(open).toEqual([]);
  expect(body.replaceAll(TAG, ''), 'what is no tag has no angle brackets').not.toMatch(/[<>]/);
  return elements;
}

const elements = elementsOf(page);
const named = (name: string): Element[] => elements.filter((element) => element.name === name);

describe('the HTML report', () => {
  test('needs nothing from outside and runs nothing', () => {
    const names = new Set(elements.map(({ name }) => name));
    for (const name of ['script', 'link', 'img', 'iframe', 'object', 'use', 'image', 'a', 'form'])
      expect([...names]).not.toContain(name);
    const attributes = new Set(elements.flatMap((element) => [...element.attributes.keys()]));
    expect([...attributes].filter((name) => /^(?:on|src|href|xlink|action|background|srcset)/.test(name))).toEqual([]);
    expect(/<style>([^<]*)<\/style>/.exec(page)?.[1]).not.toMatch(/url\(|@import/);
    expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:/);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test('shows hostile text as text, with what hides in it visible', () => {
    expect(page).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    const shown =
      '&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;&quot; onload=&quot;alert(3) &#39; &amp;amp; ';
    expect(page.split(shown)).toHaveLength(8);
    expect(page).toContain(String.raw`\x1b<wbr>[31m \u202egpj.exe \x00 \u{e0041} \ud800`);
    expect(page).not.toContain('<script');
    const labelled = reportHtml(
      aReport({
        title: HOSTILE,
        filters: HOSTILE,
        figures: [{ name: 'x', label: HOSTILE, value: Number.NaN, hint: HOSTILE }],
        compared: { label: HOSTILE, since: 0, until: 1 },
        sections: [
          {
            name: HOSTILE,
            title: HOSTILE,
            text: HOSTILE,
            columns: [{ name: HOSTILE, label: HOSTILE }],
            rows: [{ heading: HOSTILE, advice: HOSTILE, cells: [HOSTILE] }],
          },
        ],
        charts: [
          {
            name: HOSTILE,
            title: HOSTILE,
            form: 'columns',
            labels: [HOSTILE],
            series: [{ name: HOSTILE, label: HOSTILE, tone: 'bad', values: [1] }],
          },
        ],
      }),
      OPTIONS,
    );
    expect(new Set(elementsOf(labelled).map(({ name }) => name))).not.toContain('script');
  });

  test('each chart has a name, a description and its numbers as a table', () => {
    const charts = named('svg');
    expect(charts).toHaveLength(4);
    const ids = new Set(elements.map(({ attributes }) => attributes.get('id')).filter((id) => id !== undefined));
    for (const { attributes } of charts) {
      expect(attributes.get('role')).toBe('img');
      const labels = attributes.get('aria-labelledby')?.split(' ') ?? [];
      expect(labels).toHaveLength(2);
      for (const id of labels) expect(ids).toContain(id);
    }
    expect(ids.size).toBe(elements.filter(({ attributes }) => attributes.has('id')).length);
    const tables = page.match(/<details>.*?<\/details>/gs) ?? [];
    expect(tables).toHaveLength(4);
    expect(tables[0]).toContain('<th scope="row" class="f">13</th><td class="n">1,790</td><td class="n">239</td>');
    expect(tables[1]).toContain('<th scope="row" class="f">The mailbox does not exist</th><td class="n">812</td>');
    expect(page).toMatch(/<desc id="chart-2-desc">3 bars\. Most: The mailbox does not exist: 812\./);
  });

  test('bars are as long as their numbers, columns stand upon each other', () => {
    const outcomes = /<svg[^>]*aria-labelledby="chart-4-title.*?<\/svg>/s.exec(page)?.[0] ?? '';
    const parts = [...outcomes.matchAll(/<rect class="plain[^"]*"[^>]*x="([\d.]+)%" width="([\d.]+)%"/g)];
    const [first, second, third] = parts.map(([, x, width]) => [Number(x), Number(width)]);
    expect(first).toEqual([0, 93.023]);
    expect(second).toEqual([93.023, 6.977]);
    expect(third).toEqual([0, 20.93]);
    const hour = />13: 1,790 delivered, 239 waiting[^<]*<\/title>(.*?)<\/g>/.exec(page)?.[1] ?? '';
    const boxes = [...hour.matchAll(/ y="([\d.]+)" height="([\d.]+)"/g)].map(
      ([, y, height]) => [Number(y), Number(height)] as const,
    );
    expect(boxes).toHaveLength(4);
    for (const [index, [y, height]] of boxes.entries()) {
      const below = boxes[index - 1]?.[0] ?? 168;
      expect(y + height).toBeCloseTo(below, 1);
    }
  });

  test('tables have heads with a scope, headings come in order, data columns are left out', () => {
    for (const { attributes } of named('th')) expect(attributes.get('scope')).toMatch(/^(?:col|row|rowgroup)$/);
    const heads = elements.filter(({ name }) => /^h\d$/.test(name)).map(({ name }) => name);
    expect(heads).toEqual(['h1', 'h2', 'h2', 'h2']);
    expect(named('html')[0]?.attributes.get('lang')).toBe('en');
    expect(page).not.toContain('user-unknown');
    expect(page).toMatch(
      /<th scope="rowgroup" class="f" colspan="2">The mailbox does not exist<span class="new">new<\/span><\/th><td class="n" data-of="mails">812<\/td>/,
    );
    expect(page).toContain('and 12 more rows');
    // the long text has a line of its own, as wide as the table
    expect(page).toMatch(
      /<tr class="x d1"><td class="f t" colspan="6" data-of="answer">552 5\.2\.2 Mailbox full<\/td><\/tr>/,
    );
  });

  test('says period, filters and what it is compared with', () => {
    const about = [...page.matchAll(/<p class="about">(.*?)<\/p>/g)].map(([, text]) => text);
    expect(about).toEqual(['2026-11-20', 'only domain example.com', 'compared with the day before: 2026-11-19']);
    expect(page).toContain('<dd class="value">1,234</dd><dd class="hint">was 881 (+40%)</dd>');
    expect(page).toContain('<dd class="value">2.7%</dd><dd class="hint">was 1.9%</dd>');
    const berlin = reportHtml(aReport(), { ...OPTIONS, clock: new Clock('Europe/Berlin') });
    expect(berlin).toContain('<p class="about">2026-11-20 01:00 to 2026-11-21 00:59 (+01:00)</p>');
  });

  test('an empty report says so and draws nothing', () => {
    const empty = reportHtml(EMPTY, OPTIONS);
    const names = elementsOf(empty).map(({ name }) => name);
    expect(empty).toContain('<p>Nothing to report.</p>');
    expect(names).not.toContain('svg');
    expect(names).not.toContain('table');
  });
});
