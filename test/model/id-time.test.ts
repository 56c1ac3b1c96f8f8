import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eximIdTime, postfixLongIdTime, sendmailIdTime } from '../../src/model/id-time.ts';

const SECOND = Date.UTC(2026, 10, 21, 9, 15, 2) / 1000;

function postfix(id: string): number {
  return postfixLongIdTime(Buffer.from(id), 0, id.length);
}

function exim(id: string): number {
  return eximIdTime(Buffer.from(id), 0, id.length);
}

describe('time in a Postfix long queue id', () => {
  it('is read up to the last z', () => {
    expect(postfix('4jWmkZ2yfxz2xnY')).toBe(SECOND);
    // an inode of one digit, and a z among the digits of the time
    expect(postfix('4jWmkZ2yfxz2')).toBe(SECOND);
    expect(postfix('4jWmkz2yfxz2xnY')).toBeGreaterThan(SECOND);
  });

  it.each(['3F1A20B77C', 'DEF2520A69', '4jWmkZ2yfx2xnY', '4jWmkZ2yfxz', 'z', '', '4jWmkA2yfxz2xnY', '4jWmkZzzzzz2xnY'])(
    'is not told by %s',
    (id) => {
      expect(postfix(id)).toBeNaN();
    },
  );

  it('is read at its place alone', () => {
    const line = Buffer.from('x4jWmkZ2yfxz2xnY: client=');
    expect(postfixLongIdTime(line, 1, 16)).toBe(SECOND);
  });
});

describe('time in an Exim message id', () => {
  it('is read from old and new ids', () => {
    expect(exim('1xUhBW-000CXd-DU')).toBe(SECOND);
    expect(exim('1xUhBW-00000000CXd-1knh')).toBe(SECOND);
  });

  it.each(['1xUhBW-000CXd-D', '1xUhBW_000CXd-DU', '1xUhBW-000CXd-1knh', 'SXUHBW-000CXD-DU', '000000-000000-00', ''])(
    'is not told by %s',
    (id) => {
      expect(exim(id)).toBeNaN();
    },
  );
});

it('any bytes give a time or NaN', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      for (const value of [postfixLongIdTime(bytes, 0, bytes.length), eximIdTime(bytes, 0, bytes.length)]) {
        expect(Number.isNaN(value) || (value >= 1_000_000_000 && value < 2 ** 32)).toBe(true);
      }
    }),
  );
});

describe('time in a Sendmail queue id', () => {
  const sendmail = (id: string): number => sendmailIdTime(Buffer.from(id), 0, id.length);

  it('is GMT in base 60', () => {
    expect(sendmail('6AL9F2x7012345')).toBe(SECOND);
    expect(sendmail('s6SKH7I6012264')).toBe(Date.UTC(2014, 6, 28, 20, 17, 7) / 1000);
    // a pid of seven digits
    expect(sendmail('x8L7D8YA4009671')).toBe(Date.UTC(2019, 8, 21, 7, 13, 8) / 1000);
  });

  it.each(['QAA12345', '6AL9F2x701234', '6zL9F2x7012345', '6CL9F2x7012345', '6AL9F2x70123a5', '', '4jWmkZ2yfxz2xnY'])(
    'is not told by %s',
    (id) => {
      expect(sendmail(id)).toBeNaN();
    },
  );
});
