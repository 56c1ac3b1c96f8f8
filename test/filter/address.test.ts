/** Address patterns: what each matches and what it must not. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { addressOfFrom, foldAddress, parseAddressPattern } from '../../src/filter/address.ts';
import { compileFilters } from '../../src/filter/compile.ts';
import type { FilterOptions } from '../../src/filter/options.ts';
import { unwrapSender } from '../../src/filter/unwrap.ts';
import type { Message } from '../../src/model/message.ts';
import { aMessage, aRecipient } from '../render/messages.ts';

const finds = (pattern: string, address: string, exact = false): boolean =>
  parseAddressPattern(pattern, '--recipient', exact).matches(foldAddress(address));

const matches = (options: FilterOptions, message: Message): boolean => compileFilters(options).matchMessage(message);

test.each([
  ['bob@example.com', 'bob@example.com', true],
  ['bob@example.com', 'BOB@Example.COM', true],
  ['<bob@example.com>', 'bob@example.com', true],
  ['bob@example.com', 'bob+lists@example.com', true],
  ['bob@example.com', 'bob+a+b@example.com', true],
  ['bob+lists@example.com', 'bob@example.com', false],
  ['bob@example.com', 'bobby@example.com', false],
  ['bob@example.com', 'bob@example.com.evil.example', false],
  ['bob@example.com', 'notbob@example.com', false],
  ['bob@example.com', 'bob', true],
  ['bob@example.com', 'bob+x', true],
  ['+bob@example.com', '+bob@example.com', true],
  ['example.com', 'bob@example.com', true],
  ['@example.com', 'bob@EXAMPLE.com', true],
  ['example.com', 'bob@mail.example.com', false],
  ['example.com', 'bob@notexample.com', false],
  ['.example.com', 'bob@mail.example.com', true],
  ['.example.com', 'bob@example.com', true],
  ['.example.com', 'bob@notexample.com', false],
  ['bob@', 'bob@example.net', true],
  ['bob@', 'bob+tag@example.net', true],
  ['bob@', 'bob', true],
  ['bob@', 'bobby@example.net', false],
  ['b*@*.com', 'bob@example.com', true],
  ['b*@*.com', 'bob@example.net', false],
  ['*@example.com', 'bob@example.com', true],
  ['bob*', 'bobby@example.com', true],
  ['a*b*b@x.example', 'ab@x.example', false],
  ['a*b*b@x.example', 'abb@x.example', true],
  ['@*.example.com', 'bob@mail.example.com', true],
  ['root', 'root', true],
  ['root', 'root@localhost', false],
  ['localhost', 'root@localhost', true],
  ['müller@bücher.example', 'müller@xn--bcher-kva.example', true],
  ['bücher.example', 'x@xn--bcher-kva.example', true],
  ['"a b"@x.example', '"A b"@x.example', true],
] as const)('%s on %s: %s', (pattern, address, expected) => {
  if (expected === undefined) expect(() => finds(pattern, address)).toThrow(UsageError);
  else expect(finds(pattern, address)).toBe(expected);
});

test('a letter composed or not is the same letter', () => {
  expect(finds('jos\u00e9@example.com', 'jose\u0301@example.com')).toBe(true);
});

test('--exact folds case alone', () => {
  expect(finds('bob@example.com', 'BOB@example.com', true)).toBe(true);
  expect(finds('bob@example.com', 'bob+tag@example.com', true)).toBe(false);
  expect(finds('bob@example.com', 'bob', true)).toBe(false);
});

test.each([
  ['', 'empty'],
  ['@', 'no address'],
  ['<', 'no address'],
  ['a b@c', 'no address'],
  ['.', 'no address'],
])('%j is an error that says how to do it', (pattern, words) => {
  expect(() => parseAddressPattern(pattern, '--sender')).toThrow(words);
  expect(() => parseAddressPattern(pattern, '--sender')).toThrow(/^--sender: /);
});

test.each([
  ['SRS0=HHH=TT=example.org=alice@forwarder.example', 'alice@example.org'],
  ['srs0+abcd=xy=example.org=alice@forwarder.example', 'alice@example.org'],
  ['SRS1=HHH=first.example==AAA=TT=example.org=alice@second.example', 'alice@example.org'],
  ['SRS1=HHH=first.example=+AAA=TT=example.org=alice@second.example', 'alice@example.org'],
  ['prvs=4826ab1f5c=alice@example.org', 'alice@example.org'],
  ['prvs=alice/4826ab1f5c@example.org', 'alice@example.org'],
  ['btv1==0123456789abcde==alice@example.org', 'alice@example.org'],
  ['SRS0=HHH=TT=example.org=prvs=4826ab1f5c=alice@forwarder.example', 'prvs=4826ab1f5c=alice@example.org'],
  ['alice@example.org', undefined],
  ['srs0@example.org', undefined],
  ['prvs=x=alice@example.org', undefined],
  ['', undefined],
])('%s is %s behind its wrapping', (address, expected) => {
  expect(unwrapSender(address)).toBe(expected);
});

test.each([
  ['"Bob B." <bob@example.com>', 'bob@example.com'],
  ['bob@example.com (Bob)', 'bob@example.com'],
  ['Bob <', undefined],
  ['nobody', undefined],
])('header From %s', (from, expected) => {
  expect(addressOfFrom(from)).toBe(expected);
});

describe('senders and recipients', () => {
  test('a sender is found by envelope, by what is behind SRS and BATV, and by header From', () => {
    const srs = aMessage({ sender: 'SRS0=HHH=TT=example.org=alice@forwarder.example' });
    expect(matches({ sender: ['alice@example.org'] }, srs)).toBe(true);
    expect(matches({ sender: ['forwarder.example'] }, srs)).toBe(true);
    expect(matches({ sender: ['alice@example.org'], exact: true }, srs)).toBe(false);
    expect(matches({ sender: ['ceo@example.com'] }, aMessage({ from: 'CEO <ceo@example.com>' }))).toBe(true);
    expect(matches({ sender: ['alice@example.org'] }, aMessage({ sender: 'mallory@example.net' }))).toBe(false);
  });

  test("'<>' is the null sender and nothing else; an address never matches it", () => {
    const bounce = aMessage({ sender: '' });
    const { sender: _, ...unknown } = aMessage();
    expect(matches({ sender: ['<>'] }, bounce)).toBe(true);
    expect(matches({ sender: ['<>'] }, aMessage())).toBe(false);
    expect(matches({ sender: ['<>'] }, unknown)).toBe(false);
    expect(matches({ sender: ['*'] }, bounce)).toBe(false);
    expect(() => compileFilters({ recipient: ['<>'] })).toThrow('null sender');
  });

  test('a recipient is found by typed, between and final address', () => {
    const message = aMessage({
      recipients: [
        aRecipient({ address: 'sales@example.com', via: ['team@example.com'], finalAddress: 'bob@example.net' }),
      ],
    });
    for (const address of ['sales@example.com', 'team@example.com', 'bob@example.net']) {
      expect(matches({ recipient: [address] }, message)).toBe(true);
    }
    expect(matches({ recipient: ['alice@example.org'] }, message)).toBe(false);
  });

  test('--address and --domain take either side, --between both ways and no other pair', () => {
    const message = aMessage({ sender: 'alice@example.org' });
    expect(matches({ address: ['alice@example.org'] }, message)).toBe(true);
    expect(matches({ address: ['bob@example.com'] }, message)).toBe(true);
    expect(matches({ address: ['carol@example.com'] }, message)).toBe(false);
    expect(matches({ domain: ['example.org'] }, message)).toBe(true);
    expect(matches({ domain: ['@example.com'] }, message)).toBe(true);
    expect(matches({ domain: ['org'] }, message)).toBe(false);
    const between = (a: string, b: string): boolean => matches({ between: [`${a}\0${b}`] }, message);
    expect(between('alice@example.org', 'bob@example.com')).toBe(true);
    expect(between('bob@example.com', 'alice@example.org')).toBe(true);
    expect(between('example.com', 'example.org')).toBe(true);
    expect(between('alice@example.org', 'carol@example.com')).toBe(false);
    expect(between('alice@example.org', 'alice@example.org')).toBe(false);
    expect(() => matches({ domain: ['bob@example.com'] }, message)).toThrow('no domain');
    expect(() => matches({ between: ['alice@example.org'] }, message)).toThrow('two addresses');
  });
});

test('any case of an address is the same address', () => {
  const address = fc.tuple(fc.stringMatching(/^[a-z][a-z0-9.]{0,8}$/), fc.stringMatching(/^[a-z]{1,6}\.[a-z]{2,3}$/));
  const flips = fc.array(fc.boolean(), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(address, flips, ([user, domain], upper) => {
      const typed = `${user}@${domain}`;
      const logged = typed.replaceAll(/./g, (c: string, i: number) => (upper[i] === true ? c.toUpperCase() : c));
      expect(finds(typed, logged)).toBe(true);
      expect(finds(typed, `x${logged}`)).toBe(false);
    }),
  );
});

test('no pattern and no address throws anything but a UsageError, or hangs', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (pattern, address) => {
      let parsed;
      try {
        parsed = parseAddressPattern(pattern, '-a');
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
        return;
      }
      expect(typeof parsed.matches(foldAddress(address))).toBe('boolean');
    }),
  );
});
