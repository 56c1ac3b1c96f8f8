/** What comes near an address: one edit, no more; bounded. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance } from '../../src/errors.ts';
import { parseAddressPattern } from '../../src/filter/address.ts';
import { NearAddresses, editsBetween } from '../../src/filter/near.ts';
import { aMessage, aRecipient } from '../render/messages.ts';

test('one and two edits are what the general distance calls so', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editsBetween(a, b)).toBe(editDistance(a, b, 2));
    }),
    { numRuns: 2000 },
  );
});

test('gathers addresses and domains, the most frequent first', () => {
  const near = new NearAddresses([
    parseAddressPattern('bob@exmaple.com', '-r'),
    parseAddressPattern('example.or', '-r'),
  ]);
  expect(near.idle).toBe(false);
  near.see(aMessage());
  near.see(aMessage({ recipients: [aRecipient(), aRecipient({ address: 'bbo@exmaple.com' })] }));
  expect(near.found(5)).toEqual(['bob@example.com', 'example.org', 'bbo@exmaple.com', 'example.com']);
});

test('where no address comes near, a domain may', () => {
  const near = new NearAddresses([parseAddressPattern('nobody@exmaple.com', '-r')]);
  near.see(aMessage());
  expect(near.found(5)).toEqual(['example.com']);
});

test('is idle where a pattern is no whole address or domain, and keeps a bounded number', () => {
  expect(new NearAddresses([parseAddressPattern('b*@example.com', '-r')]).idle).toBe(true);
  const near = new NearAddresses([parseAddressPattern('bob@example.com', '-r')]);
  for (let i = 0; i < 0x200; i++) near.see(aMessage({ sender: `bob${String.fromCharCode(0x400 + i)}@example.com` }));
  expect(near.found(1000).length).toBe(50);
});

test('takes over what another one saw', () => {
  const patterns = [parseAddressPattern('nobody@exmaple.com', '-r')];
  const other = new NearAddresses(patterns);
  for (const address of ['somebody@example.com', 'nobody@exmple.com', 'NoBody@exmple.com']) other.look(address);
  expect(other.seen.map(({ text, isOther, count }) => [text, isOther, count])).toEqual([
    ['example.com', true, 1],
    ['nobody@exmple.com', false, 2],
    ['exmple.com', true, 2],
  ]);
  const near = new NearAddresses(patterns);
  near.know(other.seen.filter(({ isOther }) => isOther));
  expect(near.found(5)).toEqual(['exmple.com', 'example.com']);
  near.know(other.seen);
  expect(near.found(5)).toEqual(['nobody@exmple.com']);
});
