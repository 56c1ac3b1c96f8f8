import { expect, test } from 'vitest';
import { findRemoteId, remoteId } from '../../src/model/remote-id.ts';

function idOf(answer: string): string | undefined {
  const bytes = Buffer.from(`queued as BEFORE ${answer} id=AFTER`);
  const a = 'queued as BEFORE '.length;
  if (!findRemoteId(bytes, a, bytes.length - ' id=AFTER'.length)) return undefined;
  return bytes.toString('latin1', remoteId.start, remoteId.end);
}

test.each([
  ['250 2.0.0 Ok: queued as 4jWmkZ2yfxz2xnY', '4jWmkZ2yfxz2xnY'],
  ['250 2.0.0 Ok, id=00704-01, from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 7C1D20B77C', '7C1D20B77C'],
  ['250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 7C1D20B77C', '7C1D20B77C'],
  ['250 Ok: Queued as 7C1D20B77C.', '7C1D20B77C'],
  ['250 OK id=1xUhBW-00000000CXd-1knh', '1xUhBW-00000000CXd-1knh'],
  ['250 OK id=1xUhBW-000CXd-DU', '1xUhBW-000CXd-DU'],
  ['250 2.7.0 Ok, discarded, id=20417-03-2 - SPAM', '20417-03-2'],
  ['250 2.0.0 6AL9F2x7012345 Message accepted for delivery', '6AL9F2x7012345'],
  ['250 2.0.0 5f3a0c1d Message accepted for delivery', '5f3a0c1d'],
  ['250 Message Queued (E5BB8F0C-2A9B-4D3B-A4E7-0E6F3F1D2C11.1)', 'E5BB8F0C-2A9B-4D3B-A4E7-0E6F3F1D2C11.1'],
  [
    '250 2.0.0 Ok: queued as 7C1D20B77C (E5BB8F0C-2A9B-4D3B-A4E7-0E6F3F1D2C11.12)',
    'E5BB8F0C-2A9B-4D3B-A4E7-0E6F3F1D2C11.12',
  ],
  ['250 2.0.0 Ok: queued as 7C1D20B77C (E5BB8F0C-2A9B-4D3B-A4E7.1)', '7C1D20B77C'],
  ['250 Ok. 0038C081.6920173D.000051A4', '0038C081.6920173D.000051A4'],
])('%s', (answer, id) => {
  expect(idOf(answer)).toBe(id);
});

test.each([
  '',
  '250 ok',
  '250 2.0.0 Message accepted for delivery',
  '250 2.0.0 Ok: queued as ',
  '250 2.0.0 <bob@example.org> K3a7AbCdEf0123XYZ Saved',
  '250 2.6.0 <m1@a> [InternalId=25151500, Hostname=EX1] Queued mail for delivery',
  'delivered to command: /bin/filter --paid=1',
  '250 Ok. Thank you',
  '250 Ok. 2.0.0',
  '250 Ok. 0038C081.6920173D',
])('no id in: %s', (answer) => {
  expect(idOf(answer)).toBeUndefined();
});
