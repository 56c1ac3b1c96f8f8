/** Screens for the tests of the renderers. */
import type { Screen } from '../../src/render/screen.ts';
import { Clock } from '../../src/render/times.ts';
import { AT } from './messages.ts';

export function aScreen(over: Partial<Screen> = {}): Screen {
  return { tty: true, columns: 80, colour: false, clock: new Clock('UTC'), now: AT + 3_600_000, ...over };
}

export const PIPE: Partial<Screen> = { tty: false };

const SGR = new RegExp(`${String.fromCodePoint(27)}\\[\\d+m`, 'g');

/** Text without our own colours. */
export function plain(text: string): string {
  return text.replace(SGR, '');
}

/** What no terminal output may hold once our own colours and line ends are gone. */
export const DANGEROUS = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
