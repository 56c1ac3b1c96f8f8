/**
 * The detection matrix: every line shape of every format, offered to all formats. Its own format gets it, and no other
 * finds a sample of them more like its own lines.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FORMATS } from '../../src/formats/index.ts';
import { Framer } from '../../src/framing/framer.ts';
import { Frame } from '../../src/model/frame.ts';
import { frameLine } from '../helpers/frame-line.ts';

const root = new URL('../../fixtures/', import.meta.url);

const tables = FORMATS.map(({ name }) => ({ name, lines: linesOf(name) }));

function linesOf(name: string): string[] {
  const folder = new URL(`${name}/`, root);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /^lines(?:-.*)?\.jsonl$/.test(file))
    .flatMap((file) => readFileSync(new URL(file, folder), 'utf8').split('\n'))
    .filter((row) => row !== '')
    .map((row) => (JSON.parse(row) as { line: string }).line);
}

/** Frames of lines as the real framing gives them; those that it does not know are left out. */
function framesOf(lines: readonly string[]): { frame: Frame; text: string }[] {
  const framer = new Framer({ zone: 'UTC', bound: Date.UTC(2026, 11, 1) });
  return lines.flatMap((text) => {
    // a row of an export, behind its header
    if (text.includes('\n')) return [{ frame: frameLine(text), text }];
    const frame = new Frame();
    const bytes = Buffer.from(text);
    return framer.frame(bytes, 0, bytes.length, frame) === 'line' ? [{ frame, text }] : [];
  });
}

test.each(tables)('$name has line shapes', ({ lines }) => {
  expect(lines.length).toBeGreaterThan(5);
});

describe.each(tables)('lines of $name', ({ name, lines }) => {
  const frames = framesOf(lines).filter(({ frame }) => frame.framing !== 'none');

  test('are read by it', () => {
    const lost = frames
      .filter(({ frame }) => FORMATS.find((format) => format.claims(frame.program, frame))?.name !== name)
      .map(({ text }) => text);
    expect(lost).toEqual([]);
  });

  test('look most like it', () => {
    const sample = frames.map(({ frame }) => frame);
    const scores = FORMATS.map((format) => ({ name: format.name, score: format.detect(sample) }));
    const best = scores.reduce((a, b) => (b.score > a.score ? b : a));
    expect(best.name).toBe(name);
    for (const { score } of scores) {
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(1);
    }
  });
});
