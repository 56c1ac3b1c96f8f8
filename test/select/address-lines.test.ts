/** Many addresses are found in the lines in which the kernel finds them as needles. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TwinKernel } from '../../src/kernel/twin.ts';
import { AddressLines } from '../../src/select/address-lines.ts';

const user = fc.constantFrom('bob', 'anna', 'a.long-name', 'Anna', 'xanna', 'rare.user');
const domain = fc.constantFrom('example.net', 'Example.net', 'corp.example', 'b.de', 'example.net.example');
const address = fc.tuple(user, domain).map(([a, b]) => `${a}@${b}`);
const line = fc.array(fc.oneof(address, fc.constantFrom(' to=<', '>, ', '@', '', 'x'.repeat(70), '\0')), {
  maxLength: 6,
});

test('any lines, any addresses', () => {
  const kernel = new TwinKernel();
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 8 }),
      fc.uniqueArray(address, { maxLength: 6 }),
      fc.boolean(),
      (lines, some, isCut) => {
        const texts = some.map((text) => text.toLowerCase());
        const end = kernel.buffer.write(
          lines.map((parts) => parts.join('')).join('\n') + (isCut ? '' : '\n'),
          'latin1',
        );
        // what stands behind the block is not seen
        kernel.buffer.write('anna@example.net anna@example.net\n', end, 'latin1');
        const found = new AddressLines(texts);
        const others = new Set(found.others);
        const asked = texts.filter((_, i) => !others.has(i) && i !== 1);
        const told: number[][] = [];
        found.find(
          kernel.buffer,
          end,
          (i) => i !== 1,
          (start, stop, index) => told.push([start, stop, index]),
        );
        kernel.setNeedles(asked.map((text) => Buffer.from(text)));
        const { count, starts, ends, indexes } = kernel.findNeedles(end);
        expect(told).toEqual(Array.from({ length: count }, (_, i) => [starts[i], ends[i], indexes[i]]));
      },
    ),
    { numRuns: 1000 },
  );
});
