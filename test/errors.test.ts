import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance, formatProblem, nearest, UsageError, UserError } from '../src/errors.ts';

describe('formatProblem', () => {
  it('says where and what, then what to do', () => {
    expect(formatProblem({ where: 'mail.log', what: 'no such file', help: 'look in /var/log' })).toBe(
      'mailtrace: mail.log: no such file\nhelp: look in /var/log\n',
    );
    expect(formatProblem({ what: 'no mail', help: ['one', 'two'] })).toBe('mailtrace: no mail\nhelp: one\nhelp: two\n');
  });

  it('lets no file name or log text reach the terminal raw', () => {
    expect(formatProblem({ where: 'a\u001b[2J\nb', what: '\u202e' })).toBe('mailtrace: a\\x1b[2J\\x0ab: \\u202e\n');
  });
});

describe('errors', () => {
  it('a usage error is a user error', () => {
    const error = new UsageError({ where: '--since', what: "no date: 'yestreday'" });
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe("--since: no date: 'yestreday'");
    expect(error.name).toBe('UsageError');
  });
});

describe('did you mean', () => {
  const words = ['--recipient', '--sender', '--since', '--status', '--subject'];

  it('finds the nearest word, and a beginning', () => {
    expect(nearest('--recipeint', words)).toBe('--recipient');
    expect(nearest('--SENDER', words)).toBe('--sender');
    expect(nearest('--recip', words)).toBe('--recipient');
    expect(nearest('--zzzzzz', words)).toBeUndefined();
    expect(nearest('x', ['delivered'])).toBeUndefined();
  });

  it('lists the choices where none is near', () => {
    expect(didYouMean('delivred', ['delivered', 'deferred'])).toBe("did you mean 'delivered'?");
    expect(didYouMean('qqqq', ['a', 'b'])).toBe('choose one of: a, b');
  });

  it('counts edits, swaps of neighbours as one, and stops at the limit', () => {
    expect([
      editDistance('abc', 'acb', 5),
      editDistance('', 'abc', 5),
      editDistance('kitten', 'sitting', 5),
      editDistance('abc', 'xyz', 1),
    ]).toEqual([1, 3, 3, 2]);
  });
});
