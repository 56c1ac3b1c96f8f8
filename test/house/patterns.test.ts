/** No regular expression of the sources is slow for any text that it may be given. */
import { describe, expect, test, vi } from 'vitest';
import { attacks, literals, type Pattern } from './patterns.ts';
import { sourceFiles } from './sources.ts';

/**
 * Characters of the texts, one after the other: who is slow with a short one is not asked about a long one. They begin so low,
 * and rise so slowly, that one whose time doubles with each character or two is found before it takes for ever.
 */
const LENGTHS = [20, 22, 24, 26, 28, 36, 46, 60, 75, 95, 120, 160, 250, 1000, 4000, 30_000];
/** CPU time, ms, of the best of some tries: a linear one takes 1 for the longest, a quadratic one hundreds. */
const SLOW = 150;
const TRIES = 3;

function isSlow(pattern: Pattern): boolean {
  const made = new RegExp(pattern.source, pattern.flags);
  return LENGTHS.some((length) =>
    attacks(pattern, length).some((text) => {
      for (let n = 0; n < TRIES; n++) {
        made.lastIndex = 0;
        const begin = process.cpuUsage();
        text.replace(made, '');
        const { user, system } = process.cpuUsage(begin);
        if ((user + system) / 1000 < SLOW) return false;
      }
      return true;
    }),
  );
}

const of = (source: string): Pattern => ({ where: 'here', source, flags: '' });

/** Slow ones that are never given a long text, with what they are given. */
const SHORT: Readonly<Record<string, string>> = {
  'commands/word.ts': 'a word that the user typed',
  'commands/explain/input.ts': 'a word that the user typed',
  'config/shape.ts': 'a word of the configuration',
  'deliver/mail-address.ts': 'an address that the user typed',
  'filter/time.ts': 'a time that the user typed',
  'filter/units.ts': 'a size or span that the user typed',
  'report/answer-key.ts': 'an answer, cut to 1,000 characters (explain/reply-text.ts MAX_LENGTH)',
  'util/grouped.ts': 'the digits of a number',
};

/** What makes expressions at run time: of their own parts, but for names of hosts and tools, which are escaped. */
const MAKERS = [
  'bounce/free-form.ts',
  'policy/paths.ts',
  'render/redact/keyed.ts',
  'render/redact/text.ts',
  'render/ticket.ts',
  'select/traps.ts',
];

describe('regular expressions of the sources', () => {
  test('the attack finds what is slow, and only that', { timeout: 600_000 }, () => {
    for (const source of [String.raw`\s+$`, '^(?:a|a)*$', 'x*y', String.raw`^\s*a?\s*$`, '@.*$'])
      expect(isSlow(of(source)), source).toBe(true);
    for (const source of [String.raw`^\s+x`, String.raw`\([^()]*\)`, 'abc', '@[^]*$'])
      expect(isSlow(of(source)), source).toBe(false);
  });

  test('no literal takes longer than its text', { timeout: 600_000 }, () => {
    const all = literals();
    expect(all.length).toBeGreaterThan(300);
    const slow = all
      .filter(({ where }) => {
        const file = where.replace(/:\d+$/, '');
        return SHORT[file] === undefined;
      })
      .filter((pattern) => isSlow(pattern))
      .map(({ where, source, flags }) => `${where} /${source}/${flags}`);
    expect(slow).toEqual([]);
  });

  test('nor does one that is made of parts', { timeout: 600_000 }, async () => {
    const made = new Map<string, Pattern>();
    const Plain = RegExp;
    class Watched extends Plain {
      constructor(source: string | RegExp, flags = '') {
        super(source, flags);
        made.set(String(source), { where: 'made', source: String(source), flags });
      }
    }
    vi.stubGlobal('RegExp', Watched);
    await import('../../src/bounce/free-form.ts');
    await import('../../src/render/redact/text.ts');
    await import('../../src/render/redact/keyed.ts');
    vi.unstubAllGlobals();
    expect(made.size).toBeGreaterThan(10);
    expect([...made.values()].filter((pattern) => isSlow(pattern)).map(({ source }) => source)).toEqual([]);
  });

  test('those that are made at run time are known', () => {
    const makers = sourceFiles().filter(({ code }) => /\bnew RegExp\(/.test(code));
    expect(makers.map(({ path }) => path).toSorted()).toEqual(MAKERS);
  });
});
