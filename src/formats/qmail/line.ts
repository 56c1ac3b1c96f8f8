/**
 * One line on its way through the parsers. Reused for every line.
 * Shape:  words and numbers separated by single spaces: `info msg 3941: bytes 2048 from <ann@example.net> qp 8123 uid 89`.
 * Source: notqmail qmail-send.c, qsutil.c logsafe(): no space or control character is left within a value.
 */
import { Cursor } from '../cursor.ts';

export class Line extends Cursor {
  constructor() {
    super('qmail');
  }
}
