/** Notices and the mails that name them: told together, or given back. */
import { describe, expect, it } from 'vitest';
import { type Family, Notices, type Written } from '../../src/plain/notices.ts';

const BOUNCE = 1;
const DELAY = 2;
const written = (id: string, time = 0): Written => ({
  id,
  hash: 1,
  time,
  order: 0,
  rows: 1,
  json: Buffer.from('{"v":1,"id":"20261120-082400-08ysc8000","kind":"bounce"}'),
  pairs: [],
  lines: [],
});
const named = (key: string, kind = BOUNCE, at = 0): { key: string; kind: number; at: number } => ({ key, kind, at });

/** What was given back, and what was told, of steps in this order. */
function told(steps: (notices: Notices, alone: (one: Written) => void) => (Family | undefined)[]): string[] {
  const notices = new Notices(0);
  const lone: string[] = [];
  const families = steps(notices, ({ id }) => lone.push(id)).filter((one) => one !== undefined);
  const waiting = notices.left().map(({ id }) => id);
  return [...families.map(({ members }) => members.map(({ id }) => id).join()), '|', ...lone, '|', ...waiting];
}

describe('a mail with a delay notice and a bounce', () => {
  const both = [named('1 A', DELAY), named('1 B')];

  it('is told once both were written, whoever comes first', () => {
    const delay = written('delay');
    const mail = written('mail');
    const bounce = written('bounce');
    expect(
      told((n, alone) => [
        n.addNotice('1 A', delay, alone),
        n.addMail(mail, both, alone),
        n.addNotice('1 B', bounce, alone),
      ]),
    ).toEqual(['mail,delay,bounce', '|', '|']);
    expect(delay.json.toString()).toContain('"kind":"notice"');
    expect(bounce.json.toString()).toContain('"kind":"bounce"');
    expect(
      told((n, alone) => [
        n.addNotice('1 B', bounce, alone),
        n.addNotice('1 A', delay, alone),
        n.addMail(mail, both, alone),
      ]),
    ).toEqual(['mail,delay,bounce', '|', '|']);
  });

  it('is given back with the one that came, where the other never does', () => {
    expect(
      told((n, alone) => [n.addMail(written('mail'), both, alone), n.addNotice('1 B', written('bounce'), alone)]),
    ).toEqual(['|', '|', 'mail', 'bounce']);
  });
});

it('gives back what is named twice, comes twice, or is too far from the line that names it', () => {
  expect(
    told((n, alone) => [
      n.addMail(written('one'), [named('1 A')], alone),
      n.addMail(written('two'), [named('1 A')], alone),
      n.addNotice('1 A', written('notice'), alone),
    ]),
  ).toEqual(['|', 'two', 'one', 'notice', '|']);
  expect(
    told((n, alone) => [
      n.addNotice('1 A', written('one'), alone),
      n.addNotice('1 A', written('two'), alone),
      n.addMail(written('mail'), [named('1 A')], alone),
    ]),
  ).toEqual(['|', 'two', 'one', 'mail', '|']);
  expect(
    told((n, alone) => [
      n.addMail(written('mail'), [named('1 A')], alone),
      n.addNotice('1 A', written('notice', 600_001), alone),
    ]),
  ).toEqual(['|', 'notice', 'mail', '|']);
});
