/**
 * Every row of every table can be used as it stands, and no text row is hidden by an earlier one.
 */
import { describe, expect, it } from 'vitest';
import type { Advice, TextRow } from '../../src/explain/advice.ts';
import { ENHANCED_CLASSES, ENHANCED_CODES, ENHANCED_SUBJECTS } from '../../src/explain/enhanced-codes-table.ts';
import { codesOf } from '../../src/bounce/delivery-status.ts';
import { explainReply, isSourceChecked, wordsAt } from '../../src/explain/explain.ts';
import { listIn, LISTS } from '../../src/explain/lists-table.ts';
import { REASON_ADVICE, REASONS } from '../../src/explain/reason-words.ts';
import { CHECKED_ROWS } from '../../src/explain/texts/checked.ts';
import { WORDS_AT } from '../../src/explain/texts/words-at.ts';
import { TEXTS } from '../../src/explain/texts/index.ts';
import { SMTP_CODES } from '../../src/explain/smtp-codes-table.ts';
import { todoFor } from '../../src/explain/todo.ts';

const CODE_ROWS = [
  ...[...ENHANCED_CODES].map(([key, row]) => ({ key, row })),
  ...[...ENHANCED_SUBJECTS].map(([key, row]) => ({ key: `subject ${key}`, row })),
  ...[...ENHANCED_CLASSES].map(([key, row]) => ({ key: `class ${key}`, row })),
  ...[...SMTP_CODES].map(([key, row]) => ({ key, row })),
];

function expectReadable(advice: Advice): void {
  for (const text of [advice.meaning, advice.todo]) {
    expect(text).toMatch(/^[A-Z{].{9,}[.]$/);
    // one sentence, and short enough for a help desk to read out
    expect(text.length).toBeLessThan(140);
    expect(text).not.toMatch(/\. [A-Z]/);
    expect(text.replaceAll('{domain}', '')).not.toMatch(/[{}]/);
  }
}

describe('code tables', () => {
  it.each(CODE_ROWS)('$key is readable, names a document and a known reason', ({ row }) => {
    expectReadable(row);
    expect(row.source).toMatch(/^https:\/\/(www\.rfc-editor\.org\/rfc\/rfc\d{4}$|www\.iana\.org\/)/);
    if (row.reason !== undefined) expect(REASONS).toContain(row.reason);
  });

  it('holds every detail of the IANA registry', () => {
    const details: Record<number, number> = { 1: 10, 2: 4, 3: 6, 4: 7, 5: 6, 6: 10, 7: 30 };
    for (const [subject, last] of Object.entries(details)) {
      for (let detail = 0; detail <= last; detail++)
        expect([...ENHANCED_CODES.keys()]).toContain(`x.${subject}.${detail}`);
    }
  });

  it('has no reason for a success and one for every failure but notices', () => {
    for (const [code, row] of SMTP_CODES) expect(row.reason === undefined).toBe(Number(code) < 400);
  });
});

describe('reasons', () => {
  it.each(REASONS)('%s has readable general advice', (reason) => {
    expect(reason).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expectReadable(REASON_ADVICE[reason]);
  });
});

/** A reply made of one alternative of a row, with a code that the row allows. */
function sample(row: TextRow, text: string | undefined) {
  const code = row.codes?.[0]?.replace('x', '5').replace(/-\d+$/, '');
  const reply = text === undefined ? '' : `Sorry: ${text.replaceAll(/[*~]/g, ' thing ')} here`;
  return code?.length === 3 ? { status: 'bounced', code, reply } : { status: 'bounced', reply, dsn: code };
}

describe('text tables', () => {
  it('names each row once', () => {
    const ids = TEXTS.map((row) => row.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(TEXTS)('$id is readable, in lower case, and names a document', (row) => {
    expectReadable(row);
    expect(REASONS).toContain(row.reason);
    expect(row.source).toMatch(/^https:\/\/\S+$/);
    expect(row.texts.length + (row.codes?.length ?? 0)).toBeGreaterThan(0);
    for (const text of row.texts) {
      expect(text).toBe(text.toLowerCase());
      for (const piece of text.split(/[*~]/)) expect(piece.length).toBeGreaterThan(1);
    }
  });

  it.each(TEXTS)('$id is not hidden by an earlier row', (row) => {
    const texts = row.texts.length === 0 ? [undefined] : row.texts;
    const found = texts.map((text) => explainReply(sample(row, text)));
    expect(found.map((one) => one?.rule)).toContain(row.id);
    // an alternative may be caught earlier, but never with another reason
    for (const [i, one] of found.entries()) expect([texts[i], one?.reason]).toEqual([texts[i], row.reason]);
  });
});

describe('block lists', () => {
  it.each(LISTS)('$name names a page, and is known by its own words alone', ({ name, texts, delist, note }) => {
    expect(delist).toMatch(/^https?:\/\/\S+$/);
    if (note !== undefined) expect(note).toMatch(/^[A-Z].*[.]$/);
    expect(texts.map((text) => listIn(`550 5.7.1 see ${text} for more`)?.name)).toContain(name);
  });

  it('one that the table does not know is named by its zone, with the page that the answer names', () => {
    const reply =
      '554 5.7.1 Client host [192.0.2.1] blocked using bl.example.org; see https://bl.example.org/?ip=192.0.2.1';
    expect(listIn(reply)).toEqual({ name: 'bl.example.org', delist: 'https://bl.example.org/?ip=192.0.2.1' });
    expect(listIn('550 5.1.1 User unknown')).toBeUndefined();
  });
});

describe('samples', () => {
  const sampled = TEXTS.filter((row) => row.sample !== undefined);

  it.each(sampled)('$id: $sample', ({ id, reason, sample = '' }) => {
    const found = explainReply({ status: 'bounced', reply: sample, ...codesOf(sample) });
    expect([found?.reason, found?.rule]).toEqual([reason, id]);
  });

  it('are many, and so are the rows', () => {
    expect(TEXTS.length).toBeGreaterThanOrEqual(150);
    expect(sampled.length).toBeGreaterThanOrEqual(150);
  });
});

describe('what to do', () => {
  const rows: readonly (Advice & { reason?: TextRow['reason'] | undefined })[] = [
    ...TEXTS,
    ...CODE_ROWS.map(({ row }) => row),
    ...REASONS.map((reason) => ({ ...REASON_ADVICE[reason], reason })),
  ];
  const view = { own: false, over: false, waits: false, expired: false };
  const distinct = [...new Map(rows.map((row) => [`${row.side} ${row.todo}`, row])).values()];

  it.each(distinct)('$side: $todo', (row) => {
    for (const own of [false, true]) {
      for (const expired of [false, true]) {
        const over = todoFor(row, { ...view, own, over: true, expired });
        expect(over).not.toMatch(/next attempt|tries again by itself/);
      }
      expect(todoFor(row, { ...view, own, waits: true })).not.toMatch(/then send the mail again\./);
    }
    const own = todoFor(row, { ...view, own: true });
    const other = todoFor(row, view);
    // Ours to act: nobody is sent to the administrator that reads this.
    if (row.side === 'receiving-server') expect(own).not.toContain('administrator of {domain}');
    // The other side's to act: it can only be told, asked, or waited for.
    if (row.side === 'receiving-server') expect(other).toMatch(/^Wait|\b(?:[Tt]ell|[Aa]sk|send them to) the /);
    if (row.side === 'sending-server') expect(own).toMatch(/^(?:Wait\b|Tell the administrator of the sending server)/);
  });
});

describe('checked sources', () => {
  it('are of rows that exist, and most rows that name a provider have one', () => {
    const ids = new Set(TEXTS.map(({ id }) => id));
    expect([...CHECKED_ROWS].filter((id) => !ids.has(id))).toEqual([]);
    expect(CHECKED_ROWS.size).toBeGreaterThanOrEqual(400);
  });

  it('the page that holds the words is another than the one that the row names, and is told', () => {
    const sources = new Map(TEXTS.map(({ id, source }) => [id, source]));
    for (const [id, page] of WORDS_AT) {
      expect(page).toMatch(/^https?:\/\/[^/\s]+\/\S*$/);
      expect([id, sources.get(id)]).not.toEqual([id, page]);
    }
    expect(wordsAt({ matchedBy: 'provider', rule: 'spectrum-ip' })).toContain('for-spectrum.go');
    expect(wordsAt({ matchedBy: 'provider', rule: 'google-full' })).toBeUndefined();
    expect(wordsAt({ matchedBy: 'enhanced', rule: 'spectrum-ip' })).toBeUndefined();
  });

  it('a row of hearsay does not pass for one that was read', () => {
    const [hearsay] = TEXTS.filter(({ id, sample }) => sample !== undefined && !CHECKED_ROWS.has(id));
    const found = explainReply({ status: 'bounced', reply: hearsay?.sample, ...codesOf(hearsay?.sample ?? '') });
    expect(found && [found.rule, isSourceChecked(found)]).toEqual([hearsay?.id, false]);
    expect(isSourceChecked({ matchedBy: 'provider', rule: 'google-full' })).toBe(true);
  });
});
