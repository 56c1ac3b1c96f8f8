/**
 * Every line shape of every format: fixtures/<format>/lines.jsonl, one row a line.
 *
 *   {"line": "whole log line", "event": {...} | [{...}, …] | "ignored", "source": "recorded postfix 3.7.11" | "postfix 3.12 src/smtpd/smtpd.c:6486"}
 *
 * `event` is what the parser emits: its kind, the scalars that differ from an empty event's, the fields by their names
 * in F (test/helpers/event-object.ts). No event: the word 'ignored' or 'unknown' in its place.
 * `result` 'unknown' beside an event: a line that is not understood and names an id.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LogEvent } from '../../src/model/log-event.ts';
import type { LogFormat } from '../../src/model/log-format.ts';
import { eventObject } from '../helpers/event-object.ts';
import type { EventObject } from '../helpers/event-object.ts';
import { frameLine } from '../helpers/frame-line.ts';

interface Row {
  line: string;
  event: EventObject | EventObject[] | 'ignored' | 'unknown' | ['ignored'] | ['unknown'];
  source: string;
  result?: 'unknown';
}

const root = new URL('../../fixtures/', import.meta.url);

const files = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((folder) =>
    readdirSync(new URL(`${folder.name}/`, root))
      .filter((name) => /^lines(?:-.*)?\.jsonl$/.test(name))
      .map((name) => ({ format: folder.name, file: name, path: new URL(`${folder.name}/${name}`, root) })),
  );

test('there are line shapes to read', () => {
  expect(files.map((file) => file.format)).toContain('postfix');
});

describe.each(files)('$format $file', ({ format: name, path }) => {
  const rows = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);

  test.each(rows)('$line', async (row) => {
    const format = await load(name);
    const frame = frameLine(row.line);
    const event = new LogEvent();
    const events: EventObject[] = [];
    const result = format.parse(frame, event, (e) => events.push(eventObject(e)), format.createContext());
    const expected = Array.isArray(row.event) ? row.event : [row.event];
    if (typeof expected[0] === 'string') {
      expect(events).toEqual([]);
      expect(result).toBe(expected[0]);
    } else {
      expect(events).toEqual(expected);
      expect(result).toBe(row.result ?? 'event');
    }
    expect(format.claims(frame.program, frame)).toBe(true);
    expect(row.source).not.toBe('');
  });
});

async function load(name: string): Promise<LogFormat> {
  const module = (await import(`../../src/formats/${name}/index.ts`)) as { default: LogFormat };
  return module.default;
}
